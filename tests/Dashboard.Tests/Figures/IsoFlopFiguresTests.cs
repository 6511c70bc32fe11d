using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.Tests.IsoFlop;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public class IsoFlopFiguresTests
{
    private static readonly IReadOnlyList<Observation> s_rows = SampleAnalysis.Rows();
    private static readonly IsoFlopAnalysis s_analysis = SampleAnalysis.Of(s_rows);
    private static readonly LandmarkModel s_chinchilla = new("Chinchilla", 2022, 70e9, 1.4e12, "arXiv 2203.15556");

    private static Figure Loss(IsoFlopState state) => IsoFlopFigures.LossAtEqualCompute(s_analysis, SampleAnalysis.RunRows(s_rows), state);

    [Fact]
    public void Each_budget_has_points_a_parabola_and_a_minimum_with_its_interval()
    {
        var figure = Loss(SampleAnalysis.State);
        foreach (var budget in new[] { "1e19", "1e20", "1e21" })
        {
            Assert.Equal(7, Trace(figure, $"{budget} FLOP").X.Length);
            Assert.Equal(budget, Trace(figure, $"Parabola at {budget} FLOP").EndLabel);
            Assert.Single(Trace(figure, $"Minimum at {budget} FLOP").X);
            var interval = Trace(figure, $"80 % interval of the minimum at {budget} FLOP");
            Assert.True(interval.X[0] <= Trace(figure, $"Minimum at {budget} FLOP").X[0] && Trace(figure, $"Minimum at {budget} FLOP").X[0] <= interval.X[1]);
        }

        Assert.Equal(["--seq-1", "--seq-5", "--seq-9"], new[] { "1e19", "1e20", "1e21" }.Select(budget => Trace(figure, $"{budget} FLOP").Color));
        Assert.All(figure.Traces.Where(trace => trace.Ids is not null), trace => Assert.Equal(trace.X.Length, trace.Ids!.Length));
    }

    [Fact]
    public void The_parabola_passes_through_its_minimum_on_every_axis()
    {
        foreach (var axis in Enum.GetValues<SizeAxis>())
        {
            var figure = Loss(SampleAnalysis.State with { Axis = axis });
            var curve = Trace(figure, "Parabola at 1e20 FLOP");
            var minimum = Trace(figure, "Minimum at 1e20 FLOP");
            var nearest = curve.X.Zip(curve.Y).MinBy(point => Math.Abs(Math.Log(point.First / minimum.X[0])));
            Assert.Equal(minimum.Y[0], nearest.Second, 1e-3);
            Assert.Equal(curve.Y.Min(), nearest.Second, 1e-3);
        }
    }

    [Fact]
    public void Axes_show_N_D_or_their_ratio()
    {
        var run = s_rows[3];
        Assert.Contains(run.Parameters, Trace(Loss(SampleAnalysis.State), "1e19 FLOP").X);
        Assert.Contains(run.Tokens, Trace(Loss(SampleAnalysis.State with { Axis = SizeAxis.D }), "1e19 FLOP").X);
        var ratio = Loss(SampleAnalysis.State with { Axis = SizeAxis.Ratio });
        Assert.Contains(run.Tokens / run.Parameters, Trace(ratio, "1e19 FLOP").X);
        Assert.Equal("Tokens per parameter D/N", ratio.XAxis.Title);
    }

    [Fact]
    public void Points_say_which_run_they_are_and_its_numbers()
    {
        var hover = Trace(Loss(SampleAnalysis.State), "1e19 FLOP").Hover![0];
        Assert.StartsWith(s_rows[0].Run + "\nN ", hover, StringComparison.Ordinal);
        Assert.Contains("\nD ", hover, StringComparison.Ordinal);
        Assert.Contains("FLOP\nloss ", hover, StringComparison.Ordinal);
    }

    [Fact]
    public void Excluded_runs_stay_visible_and_can_be_clicked_back()
    {
        var id = s_rows[0].RunId;
        var figure = Loss(SampleAnalysis.State with { Excluded = [id] });
        var excluded = Trace(figure, "Excluded");
        Assert.Equal(id, Assert.Single(excluded.Ids!));
        Assert.Contains("click to take it back", excluded.Hover![0], StringComparison.Ordinal);
        Assert.DoesNotContain(Loss(SampleAnalysis.State).Traces, trace => trace.Name == "Excluded");
    }

    [Fact]
    public void A_run_that_diverged_does_not_set_the_frame_but_is_counted()
    {
        var rows = s_rows.Append(s_rows[0] with { Run = "diverged", RunId = "d", Loss = 11 }).ToArray();
        var figure = IsoFlopFigures.LossAtEqualCompute(SampleAnalysis.Of(rows, 0), [], SampleAnalysis.State);
        Assert.True(figure.YAxis.Range!.High < 6);
        Assert.Contains("1 run above the frame", figure.Subtitle, StringComparison.Ordinal);
        Assert.Contains(11, figure.Traces.SelectMany(trace => trace.Y));
    }

    [Fact]
    public void A_minimum_far_beyond_the_sizes_trained_does_not_set_the_frame()
    {
        // Losses that fall almost straight put the minimum of their budget far out.
        Observation[] straight = [.. s_rows.Select(run => run.Budget == 1e20 ? run with { Loss = 4 - 0.1 * Math.Log(run.Parameters) + 1e-3 * Math.Pow(Math.Log(run.Parameters), 2) } : run)];
        var analysis = SampleAnalysis.Of(straight, 0);
        var minimum = analysis.Profiles.Budgets.Single(budget => budget.Flops == 1e20).Parameters;
        var largest = straight.Max(run => run.Parameters);
        Assert.True(minimum > 100 * largest);
        Assert.True(IsoFlopFigures.LossAtEqualCompute(analysis, [], SampleAnalysis.State).XAxis.Range!.High < 2 * largest);
        Assert.True(Sizes(analysis, SampleAnalysis.State with { Shown = [] }, [], tokens: false).YAxis.Range!.High < minimum);
    }

    [Fact]
    public void Points_lie_below_the_curves()
    {
        var traces = Loss(SampleAnalysis.State).Traces.ToList();
        Assert.True(traces.FindLastIndex(trace => trace.Ids is not null) < traces.FindIndex(trace => trace.Kind == TraceKind.Line));
    }

    [Fact]
    public void Sizes_show_approaches_with_bands_published_laws_and_the_target()
    {
        var figure = Sizes(s_analysis, SampleAnalysis.State, [s_chinchilla], tokens: false);
        foreach (var name in new[] { "2 Parabolas", "2 Parabolas, 80 %", "3 Parametric", "3 Parametric, 80 %", "Kaplan et al.", "Hoffmann et al., approach 1", "Minima of the parabolas", "Chinchilla" })
            Assert.Contains(figure.Traces, trace => trace.Name == name);
        Assert.DoesNotContain(figure.Traces, trace => trace.Name.StartsWith("1 Envelope", StringComparison.Ordinal));
        var target = Trace(figure, "Target");
        Assert.Equal(s_analysis.Headline!.Law.Optimum(5.76e23).Parameters, target.Y[0]);
        Assert.InRange(target.Y[0], target.YLow![0], target.YHigh![0]);
        Assert.Equal(5.76e23, Assert.Single(figure.VerticalLines).X);
        Assert.True(figure.XAxis.Range!.High > 5.76e23);
    }

    [Fact]
    public void Lines_that_are_switched_off_are_not_drawn()
    {
        var figure = Sizes(s_analysis, SampleAnalysis.State with { Shown = ["3", "epoch"] }, [], tokens: false);
        Assert.DoesNotContain(figure.Traces, trace => trace.Name is "2 Parabolas" or "Kaplan et al.");
        Assert.Contains(figure.Traces, trace => trace.Name == "Besiroglu et al. (Epoch AI)");
    }

    [Fact]
    public void Tokens_and_parameters_multiply_to_the_budget()
    {
        var sizes = Trace(Sizes(s_analysis, SampleAnalysis.State, [], tokens: false), "3 Parametric");
        var tokens = Trace(Sizes(s_analysis, SampleAnalysis.State, [], tokens: true), "3 Parametric");
        for (var i = 0; i < sizes.X.Length; i++)
            Assert.Equal(1, 6 * sizes.Y[i] * tokens.Y[i] / sizes.X[i], 1e-9);
    }

    [Fact]
    public void Training_curves_add_the_envelope()
    {
        var figure = Sizes(SampleAnalysis.Of(SampleAnalysis.Rows(checkpoints: 6)), SampleAnalysis.State, [], tokens: false);
        Assert.Contains(figure.Traces, trace => trace.Name == "1 Envelope");
        Assert.Contains(figure.Traces, trace => trace.Name == "Envelope of the training curves");
    }

    [Fact]
    public void The_frontier_reaches_the_target_inside_its_band()
    {
        var figure = IsoFlopFigures.Frontier(s_analysis, IsoFlopFigures.Project(s_analysis, SampleAnalysis.State, []), SampleAnalysis.State);
        var line = Trace(figure, "Frontier");
        Assert.True(line.X[^1] > 5.76e23);
        Assert.Equal(line.Y.OrderDescending(), line.Y);
        Assert.Equal(s_analysis.Headline!.Law.Optimum(5.76e23).Loss, Trace(figure, "Target").Y[0]);
        Assert.Equal(21, figure.Traces.Where(trace => trace.Ids is not null).Sum(trace => trace.X.Length));
    }

    [Fact]
    public void Published_laws_stand_alone_without_a_project()
    {
        var figure = IsoFlopFigures.OptimalSize(null, [], IsoFlopState.PublishedLaws, [s_chinchilla], tokens: true);
        Assert.Equal(7, figure.Traces.Count);
        Assert.All(figure.Traces, trace => Assert.True(trace.Published));
        Assert.NotNull(figure.YAxis.Range);
    }

    [Fact]
    public void A_hundred_budgets_do_not_all_carry_a_label()
    {
        var rows = Enumerable.Range(0, 100).SelectMany(k => Enumerable.Range(0, 3).Select(i => s_rows[0] with
        {
            Run = $"{k}-{i}",
            Budget = 1e18 * Math.Pow(1.3, k),
            Parameters = 1e8 * Math.Pow(2, i) * Math.Pow(1.15, k),
            Loss = 3 + 0.1 * (i - 1) * (i - 1) - 0.01 * k,
        })).ToArray();
        var figure = IsoFlopFigures.LossAtEqualCompute(SampleAnalysis.Of(rows, 0), [], SampleAnalysis.State);
        Assert.InRange(figure.Traces.Count(trace => trace.EndLabel is not null), 5, 12);
    }

    [Fact]
    public void Landmarks_are_named_where_there_is_room()
    {
        LandmarkModel[] models = [s_chinchilla, s_chinchilla with { Model = "Twin" }, new("GPT-3", 2020, 175e9, 300e9, "arXiv 2005.14165"), new("Llama 3.1 8B", 2024, 8e9, 15e12, "arXiv 2407.21783")];
        var figure = IsoFlopFigures.OptimalSize(null, [], IsoFlopState.PublishedLaws, models, tokens: false);
        Assert.Equal("Chinchilla", Trace(figure, "Chinchilla").EndLabel);
        Assert.Null(Trace(figure, "Twin").EndLabel);
        Assert.Null(Trace(figure, "GPT-3").EndLabel);
        Assert.Equal("Llama 3.1 8B", Trace(figure, "Llama 3.1 8B").EndLabel);
    }

    private static Figure Sizes(IsoFlopAnalysis analysis, IsoFlopState state, IReadOnlyList<LandmarkModel> landmarks, bool tokens) =>
        IsoFlopFigures.OptimalSize(analysis, IsoFlopFigures.Project(analysis, state, landmarks), state, landmarks, tokens);

    private static Trace Trace(Figure figure, string name) => Assert.Single(figure.Traces, trace => trace.Name == name);
}
