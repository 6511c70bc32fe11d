namespace ScalingDashboard.Numerics.Curves;

/// <summary>Values of a curve between its rows.</summary>
public static class CurveInterpolation
{
    /// <summary>y at x, linear between the rows on both sides; at a repeated x its last row. NaN before the first row, after the last, and beside a value that is not finite.</summary>
    /// <param name="xs">Finite and non-decreasing.</param>
    /// <param name="ys">One for each x.</param>
    /// <param name="x">Where.</param>
    public static double At(double[] xs, double[] ys, double x)
    {
        var after = CurveWindow.FirstAbove(xs, x);
        return after == 0 ? double.NaN : Between(xs, ys, after - 1, x);
    }

    /// <summary>y at each x of another curve, in one walk.</summary>
    /// <param name="xs">Finite and non-decreasing.</param>
    /// <param name="ys">One for each x.</param>
    /// <param name="wanted">Finite and non-decreasing.</param>
    public static double[] At(double[] xs, double[] ys, double[] wanted)
    {
        var values = new double[wanted.Length];
        var row = -1;
        for (var i = 0; i < wanted.Length; i++)
        {
            while (row + 1 < xs.Length && xs[row + 1] <= wanted[i])
                row++;
            values[i] = row < 0 ? double.NaN : Between(xs, ys, row, wanted[i]);
        }

        return values;
    }

    // The row is the last one not beyond x.
    private static double Between(double[] xs, double[] ys, int row, double x)
    {
        if (xs[row] == x)
            return double.IsFinite(ys[row]) ? ys[row] : double.NaN;
        if (row + 1 == xs.Length || !double.IsFinite(ys[row]) || !double.IsFinite(ys[row + 1]))
            return double.NaN;
        return ys[row] + (ys[row + 1] - ys[row]) * ((x - xs[row]) / (xs[row + 1] - xs[row]));
    }
}
