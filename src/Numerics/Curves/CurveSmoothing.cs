namespace ScalingDashboard.Numerics.Curves;

/// <summary>How a curve is smoothed.</summary>
public enum SmoothingKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Exponential moving average, bias-corrected.</summary>
    Average,

    /// <summary>Mean over a window of rows around each row.</summary>
    Window,
}

/// <summary>Smooths a curve row by row, over all its rows. What is not finite stays as it is and takes part in no average.</summary>
/// <param name="Kind">How.</param>
/// <param name="Strength">Weight of the past of an average, 0 to below 1; rows of a window, at least 1; without meaning for none.</param>
public sealed record CurveSmoothing(SmoothingKind Kind, double Strength)
{
    /// <summary>The curve as logged.</summary>
    public static CurveSmoothing None { get; } = new(SmoothingKind.None, 0);

    /// <summary>One smoothed value for each; the same array where nothing is smoothed.</summary>
    public double[] Apply(double[] values) => Kind switch
    {
        SmoothingKind.Average => Average(values, Strength),
        SmoothingKind.Window => Window(values, (int)Strength),
        _ => values,
    };

    /// <summary>
    /// m_k = w·m_{k−1} + (1−w)·v_k from m_0 = 0, and s_k = m_k / (1 − w^k), k counting finite values from 1: the bias correction of Adam
    /// (arXiv 1412.6980, §3), as TensorBoard smooths scalars.
    /// </summary>
    private static double[] Average(double[] values, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(weight, 1);
        var smoothed = new double[values.Length];
        var (mean, past) = (0.0, 1.0);
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            if (!double.IsFinite(value))
            {
                smoothed[i] = value;
                continue;
            }

            past *= weight;
            mean = weight * mean + (1 - weight) * value;
            // Once w^k is below the last digit the correction is over.
            smoothed[i] = past > 1e-17 ? mean / (1 - past) : mean;
        }

        return smoothed;
    }

    /// <summary>
    /// s_i = mean of the finite v_j, |j − i| ≤ ⌊rows/2⌋; near the ends over the rows there are. Sums run from block borders (van Herk), so that a
    /// spike is gone from the sum once it is out of the window.
    /// </summary>
    private static double[] Window(double[] values, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        var half = Math.Min(rows / 2, values.Length);
        if (half == 0)
            return values;
        var block = 2 * half + 1;
        // Sum and count of the finite values from the block's begin to here, and from here to its end.
        var (sumTo, countTo) = (new double[values.Length], new int[values.Length]);
        var (sumFrom, countFrom) = (new double[values.Length], new int[values.Length]);
        for (var i = 0; i < values.Length; i++)
        {
            var carries = i % block != 0;
            (sumTo[i], countTo[i]) = Add(carries ? sumTo[i - 1] : 0, carries ? countTo[i - 1] : 0, values[i]);
        }

        for (var i = values.Length - 1; i >= 0; i--)
        {
            var carries = (i + 1) % block != 0 && i + 1 < values.Length;
            (sumFrom[i], countFrom[i]) = Add(carries ? sumFrom[i + 1] : 0, carries ? countFrom[i + 1] : 0, values[i]);
        }

        var smoothed = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (first, last) = (Math.Max(0, i - half), Math.Min(values.Length - 1, i + half));
            // Within one block the window touches its begin or the end of the rows.
            var (sum, count) = first / block != last / block ? (sumFrom[first] + sumTo[last], countFrom[first] + countTo[last])
                : first % block == 0 ? (sumTo[last], countTo[last])
                : (sumFrom[first], countFrom[first]);
            smoothed[i] = double.IsFinite(values[i]) ? sum / count : values[i];
        }

        return smoothed;
    }

    private static (double Sum, int Count) Add(double sum, int count, double value) => double.IsFinite(value) ? (sum + value, count + 1) : (sum, count);
}
