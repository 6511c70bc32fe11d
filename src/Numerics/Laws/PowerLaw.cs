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
    /// Ordinary least squares of ln y on ln x. NaN exponent with fewer than two distinct x.
    /// </summary>
    public static PowerLaw Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double meanX = 0, meanY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            meanX += Math.Log(x[i]);
            meanY += Math.Log(y[i]);
        }

        meanX /= x.Length;
        meanY /= x.Length;
        double xx = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var dx = Math.Log(x[i]) - meanX;
            xx += dx * dx;
            xy += dx * (Math.Log(y[i]) - meanY);
        }

        var exponent = xx > 0 ? xy / xx : double.NaN;
        return new PowerLaw(exponent, meanY - exponent * meanX);
    }
}
