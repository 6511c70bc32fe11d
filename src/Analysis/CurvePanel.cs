using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Analysis;

/// <summary>What is drawn of each run.</summary>
public enum CurveComparison
{
    /// <summary>Its values.</summary>
    Values,

    /// <summary>Its values less those of the reference run at the same x.</summary>
    Difference,

    /// <summary>Its values over those of the reference run at the same x.</summary>
    Ratio,
}

/// <summary>How curves are drawn.</summary>
public sealed record CurveOptions
{
    /// <summary>Points drawn in a figure at most, for browsers draw them one by one.</summary>
    public const int MostPoints = 40_000;

    /// <summary>What curves are drawn against.</summary>
    public CurveAxis Axis { get; init; }

    /// <summary>Logarithmic x: what is not positive is left out and counted.</summary>
    public bool LogX { get; init; }

    /// <summary>Logarithmic y, likewise.</summary>
    public bool LogY { get; init; }

    /// <summary>How curves are smoothed, over all rows.</summary>
    public CurveSmoothing Smoothing { get; init; } = CurveSmoothing.None;

    /// <summary>The curve as logged behind a smoothed one.</summary>
    public bool Raw { get; init; }

    /// <summary>Left end of what is drawn; null for all.</summary>
    public double? Low { get; init; }

    /// <summary>Right end of what is drawn; null for all.</summary>
    public double? High { get; init; }

    /// <summary>Points of a line at most.</summary>
    public int Points { get; init; } = 2000;

    /// <summary>Values or a comparison with the reference run; without a reference always values.</summary>
    public CurveComparison Comparison { get; init; }

    /// <summary>Edges of the band of a group of runs.</summary>
    public SpreadKind Spread { get; init; }

    /// <summary>What of the x axis is drawn.</summary>
    public CurveWindow Window => new(Low, High, LogX);

    /// <summary>clamp(40,000/lines, 200, 2,000): what browsers draw at once, and no more than a screen can show.</summary>
    public static int PointsOf(int lines) => Math.Clamp(MostPoints / Math.Max(lines, 1), 200, 2000);
}

/// <summary>A run of a panel.</summary>
/// <param name="Id">Short id.</param>
/// <param name="Curve">Its metric.</param>
public sealed record PanelRun(string Id, RunCurve Curve);

/// <summary>Runs that are drawn as one mean with a band.</summary>
/// <param name="Id">Unique among the lines of the panel.</param>
/// <param name="Runs">Runs.</param>
public sealed record PanelGroup(string Id, IReadOnlyList<PanelRun> Runs);

/// <summary>What a line of a panel is.</summary>
public enum CurveTraceKind
{
    /// <summary>A run as logged, behind its smoothed line.</summary>
    Raw,

    /// <summary>A run.</summary>
    Line,

    /// <summary>Mean of a group with its band.</summary>
    Band,

    /// <summary>Where values of a run are not finite.</summary>
    NotFinite,

    /// <summary>Lowest of all runs at each compute.</summary>
    Envelope,
}

/// <summary>A line as it is drawn.</summary>
public sealed record CurveTrace
{
    /// <summary>Id of the run or group.</summary>
    public required string Of { get; init; }

    /// <summary>What it is.</summary>
    public required CurveTraceKind Kind { get; init; }

    /// <summary>x in the unit of the axis.</summary>
    public required double[] X { get; init; }

    /// <summary>One for each x; NaN is a gap. Of <see cref="CurveTraceKind.NotFinite"/> the value itself.</summary>
    public required double[] Y { get; init; }

    /// <summary>Edges of a band.</summary>
    public double[]? Low { get; init; }

    /// <inheritdoc cref="Low"/>
    public double[]? High { get; init; }

    /// <summary>How many runs a band rests on at each x.</summary>
    public int[]? Runs { get; init; }

    /// <summary>Rows in the window, of which <see cref="X"/> are drawn.</summary>
    public required int Total { get; init; }

    /// <summary>Rows that a logarithmic axis cannot show.</summary>
    public int NonPositive { get; init; }
}

/// <summary>Lines of one metric, decimated: these runs and these options → what is drawn.</summary>
public static class CurvePanelRecipe
{
    // Marks of one run at the edge of a panel.
    private const int MostMarks = 50;

