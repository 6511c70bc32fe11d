using MathNet.Numerics.Statistics;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>What the logs of a project say about how fast it trains.</summary>
/// <param name="FlopsPerSecond">FLOP/s of each accelerator, one a run whose log has the time and the count of accelerators.</param>
/// <param name="LoggedShares">Utilization as a run's own log has it, one a run.</param>
/// <param name="RunsWithoutCount">Runs whose log has the time but not how many accelerators they ran on.</param>
public sealed record MeasuredUtilization(IReadOnlyList<double> FlopsPerSecond, IReadOnlyList<double> LoggedShares, int RunsWithoutCount)
{
    // Enough for a median; each costs a look into the store.
    private const int MostRuns = 60;

    private static readonly string[] s_counts = ["accelerators", "gpus", "num_gpus", "n_gpus", "gpu_count", "world_size", "num_devices", "devices"];
    private static readonly string[] s_seconds = ["seconds", "_runtime", "train_time", "train_runtime", "elapsed_seconds"];

    /// <summary>Nothing is known.</summary>
    public static MeasuredUtilization None { get; } = new([], [], 0);

    /// <summary>Reads the runs of a project.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static async Task<MeasuredUtilization> ReadAsync(RunStore store, string project, CancellationToken cancellationToken)
    {
        var (speeds, shares, withoutCount) = (new List<double>(), new List<double>(), 0);
        foreach (var run in (await store.RunsAsync(project, false, cancellationToken)).Take(MostRuns))
        {
            var metrics = run.Points > 1 ? await store.MetricsAsync(run.Id, cancellationToken) : [];
            if (metrics.Any(metric => metric.Metric == "mfu") && await store.SeriesAsync(run.Id, "mfu", cancellationToken) is { } logged
                && logged.Values.Where(value => value is > 0 and <= 1).ToArray() is { Length: > 0 } known)
                shares.Add(known.Median());
            var seconds = metrics.FirstOrDefault(metric => metric.Metric == "seconds")?.Last ?? Setting(run, s_seconds);
            if (seconds is not > 0 || run.Flops is not > 0)
                continue;
            if (DevicesOf(run) is { } count)
                speeds.Add(run.Flops.Value / seconds.Value / count);
            else
                withoutCount++;
        }

        return new(speeds, shares, withoutCount);
    }

    /// <summary>The median utilization for a peak, and the range that holds 80 % of the runs where there are several; null where nothing was measured.</summary>
    /// <param name="peak">Peak of the accelerator that the runs are taken to have used, FLOP/s.</param>
    public (double Median, Interval? Range, int Runs)? Against(double peak)
    {
        double[] shares = FlopsPerSecond.Count > 0 ? [.. FlopsPerSecond.Select(speed => speed / peak)] : [.. LoggedShares];
        return shares.Length == 0 || shares.Median() is not (> 0 and <= 1) ? null : (shares.Median(), Interval.Of(shares), shares.Length);
    }

    /// <summary>Accelerators a run says it was trained on; null where it does not.</summary>
    public static double? DevicesOf(RunRow run) => Setting(run, s_counts) is > 0 and var count ? count : null;

    private static double? Setting(RunRow run, string[] names) => names
        .Select(name => run.Config.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value)
        .Select(text => Quantity.TryParse(text, out var value) ? value : (double?)null)
        .FirstOrDefault(value => value is not null);

    /// <summary>"37 % on 12 runs (80 % of them 31–40 %)"; null where nothing was measured.</summary>
    public string? Text(double peak) => Against(peak) is var (median, range, runs)
        ? $"{PlanWords.Percent(median)} on {Analysis.Words.Count(runs, "run")}{(range is null ? "" : $" (80 % of them {PlanWords.Percent(range.Low80)}–{PlanWords.Percent(range.High80)})")}"
        : null;
}
