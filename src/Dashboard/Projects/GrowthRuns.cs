using ScalingDashboard.Analysis;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Runs with their loss over steps and how they were grown.</summary>
public static class GrowthRuns
{
    private const string OperatorFlops = "operator_flops";
    private const string OperatorSeconds = "operator_seconds";
    private static readonly string[] s_metrics = ["loss", "tokens", "flops", "seconds", OperatorFlops, OperatorSeconds];

    /// <summary>The runs of a project that count.</summary>
    public static async Task<IReadOnlyList<GrowthRun>> OfAsync(RunStore store, ProjectSelection selection, CancellationToken cancellationToken)
    {
        var series = await store.SeriesAsync(selection.Final.Observations.Select(row => row.RunId), s_metrics, cancellationToken);
        return [.. selection.Final.Observations.Select(row => Of(RacedRuns.Of(row, [.. series[row.RunId]]), row.Config, [.. series[row.RunId]]))];
    }

    /// <summary>The runs of a file.</summary>
    public static IReadOnlyList<GrowthRun> Of(IReadOnlyList<ImportedRun> runs) => [.. RacedRuns.Usable(runs).Select(run => Of(RacedRuns.Of(run), run.Config, run.Series))];

    private static GrowthRun Of(RacedRun run, IReadOnlyList<KeyValuePair<string, string>> config, IReadOnlyList<ImportedSeries> series) => new(
        run, GrowthColumns.Read(config), series.FirstOrDefault(one => one.Metric == OperatorFlops), series.FirstOrDefault(one => one.Metric == OperatorSeconds));
}
