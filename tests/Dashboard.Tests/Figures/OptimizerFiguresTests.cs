using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Dashboard.Tests.Optimizers;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Numerics.Optimizers.Landscapes;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public sealed class OptimizerFiguresTests
{
    private static readonly OptimizersState s_state = new() { Project = "race", Draws = 100 };

    [Fact]
    public async Task Speed_ups_stand_at_their_sizes_with_intervals_and_trend()
    {
        var scene = await SampleRace.SceneAsync(s_state);
        var figure = OptimizerFigures.Speedups(scene);
        var points = Assert.Single(figure.Traces, trace => trace.Kind == TraceKind.Points);
        Assert.Equal(RaceTable.Sizes, points.X);
        Assert.Equal(RaceTable.Sizes.Select(RaceTable.Speed), points.Y, (expected, actual) => Math.Abs(expected - actual) < 0.02);
        Assert.Equal("20000@400000", points.Ids![0]);
        Assert.Equal(9, figure.Traces.Single(trace => trace.Name == "C-AdamW, 95 %").X.Length);
        Assert.Contains(figure.Traces, trace => trace.Name == "Trend, 95 %");
        Assert.DoesNotContain(figure.Traces, trace => trace.Published);
    }

    [Fact]
    public async Task Every_other_optimizer_is_drawn_and_tabulated_against_the_baseline()
    {
        var scene = await SampleRace.SceneAsync(s_state, optimizers: ["adamw", "c-adamw", "lion", "soap"]);
        Assert.Equal(["lion", "soap"], scene.Others.Select(other => other.Challenger));
        var figure = OptimizerFigures.Speedups(scene);
        Assert.Equal(["Lion", "SOAP", "C-AdamW"], figure.Traces.Where(trace => trace.Kind == TraceKind.Points).Select(trace => trace.Name));
        var grid = OptimizersTable.Everyone(scene)!;
        Assert.Equal(["C-AdamW", "Lion", "SOAP"], grid.Rows.Select(row => row.Name));
        Assert.All(grid.Rows, row => Assert.Equal(4, row.Cells.Count));
        Assert.Contains("20K on 400K tokens\t95 %", grid.Text, StringComparison.Ordinal);
        Assert.Null(OptimizersTable.Everyone(await SampleRace.SceneAsync(s_state)));
    }

    [Fact]
    public async Task Published_speed_ups_of_the_challenger_are_drawn_where_asked_for()
    {
        var figure = OptimizerFigures.Speedups(await SampleRace.SceneAsync(s_state with { Published = true }));
        var published = Assert.Single(figure.Traces, trace => trace.Published);
        Assert.Equal([1e9], published.X);
        Assert.Equal([1.47], published.Y);
    }

    [Theory]
    [InlineData(CurveAxis.Step, 400)]
    [InlineData(CurveAxis.Tokens, 2.4e6)]
    [InlineData(CurveAxis.Flops, 6 * 120e3 * 2.4e6)]
    [InlineData(CurveAxis.Time, 40 / 3600.0)]
    public async Task Curves_are_means_with_bands_over_the_axis_asked_for(CurveAxis axis, double end)
    {
        var figure = OptimizerFigures.Losses(await SampleRace.SceneAsync(s_state with { Axis = axis }))!;
        Assert.Equal(["AdamW, seeds", "AdamW", "C-AdamW, seeds", "C-AdamW", "Final loss of AdamW"], figure.Traces.Select(trace => trace.Name));
        Assert.All(figure.Traces, trace => Assert.Equal(end, trace.X[^1], 1e-6 * end));
        // Small enough to go along with the page.
        Assert.True(figure.Traces.Sum(trace => trace.X.Length * (trace.YLow is null ? 2 : 3)) < 4000);
    }

    [Fact]
    public async Task Basins_hold_every_rate_and_frame_the_one_compared()
    {
        var figure = OptimizerFigures.Basins(await SampleRace.SceneAsync(s_state))!;
        Assert.Equal([0.002, 0.004, 0.008], figure.Traces.Single(trace => trace.Name == "AdamW").X);
        Assert.Equal([0.004], figure.Traces.Single(trace => trace.Name == "AdamW, compared").X);
    }

    [Fact]
    public async Task The_profile_rises_to_all_races()
    {
        var figure = OptimizerFigures.Profile(await SampleRace.SceneAsync(s_state))!;
        var baseline = figure.Traces.Single(trace => trace.Name == "AdamW");
        Assert.Equal((0, 100), (baseline.Y[0], baseline.Y[^1]));
        Assert.Equal(4, baseline.X[^1]);
        Assert.All(figure.Traces.Single(trace => trace.Name == "C-AdamW").Y, share => Assert.Equal(100, share));
    }

    [Fact]
    public void Both_paths_start_at_the_same_point_and_the_arrows_at_the_step_drawn()
    {
        var scene = PathScene.Of(new OptimizersState { Rule = OptimizerRule.Sgd, Problem = PlaneKind.Quadratic, At = 12 });
        var figure = PathFigures.Paths(scene);
        var (plain, cautious) = (figure.Traces.Single(trace => trace.Name == "SGD"), figure.Traces.Single(trace => trace.Name == "C-SGD"));
        Assert.Equal((plain.X[0], plain.Y[0]), (cautious.X[0], cautious.Y[0]));
        foreach (var arrow in new[] { "Downhill, −gradient", "Momentum, −m", "Step that the mask leaves" })
            Assert.Equal((cautious.X[12], cautious.Y[12]), (figure.Traces.Single(trace => trace.Name == arrow).X[0], figure.Traces.Single(trace => trace.Name == arrow).Y[0]));
        Assert.Equal(121, plain.X.Length);
    }

    [Fact]
    public void Loss_and_energy_are_drawn_of_both()
    {
        var figure = PathFigures.Falls(PathScene.Of(new OptimizersState()));
        Assert.Equal(["AdamW, H", "C-AdamW, H", "AdamW", "C-AdamW"], figure.Traces.Select(trace => trace.Name));
        Assert.True(figure.YAxis.Log);
    }

    [Fact]
    public void A_rule_without_an_energy_shows_its_loss_alone()
    {
        var figure = PathFigures.Falls(PathScene.Of(new OptimizersState { Rule = OptimizerRule.Adafactor }));
        Assert.Equal(["Adafactor", "C-Adafactor"], figure.Traces.Select(trace => trace.Name));
        Assert.Equal("Loss", figure.YAxis.Title);
    }

    [Fact]
    public void An_optimizer_looks_the_same_everywhere_and_unlike_the_others()
    {
        string[] keys = ["adamw", "c-adamw", "lion", "c-lion", "muon", "c-muon", "sgd", "c-sgd", "soap", "c-soap", "adafactor", "schedule-free-adamw"];
        Assert.Equal(keys.Length, keys.Select(OptimizerStyle.Of).Distinct().Count());
    }
}
