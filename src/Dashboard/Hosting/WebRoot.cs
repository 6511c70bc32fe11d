namespace ScalingDashboard.Dashboard.Hosting;

/// <summary>Finds the folder of css, js and icons: beside the published executable, else at the top of the repository.</summary>
public static class WebRoot
{
    private const string Landmark = "css/app.css";

    public static string Find(string startFolder)
    {
        for (var folder = new DirectoryInfo(startFolder); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "wwwroot");
            if (File.Exists(Path.Combine(candidate, Landmark)))
                return candidate;
        }

        throw new DirectoryNotFoundException(
            $"No wwwroot with {Landmark} in {startFolder} or above it; publish again, or run inside the repository.");
    }
}
