using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>The rows of a curve that have an x.</summary>
/// <param name="X">Finite and non-decreasing, in the unit of the axis.</param>
/// <param name="Y">One for each x.</param>
/// <param name="Extremes">Of the y.</param>
public sealed record DrawnRows(double[] X, double[] Y, CurveExtremes Extremes);

/// <summary>One metric of one run with all its rows, over whichever axis. Safe to use from many threads.</summary>
public sealed class RunCurve(ImportedSeries series, RunAxes axes)
{
    private readonly Lock _lock = new();
    private (CurveAxis Axis, double[] X, int[]? Rows)? _on;
    private (CurveSmoothing Smoothing, double[] Values)? _smoothed;
    private ((CurveAxis, CurveSmoothing) Key, DrawnRows Rows)? _lines;
    private (CurveAxis Axis, DrawnRows Rows)? _raw;

    /// <summary>Steps and values as stored.</summary>
    public ImportedSeries Series => series;

    /// <summary>Tokens, FLOP and hours of the run.</summary>
    public RunAxes Axes => axes;

    /// <summary>Values that are not finite.</summary>
    public int NotFinite { get; } = series.Values.Count(value => !double.IsFinite(value));

    /// <summary>Every row smoothed, before any is left out.</summary>
    public double[] Smoothed(CurveSmoothing smoothing)
    {
        lock (_lock)
        {
            if (_smoothed is not { } kept || kept.Smoothing != smoothing)
                _smoothed = kept = (smoothing, smoothing.Apply(series.Values));
            return kept.Values;
        }
    }

    /// <summary>Rows that have no x, or one that goes back.</summary>
    public int WithoutX(CurveAxis axis) => On(axis).Rows is { } rows ? series.Steps.Length - rows.Length : 0;

    /// <summary>What is drawn over an axis; none where the run lacks it.</summary>
    public DrawnRows Over(CurveAxis axis, CurveSmoothing smoothing)
    {
        lock (_lock)
        {
            // Two are kept: the curve as logged behind the smoothed one.
            if (smoothing.Kind == SmoothingKind.None)
            {
                if (_raw is not { } raw || raw.Axis != axis)
                    _raw = raw = (axis, Pick(axis, series.Values));
                return raw.Rows;
            }

            if (_lines is not { } lines || lines.Key != (axis, smoothing))
                _lines = lines = ((axis, smoothing), Pick(axis, Smoothed(smoothing)));
            return lines.Rows;
        }
    }

    private DrawnRows Pick(CurveAxis axis, double[] values)
    {
        var (_, x, rows) = On(axis);
        var y = rows is null ? values : Array.ConvertAll(rows, row => values[row]);
        return new DrawnRows(x, y, new CurveExtremes(y));
    }

    private (CurveAxis Axis, double[] X, int[]? Rows) On(CurveAxis axis)
    {
        lock (_lock)
        {
            if (_on is { } kept && kept.Axis == axis)
                return kept;
            var all = axes.At(axis, series.Steps);
            var rows = new List<int>(all.Length);
            for (var (i, last) = (0, double.NegativeInfinity); i < all.Length; i++)
            {
                // A clock that starts again, or a count that goes back, would draw the line backwards.
                if (!double.IsFinite(all[i]) || all[i] < last)
                    continue;
                last = all[i];
                rows.Add(i);
            }

            kept = rows.Count == all.Length ? (axis, all, null) : (axis, [.. rows.Select(row => all[row])], [.. rows]);
            _on = kept;
            return kept;
        }
    }
}
