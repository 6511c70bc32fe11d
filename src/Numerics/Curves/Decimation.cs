namespace ScalingDashboard.Numerics.Curves;

/// <summary>
/// Which rows of a long curve are drawn: in each of a few hundred buckets, uniform in the drawn scale, the lowest and the highest. A spike is never lost
/// (as LTTB alone may, arXiv 2305.00332), nothing is random, and the first and the last row stay.
/// </summary>
public static class Decimation
{
    /// <summary>Rows to draw, ascending; all rows of the window where there are no more than <paramref name="most"/>.</summary>
    /// <param name="x">Finite and non-decreasing.</param>
    /// <param name="window">What is drawn of it.</param>
    /// <param name="most">Rows to draw at most, at least 8 for each column.</param>
    /// <param name="columns">Values whose extremes must stay; a bucket in which a column has none but values that are not finite keeps one row, for the gap.</param>
    public static int[] Rows(double[] x, CurveWindow window, int most, params CurveExtremes[] columns)
    {
        var (start, end) = window.Rows(x);
        if (end - start <= most)
            return [.. Enumerable.Range(start, end - start)];
        var kept = new List<int>(most) { start };
        var borders = Borders(x, start + 1, end - 1, window.Log, (most - 2) / (2 * columns.Length));
        Span<int> ofBucket = stackalloc int[2 * columns.Length];
        for (var k = 0; k + 1 < borders.Length; k++)
        {
            if (borders[k] == borders[k + 1])
                continue;
            for (var c = 0; c < columns.Length; c++)
            {
                var (lowest, highest) = columns[c].Between(borders[k], borders[k + 1]);
                (ofBucket[2 * c], ofBucket[2 * c + 1]) = lowest < 0 ? (borders[k], borders[k]) : (lowest, highest);
            }

            ofBucket.Sort();
            foreach (var row in ofBucket)
            {
                if (row != kept[^1])
                    kept.Add(row);
            }
        }

        kept.Add(end - 1);
        return [.. kept];
    }

    /// <summary>Of some rows those that are drawn: the first of each kind in each bucket.</summary>
    /// <param name="x">Finite and non-decreasing.</param>
    /// <param name="window">What is drawn of it.</param>
    /// <param name="buckets">Buckets over the window.</param>
    /// <param name="rows">Rows to choose from, ascending.</param>
    /// <param name="kind">Which rows are alike.</param>
    public static int[] Firsts(double[] x, CurveWindow window, int buckets, IReadOnlyList<int> rows, Func<int, int> kind)
    {
        var (start, end) = window.Rows(x);
        var inside = rows.Where(row => row >= start && row < end && x[row] >= (window.Low ?? double.NegativeInfinity) && x[row] <= (window.High ?? double.PositiveInfinity)).ToArray();
        if (inside.Length == 0)
            return [];
        var borders = Borders(x, start, end, window.Log, buckets);
        var met = new HashSet<(int, int)>();
        var bucket = 0;
        var kept = new List<int>();
        foreach (var row in inside)
        {
            while (borders[bucket + 1] <= row)
                bucket++;
            if (met.Add((bucket, kind(row))))
                kept.Add(row);
        }

        return [.. kept];
    }

    /// <summary>Where the buckets begin, as rows, and where the last one ends: edge_k = a + (b − a)·k/n, on a logarithmic axis a·(b/a)^(k/n).</summary>
    private static int[] Borders(double[] x, int start, int end, bool log, int buckets)
    {
        var borders = new int[buckets + 1];
        (borders[0], borders[^1]) = (start, end);
        var (low, high) = (x[start], x[end - 1]);
        for (var k = 1; k < buckets; k++)
        {
            var share = (double)k / buckets;
            var edge = log ? low * Math.Pow(high / low, share) : low + (high - low) * share;
            borders[k] = Math.Min(end, CurveWindow.FirstNotBelow(x, edge, borders[k - 1]));
        }

        return borders;
    }
}
