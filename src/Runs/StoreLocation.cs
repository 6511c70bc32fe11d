namespace ScalingDashboard.Runs;

/// <summary>Where a store lives: the database, and beside it the uploaded files.</summary>
/// <param name="DatabasePath">Path of the SQLite file; made absolute here, need not exist yet.</param>
public sealed record StoreLocation(string DatabasePath)
{
    public string DatabasePath { get; } = Path.GetFullPath(DatabasePath);

    /// <summary>Imported files, each named by its SHA-256, byte-identical to what was uploaded.</summary>
    public string FilesDirectory => Path.Combine(Path.GetDirectoryName(DatabasePath)!, "files");

    /// <summary>Uploads that are not imported yet; removed after a day.</summary>
    public string StagingDirectory => Path.Combine(Path.GetDirectoryName(DatabasePath)!, "staging");

    /// <summary>How long a statement waits for another process to release the database, in whole seconds, at least one.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(10);
}
