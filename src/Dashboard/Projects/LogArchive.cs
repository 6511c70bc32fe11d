using System.IO.Compression;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Files that are a run only together, as one file.</summary>
internal static class LogArchive
{
    private static readonly DateTimeOffset s_fixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a zip. The same files give the same bytes, so that importing them again adds nothing.</summary>
    internal static void Pack(string target, IEnumerable<(string Path, Func<Stream> Open)> files)
    {
        using var archive = new ZipArchive(File.Create(target), ZipArchiveMode.Create);
        foreach (var (path, open) in files)
        {
            var entry = archive.CreateEntry(path, CompressionLevel.NoCompression);
            entry.LastWriteTime = s_fixedTime;
            using var content = entry.Open();
            using var source = open();
            source.CopyTo(content);
        }
    }
}
