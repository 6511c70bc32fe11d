using System.Runtime.ExceptionServices;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs;

public sealed partial class RunStore
{
    /// <summary>What the live runs of a project have curves of, by name.</summary>
    public Task<IReadOnlyList<MetricOfProject>> MetricsOfProjectAsync(string project, CancellationToken cancellationToken = default) =>
        ReadAsync(context => CurveQueries.MetricsAsync(context, project, cancellationToken), cancellationToken);

    /// <summary>What is known of the curves of these runs in these metrics, without reading them; what is not there is left out.</summary>
    public Task<IReadOnlyList<SeriesOfRun>> FindSeriesAsync(IEnumerable<string> runIds, IReadOnlyList<string> metrics, CancellationToken cancellationToken = default)
    {
        var keys = Keys(runIds);
        return ReadAsync(context => CurveQueries.SummariesAsync(context, keys, metrics, cancellationToken), cancellationToken);
    }

    /// <summary>Reads many curves at once, in no particular order; what is not there is left out.</summary>
    /// <exception cref="StoreException">One is damaged.</exception>
    public async Task<IReadOnlyList<(string RunId, SeriesSummary Summary, ImportedSeries Series)>> ReadSeriesAsync(
        IReadOnlyCollection<(string RunId, string Metric)> wanted, CancellationToken cancellationToken = default)
    {
        if (wanted.Count == 0)
            return [];
        var keys = Keys(wanted.Select(one => one.RunId).Distinct());
        string[] metrics = [.. wanted.Select(one => one.Metric).Distinct()];
        var packed = await ReadAsync(context => CurveQueries.PackedAsync(context, keys, metrics, wanted.ToHashSet(), cancellationToken), cancellationToken);
        // Outside of the read, on all cores: unpacking takes longer than reading.
        var series = new (string, SeriesSummary, ImportedSeries)[packed.Count];
        try
        {
            await Task.Run(
                () => Parallel.For(0, series.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
                {
                    var (runId, summary, chunks) = packed[i];
                    series[i] = (runId, summary, SeriesCodec.Decode(summary.Metric, summary.Count, summary.Sha256, chunks));
                }),
                cancellationToken);
        }
        catch (AggregateException failure)
        {
            // The first damaged curve says what is wrong.
            ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        }

        return series;
    }

    /// <summary>Those curves of some runs that are there, by the id of the run.</summary>
    public async Task<ILookup<string, ImportedSeries>> SeriesAsync(IEnumerable<string> runIds, IReadOnlyList<string> metrics, CancellationToken cancellationToken = default) =>
        (await ReadSeriesAsync([.. runIds.Distinct().SelectMany(id => metrics.Select(metric => (id, metric)))], cancellationToken)).ToLookup(one => one.RunId, one => one.Series);

    /// <summary>One curve of a run, or null.</summary>
    public async Task<ImportedSeries?> SeriesAsync(string runId, string metric, CancellationToken cancellationToken = default) =>
        (await SeriesAsync([runId], [metric], cancellationToken))[runId].FirstOrDefault();
}
