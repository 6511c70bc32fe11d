using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Estimation;

/// <summary>
/// Intervals of the coefficients of L = E + A·N^−α + B·D^−β, by the delta method with the sandwich covariance (<see cref="LawIntervals"/>). Checkpoints
/// count as independent, which those of one training are not: the intervals are too narrow. Null where a coefficient has none: it lies on a bound, was
/// taken from elsewhere, or the checkpoints do not tell it.
/// </summary>
public sealed record CoefficientIntervals(Interval? E, Interval? A, Interval? B, Interval? Alpha, Interval? Beta)
{
    /// <summary>How they are made.</summary>
    public const IntervalKind Kind = IntervalKind.Delta;

    /// <summary>No intervals.</summary>
    public static CoefficientIntervals None { get; } = new(null, null, null, null, null);

    internal static CoefficientIntervals Of(LawFit fit, FitPoints points, FitOptions options)
    {
        var intervals = Of(fit, points, options, ["E", "A", "B", "alpha", "beta"]);
        return new(intervals[0], intervals[1], intervals[2], intervals[3], intervals[4]);
    }

    /// <summary>Of any coefficients of any law, by their keys.</summary>
    internal static IReadOnlyList<Interval?> Of(LawFit fit, FitPoints points, FitOptions options, IReadOnlyList<string> keys) =>
        LawIntervals.For(Kind, fit, points, options, BootstrapDraws.None).Of([.. keys.Select(key => (Func<Law, double>)(law => law[key]))]);
}
