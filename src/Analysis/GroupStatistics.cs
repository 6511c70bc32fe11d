namespace ScalingDashboard.Analysis;

/// <summary>A few values of the same kind, such as the losses of one configuration over its seeds.</summary>
/// <param name="Count">n: how many values there are.</param>
/// <param name="Mean">Arithmetic mean; NaN without a value.</param>
/// <param name="Deviation">Standard deviation √(Σ(x − mean)²/(n − 1)); NaN for fewer than two values.</param>
public sealed record GroupStatistics(int Count, double Mean, double Deviation)
{
    /// <summary>Standard error of the mean, deviation/√n; NaN for fewer than two values.</summary>
    public double Error => Deviation / Math.Sqrt(Count);

    /// <summary>Of the values that are finite.</summary>
    public static GroupStatistics Of(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
            return new GroupStatistics(0, double.NaN, double.NaN);
        var mean = finite.Average();
        return new GroupStatistics(finite.Length, mean, finite.Length < 2 ? double.NaN : Math.Sqrt(finite.Sum(value => (value - mean) * (value - mean)) / (finite.Length - 1)));
    }
}
