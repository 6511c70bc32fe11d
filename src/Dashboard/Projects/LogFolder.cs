namespace ScalingDashboard.Dashboard.Projects;

/// <summary>A file below a watched folder.</summary>
/// <param name="Path">Path below the folder, with forward slashes.</param>
/// <param name="FullName">Path on disk.</param>
/// <param name="Length">Bytes, when it was looked at.</param>
/// <param name="Changed">When it was last written, UTC.</param>
internal sealed record WatchedFile(string Path, string FullName, long Length, DateTimeOffset Changed);

/// <summary>What is read in one go: a file, or the files that are a run only together.</summary>
/// <param name="Path">Path of the file, or of the folder of several, below the watched folder; empty for that folder itself.</param>
/// <param name="IsTogether">Whether it is a folder's files.</param>
/// <param name="Files">In the order of their paths.</param>
internal sealed record WatchedSource(string Path, bool IsTogether, IReadOnlyList<WatchedFile> Files)
{
    /// <summary>Another text when a file has another length or time, or there is one more or less.</summary>
    public string Version => string.Join('|', Files.Select(file => FormattableString.Invariant($"{(IsTogether ? file.Path : "")}:{file.Length}:{file.Changed.UtcTicks}")));

    /// <summary>When a file was last written.</summary>
    public DateTimeOffset Changed => Files.Max(file => file.Changed);

    public long Length => Files.Sum(file => file.Length);
}

/// <summary>The sources of logs below a folder.</summary>
internal static class LogFolder
{
    private const int DeepestFolder = 32;

    /// <summary>All files that are not empty, hidden or of the store itself, gathered into sources in the order of their paths.</summary>
    /// <param name="folder">Full path of the folder.</param>
    /// <param name="storeFolder">Full path of the folder of the store, whose files are no logs.</param>
    internal static IReadOnlyList<WatchedSource> Look(string folder, string storeFolder)
    {
        var files = new List<WatchedFile>();
        AddFiles(new DirectoryInfo(folder), "", storeFolder, [], files);
        return
        [
            .. files.GroupBy(file => Together(file.Path) is { } together ? (Path: together, true) : (file.Path, false))
                .Select(source => new WatchedSource(source.Key.Path, source.Key.Item2, [.. source.OrderBy(file => file.Path, StringComparer.Ordinal)]))
                .OrderBy(source => source.Path, StringComparer.Ordinal),
        ];
    }

    /// <summary>The folder whose files a file is read with; null where it stands for itself. Event files of a folder, a run of MLflow, settings beside metrics, the states of checkpoints.</summary>
    private static string? Together(string path)
    {
        var parts = path.Split('/');
        var (name, folders) = (parts[^1], parts[..^1]);
        var inRun = Array.FindIndex(folders, part => part is "metrics" or "params" or "tags");
        if (inRun >= 0)
            return string.Join('/', folders[..inRun]);
        if (name == "trainer_state.json")
            return string.Join('/', folders is [.., var last] && last.StartsWith("checkpoint-", StringComparison.Ordinal) ? folders[..^1] : folders);
        return name.Contains("tfevents", StringComparison.Ordinal) || name is "meta.yaml" or "hparams.yaml" or "metrics.csv" ? string.Join('/', folders) : null;
    }

    /// <summary>Links are followed, each folder once.</summary>
    private static void AddFiles(DirectoryInfo folder, string path, string storeFolder, HashSet<string> seen, List<WatchedFile> files)
    {
        var real = folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName;
        if (!seen.Add(real) || path.Count(character => character == '/') > DeepestFolder)
            return;
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.Name.StartsWith('.') || (entry.Name is "files" or "staging" && Path.TrimEndingDirectorySeparator(real) == storeFolder))
                continue;
            if (entry is DirectoryInfo inner)
                AddFiles(inner, path + inner.Name + "/", storeFolder, seen, files);
            else if (entry is FileInfo { Exists: true, Length: > 0 } file)
                files.Add(new WatchedFile(path + file.Name, file.FullName, file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero)));
        }
    }
}
