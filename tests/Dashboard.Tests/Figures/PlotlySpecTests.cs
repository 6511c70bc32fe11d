using System.Text.Json;
using ScalingDashboard.Dashboard.Figures;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public sealed class PlotlySpecTests
{
    private const double Height = 392;

    internal static Figure Example(params Trace[] traces) => new()
    {
        Name = "example",
        Title = "Example",
        Description = "An example.",
        XAxis = new FigureAxis("Training compute C, FLOP") { Log = true, Ticks = TickKind.Scientific, Range = new AxisRange(1e18, 1e25) },
        YAxis = new FigureAxis("Parameters N") { Log = true, Ticks = TickKind.Count, Range = new AxisRange(1e8, 1e12) },
        Traces = traces,
    };

    internal static Trace Line(string label, double[] x, double[] y, string color = "--cat-1") =>
        new() { Name = label, Kind = TraceKind.Line, X = x, Y = y, Color = color, EndLabel = label };

    private static JsonElement Json(Figure figure) => JsonSerializer.SerializeToElement(PlotlySpec.From(figure, Height));

    [Fact]
    public void Nothing_is_sent_to_a_cloud()
    {
        var config = Json(Example()).GetProperty("config");
        Assert.False(config.GetProperty("showSendToCloud").GetBoolean());
        Assert.Equal("", config.GetProperty("plotlyServerURL").GetString());
        Assert.False(config.GetProperty("displaylogo").GetBoolean());
    }

    [Fact]
    public void On_log_axes_ranges_and_annotations_are_logarithms_and_data_and_shapes_are_not()
    {
        var layout = Json(Example(Line("law", [1e20, 1e22], [1e9, 1e10])) with { VerticalLines = [new VerticalLine(5.76e23, "target")] }).GetProperty("layout");
        Assert.Equal([18, 25], layout.GetProperty("xaxis").GetProperty("range").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal([8, 12], layout.GetProperty("yaxis").GetProperty("range").EnumerateArray().Select(value => value.GetDouble()));
        var (label, target) = (layout.GetProperty("annotations")[0], layout.GetProperty("annotations")[1]);
        Assert.Equal(22, label.GetProperty("x").GetDouble(), 12);
        Assert.Equal(10, label.GetProperty("y").GetDouble(), 12);
        Assert.Equal(Math.Log10(5.76e23), target.GetProperty("x").GetDouble());
        Assert.Equal("paper", target.GetProperty("yref").GetString());
        Assert.Equal(5.76e23, layout.GetProperty("shapes")[0].GetProperty("x0").GetDouble());
    }

    [Fact]
    public void On_linear_axes_nothing_is_a_logarithm()
    {
        var figure = Example(Line("law", [1, 2], [3, 4])) with { XAxis = new FigureAxis("x"), YAxis = new FigureAxis("y") { Range = new AxisRange(0, 5) } };
        var layout = Json(figure).GetProperty("layout");
        Assert.Equal([0, 5], layout.GetProperty("yaxis").GetProperty("range").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(JsonValueKind.Null, layout.GetProperty("xaxis").GetProperty("range").ValueKind);
        Assert.Equal(2, layout.GetProperty("annotations")[0].GetProperty("x").GetDouble());
        Assert.Equal(4, layout.GetProperty("annotations")[0].GetProperty("y").GetDouble());
    }

    [Fact]
    public void A_range_that_a_log_axis_cannot_show_fits_the_data_instead()
    {
        var figure = Example(Line("law", [1e20, 1e22], [1e9, 1e10])) with { XAxis = new FigureAxis("C") { Log = true, Range = new AxisRange(0, 1e22) } };
        Assert.Equal(JsonValueKind.Null, Json(figure).GetProperty("layout").GetProperty("xaxis").GetProperty("range").ValueKind);
    }

    [Fact]
    public void Not_finite_numbers_become_null()
    {
        var data = Json(Example(new Trace { Name = "runs", Kind = TraceKind.Points, X = [1e19, double.NaN], Y = [double.PositiveInfinity, 1e9], Color = "--cat-1" })).GetProperty("data")[0];
        Assert.Equal("[1E+19,null]", data.GetProperty("x").GetRawText());
        Assert.Equal("[null,1000000000]", data.GetProperty("y").GetRawText());
    }

    [Fact]
    public void Markup_in_text_from_users_is_encoded()
    {
        const string evil = "<b>&lt;script>alert(1)</script>";
        const string encoded = "&lt;b&gt;&amp;lt;script&gt;alert(1)&lt;/script&gt;";
        var points = new Trace { Name = evil, Kind = TraceKind.Points, X = [1e19, 1e20], Y = [1e9, 1e9], Color = "--cat-1", Hover = [evil + "\nloss 2.1", "b"] };
        var figure = Example(points, Line(evil, [1e20, 1e22], [1e9, 1e10])) with { XAxis = new FigureAxis(evil) { Log = true }, VerticalLines = [new VerticalLine(1e19, evil)] };
        var spec = Json(figure);
        Assert.Equal(encoded, spec.GetProperty("data")[0].GetProperty("name").GetString());
        Assert.Equal(encoded + "<br>loss 2.1", spec.GetProperty("data")[0].GetProperty("text")[0].GetString());
        Assert.Equal("&lt;b&gt;&amp;lt;script&gt;…ript&gt;", spec.GetProperty("layout").GetProperty("annotations")[0].GetProperty("text").GetString());
        Assert.Equal(encoded, spec.GetProperty("layout").GetProperty("annotations")[1].GetProperty("text").GetString());
        Assert.Equal(encoded, spec.GetProperty("layout").GetProperty("xaxis").GetProperty("title").GetProperty("text").GetString());
    }

    [Fact]
    public void A_long_name_at_a_line_is_cut_so_that_the_line_keeps_its_room()
    {
        var wide = PlotlySpec.From(Example(Line("a fit with a name as long as this one is v12", [1e20, 1e22], [1e9, 1e10])), Height).Layout;
        Assert.Equal("a fit with a n…s v12", wide.Annotations[0].Text);
        Assert.Equal(PlotlySpec.From(Example(Line("twenty letters is it", [1e20, 1e22], [1e9, 1e10])), Height).Layout.Margin, wide.Margin);
    }

    [Fact]
    public void Points_without_a_hover_text_say_their_name_and_values()
    {
        var data = Json(Example(new Trace { Name = "run 7", Kind = TraceKind.Points, X = [5.76e23], Y = [70e9], Color = "--cat-1" })).GetProperty("data")[0];
        Assert.Equal("run 7<br>Training compute C, FLOP: 5.76e23<br>Parameters N: 70B", data.GetProperty("text")[0].GetString());
        Assert.Equal("text", data.GetProperty("hoverinfo").GetString());
    }

    [Fact]
    public void Ticks_read_as_people_write_numbers()
    {
        var layout = PlotlySpec.From(Example(), Height).Layout;
        Assert.Contains("1e20", layout.XAxis.TickTexts!);
        Assert.Contains(1e20, layout.XAxis.TickValues!);
        Assert.DoesNotContain("1e19", layout.XAxis.TickTexts!);
        Assert.Equal(["100M", "1B", "10B", "100B", "1T"], layout.YAxis.TickTexts!.Skip(2).Take(5));
        Assert.Equal("B", layout.YAxis.ExponentFormat);
    }

    [Theory]
    [InlineData(200e6, 1.1e9, new[] { "200M", "500M", "1B" })]
    [InlineData(800e6, 1.25e9, new[] { "800M", "1B", "1.2B" })]
    [InlineData(30e6, 400e6, new[] { "50M", "100M", "200M" })]
    public void Below_two_decades_log_axes_take_few_round_numbers(double low, double high, string[] shown)
    {
        var axis = PlotlySpec.From(Example() with { XAxis = new FigureAxis("N") { Log = true, Ticks = TickKind.Count, Range = new AxisRange(low, high) } }, Height).Layout.XAxis;
        Assert.Equal(shown, axis.TickTexts!.Where((_, i) => axis.TickValues![i] >= low * 0.999 && axis.TickValues[i] <= high * 1.001));
    }

    [Fact]
    public void A_label_at_the_upper_edge_stands_before_its_line_where_it_would_cross_the_target()
    {
        var figure = Example(Line("steep", [1e18, 1e25], [1e8, 1e22])) with { VerticalLines = [new VerticalLine(3e20, "")] };
        Assert.Equal("right", PlotlySpec.From(figure, Height).Layout.Annotations.Single().XAnchor);
        Assert.Equal("left", PlotlySpec.From(figure with { VerticalLines = [] }, Height).Layout.Annotations.Single().XAnchor);
    }

    [Fact]
    public void Linear_axes_of_flop_take_round_numbers()
    {
        var figure = Example() with { XAxis = new FigureAxis("C") { Ticks = TickKind.Scientific, Range = new AxisRange(0, 1e21) } };
        Assert.Equal(["0", "2e20", "4e20", "6e20", "8e20", "1e21"], PlotlySpec.From(figure, Height).Layout.XAxis.TickTexts!.Take(6));
    }

    [Fact]
    public void Axes_without_data_are_drawn_all_the_same()
    {
        var figure = Example() with { XAxis = new FigureAxis("x") { Log = true, Ticks = TickKind.Count }, YAxis = new FigureAxis("y") };
        Assert.Empty(PlotlySpec.From(figure, Height).Data);
    }

    [Fact]
    public void A_label_stands_where_its_line_leaves_the_plot()
    {
        // From (18, 8) upwards at slope 2 in decades: at the upper edge, 12, when C is 1e20.
        var label = PlotlySpec.From(Example(Line("steep", [1e18, 1e25], [1e8, 1e22])), Height).Layout.Annotations.Single();
        Assert.Equal(20, label.X, 9);
        Assert.Equal(12, label.Y, 9);
    }

    [Fact]
    public void A_line_that_never_shows_has_no_label() =>
        Assert.Empty(PlotlySpec.From(Example(Line("away", [1e18, 1e25], [1e13, 1e14]), Line("gap", [1e20, 1e21], [double.NaN, 1e9])), Height).Layout.Annotations);

    [Fact]
    public void Labels_that_would_overlap_are_pushed_apart()
    {
        var labels = PlotlySpec.From(Example(
            Line("a", [1e20, 1e25], [1e9, 1.00e10]), Line("b", [1e20, 1e25], [1e9, 1.02e10]), Line("c", [1e20, 1e25], [1e9, 1e11])), Height).Layout.Annotations;
        var plot = Height - 52;
        var heights = labels.Select(label => (label.Y - 8) / 4 * plot + label.YShift).ToList();
        Assert.InRange(heights[1] - heights[0], 12.5, 14);
        Assert.Equal(0, labels[2].YShift);
    }

    [Fact]
    public void Labels_far_from_each_other_stay_where_they_are()
    {
        var labels = PlotlySpec.From(Example(Line("a", [1e18, 1e19], [1e9, 1e10]), Line("b", [1e20, 1e25], [1e9, 1e10])), Height).Layout.Annotations;
        Assert.All(labels, label => Assert.Equal(0, label.YShift));
    }

    [Fact]
    public void Labels_of_the_ordered_scale_are_inked_and_others_take_their_lines_colour()
    {
        var labels = PlotlySpec.From(Example(Line("1e18", [1e20, 1e21], [1e9, 1e9], "--seq-1"), Line("law", [1e20, 1e21], [1e10, 1e10], "--cat-3")), Height).Layout.Annotations;
        Assert.Equal(["--ink-soft", "--cat-3"], labels.Select(label => label.Font.Color));
    }

    [Fact]
    public void A_label_at_the_right_edge_gets_room()
    {
        var none = PlotlySpec.From(Example(Line("2 Parabolas", [1e18, 1e20], [1e9, 1e10])), Height).Layout.Margin.Right;
        var room = PlotlySpec.From(Example(Line("2 Parabolas", [1e18, 1e25], [1e9, 1e10])), Height).Layout.Margin.Right;
        Assert.Equal(8, none);
        Assert.InRange(room, 60, 90);
    }

    [Fact]
    public void A_band_is_one_outline_without_its_gaps()
    {
        var data = PlotlySpec.From(Example(new Trace { Name = "80 %", Kind = TraceKind.Band, X = [1e19, 1e20, 1e21], YLow = [1, double.NaN, 3], YHigh = [4, 5, 6], Color = "--cat-1" }), Height).Data[0];
        Assert.Equal([1e19, 1e21, 1e21, 1e19], data.X);
        Assert.Equal([4, 6, 3, 1], data.Y);
        Assert.Equal("toself", data.Fill);
        Assert.Equal("skip", data.HoverInfo);
    }

    [Fact]
    public void Ids_make_points_clickable()
    {
        var spec = PlotlySpec.From(Example(new Trace { Name = "runs", Kind = TraceKind.Points, X = [1e19], Y = [1e9], Color = "--cat-1", Ids = ["r1"] }), Height);
        Assert.Equal(["r1"], spec.Data[0].CustomData!);
    }

    [Fact]
    public void Zoom_is_kept_while_data_change_and_dropped_with_the_scale()
    {
        var before = PlotlySpec.From(Example(Line("a", [1e18, 1e20], [1e9, 1e10])), Height).Layout;
        var after = PlotlySpec.From(Example(Line("b", [1e18, 1e25], [1e9, 1e10])), Height).Layout;
        Assert.Equal((before.UiRevision, before.XAxis.UiRevision), (after.UiRevision, after.XAxis.UiRevision));
        var linear = PlotlySpec.From(Example() with { XAxis = new FigureAxis("Training compute C, FLOP") }, Height).Layout;
        Assert.NotEqual(before.XAxis.UiRevision, linear.XAxis.UiRevision);
    }

    [Fact]
    public void Open_markers_are_filled_with_the_page()
    {
        var marker = PlotlySpec.From(Example(new Trace { Name = "optimum", Kind = TraceKind.Points, X = [1e19], Y = [1e9], Color = "--seq-3", Symbol = MarkerSymbol.CircleOpen, Size = 9 }), Height).Data[0].Marker!;
        Assert.Equal(("circle", "--surface", "--seq-3"), (marker.Symbol, marker.Color, marker.Line.Color));
    }
}
