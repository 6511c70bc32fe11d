using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Links;
using static ScalingDashboard.Dashboard.Figures.Frame;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The panels of the page of curves.</summary>
public static class CurveFigures
{
    /// <summary>More names at line ends than this run into each other.</summary>
    private const int MostLabels = 12;
    private const int LongestLabel = 24;
    private const double LoggedOpacity = 0.2;
    private const double LoggedWidth = 1;

    // More lines are thinner, to be told apart.
    private const int ManyLines = 30;
    private const double ManyWidth = 1.2;
    private const double MarkSize = 8;

    /// <summary>A panel: one metric of all runs.</summary>
    /// <param name="panel">Its lines.</param>
    /// <param name="state">What is hidden, zoomed and compared.</param>
    /// <param name="index">Its place among the metrics.</param>
    /// <param name="reference">Name of the pinned run; empty for none.</param>
    /// <param name="range">x of all panels where nothing is zoomed, so that they share it; null without any data.</param>
    public static Figure Panel(CurvePanel panel, CurvesState state, int index, string reference, AxisRange? range)
    {
        var options = panel.Request.Options;
        var groups = panel.Groups.ToDictionary(group => group.Id);
        bool Hidden(string id) => state.Hidden.Contains(id);
        var visible = panel.Groups.Count(group => !Hidden(group.Id));
        var traces = new List<Trace>();
        var sources = new List<SourceLine>();
        foreach (var (id, key, trace) in panel.Traces)
        {
            var group = groups.GetValueOrDefault(trace.Of);
            foreach (var (line, drawn) in Lines(trace, group, visible, Hidden(trace.Of)))
            {
                traces.Add(drawn);
                sources.Add(new SourceLine(id + line, key));
            }
        }

        var metric = panel.Request.Metric;
        var frame = FrameOf(traces, state.Zoom, options.LogY, state.PanelZooms.FirstOrDefault(zoom => zoom.Panel == index), state.Whole);
        return new Figure
        {
            Name = $"curves-{string.Concat(metric.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '-'))}",
            Title = CurvesWords.Quantity(metric, options.Comparison, reference),
            Subtitle = CurvesWords.Caption(panel, state, frame.Beyond),
            Description = CurvesWords.Description(panel, state),
            XAxis = CurvesWords.Axis(options.Axis) with { Log = options.LogX, Range = state.Zoom is var (low, high) ? new AxisRange(low, high) : range },
            YAxis = new FigureAxis(CurvesWords.WithUnit(metric, options.Comparison)) { Log = options.LogY, Range = frame.Range },
            Traces = traces,
            Source = new FigureSource(PageUrls.Series(panel.Request), sources),
        };
    }

    /// <summary>From the first x to the last of all lines that are drawn; null where there is none.</summary>
    public static AxisRange? Range(IEnumerable<CurvePanel> panels, CurvesState state)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var trace in panels.SelectMany(panel => panel.Traces).Select(one => one.Trace).Where(trace => trace.X.Length > 0 && !state.Hidden.Contains(trace.Of)))
            (low, high) = (Math.Min(low, trace.X[0]), Math.Max(high, trace.X[^1]));
        return low < high ? new AxisRange(low, high) : low == high ? Around([low], state.LogX) : null;
    }

    private static IEnumerable<(string Line, Trace Trace)> Lines(CurveTrace trace, RunGroup? group, int visible, bool hidden)
    {
        var style = RunStyle.Of(trace.Of);
        var name = group?.Name ?? "";
        var line = new Trace
        {
            Name = name,
            Kind = TraceKind.Line,
            X = trace.X,
            Y = trace.Y,
            Color = style.Color,
            Dash = style.Dash,
            Size = visible > ManyLines ? ManyWidth : null,
            Hidden = hidden,
            EndLabel = visible <= MostLabels ? Shortened(name) : null,
        };
        switch (trace.Kind)
        {
            case CurveTraceKind.Raw:
                yield return ("", line with { Name = $"{name}, as logged", Dash = LineDash.Solid, Size = LoggedWidth, Opacity = LoggedOpacity, EndLabel = null });
                break;
            case CurveTraceKind.NotFinite:
                yield return ("", line with { Kind = TraceKind.EdgeMarks, Y = [.. trace.Y.Select(SeriesBlock.Height)], Symbol = MarkerSymbol.X, Size = MarkSize, EndLabel = null });
                break;
            case CurveTraceKind.Band:
                yield return (SeriesBlock.BandSuffix, line with { Name = $"{name}, band", Kind = TraceKind.Band, Y = [], YLow = trace.Low, YHigh = trace.High, EndLabel = null });
                yield return ("", line with { YLow = trace.Low, YHigh = trace.High, Counts = trace.Runs });
                break;
            case CurveTraceKind.Envelope:
                yield return ("", line with { Name = "Envelope", Color = "--ink", Dash = LineDash.Dot, Size = 2.4, Hidden = false, EndLabel = visible <= MostLabels ? "Envelope" : null });
                break;
            default:
                yield return ("", line);
                break;
        }
    }

    /// <summary>What of the y axis is shown: the zoom, else all that is drawn but far outliers, and how many points those are.</summary>
    private static (AxisRange? Range, int Beyond) FrameOf(List<Trace> traces, (double Low, double High)? window, bool log, PanelZoom? zoom, bool all)
    {
        if (zoom is not null && (!log || zoom.Low > 0))
            return (new AxisRange(zoom.Low, zoom.High), 0);
        var (low, high) = window ?? (double.NegativeInfinity, double.PositiveInfinity);
        // What was logged behind a line makes the frame but is not counted: the line is what one reads.
        var (lines, logged) = (new List<double>(), new List<double>());
        foreach (var trace in traces.Where(trace => trace is { Hidden: false, Kind: TraceKind.Line or TraceKind.Band }))
        {
            var into = trace is { Kind: TraceKind.Line, Opacity: null } ? lines : logged;
            foreach (var heights in trace.Kind == TraceKind.Line ? [trace.Y] : new[] { trace.YLow!, trace.YHigh! })
            {
                for (var i = 0; i < heights.Length; i++)
                {
                    if (trace.X[i] >= low && trace.X[i] <= high && double.IsFinite(heights[i]))
                        into.Add(heights[i]);
                }
            }
        }

        double[] drawn = [.. lines, .. logged];
        var kept = drawn.Length == 0 || log || all ? drawn : WithoutFarOutliers(drawn, below: true);
        if (kept.Length == drawn.Length)
            return (Around(kept, log), 0);
        var (lowest, highest) = (kept.Min(), kept.Max());
        return (Around(kept, log), lines.Count(y => y < lowest || y > highest));
    }

    private static string Shortened(string name) => name.Length <= LongestLabel ? name : string.Concat(name.AsSpan(0, LongestLabel - 1), "…");
}
