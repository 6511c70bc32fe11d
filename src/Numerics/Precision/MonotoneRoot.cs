namespace ScalingDashboard.Numerics.Precision;

/// <summary>The root of a function that rises or falls throughout an interval.</summary>
internal static class MonotoneRoot
{
    private const int MostRounds = 200;

    /// <summary>Ridders 1979: regula falsi with the curvature divided out; never leaves the bracket. Null where the ends have the same sign.</summary>
    /// <param name="of">The function; infinite values count by their sign.</param>
    /// <param name="low">Lower end.</param>
    /// <param name="high">Upper end.</param>
    internal static double? Find(Func<double, double> of, double low, double high)
    {
        var (atLow, atHigh) = (of(low), of(high));
        if (atLow == 0)
            return low;
        if (atHigh == 0)
            return high;
        if (!(Math.Sign(atLow) * Math.Sign(atHigh) < 0))
            return null;
        var last = double.NaN;
        for (var round = 0; round < MostRounds && high - low > 1e-15 * Math.Max(Math.Abs(low), Math.Abs(high)); round++)
        {
            var middle = 0.5 * (low + high);
            var atMiddle = of(middle);
            if (atMiddle == 0)
                return middle;
            // x = m + (m − l)·sign(f(l) − f(h))·f(m)/√(f(m)² − f(l)f(h))
            var next = middle + (middle - low) * Math.Sign(atLow - atHigh) * atMiddle / Math.Sqrt(atMiddle * atMiddle - atLow * atHigh);
            if (!(next > low && next < high))
                next = middle;
            if (Math.Abs(next - last) <= 1e-15 * Math.Abs(next))
                return next;
            last = next;
            var atNext = of(next);
            if (atNext == 0)
                return next;
            // The tightest bracket among low, middle, next and high.
            var (left, atLeft, right, atRight) = middle < next ? (middle, atMiddle, next, atNext) : (next, atNext, middle, atMiddle);
            if (Math.Sign(atLeft) != Math.Sign(atLow))
                (high, atHigh) = (left, atLeft);
            else if (Math.Sign(atRight) != Math.Sign(atLow))
                (low, atLow, high, atHigh) = (left, atLeft, right, atRight);
            else
                (low, atLow) = (right, atRight);
        }

        return 0.5 * (low + high);
    }
}
