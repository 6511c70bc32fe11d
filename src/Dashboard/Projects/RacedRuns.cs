using ScalingDashboard.Analysis;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Runs with their loss over steps, for comparing optimizers.</summary>
public static class RacedRuns
{
    private const string Loss = "loss";
    private static readonly string[] s_metrics = [Loss, "tokens", "flops", "seconds"];

    /// <summary>The runs of a project that count.</summary>
    public static async Task<IReadOnlyList<RacedRun>> OfAsync(RunStore store, ProjectSelection selection, CancellationToken cancellationToken)
    {
        var series = await store.SeriesAsync(selection.Final.Observations.Select(row => row.RunId), s_metrics, cancellationToken);
        return [.. selection.Final.Observations.Select(row => Of(row, [.. series[row.RunId]]))];
    }

    /// <summary>The runs of a file.</summary>
    public static IReadOnlyList<RacedRun> Of(IReadOnlyList<ImportedRun> runs) => [.. Usable(runs).Select(Of)];

    /// <summary>Those runs of a file that have parameters, tokens and a loss.</summary>
    internal static IEnumerable<ImportedRun> Usable(IReadOnlyList<ImportedRun> runs) => runs.Where(run => run is { Parameters: not null, Tokens: not null, Loss: not null });

    /// <summary>A run of a project with its series.</summary>
    internal static RacedRun Of(Observation row, IReadOnlyList<ImportedSeries> series) => new()
    {
        Id = row.RunId,
        Name = row.Run,
        Settings = OptimizerColumns.Read(row.Config),
        Family = row.Family,
        Parameters = row.Parameters,
        Tokens = row.Tokens,
        Loss = row.Loss,
        Curve = Curve(row.Parameters, series),
    };

    /// <summary>A run of <see cref="Usable"/>.</summary>
    internal static RacedRun Of(ImportedRun run) => new()
    {
        Id = "",
        Name = run.Name,
        Settings = OptimizerColumns.Read(run.Config),
        Family = run.Family,
        Parameters = run.Parameters!.Value,
        Tokens = run.Tokens!.Value,
        Loss = run.Loss!.Value,
        Curve = Curve(run.Parameters, run.Series),
    };

    private static RunCurve? Curve(double? parameters, IReadOnlyList<ImportedSeries> series)
    {
        return Find(Loss) is { } loss ? new RunCurve(loss, new RunAxes(parameters, Find("tokens"), Find("flops"), Find("seconds"))) : null;

        ImportedSeries? Find(string metric) => series.FirstOrDefault(one => one.Metric == metric);
    }
}
