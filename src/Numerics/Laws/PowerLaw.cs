namespace ScalingDashboard.Numerics.Laws;

/// <summary>y = exp(LogCoefficient)·x^Exponent.</summary>
/// <param name="Exponent">Slope in log-log axes.</param>
/// <param name="LogCoefficient">Natural logarithm of y at x = 1.</param>
public sealed record PowerLaw(double Exponent, double LogCoefficient)
{
    /// <summary>The value at <paramref name="x"/>.</summary>
    public double At(double x) => Math.Exp(LogCoefficient + Exponent * Math.Log(x));

    /// <summary>The law with this exponent that passes through one point.</summary>
    public static PowerLaw Through(double x, double y, double exponent) => new(exponent, Math.Log(y) - exponent * Math.Log(x));

    /// <summary>
    /// Least squares of ln y on ln x; NaN exponent with fewer than two distinct x.
    /// </summary>
    /// <param name="x">Positive.</param>
    /// <param name="y">Positive, as many.</param>
    /// <param name="weights">One a point, not negative, such as 1/variance of ln y; none for ordinary least squares.</param>
    public static PowerLaw Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        // slope = Σ w·(ln x − m)·(ln y − n) / Σ w·(ln x − m)², m and n the weighted means of ln x and ln y.
        double total = 0, meanX = 0, meanY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            total += weight;
            meanX += weight * Math.Log(x[i]);
            meanY += weight * Math.Log(y[i]);
        }

        meanX /= total;
        meanY /= total;
        double xx = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            var dx = Math.Log(x[i]) - meanX;
            xx += weight * dx * dx;
            xy += weight * dx * (Math.Log(y[i]) - meanY);
        }

        var exponent = xx > 0 ? xy / xx : double.NaN;
        return new PowerLaw(exponent, meanY - exponent * meanX);
    }
}
