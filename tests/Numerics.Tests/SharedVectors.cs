namespace ScalingDashboard.Numerics.Tests;

/// <summary>The folder of reference values beside the repository; a user's clone has none.</summary>
internal static class SharedVectors
{
    internal const string Absent = "the reference data is not beside this clone";

    /// <summary>A folder of it; null where there is none.</summary>
    internal static string? Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Dashboard.sln")))
                continue;
            var vectors = Path.Combine(folder.Parent!.FullName, "shared", "vectors", name);
            return Directory.Exists(vectors) ? vectors : null;
        }

        return null;
    }
}
