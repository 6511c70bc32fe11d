namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>Where a function that only rises, or only falls, is zero.</summary>
internal static class MonotoneRoot
{
    private const double Epsilon = 2.3e-16;
    private const int MostSteps = 200;

    /// <summary>
    /// Inverse quadratic interpolation where three points look like a straight enough curve, bisection where not (Chandrupatla 1997,
    /// doi 10.1016/S0965-9978(96)00051-8), to the last digits. Without a change of sign the end whose value is nearer to zero.
    /// </summary>
    /// <param name="function">Continuous and monotone; may be infinite at the ends.</param>
    /// <param name="low">Lower end.</param>
    /// <param name="high">Upper end.</param>
    public static double Find(Func<double, double> function, double low, double high)
    {
        // a is the newest point, b the other end of the bracket, c the point before.
        var (a, b) = (high, low);
        var (atA, atB) = (function(a), function(b));
        if (atA > 0 == atB > 0)
            return Math.Abs(atA) < Math.Abs(atB) ? a : b;
        var (c, atC) = (a, atA);
        var share = 0.5;
        for (var step = 0; step < MostSteps; step++)
        {
            var x = a + share * (b - a);
            var atX = function(x);
            if (atX > 0 == atA > 0)
                (c, atC) = (a, atA);
            else
                (c, b, atC, atB) = (b, a, atB, atA);
            (a, atA) = (x, atX);
            var (best, atBest) = Math.Abs(atA) < Math.Abs(atB) ? (a, atA) : (b, atB);
            var least = (2 * Epsilon * Math.Abs(best) + 0.5 * Epsilon) / Math.Abs(b - a);
            if (least > 0.5 || atBest == 0)
                return best;
            var (xi, phi) = ((a - b) / (c - b), (atA - atB) / (atC - atB));
            share = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi
                ? atA / (atB - atA) * atC / (atB - atC) + (c - a) / (b - a) * atA / (atC - atA) * atB / (atC - atB)
                : 0.5;
            share = Math.Min(1 - least, Math.Max(least, share));
        }

        return a;
    }
}
