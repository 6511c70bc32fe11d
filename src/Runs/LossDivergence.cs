using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Runs;

/// <summary>Tells a run whose loss rose far above where it had been and was still there at the end.</summary>
public static class LossDivergence
{
    /// <summary>A loss that ends above so many times its lowest has diverged.</summary>
    public const double Factor = 1.5;

    /// <summary>How the words begin.</summary>
    public const string Beginning = "diverged: the loss ends";

    private const int Windows = 20;
    private const int FewestRows = 5;
    private const int FewestWindows = 4;

    // Of a long window so many values, evenly spread, tell the median well enough.
    private const int MostLookedAt = 101;

    // A rise within the noise of single rows is none.
    private const double Scatters = 3;

    /// <summary>
    /// In words, where the median of the last window lies above <see cref="Factor"/> times the lowest such median, by three times the scatter of single rows; else null.
    /// A window is a twentieth of the rows, at least five; what is not finite counts in none. Fewer than four windows, or a loss at or below 0, tell nothing.
    /// </summary>
    /// <param name="loss">A training loss over steps.</param>
    public static string? Of(ImportedSeries loss)
    {
        var rows = Math.Max(FewestRows, loss.Values.Length / Windows);
        var count = loss.Values.Length / rows;
        if (count < FewestWindows)
            return null;
        var (lowest, at) = ((Median: double.PositiveInfinity, Scatter: 0.0), 0);
        var last = (Median: double.NaN, Scatter: 0.0);
        // From the end, so that the rows left over are the first ones.
        for (var (end, window) = (loss.Values.Length, 0); window < count; end -= rows, window++)
        {
            var read = Read(loss.Values.AsSpan(end - rows, rows));
            if (window == 0)
                last = read;
            if (read.Median < lowest.Median)
                (lowest, at) = (read, end - 1);
        }

        return lowest.Median > 0 && last.Median > Factor * lowest.Median && last.Median - lowest.Median > Scatters * Math.Max(lowest.Scatter, last.Scatter)
            ? FormattableString.Invariant($"{Beginning} at {Quantity.Significant(last.Median, 3)}, {Quantity.Significant(last.Median / lowest.Median, 2)} times its lowest, {Quantity.Significant(lowest.Median, 3)} up to step {loss.Steps[at]:R} (medians of {rows} rows)")
            : null;
    }

    /// <summary>Median, and 1.48 times the median distance from it: the standard deviation of normal noise. NaN where nothing is finite.</summary>
    private static (double Median, double Scatter) Read(ReadOnlySpan<double> values)
    {
        var looked = new List<double>(Math.Min(values.Length, MostLookedAt));
        for (var i = 0; i < Math.Min(values.Length, MostLookedAt); i++)
        {
            var value = values[(int)((long)i * values.Length / Math.Min(values.Length, MostLookedAt))];
            if (double.IsFinite(value))
                looked.Add(value);
        }

        if (looked.Count == 0)
            return (double.NaN, 0);
        var median = MedianOf(looked);
        return (median, 1.4826 * MedianOf(looked.ConvertAll(value => Math.Abs(value - median))));
    }

    private static double MedianOf(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
