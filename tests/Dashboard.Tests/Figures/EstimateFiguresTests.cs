using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Tests.Estimate;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public sealed class EstimateFiguresTests
{
    private static readonly EstimateStudy s_study = SampleStudy.Of();
    private static readonly PlanView s_view = PlanView.Of(s_study, SampleStudy.State);

    [Fact]
    public void The_map_has_a_cell_for_every_plan_and_frames_the_one_that_answers()
    {
        var map = EstimateFigures.Map(s_study, s_view, SampleStudy.State);
        var cells = map.Traces.Single(trace => trace.Kind == TraceKind.HeatMap);
        Assert.Equal(4 * 10, cells.X.Length);
        Assert.Equal(s_view.Map.Select(score => score.Error.Are), cells.Z!);
        Assert.All(cells.Hover!, text => Assert.Matches(@"^\d smalle(st|r) models to \d+ %\nARE [\d.]+ %(.|\n)*FLOP, 1/", text));
        Assert.All(cells.CellTexts!, text => Assert.Matches(@"^[\d.]+$", text));
        var frame = map.Traces.Single(trace => trace.Name == "This plan");
        Assert.Equal((100 * s_view.Chosen!.Plan.Share, s_view.Chosen.Plan.Models), (frame.X[0], frame.Y[0]));
        Assert.Equal(["2 (251M)", "3 (631M)", "4 (1.58B)", "5 (3.98B)"], map.YAxis.Marks!.Select(mark => mark.Text));
    }

    [Fact]
    public void Counted_from_the_largest_every_row_ends_at_it()
    {
        var state = SampleStudy.State with { FromLargest = true };
        var map = EstimateFigures.Map(s_study, PlanView.Of(s_study, state), state);
        Assert.All(map.YAxis.Marks!, mark => Assert.EndsWith("(3.98B)", mark.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Cost_shows_plans_front_marks_and_both_baselines()
    {
        var cost = EstimateFigures.Cost(s_study, s_view);
        Assert.Equal(["4 % noise", "20 % useful", "Best loss so far", "Most compute", "Plans", "Pareto front", "This plan"], cost.Traces.Select(trace => trace.Name));
        Assert.Equal([4, 4], cost.Traces[0].Y);
        Assert.Equal([20, 20], cost.Traces[1].Y);
        Assert.Equal(s_view.All.Count, cost.Traces[4].X.Length);
        var front = cost.Traces[5];
        Assert.Equal(front.X.Order(), front.X);
        Assert.Equal(front.Y.OrderDescending(), front.Y);
        var baseline = cost.Traces[2];
        Assert.Equal(baseline.Y.OrderDescending(), baseline.Y);
    }

    [Fact]
    public void The_curve_predicts_the_target_beside_what_was_measured()
    {
        var curve = EstimateFigures.Curve(s_study, s_view);
        var predicted = curve.Traces.Single(trace => trace.Name == "Predicted");
        Assert.Equal(3e11, predicted.X[^1], 1);
        Assert.Equal(s_view.Chosen!.Law.Law.Loss(1e10, 3e11), predicted.Y[^1], 1e-9);
        Assert.Equal(24, curve.Traces.Single(trace => trace.Name == "amber-10B").X.Length);
        Assert.Equal(s_view.Chosen.Plan.Models, curve.Traces.Count(trace => trace.Kind == TraceKind.Line && trace.Name != "Predicted"));
        Assert.Equal(0.7 * 3e11, Assert.Single(curve.VerticalLines).X, 1);
    }

    [Fact]
    public void Parameters_are_a_point_a_family()
    {
        var parameters = EstimateFigures.Parameters(s_study);
        Assert.All(parameters.Traces, trace => Assert.Equal(3, trace.X.Length));
        Assert.All(parameters.Traces.SelectMany(trace => trace.Hover!), hover => Assert.Equal(2, hover.Split("(80 %: ").Length - 1));
    }

    [Fact]
    public void Without_an_answer_the_figures_are_drawn_all_the_same()
    {
        var state = SampleStudy.State with { Budget = 1 };
        var view = PlanView.Of(s_study, state);
        Assert.DoesNotContain(EstimateFigures.Map(s_study, view, state).Traces, trace => trace.Name == "This plan");
        Assert.DoesNotContain(EstimateFigures.Cost(s_study, view).Traces, trace => trace.Name == "This plan");
        Assert.DoesNotContain(EstimateFigures.Curve(s_study, view).Traces, trace => trace.Name == "Predicted");
    }
}

/// <summary>Heat maps, for plotly and as files.</summary>
public sealed class HeatMapTests
{
    /// <summary>Three of four cells, in no order; the fourth is a gap.</summary>
    private static Figure Example(FigureAxis? color = null) => new()
    {
        Name = "map",
        Title = "Map",
        Description = "A map.",
        XAxis = new FigureAxis("share"),
        YAxis = new FigureAxis("models") { Marks = [new(2, "two <b>"), new(3, "three")] },
        ColorAxis = color ?? new FigureAxis("ARE <i>") { Log = true, Range = new(0.01, 1), Marks = [new(0.1, "10 %")] },
        Traces =
        [
            new Trace
            {
                Name = "ARE", Kind = TraceKind.HeatMap, X = [20, 10, 10], Y = [2, 2, 3], Z = [0.1, 0.01, double.NaN], Color = "--seq-5",
                CellTexts = ["10", "1", ""], Hover = ["<script>\nx", "b", "c"], Ids = ["i", "j", "k"],
            },
        ],
    };

    private static JsonElement Data(Figure figure) => JsonSerializer.SerializeToElement(PlotlySpec.From(figure, 392)).GetProperty("data")[0];

    [Fact]
    public void Cells_become_rows_of_columns_with_gaps()
    {
        var data = Data(Example());
        Assert.Equal("heatmap", data.GetProperty("type").GetString());
        Assert.Equal("[10,20]", data.GetProperty("x").GetRawText());
        Assert.Equal("[2,3]", data.GetProperty("y").GetRawText());
        Assert.Equal("[[-2,-1],[null,null]]", data.GetProperty("z").GetRawText());
        Assert.Equal("""[["1","10"],["",null]]""", data.GetProperty("text").GetRawText());
        Assert.Equal("""[["j","i"],["k",null]]""", data.GetProperty("customdata").GetRawText());
        Assert.Equal("&lt;script&gt;<br>x", data.GetProperty("hovertext")[0][1].GetString());
        Assert.Equal("text", data.GetProperty("hoverinfo").GetString());
    }

    [Fact]
    public void Colours_are_the_ordered_scale_over_the_range_of_the_axis()
    {
        var data = Data(Example());
        Assert.Equal((-2, 0), (data.GetProperty("zmin").GetDouble(), data.GetProperty("zmax").GetDouble()));
        var scale = data.GetProperty("colorscale");
        Assert.Equal(9, scale.GetArrayLength());
        Assert.Equal((0, "--seq-1"), (scale[0][0].GetDouble(), scale[0][1].GetString()));
        Assert.Equal((1, "--seq-9"), (scale[8][0].GetDouble(), scale[8][1].GetString()));
        var bar = data.GetProperty("colorbar");
        Assert.Equal("[-1]", bar.GetProperty("tickvals").GetRawText());
        Assert.Equal("10 %", bar.GetProperty("ticktext")[0].GetString());
        Assert.Equal("ARE &lt;i&gt;", bar.GetProperty("title").GetProperty("text").GetString());
        Assert.Equal("[[0.01,0.1],[null,null]]", Data(Example(new FigureAxis("ARE"))).GetProperty("z").GetRawText());
    }

    [Fact]
    public void Marks_stand_at_an_axis_as_they_are_encoded()
    {
        var axis = PlotlySpec.From(Example(), 392).Layout.YAxis;
        Assert.Equal([2, 3], axis.TickValues!);
        Assert.Equal(["two &lt;b&gt;", "three"], axis.TickTexts!);
    }

    [Fact]
    public void A_heat_map_without_a_colour_axis_is_a_mistake() =>
        Assert.Throws<ArgumentException>(() => PlotlySpec.From(Example() with { ColorAxis = null }, 392));

    [Fact]
    public void Files_hold_the_value_of_each_cell()
    {
        var lines = FigureExport.Csv(Example()).Split('\n');
        Assert.Equal("trace,x,y,value,low,high,label", lines[0]);
        Assert.Equal("ARE,20,2,0.1,,,<script>; x", lines[1]);
        Assert.Equal("ARE,10,3,,,,c", lines[3]);
        var trace = JsonDocument.Parse(FigureExport.Json(Example())).RootElement.GetProperty("traces")[0];
        Assert.Equal("heatmap", trace.GetProperty("kind").GetString());
        Assert.Equal("[0.1,0.01,null]", string.Concat(trace.GetProperty("value").GetRawText().Where(c => !char.IsWhiteSpace(c))));
    }
}
