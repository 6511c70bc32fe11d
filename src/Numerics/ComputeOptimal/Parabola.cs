namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>Least-squares parabola y = c₂·(x − x₀)² + c₁·(x − x₀) + c₀.</summary>
/// <param name="Center">x₀, the mean of the points' x.</param>
/// <param name="C0">c₀.</param>
/// <param name="C1">c₁.</param>
/// <param name="C2">c₂; above zero when the parabola has a minimum, zero where the points bend no more than rounding does.</param>
public readonly record struct Parabola(double Center, double C0, double C1, double C2)
{
    // Bends below this share of the ordinates come from rounding: equal losses would else have a minimum anywhere.
    private const double Rounding = 1e-12;

    /// <summary>x of the extremum.</summary>
    public double VertexX => Center - C1 / (2 * C2);

    /// <summary>y of the extremum.</summary>
    public double VertexY => C0 - C1 * C1 / (4 * C2);

    /// <summary>Opens upwards, by more than rounding.</summary>
    public bool IsConvex => C2 > 0;

    /// <summary>y at <paramref name="x"/>.</summary>
    public double At(double x)
    {
        var d = x - Center;
        return (C2 * d + C1) * d + C0;
    }

    /// <summary>The parabola with the smallest sum of squared residuals; null with fewer than three distinct x.</summary>
    /// <param name="x">Abscissae.</param>
    /// <param name="y">Ordinates, as many.</param>
    public static Parabola? Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var n = x.Length;
        if (n < 3)
            return null;
        double meanX = 0, meanY = 0, largestY = 0;
        for (var i = 0; i < n; i++)
        {
            meanX += x[i] / n;
            meanY += y[i] / n;
            largestY = Math.Max(largestY, Math.Abs(y[i]));
        }

        // Orthogonal polynomials on the points (Forsythe 1957): p₁ = d, p₂ = d² − (s₃/s₂)·d − s₂/n with d = x − mean.
        double s2 = 0, s3 = 0;
        for (var i = 0; i < n; i++)
        {
            var d = x[i] - meanX;
            s2 += d * d;
            s3 += d * d * d;
        }

        if (!(s2 > 0))
            return null;
        var slope = s3 / s2;
        var offset = s2 / n;
        double p2p2 = 0, p1y = 0, p2y = 0;
        for (var i = 0; i < n; i++)
        {
            var d = x[i] - meanX;
            var p2 = d * d - slope * d - offset;
            p2p2 += p2 * p2;
            p1y += d * (y[i] - meanY);
            p2y += p2 * (y[i] - meanY);
        }

        // Two distinct x leave p₂ zero up to rounding.
        if (!(p2p2 > 1e-18 * s2 * s2))
            return null;
        var c2 = Math.Abs(p2y) > Rounding * largestY * Math.Sqrt(n * p2p2) ? p2y / p2p2 : 0;
        var c1 = p1y / s2 - c2 * slope;
        return new Parabola(meanX, meanY - c2 * offset, c1, c2);
    }
}
