namespace ScalingDashboard.Dashboard.Tests.Golden;

/// <summary>The folder of reference data beside the repository; a user's clone has none.</summary>
internal static class SharedFolder
{
    internal const string Absent = "the reference data is not beside this clone";

    internal static string? Path { get; } = Find();

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, "Dashboard.sln")))
                continue;
            var shared = System.IO.Path.Combine(folder.Parent!.FullName, "shared");
            return Directory.Exists(shared) ? shared : null;
        }

        return null;
    }
}
