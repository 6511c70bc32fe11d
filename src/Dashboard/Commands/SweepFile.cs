using ScalingDashboard.Ingest;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>Opens a table on disk for a command.</summary>
internal static class SweepFile
{
    internal static async Task<SweepTable> ReadAsync(FileInfo file, SweepTableOptions options, CancellationToken cancellationToken)
    {
        await using var stream = Open(file);
        return await SweepTableReader.ReadAsync(stream, file.Name, options, cancellationToken);
    }

    internal static FileStream Open(FileInfo file)
    {
        if (Directory.Exists(file.FullName))
            throw new UsageException($"{file.FullName} is a folder; name a file.");
        try
        {
            return file.OpenRead();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"Cannot read {file.FullName}: {exception.Message}");
        }
    }
}
