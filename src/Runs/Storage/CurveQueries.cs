using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace ScalingDashboard.Runs.Storage;

/// <summary>Reads the curves of many runs in few queries.</summary>
internal static class CurveQueries
{
    public static async Task<IReadOnlyList<MetricOfProject>> MetricsAsync(StoreContext context, string project, CancellationToken cancellationToken)
    {
        var metrics = await context.Series
            .Where(series => series.Run!.Project!.Name == project && series.Run.DeletedTicks == null)
            .GroupBy(series => series.Metric)
            .Select(group => new { Metric = group.Key, Runs = group.Count() })
            .ToListAsync(cancellationToken);
        return [.. metrics.OrderBy(metric => metric.Metric, NaturalOrder.Instance).Select(metric => new MetricOfProject(metric.Metric, metric.Runs))];
    }

    /// <param name="keys">Keys of runs as a JSON array.</param>
    public static async Task<IReadOnlyList<SeriesOfRun>> SummariesAsync(StoreContext context, string keys, IReadOnlyList<string> metrics, CancellationToken cancellationToken)
    {
        var series = await Wanted(context, keys, metrics).ToListAsync(cancellationToken);
        return series.ConvertAll(one => new SeriesOfRun(RunId.FromKey(one.RunId), Summary(one)));
    }

    /// <param name="keys">Keys of runs as a JSON array.</param>
    /// <param name="wanted">Which of the pairs of run and metric.</param>
    public static async Task<IReadOnlyList<(string RunId, SeriesSummary Summary, IReadOnlyList<SeriesChunk> Chunks)>> PackedAsync(
        StoreContext context, string keys, IReadOnlyList<string> metrics, HashSet<(string, string)> wanted, CancellationToken cancellationToken)
    {
        var series = (await Wanted(context, keys, metrics).ToListAsync(cancellationToken))
            .Where(one => wanted.Contains((RunId.FromKey(one.RunId), one.Metric))).ToList();
        var ids = JsonSerializer.Serialize(series.Select(one => one.Id));
        var chunks = (await context.SeriesChunks
            .FromSqlInterpolated($"SELECT * FROM SeriesChunks WHERE SeriesId IN (SELECT value FROM json_each({ids}))")
            .AsNoTracking()
            .OrderBy(chunk => chunk.SeriesId).ThenBy(chunk => chunk.Number)
            .ToListAsync(cancellationToken))
            .ToLookup(chunk => chunk.SeriesId);
        return series.ConvertAll(one => (RunId.FromKey(one.RunId), Summary(one), (IReadOnlyList<SeriesChunk>)[.. chunks[one.Id]]));
    }

    private static IQueryable<Series> Wanted(StoreContext context, string keys, IReadOnlyList<string> metrics)
    {
        var names = JsonSerializer.Serialize(metrics);
        return context.Series
            .FromSqlInterpolated($"SELECT * FROM Series WHERE RunId IN (SELECT value FROM json_each({keys})) AND Metric IN (SELECT value FROM json_each({names}))")
            .AsNoTracking();
    }

    private static SeriesSummary Summary(Series series) => new(series.Metric, series.Count, series.Min, series.Max, series.Last, series.Sha256);
}