    /// <summary>The lines of one run, those behind first.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reference">What it is compared with; null to draw its values.</param>
    /// <param name="options">How.</param>
    public static IEnumerable<CurveTrace> OfRun(PanelRun run, PanelRun? reference, CurveOptions options)
    {
        var compares = reference is not null && options.Comparison != CurveComparison.Values;
        if (options.Raw && options.Smoothing.Kind != SmoothingKind.None && !compares)
            yield return Line(run.Id, CurveTraceKind.Raw, run.Curve.Over(options.Axis, CurveSmoothing.None), options);
        var rows = run.Curve.Over(options.Axis, options.Smoothing);
        yield return Line(run.Id, CurveTraceKind.Line, compares ? Compare(rows, reference!.Curve.Over(options.Axis, options.Smoothing), options.Comparison) : rows, options);
        if (run.Curve.NotFinite > 0 && NotFinite(run.Id, run.Curve.Over(options.Axis, CurveSmoothing.None), options) is { } marks)
            yield return marks;
    }

    /// <summary>Mean and band of a group.</summary>
    public static CurveTrace OfGroup(PanelGroup group, CurveOptions options)
    {
        var band = CurveBand.Of([.. group.Runs.Select(run => run.Curve.Over(options.Axis, options.Smoothing)).Select(rows => (rows.X, rows.Y))], options.Spread);
        var window = options.Window;
        // On a logarithmic axis an edge at or below zero has no place; the mean may have.
        int[] there = options.LogY ? [.. Enumerable.Range(0, band.X.Length).Where(i => band.Mean[i] > 0)] : [];
        var dropped = options.LogY ? band.X.Length - there.Length : 0;
        if (dropped > 0)
        {
            band = new CurveBand
            {
                X = Pick(band.X, there), Mean = Pick(band.Mean, there), Low = Pick(band.Low, there), High = Pick(band.High, there), Runs = [.. there.Select(i => band.Runs[i])],
            };
        }

        var rows = Decimation.Rows(band.X, window, options.Points, new CurveExtremes(band.Mean), new CurveExtremes(band.Low), new CurveExtremes(band.High));
        return new CurveTrace
        {
            Of = group.Id,
            Kind = CurveTraceKind.Band,
            X = Pick(band.X, rows),
            Y = Pick(band.Mean, rows),
            Low = Pick(band.Low, rows),
            High = Pick(band.High, rows),
            Runs = [.. rows.Select(row => band.Runs[row])],
            Total = window.Count(band.X),
            NonPositive = dropped + window.NonPositive(band.X),
        };
    }

    /// <summary>y − r(x) or y/r(x), r the reference linear between its rows; NaN where it has none.</summary>
    public static DrawnRows Compare(DrawnRows rows, DrawnRows reference, CurveComparison comparison)
    {
        var others = CurveInterpolation.At(reference.X, reference.Y, rows.X);
        var y = new double[rows.Y.Length];
        for (var i = 0; i < y.Length; i++)
            y[i] = !double.IsFinite(rows.Y[i]) ? double.NaN : comparison == CurveComparison.Difference ? rows.Y[i] - others[i] : rows.Y[i] / others[i];
        return new DrawnRows(rows.X, y, new CurveExtremes(y));
    }

    private static CurveTrace Line(string run, CurveTraceKind kind, DrawnRows rows, CurveOptions options)
    {
        var window = options.Window;
        var dropped = 0;
        if (options.LogY && Array.Exists(rows.Y, y => y <= 0))
        {
            int[] there = [.. Enumerable.Range(0, rows.Y.Length).Where(i => !(rows.Y[i] <= 0))];
            dropped = rows.Y.Length - there.Length;
            var y = Pick(rows.Y, there);
            rows = new DrawnRows(Pick(rows.X, there), y, new CurveExtremes(y));
        }

        var drawn = Decimation.Rows(rows.X, window, options.Points, rows.Extremes);
        return new CurveTrace
        {
            Of = run,
            Kind = kind,
            X = Pick(rows.X, drawn),
            // An infinite value has no place on the line; it is marked at the edge.
            Y = Array.ConvertAll(drawn, row => double.IsFinite(rows.Y[row]) ? rows.Y[row] : double.NaN),
            Total = window.Count(rows.X),
            NonPositive = dropped + window.NonPositive(rows.X),
        };
    }

    private static CurveTrace? NotFinite(string run, DrawnRows rows, CurveOptions options)
    {
        int[] all = [.. Enumerable.Range(0, rows.Y.Length).Where(i => !double.IsFinite(rows.Y[i]))];
        var drawn = Decimation.Firsts(rows.X, options.Window, MostMarks, all, row => rows.Y[row].CompareTo(0));
        return drawn.Length == 0 ? null : new CurveTrace { Of = run, Kind = CurveTraceKind.NotFinite, X = Pick(rows.X, drawn), Y = Pick(rows.Y, drawn), Total = all.Length };
    }

    private static double[] Pick(double[] values, int[] rows) => Array.ConvertAll(rows, row => values[row]);
}
