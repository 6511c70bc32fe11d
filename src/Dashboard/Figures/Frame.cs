namespace ScalingDashboard.Dashboard.Figures;

/// <summary>What part of the data a chart shows.</summary>
internal static class Frame
{
    // A minimum this many times beyond the runs is off the frame; its numbers stand in the table.
    private const double FarBeyond = 10;

    /// <summary>What the frame is made for: a run that diverged must not press all others into a line at the bottom.</summary>
    /// <param name="losses">At least one.</param>
    /// <param name="below">Nor one far below.</param>
    internal static double[] WithoutFarOutliers(double[] losses, bool below = false)
    {
        var sorted = losses.Order().ToArray();
        var lower = sorted[sorted.Length / 4];
        var upper = sorted[3 * sorted.Length / 4];
        return upper <= lower ? losses : [.. losses.Where(loss => loss <= upper + 2 * (upper - lower) && (!below || loss >= lower - 2 * (upper - lower)))];
    }

    /// <summary>The values of the runs and, after them, those others that do not lie far beyond.</summary>
    internal static double[] WithNear(double[] runs, IEnumerable<double> others) =>
        runs.Length == 0 ? [.. others] : [.. runs, .. others.Where(value => value >= runs.Min() / FarBeyond && value <= runs.Max() * FarBeyond)];

    /// <summary>A little more than the values, so that no point sits on the frame; null without any.</summary>
    internal static AxisRange? Around(double[] values, bool log)
    {
        var finite = values.Where(value => double.IsFinite(value) && (!log || value > 0)).ToArray();
        if (finite.Length == 0)
            return null;
        var (low, high) = (finite.Min(), finite.Max());
        if (log)
        {
            var margin = Math.Pow(high / low, 0.05);
            return low < high ? new(low / margin, high * margin) : new(low / 2, high * 2);
        }

        var pad = low < high ? 0.05 * (high - low) : Math.Max(0.05 * Math.Abs(high), 1e-9);
        return new(low - pad, high + pad);
    }
}
