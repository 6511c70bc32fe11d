namespace ScalingDashboard.Browser.Tests.Harness;

/// <summary>Where things stand in the repository this assembly was built from.</summary>
internal static class Repository
{
    internal const string NoReference = "the reference data is not beside this clone";
    private const string ExecutableName = "ScalingDashboard.Dashboard";

    private static readonly DirectoryInfo s_root = FindRoot();

    /// <summary>The dashboard's executable, of the same configuration as this assembly.</summary>
    internal static string Executable { get; } = FindExecutable();

    /// <summary>A file of the samples that come with the dashboard.</summary>
    internal static string Sample(string path) => Path.Combine(s_root.FullName, "samples", path);

    /// <summary>A file of the reference data beside the repository; null where there is none, as in a user's clone.</summary>
    internal static string? Reference(string path)
    {
        var file = Path.Combine(s_root.Parent!.FullName, "shared", "data", path);
        return File.Exists(file) ? file : null;
    }

    private static DirectoryInfo FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Dashboard.sln")))
                return folder;
        }

        throw new DirectoryNotFoundException($"No Dashboard.sln above {AppContext.BaseDirectory}; run the tests from where they were built.");
    }

    // bin/<configuration>/net9.0/ here, bin/<configuration>/net9.0/<runtime>/ there.
    private static string FindExecutable()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = Path.Combine(s_root.FullName, "src", "Dashboard", "bin", framework.Parent!.Name, framework.Name);
        var name = OperatingSystem.IsWindows() ? ExecutableName + ".exe" : ExecutableName;
        var found = Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Select(runtime => Path.Combine(runtime, name)).Where(File.Exists).MaxBy(File.GetLastWriteTimeUtc)
            : null;
        return found ?? throw new FileNotFoundException($"No {name} below {folder}; build src/Dashboard in the configuration {framework.Parent.Name}.");
    }
}
