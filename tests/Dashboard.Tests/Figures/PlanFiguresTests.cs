using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public class PlanFiguresTests
{
    private static readonly TrainingLaw s_drawn = new()
    {
        Key = "f1",
        Name = "mine v1",
        ShortName = "mine v1",
        Source = "here",
        Counting = "all",
        Allocation = PublishedSurfaces.Epoch.Law,
        Surface = PublishedSurfaces.Epoch.Law,
        Draws = [LawForms.Chinchilla.With(1.8, 460, 2000, 0.345, 0.364), LawForms.Chinchilla.With(1.83, 500, 2200, 0.35, 0.368), LawForms.Chinchilla.With(1.81, 470, 2050, 0.346, 0.365)],
        FlopsRange = (1e18, 1e21),
        Uncertainty = "3 draws",
    };

    private static PlanView View(TrainingGoals goals, params string[] laws) => PlanView.Of(
        new PlanState { Scenarios = [new() { Goals = goals }, new() { Goals = new() { Flops = 1e22 } }] }, [s_drawn, .. laws.Select(key => TrainingLaw.Find(key)!)], null);

    [Fact]
    public void Loss_has_a_line_a_law_with_a_band_where_there_are_draws_and_the_scenarios()
    {
        var figure = PlanFigures.Loss(View(new() { Flops = 5.76e23 }, "hoffmann3", "kaplan"))!;
        Assert.Equal(["mine v1, 80 %", "mine v1", "Hoffmann et al., approach 3", "Scenario A", "Scenario B"], figure.Traces.Select(trace => trace.Name));
        Assert.Equal(TraceKind.Band, figure.Traces[0].Kind);
        Assert.Equal(5.76e23, figure.Traces[3].X[0]);
        Assert.NotNull(figure.Traces[3].YLow);
        Assert.Equal(["A"], figure.Traces[3].Ids!);
        Assert.Equal((MarkerSymbol.Diamond, MarkerSymbol.DiamondOpen), (figure.Traces[3].Symbol, figure.Traces[4].Symbol));
        Assert.Equal(1e21, Assert.Single(figure.VerticalLines).X);
        // The farther beyond the runs, the wider the band.
        double Width(int i) => figure.Traces[0].YHigh![i] - figure.Traces[0].YLow![i];
        Assert.True(Width(31) > Width(16));
    }

    [Fact]
    public void Other_bits_are_drawn_where_bits_count_with_the_best_at_the_bottom()
    {
        var figure = PlanFigures.Bits(View(new() { Flops = 1e23, Parameters = 8e9, SolvesBits = true }))!;
        Assert.Equal(["What is given, in other bits, 80 %", "What is given, in other bits", "Scenario A"], figure.Traces.Select(trace => trace.Name));
        var (line, scenario) = (figure.Traces[1], figure.Traces[2]);
        Assert.All(line.Y.Where(double.IsFinite), loss => Assert.True(loss >= scenario.Y[0] - 1e-12));
        var lowest = line.X[Array.IndexOf([.. line.Y], line.Y.Where(double.IsFinite).Min())];
        Assert.Equal(scenario.X[0], lowest, 0.25);
        // At three bits there is no such training.
        Assert.True(double.IsNaN(line.Y[0]));

        var cost = PlanFigures.Bits(View(new() { Loss = 2.1, Bits = 8 }))!;
        Assert.Equal("Training compute, FLOP of 16 bits", cost.YAxis.Title);
        Assert.True(cost.YAxis.Log);
        // The bits that a loss needs: the loss of this size and these tokens in others.
        var needed = PlanFigures.Bits(View(new() { Parameters = 8e9, Tokens = 1e12, Loss = 2.2, SolvesBits = true }))!;
        Assert.Equal("Loss, nats per token", needed.YAxis.Title);
        Assert.Equal(2.2, needed.Traces[^1].Y[0], 1e-9);
        Assert.Null(PlanFigures.Bits(View(new() { Flops = 1e23 })));
        Assert.Null(PlanFigures.Bits(PlanView.Of(new PlanState { Scenarios = [new() { Goals = new() { Flops = 1e23, Bits = 8 } }] }, [TrainingLaw.Find("kaplan")!], null)));
    }

    [Fact]
    public void Without_any_loss_there_is_no_chart_of_it()
    {
        var view = PlanView.Of(new PlanState(), [TrainingLaw.Find("kaplan")!], null);
        Assert.Null(PlanFigures.Loss(view));
        Assert.Null(PlanFigures.Overhead(view));
        Assert.Null(PlanFigures.Served(view));
        Assert.Equal(["Kaplan et al.", "Scenario A"], PlanFigures.Frontier(view, []).Traces.Select(trace => trace.Name));
    }

    [Fact]
    public void The_frontier_has_well_known_models_beside_the_lines()
    {
        var figure = PlanFigures.Frontier(View(new() { Flops = 5.76e23 }, "kaplan"), [new LandmarkModel("A <b>", 2022, 70e9, 1.4e12, "arXiv 1")]);
        Assert.Equal("A <b>\nN 70B\nD 1.4T\narXiv 1", figure.Traces[0].Hover![0]);
        Assert.True(figure.XAxis.Log && figure.YAxis.Log);
        Assert.Equal("mine v1", figure.Traces.Single(trace => trace.Color == FitFigures.FitColor).EndLabel);
    }

    [Fact]
    public void The_cost_of_another_size_is_least_at_one()
    {
        var figure = PlanFigures.Overhead(View(new() { Parameters = 30e9, Flops = 5.76e23 }, "epoch"))!;
        var line = figure.Traces.First(trace => trace.Kind == TraceKind.Line);
        Assert.Equal(0, line.Y[20], 6);
        Assert.Equal(1, line.X[20], 12);
        Assert.True(line.Y[10] > 20 && line.Y[30] > 20);
        var scenario = figure.Traces.Single(trace => trace.Name == "Scenario A");
        Assert.InRange(scenario.X[0], 0.3, 0.9);
        Assert.NotNull(scenario.YLow);
    }

    [Fact]
    public void Serving_turns_the_cost_of_a_small_model_around()
    {
        var view = View(new() { Parameters = 20e9, Flops = 5.76e23, ServedTokens = 3e13 }, "epoch");
        var figure = PlanFigures.Served(view)!;
        var line = figure.Traces.Single(trace => trace.Name == "Scenario A");
        Assert.True(line.Y[0] > 110 && line.Y[^1] < 100);
        Assert.NotNull(figure.Traces.SingleOrDefault(trace => trace.Kind == TraceKind.Band));
        var best = figure.Traces.Single(trace => trace.Name == "Best size for each");
        Assert.All(best.Y.Zip(line.Y), pair => Assert.True(pair.First <= pair.Second + 1e-9));
        Assert.Equal(["served", "breaks even"], figure.VerticalLines.Select(mark => mark.Label));
        Assert.DoesNotContain(PlanFigures.Served(View(new() { Flops = 5.76e23 }))!.Traces, trace => trace.Name == "Scenario A");
    }

    [Fact]
    public void Repeating_shows_only_where_tokens_are_limited()
    {
        Assert.Null(PlanFigures.Repeated(View(new() { Flops = 1e23 })));
        var figure = PlanFigures.Repeated(View(new() { Flops = 1e23, UniqueTokens = 1e11 }))!;
        var (repeated, fresh) = (figure.Traces.Single(trace => trace.Name == "Repeated tokens"), figure.Traces.Single(trace => trace.Name == "As many new tokens"));
        Assert.All(Enumerable.Range(0, repeated.X.Length).Where(i => repeated.X[i] > 1), i => Assert.True(repeated.Y[i] > fresh.Y[i]));
        var plan = figure.Traces.Single(trace => trace.Name == "Scenario A");
        Assert.True(plan.Y[0] <= repeated.Y.Min() + 1e-6);
    }
}
