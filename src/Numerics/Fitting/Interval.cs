using MathNet.Numerics.Statistics;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>Percentile bootstrap interval of one quantity, in that quantity's unit.</summary>
/// <param name="StandardError">Sample standard deviation (n − 1) of the draws.</param>
/// <param name="Low80">10th percentile.</param>
/// <param name="High80">90th percentile.</param>
/// <param name="Low95">2.5th percentile.</param>
/// <param name="High95">97.5th percentile.</param>
public sealed record Interval(double StandardError, double Low80, double High80, double Low95, double High95)
{
    /// <summary>
    /// Quantiles are interpolated linearly between order statistics (definition 7 of Hyndman and Fan, numpy's default).
    /// Draws that are not finite are left out; null when fewer than two are left.
    /// </summary>
    public static Interval? Of(IEnumerable<double> draws)
    {
        var sorted = draws.Where(double.IsFinite).ToArray();
        if (sorted.Length < 2)
            return null;
        var standardError = ArrayStatistics.StandardDeviation(sorted);
        Array.Sort(sorted);
        return new Interval(
            standardError,
            Quantile(sorted, 0.1),
            Quantile(sorted, 0.9),
            Quantile(sorted, 0.025),
            Quantile(sorted, 0.975));
    }

    private static double Quantile(double[] sorted, double probability) =>
        SortedArrayStatistics.QuantileCustom(sorted, probability, QuantileDefinition.R7);
}
