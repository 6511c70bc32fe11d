using System.IO.Compression;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Packs files that are read together, such as those of a folder, into one zip archive. The same files give the same bytes, so that importing them again adds nothing.</summary>
internal static class FolderArchive
{
    private static readonly DateTimeOffset s_fixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the archive.</summary>
    /// <param name="target">Where to, from the start; left open.</param>
    /// <param name="files">Paths inside the archive, with forward slashes, and how to open the files.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    internal static async Task WriteAsync(Stream target, IEnumerable<(string Path, Func<Stream> Open)> files, CancellationToken cancellationToken)
    {
        using var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (path, open) in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            var entry = archive.CreateEntry(path, CompressionLevel.NoCompression);
            entry.LastWriteTime = s_fixedTime;
            await using var packed = entry.Open();
            await using var source = open();
            await source.CopyToAsync(packed, cancellationToken);
        }
    }
}
