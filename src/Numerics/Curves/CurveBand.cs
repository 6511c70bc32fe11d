namespace ScalingDashboard.Numerics.Curves;

/// <summary>How far runs lie apart.</summary>
public enum SpreadKind
{
    /// <summary>Sample standard deviation (n − 1) on both sides of the mean.</summary>
    Deviation,

    /// <summary>Standard error of the mean on both sides, deviation/√n.</summary>
    Error,

    /// <summary>From the lowest to the highest.</summary>
    Range,
}

/// <summary>Mean and spread of several runs, such as seeds, at every x that any of them has; a run counts where it has rows on both sides, linear in between.</summary>
public sealed record CurveBand
{
    /// <summary>Every x of the runs, ascending, each once, where at least one run counts.</summary>
    public required double[] X { get; init; }

    /// <summary>Mean over the runs that count.</summary>
    public required double[] Mean { get; init; }

    /// <summary>Lower edge; NaN where one run alone has no deviation.</summary>
    public required double[] Low { get; init; }

    /// <summary>Upper edge, likewise.</summary>
    public required double[] High { get; init; }

    /// <summary>How many runs count.</summary>
    public required int[] Runs { get; init; }

    /// <summary>The band of some runs.</summary>
    /// <param name="runs">Their rows: x finite and non-decreasing.</param>
    /// <param name="spread">What its edges are.</param>
    public static CurveBand Of(IReadOnlyList<(double[] X, double[] Y)> runs, SpreadKind spread)
    {
        var xs = Union([.. runs.Select(run => run.X)]);
        var values = runs.Select(run => CurveInterpolation.At(run.X, run.Y, xs)).ToArray();
        var (mean, low, high, counts) = (new double[xs.Length], new double[xs.Length], new double[xs.Length], new int[xs.Length]);
        for (var i = 0; i < xs.Length; i++)
        {
            // Welford: sums of squares of losses that differ in their fifth digit would cancel.
            var (n, m, squares, least, most) = (0, 0.0, 0.0, double.PositiveInfinity, double.NegativeInfinity);
            foreach (var run in values)
            {
                if (double.IsNaN(run[i]))
                    continue;
                n++;
                var off = run[i] - m;
                m += off / n;
                squares += off * (run[i] - m);
                (least, most) = (Math.Min(least, run[i]), Math.Max(most, run[i]));
            }

            var half = n < 2 ? double.NaN : Math.Sqrt(squares / (n - 1)) / (spread == SpreadKind.Error ? Math.Sqrt(n) : 1);
            (mean[i], counts[i]) = (n == 0 ? double.NaN : m, n);
            (low[i], high[i]) = n == 0 ? (double.NaN, double.NaN) : spread == SpreadKind.Range ? (least, most) : (m - half, m + half);
        }

        int[] there = [.. Enumerable.Range(0, xs.Length).Where(i => counts[i] > 0)];
        return there.Length == xs.Length
            ? new CurveBand { X = xs, Mean = mean, Low = low, High = high, Runs = counts }
            : new CurveBand
            {
                X = [.. there.Select(i => xs[i])],
                Mean = [.. there.Select(i => mean[i])],
                Low = [.. there.Select(i => low[i])],
                High = [.. there.Select(i => high[i])],
                Runs = [.. there.Select(i => counts[i])],
            };
    }

    /// <summary>Every x of the runs once, ascending.</summary>
    private static double[] Union(double[][] runs)
    {
        // Seeds mostly log at the same steps.
        if (runs.Length > 0 && Array.TrueForAll(runs, run => run.AsSpan().SequenceEqual(runs[0])) && IsAscending(runs[0]))
            return runs[0];
        double[] all = [.. runs.SelectMany(run => run)];
        Array.Sort(all);
        var count = 0;
        for (var i = 0; i < all.Length; i++)
        {
            if (count == 0 || all[i] != all[count - 1])
                all[count++] = all[i];
        }

        return all[..count];
    }

    private static bool IsAscending(double[] x)
    {
        for (var i = 1; i < x.Length; i++)
        {
            if (x[i] <= x[i - 1])
                return false;
        }

        return true;
    }
}
