using System.Globalization;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>How much of a machine runs may take.</summary>
/// <param name="Hours">Longest estimated time.</param>
/// <param name="Bytes">Most memory of the runs in training at one time.</param>
public sealed record LabLimits(double Hours, double Bytes)
{
    /// <summary>An hour, and half of the machine's memory.</summary>
    public static LabLimits Default => new(1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2.0);

    /// <summary>Why runs exceed a limit whatever is measured, in words; null where they may not.</summary>
    /// <param name="runs">To be trained.</param>
    /// <param name="threads">Runs at a time.</param>
    public string? Problem(IReadOnlyList<LabRun> runs, int threads)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.MaxBy(run => SweepEstimate.Bytes(run.Training)) is not { } largest)
            return null;
        var most = runs.Select(run => SweepEstimate.Bytes(run.Training)).OrderDescending().Take(threads).ToList();
        if (most.Sum() > Bytes || most[0] / sizeof(float) > int.MaxValue)
            return $"Training needs about {Quantity.Significant(most.Sum() / 1e9, 3)} GB of memory ({largest.Name} alone {Quantity.Significant(most[0] / 1e9, 3)} GB), more than the limit of {Quantity.Significant(Bytes / 1e9, 3)} GB. Choose smaller models or batches, or fewer at a time.";
        return SweepEstimate.Least(runs, threads) > Hours * 3600 ? TooLong($"at least {Time(SweepEstimate.Least(runs, threads))}") : null;
    }

    /// <summary>Why runs exceed the limit of time by their estimate, in words; null where they do not.</summary>
    public string? Problem(SweepEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        return estimate.Wall > Hours * 3600 ? TooLong($"about {Time(estimate.Wall)}") : null;
    }

    /// <summary>"40 s", "12 min", "3.5 h", "20 days".</summary>
    public static string Time(double seconds) => seconds switch
    {
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(seconds):0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 48 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
        _ => $"{Quantity.Count(seconds / 86400)} days",
    };

    private string TooLong(string time) => $"The runs would take {time}, more than the limit of {Time(Hours * 3600)}. Choose fewer or smaller ones.";
}
