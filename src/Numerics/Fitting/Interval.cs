using MathNet.Numerics.Statistics;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>80 and 95 % interval of one quantity, in that quantity's unit. NaN is an open end.</summary>
/// <param name="StandardError">Of bootstrap draws their sample standard deviation (n − 1); of the other kinds as said there.</param>
/// <param name="Low80">Lower end at 80 %; of draws the 10th percentile.</param>
/// <param name="High80">Upper end at 80 %; the 90th.</param>
/// <param name="Low95">Lower end at 95 %; the 2.5th.</param>
/// <param name="High95">Upper end at 95 %; the 97.5th.</param>
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

    internal static double Quantile(double[] sorted, double probability) =>
        SortedArrayStatistics.QuantileCustom(sorted, probability, QuantileDefinition.R7);
}
