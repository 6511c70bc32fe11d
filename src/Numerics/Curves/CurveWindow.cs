namespace ScalingDashboard.Numerics.Curves;

/// <summary>A part of an x axis and its scale.</summary>
/// <param name="Low">Left end; null where the axis begins with the data.</param>
/// <param name="High">Right end; null where the axis ends with the data.</param>
/// <param name="Log">Logarithmic: what is not positive does not show.</param>
public readonly record struct CurveWindow(double? Low, double? High, bool Log)
{
    /// <summary>
    /// The rows from Start up to, not including, End that a line through the window needs: those inside and one beyond each end, where there is one.
    /// </summary>
    /// <param name="x">Finite and non-decreasing.</param>
    public (int Start, int End) Rows(double[] x)
    {
        var first = Log ? FirstAbove(x, 0) : 0;
        var start = Low is { } low ? Math.Max(first, FirstNotBelow(x, low) - 1) : first;
        var end = High is { } high ? Math.Min(x.Length, FirstAbove(x, high) + 1) : x.Length;
        return (start, Math.Max(start, end));
    }

    /// <summary>How many rows lie in the window.</summary>
    public int Count(double[] x)
    {
        var first = Math.Max(Log ? FirstAbove(x, 0) : 0, Low is { } low ? FirstNotBelow(x, low) : 0);
        var end = High is { } high ? FirstAbove(x, high) : x.Length;
        return Math.Max(0, end - first);
    }

    /// <summary>Rows that a logarithmic axis cannot show, because their x is not positive; they come first.</summary>
    public int NonPositive(double[] x) => Log ? FirstAbove(x, 0) : 0;

    /// <summary>The first row whose x is not below a bound; the count of rows where there is none.</summary>
    internal static int FirstNotBelow(double[] x, double bound, int start = 0) => Search(x, start, value => value < bound);

    /// <summary>The first row whose x is above a bound; the count of rows where there is none.</summary>
    internal static int FirstAbove(double[] x, double bound, int start = 0) => Search(x, start, value => value <= bound);

    private static int Search(double[] x, int low, Func<double, bool> before)
    {
        var high = x.Length;
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (before(x[middle]))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
