namespace ScalingDashboard.Numerics.Curves;

/// <summary>Where a falling curve first reaches a level.</summary>
/// <param name="X">Linear between the two rows around the crossing.</param>
/// <param name="After">x of the last row above the level; NaN where the first row has it already.</param>
/// <param name="Until">x of the first row at or below the level.</param>
public readonly record struct FirstCrossing(double X, double After, double Until)
{
    /// <summary>The first crossing of a level from above; null where no finite value is at or below it.</summary>
    /// <param name="x">Finite and non-decreasing.</param>
    /// <param name="y">One for each x; what is not finite is passed over.</param>
    /// <param name="level">The level.</param>
    public static FirstCrossing? Of(double[] x, double[] y, double level)
    {
        var before = -1;
        for (var i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(y[i]))
                continue;
            if (y[i] > level)
            {
                before = i;
                continue;
            }

            return before < 0
                ? new FirstCrossing(x[i], double.NaN, x[i])
                : new FirstCrossing(x[before] + (x[i] - x[before]) * ((y[before] - level) / (y[before] - y[i])), x[before], x[i]);
        }

        return null;
    }
}
