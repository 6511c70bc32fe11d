using System.Globalization;
using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Analysis;

/// <summary>What a run came to, by its smoothed curve over an axis.</summary>
/// <param name="Run">Id of the run.</param>
/// <param name="Last">Last finite value.</param>
/// <param name="LastX">Where.</param>
/// <param name="Lowest">Lowest value, the first of equals.</param>
/// <param name="LowestX">Where.</param>
/// <param name="Scatter">Standard deviation of the logged values around the smoothed ones over the last twentieth of the rows, at least 10; null where nothing is smoothed or there are fewer.</param>
/// <param name="Rows">Rows logged.</param>
/// <param name="NotFinite">Of these, values that are not finite.</param>
public sealed record CurveSummary(string Run, double Last, double LastX, double Lowest, double LowestX, double? Scatter, int Rows, int NotFinite)
{
    private const int FewestRows = 10;

    /// <summary>Null where the run has no finite value over the axis.</summary>
    public static CurveSummary? Of(PanelRun run, CurveAxis axis, CurveSmoothing smoothing)
    {
        var rows = run.Curve.Over(axis, smoothing);
        var lowest = rows.Extremes.Between(0, rows.Y.Length).Lowest;
        if (lowest < 0)
            return null;
        var last = Array.FindLastIndex(rows.Y, double.IsFinite);
        return new CurveSummary(
            run.Id, rows.Y[last], rows.X[last], rows.Y[lowest], rows.X[lowest],
            smoothing.Kind == SmoothingKind.None ? null : ScatterOf(run.Curve.Over(axis, CurveSmoothing.None).Y, rows.Y), run.Curve.Series.Steps.Length, run.Curve.NotFinite);
    }

    private static double? ScatterOf(double[] logged, double[] smoothed)
    {
        var most = Math.Max(FewestRows, logged.Length / 20);
        var (count, squares) = (0, 0.0);
        for (var i = logged.Length - 1; i >= 0 && count < most; i--)
        {
            if (!double.IsFinite(logged[i]))
                continue;
            count++;
            squares += (logged[i] - smoothed[i]) * (logged[i] - smoothed[i]);
        }

        return count < FewestRows ? null : Math.Sqrt(squares / count);
    }
}

/// <summary>What a run spent until it reached a loss, by its smoothed curve. Null where the run has no such axis.</summary>
/// <param name="Run">Id of the run.</param>
/// <param name="Reached">False where no smoothed value is at or below the loss.</param>
/// <param name="Lowest">Its lowest smoothed value; NaN where none is finite.</param>
/// <param name="Step">Step of the first crossing, linear between the rows around it.</param>
/// <param name="Rows">Steps of these two rows; the first is NaN where the run begins at or below the loss.</param>
/// <param name="Tokens">Tokens at that step.</param>
/// <param name="Flops">Training FLOP at that step.</param>
/// <param name="Hours">Wall time at that step, hours.</param>
/// <param name="Dollars">What the devices cost until that step.</param>
public sealed record LossReached(string Run, bool Reached, double Lowest, double? Step, (double After, double Until)? Rows, double? Tokens, double? Flops, double? Hours, double? Dollars = null)
{
    /// <summary>By the first crossing of the smoothed curve.</summary>
    public static LossReached Of(PanelRun run, CurveSmoothing smoothing, double loss)
    {
        var curve = run.Curve;
        var smoothed = curve.Smoothed(smoothing);
        var lowest = LowestOf(smoothed);
        if (FirstCrossing.Of(curve.Series.Steps, smoothed, loss) is not { } crossing)
            return new LossReached(run.Id, false, lowest, null, null, null, null, null);
        return new LossReached(run.Id, true, lowest, crossing.X, (crossing.After, crossing.Until), At(CurveAxis.Tokens), At(CurveAxis.Flops), At(CurveAxis.Time), At(CurveAxis.Cost));

        double? At(CurveAxis axis) => curve.Axes.At(axis, [crossing.X])[0] is var value && double.IsFinite(value) ? value : null;
    }

    /// <summary>A loss that every run reaches which has any finite value: the highest of their lowest, rounded up to three digits.</summary>
    public static double? Default(IEnumerable<PanelRun> runs, CurveSmoothing smoothing)
    {
        double[] lowest = [.. runs.Select(run => LowestOf(run.Curve.Smoothed(smoothing))).Where(double.IsFinite)];
        if (lowest.Length == 0)
            return null;
        var highest = lowest.Max();
        if (highest == 0)
            return 0;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(highest))) - 2);
        // Through its text, so that 2.35 is 2.35 and not 2.3500000000000001.
        var rounded = double.Parse((Math.Ceiling(highest / unit) * unit).ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Math.Max(rounded, highest);
    }

    private static double LowestOf(double[] values) => CurveExtremes.Scan(values, 0, values.Length).Lowest is var row && row >= 0 ? values[row] : double.NaN;
}
