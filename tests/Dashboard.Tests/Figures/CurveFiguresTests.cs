using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public sealed class CurveFiguresTests
{
    private static RunRow Row(string id, string name) => new()
    {
        Id = id, Project = "p", Name = name, Line = 2, Parameters = null, Tokens = null, Flops = null, Loss = null, Points = 10, Tags = [], Flags = [], Config = [], FileName = "f", Sha256 = "s", Imported = default,
    };

    private static CurvePanel Panel(CurveOptions options, params (string Run, CurveTraceKind Kind, double[] X, double[] Y)[] traces)
    {
        RunRow[] rows = [.. traces.Select(trace => trace.Run).Where(run => run.Length > 0).Distinct().Select(run => Row(run, $"run {run}"))];
        return new CurvePanel
        {
            Request = new CurveRequest { Runs = [.. rows.Select(row => row.Id)], Metric = "loss", Options = options },
            ETag = "tag",
            Traces = [.. traces.Select(trace => new CurveTrace { Of = trace.Run, Kind = trace.Kind, X = trace.X, Y = trace.Y, Total = 10 * trace.X.Length }).Select(trace => new KeyedTrace(CurvePlan.Id(trace), "key", trace))],
            Groups = [.. rows.Select(row => new RunGroup(row.Id, row.Name, [row]))],
            Lacking = [],
            Keys = new Dictionary<string, CurveKey>(),
            Summaries = rows.ToDictionary(row => row.Id, row => new CurveSummary(row.Id, 2, 3, 1.9, 2.5, null, 30, traces.Count(trace => trace.Run == row.Id && trace.Kind == CurveTraceKind.NotFinite))),
            WithoutX = 0,
        };
    }

    private static Figure Draw(CurvePanel panel, CurvesState? state = null) => CurveFigures.Panel(panel, state ?? new CurvesState(), 0, "", CurveFigures.Range([panel], state ?? new CurvesState()));

    [Fact]
    public void Each_run_has_its_own_look_and_its_numbers_come_from_the_server()
    {
        var figure = Draw(Panel(new CurveOptions(), ("1", CurveTraceKind.Line, [1, 2, 3], [4, 3, 2]), ("9", CurveTraceKind.Line, [1, 2, 4], [5, 4, 3])));
        Assert.Equal([("run 1", "--run-1", LineDash.Solid), ("run 9", "--run-1", LineDash.Dash)], figure.Traces.Select(trace => (trace.Name, trace.Color, trace.Dash)));
        Assert.Equal("/api/v1/series?runs=1.9&metric=loss", figure.Source!.Url);
        Assert.Equal([new SourceLine("1", "key"), new SourceLine("9", "key")], figure.Source.Lines);
        Assert.Equal(new AxisRange(1, 4), figure.XAxis.Range);
        Assert.Equal(["run 1", "run 9"], figure.Traces.Select(trace => trace.EndLabel));
        Assert.Equal("6 of 60 points", figure.Subtitle);
        var json = JsonSerializer.SerializeToElement(PlotlySpec.From(figure, 300));
        Assert.False(json.GetProperty("data")[0].TryGetProperty("x", out _));
        Assert.Equal("<b>run 1</b><br>Training step: %{x}<br>loss, nats per token: %{y:.5~g}<extra></extra>", json.GetProperty("data")[0].GetProperty("hovertemplate").GetString());
        Assert.Equal("9", json.GetProperty("source").GetProperty("lines")[1].GetProperty("id").GetString());
        Assert.False(json.GetProperty("config").GetProperty("doubleClick").GetBoolean());
        // The numbers are still there to be saved.
        Assert.Contains("run 9,4,3,,,", FigureExport.Csv(figure), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_logged_is_faint_and_silent_behind_its_line()
    {
        var figure = Draw(Panel(new CurveOptions { Smoothing = new CurveSmoothing(SmoothingKind.Average, 0.9) }, ("1", CurveTraceKind.Raw, [1, 2], [4, 3]), ("1", CurveTraceKind.Line, [1, 2], [4, 3.5])));
        Assert.True(figure.Traces[0].Opacity < 0.3);
        Assert.Equal(["1L", "1"], figure.Source!.Lines.Select(line => line.Id));
        var raw = JsonSerializer.SerializeToElement(PlotlySpec.From(figure, 300)).GetProperty("data")[0];
        Assert.Equal(("skip", false), (raw.GetProperty("hoverinfo").GetString(), raw.TryGetProperty("hovertemplate", out _)));
        Assert.Equal("moving average of weight 0.9 · 2 of 20 points", figure.Subtitle);
    }

    [Fact]
    public void What_is_not_finite_is_marked_at_the_edge_whatever_the_zoom()
    {
        var figure = Draw(Panel(new CurveOptions(), ("1", CurveTraceKind.Line, [1, 2], [4, double.NaN]), ("1", CurveTraceKind.NotFinite, [2], [double.NaN])));
        Assert.Equal(TraceKind.EdgeMarks, figure.Traces[1].Kind);
        Assert.Contains("not finite, ✕ at the edge", figure.Subtitle, StringComparison.Ordinal);
        var json = JsonSerializer.SerializeToElement(PlotlySpec.From(figure, 300));
        Assert.Equal("y2", json.GetProperty("data")[1].GetProperty("yaxis").GetString());
        Assert.Equal([0, 1], json.GetProperty("layout").GetProperty("yaxis2").GetProperty("range").EnumerateArray().Select(value => value.GetDouble()));
        // The marks are no heights of the y axis.
        Assert.True(figure.YAxis.Range!.Low > 3);
    }

    [Fact]
    public void A_band_is_its_outline_and_a_mean_that_says_n()
    {
        var panel = Panel(new CurveOptions(), ("1", CurveTraceKind.Line, [1, 2], [4, 3]));
        var trace = new CurveTrace { Of = "1", Kind = CurveTraceKind.Band, X = [1, 2], Y = [4, 3], Low = [3, 2.5], High = [5, 3.5], Runs = [2, 2], Total = 2 };
        var figure = Draw(panel with { Traces = [new KeyedTrace("1G", "key", trace)], Request = panel.Request with { Grouping = CurveGrouping.Seed } });
        Assert.Equal([("1GB", TraceKind.Band), ("1G", TraceKind.Line)], figure.Source!.Lines.Zip(figure.Traces, (line, drawn) => (line.Id, drawn.Kind)));
        Assert.Contains("n = %{customdata[2]}", JsonSerializer.SerializeToElement(PlotlySpec.From(figure, 300)).GetProperty("data")[1].GetProperty("hovertemplate").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("mean ± 1 standard deviation", figure.Subtitle, StringComparison.Ordinal);
        Assert.True(figure.YAxis.Range is { Low: < 2.5, High: > 5 });
    }

    [Fact]
    public void A_hidden_line_is_there_but_not_drawn_and_counts_nowhere()
    {
        var panel = Panel(new CurveOptions(), ("1", CurveTraceKind.Line, [1, 2, 3], [4, 3, 2]), ("2", CurveTraceKind.Line, [1, 2, 9], [500, 400, 300]));
        var state = new CurvesState { Hidden = ["2"] };
        var figure = Draw(panel, state);
        Assert.Equal([false, true], figure.Traces.Select(trace => trace.Hidden));
        Assert.Equal(new AxisRange(1, 3), figure.XAxis.Range);
        Assert.True(figure.YAxis.Range!.High < 5);
        Assert.Equal("3 of 30 points", figure.Subtitle);
        Assert.Contains("of 1 line: run 1.", figure.Description, StringComparison.Ordinal);
        var json = JsonSerializer.SerializeToElement(PlotlySpec.From(figure, 300));
        Assert.False(json.GetProperty("data")[1].GetProperty("visible").GetBoolean());
        // Shown again it need not be fetched again.
        Assert.Equal(Draw(panel).Source!.Url, figure.Source!.Url);
    }

    [Fact]
    public void The_frame_leaves_far_outliers_out_and_says_how_many()
    {
        double[] x = [.. Enumerable.Range(0, 100).Select(i => (double)i)];
        var panel = Panel(new CurveOptions(), ("1", CurveTraceKind.Line, x, [.. x.Select(i => i < 3 ? 1000 : 3 - i / 100)]));
        var figure = Draw(panel);
        Assert.True(figure.YAxis.Range!.High < 5);
        Assert.EndsWith(" · 3 points outside the frame", figure.Subtitle, StringComparison.Ordinal);
        Assert.True(Draw(panel, new CurvesState { Whole = true }).YAxis.Range!.High > 1000);
        // In a window the frame fits what is in it.
        Assert.True(Draw(panel with { Request = panel.Request with { Options = new CurveOptions { Low = 90, High = 99 } } }, new CurvesState { Zoom = (90, 99) }).YAxis.Range is { Low: > 1.9, High: < 2.2 });
    }

    [Fact]
    public void A_zoom_is_what_the_axes_show_and_another_zoom_is_not_kept_by_the_browser()
    {
        var panel = Panel(new CurveOptions { LogX = true }, ("1", CurveTraceKind.Line, [10, 1000], [4, 3]));
        var state = new CurvesState { Zoom = (10, 100), PanelZooms = [new PanelZoom(0, 3.5, 4), new PanelZoom(1, 0, 9)] };
        var layout = JsonSerializer.SerializeToElement(PlotlySpec.From(Draw(panel, state), 300)).GetProperty("layout");
        Assert.Equal([1, 2], layout.GetProperty("xaxis").GetProperty("range").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal([3.5, 4], layout.GetProperty("yaxis").GetProperty("range").EnumerateArray().Select(value => value.GetDouble()));
        var other = JsonSerializer.SerializeToElement(PlotlySpec.From(Draw(panel, state with { Zoom = (10, 200) }), 300)).GetProperty("layout");
        Assert.NotEqual(layout.GetProperty("xaxis").GetProperty("uirevision").GetString(), other.GetProperty("xaxis").GetProperty("uirevision").GetString());
        Assert.Equal(layout.GetProperty("yaxis").GetProperty("uirevision").GetString(), other.GetProperty("yaxis").GetProperty("uirevision").GetString());
    }

    [Fact]
    public void A_comparison_says_with_whom_and_has_its_unit()
    {
        var options = new CurveOptions { Comparison = CurveComparison.Difference };
        var state = new CurvesState { Comparison = CurveComparison.Difference };
        var difference = CurveFigures.Panel(Panel(options, ("1", CurveTraceKind.Line, [1, 2], [0.1, -0.1])), state, 0, "run 2", null);
        Assert.Equal(("loss less that of run 2", "Δ loss, nats per token"), (difference.Title, difference.YAxis.Title));
        var ratio = CurveFigures.Panel(Panel(options with { Comparison = CurveComparison.Ratio }, ("1", CurveTraceKind.Line, [1, 2], [1, 1.1])), state, 0, "run 2", null);
        Assert.Equal(("loss over that of run 2", "ratio of loss"), (ratio.Title, ratio.YAxis.Title));
    }

    [Fact]
    public void A_name_is_never_markup_nor_a_place_for_a_number()
    {
        var panel = Panel(new CurveOptions(), ("1", CurveTraceKind.Line, [1, 2], [4, 3]));
        var row = Row("1", "<b>%{x}</b>");
        var spec = JsonSerializer.SerializeToElement(PlotlySpec.From(Draw(panel with { Groups = [new RunGroup("1", row.Name, [row])] }), 300)).GetProperty("data")[0];
        Assert.StartsWith("<b>&lt;b&gt;% {x}&lt;/b&gt;</b><br>", spec.GetProperty("hovertemplate").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_lines_have_no_names_at_their_ends()
    {
        (string, CurveTraceKind, double[], double[])[] many = [.. Enumerable.Range(1, 13).Select(i => (((char)('a' + i)).ToString(), CurveTraceKind.Line, new double[] { 1, 2 }, new double[] { 4, 3 }))];
        var figure = Draw(Panel(new CurveOptions(), many));
        Assert.All(figure.Traces, trace => Assert.Null(trace.EndLabel));
        // A picture of them has a legend instead.
        Assert.Equal((true, false), (PlotlySpec.From(figure, 300).PictureLegend, PlotlySpec.From(Draw(Panel(new CurveOptions(), many[..2])), 300).PictureLegend));
    }

    [Fact]
    public void The_answer_is_the_lowest_at_the_end_of_what_is_drawn()
    {
        var panel = Panel(new CurveOptions { Axis = CurveAxis.Flops }, ("1", CurveTraceKind.Line, [1, 2], [4, 3]), ("2", CurveTraceKind.Line, [1, 2], [4, 3]));
        panel = panel with
        {
            Summaries = new Dictionary<string, CurveSummary> { ["1"] = new("1", 2.3456, 1.2e21, 2.3, 1e21, null, 10, 0), ["2"] = new("2", 2.2, 6e20, 2.1, 5e20, 0.0123, 20, 2) },
        };
        var answer = CurvesWords.Answer(panel, new CurvesState())!;
        Assert.Equal(("run 2", "2.2 nats per token", "6e20 FLOP", "(its last logged value; 2 runs shown, which end between 6e20 FLOP and 1.2e21 FLOP)."), (answer.Run, answer.Value, answer.At, answer.Note));
        var hidden = CurvesWords.Answer(panel, new CurvesState { Hidden = ["2"] })!;
        Assert.Equal(("run 1", "2.3456 nats per token", "(its last logged value; the only run shown)."), (hidden.Run, hidden.Value, hidden.Note));
        var smoothed = panel with { Request = panel.Request with { Options = new CurveOptions { Smoothing = new CurveSmoothing(SmoothingKind.Window, 51) } } };
        Assert.StartsWith("(mean of 51 rows, logged values scatter by ±0.012 around it;", CurvesWords.Answer(smoothed, new CurvesState())!.Note, StringComparison.Ordinal);
        Assert.Null(CurvesWords.Answer(panel, new CurvesState { Hidden = ["1", "2"] }));
        Assert.Equal(["2", "2.1", "2.2–2.3456", "2"], CurvesWords.KeyFigures(panel, new CurvesState(), new RunChoice([], [], "rule", [])).Where(figure => figure.Label != "Rows logged").Select(figure => figure.Value));
    }

    [Fact]
    public void Of_groups_the_answer_is_a_mean_with_its_spread()
    {
        var panel = Panel(new CurveOptions(), ("1", CurveTraceKind.Line, [1, 2], [4, 3]), ("2", CurveTraceKind.Line, [1, 2], [4, 3]), ("3", CurveTraceKind.Line, [1, 2], [4, 3]));
        var rows = panel.Groups.Select(group => group.Runs[0]).ToArray();
        panel = panel with
        {
            Request = panel.Request with { Grouping = CurveGrouping.Seed },
            Groups = [new RunGroup("1", "lr 1", rows[..2]), new RunGroup("3", "lr 2", rows[2..])],
            Summaries = new Dictionary<string, CurveSummary> { ["1"] = new("1", 2, 100, 2, 1, null, 10, 0), ["2"] = new("2", 3, 100, 2, 1, null, 10, 0), ["3"] = new("3", 2.4, 90, 2, 1, null, 10, 0) },
        };
        Assert.Equal(("lr 2", "2.4 nats per token", "(n = 1, no spread; mean of the last values, not smoothed; 3 runs shown, which end between step 90 and step 100)."), Parts(CurvesWords.Answer(panel, new CurvesState())!));
        Assert.Equal(("lr 1", "2.5 nats per token", "(±0.71 standard deviation, n = 2; mean of the last values, not smoothed; 2 runs shown, which end there)."), Parts(CurvesWords.Answer(panel, new CurvesState { Hidden = ["3"] })!));

        static (string, string, string) Parts(CurvesAnswer answer) => (answer.Run, answer.Value, answer.Note);
    }

    [Theory]
    [InlineData("loss", "nats per token")]
    [InlineData("eval/pile-validation/CrossEntropyLoss", "nats per token")]
    [InlineData("tokens", "tokens")]
    [InlineData("lr", "")]
    [InlineData("grad_norm", "")]
    public void Units_are_said_where_they_are_known(string metric, string unit) => Assert.Equal(unit, CurvesWords.Unit(metric));
}
