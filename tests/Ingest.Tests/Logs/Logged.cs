using System.Text;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>Short ways to read logs from texts and bytes.</summary>
internal static class Logged
{
    public static Task<LoggedRuns> ReadAsync(string name, string text, LogReadOptions? options = null) => ReadAsync(options, (name, Encoding.UTF8.GetBytes(text)));

    public static Task<LoggedRuns> ReadAsync(string name, byte[] bytes, LogReadOptions? options = null) => ReadAsync(options, (name, bytes));

    /// <summary>Reads several files as one folder; a single one as if it were uploaded, archives looked into.</summary>
    public static async Task<LoggedRuns> ReadAsync(LogReadOptions? options, params (string Path, byte[] Bytes)[] files)
    {
        options ??= new LogReadOptions();
        using var source = files.Length == 1
            ? LogSource.Open(files[0].Path, () => new MemoryStream(files[0].Bytes), options)
            : new LogSource("folder", [.. files.Select(file => new LogFile(file.Path, () => new MemoryStream(file.Bytes)))]);
        return await LogReader.ReadAsync(source, options, CancellationToken.None);
    }

    public static (string Path, byte[] Bytes) File(string path, string text) => (path, Encoding.UTF8.GetBytes(text));

    /// <summary>Reads files of the shared data; skips the test where there are none.</summary>
    public static async Task<LoggedRuns> ReadSharedAsync(LogReadOptions? options, params string[] paths)
    {
        var files = new List<(string, byte[])>();
        foreach (var path in paths)
        {
            await using var file = Reading.OpenShared(path);
            using var copy = new MemoryStream();
            await file.CopyToAsync(copy);
            files.Add((Path.GetFileName(path), copy.ToArray()));
        }

        return await ReadAsync(options, [.. files]);
    }

    public static ImportedSeries Series(this LoggedRun run, string metric) =>
        run.Metrics.SingleOrDefault(series => series.Metric == metric)
        ?? throw new InvalidOperationException($"{run.Name} has no {metric}, only {string.Join(", ", run.Metrics.Select(series => series.Metric))}.");

    public static string? Setting(this LoggedRun run, string key) => run.Config.Where(pair => pair.Key == key).Select(pair => pair.Value).SingleOrDefault();
}
