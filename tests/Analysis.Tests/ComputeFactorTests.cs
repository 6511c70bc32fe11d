using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Analysis.Tests;

public sealed class ComputeFactorTests
{
    private static readonly Accelerator s_accelerator = new()
    {
        Key = "a",
        Name = "A",
        MemoryBytes = 80e9,
        PowerWatts = 500,
        Peaks = new Dictionary<string, double> { ["bf16"] = 1e15 },
        Price = new(2, new DateOnly(2026, 9, 20), "a list"),
        Source = "datasheet",
        SourceYear = 2024,
        Note = "",
    };

    private static readonly TrainingLaw s_withoutDraws = TrainingLaw.Find("epoch")! with { Draws = [] };

    private static LawPlan Plan(TrainingGoals goals, ComputeFactor? factor, TrainingLaw? law = null) => ScenarioRecipe.Run(
        new TrainingScenario { Goals = goals, Accelerator = s_accelerator, Format = NumberFormat.Find("bf16")!, Factor = factor }, [law ?? s_withoutDraws]).Plans[0];

    private static TrainingLaw WithDraws()
    {
        var epoch = TrainingLaw.Find("epoch")!;
        var (e, a, b, alpha, beta) = (ChinchillaLaw)PublishedLaws.Epoch.Law;
        return epoch with { Draws = [.. Enumerable.Range(0, 101).Select(i => LawForms.Chinchilla.With(e, a * (1 + 0.002 * ((37 * i % 101) - 50)), b, alpha, beta))] };
    }

    [Fact]
    public void A_budget_goes_as_much_further()
    {
        var (with, without) = (Plan(new() { Flops = 1e22 }, new(0.8)), Plan(new() { Flops = 1.25e22 }, null));
        Assert.Equal(1e22, with[Flops].Value, 1e10);
        foreach (var quantity in new[] { Parameters, Tokens, Loss })
            Assert.Equal(1, with[quantity].Value / without[quantity].Value, 1e-9);
        Assert.Equal(0.8, with[Money].Value / without[Money].Value, 1e-9);
        Assert.Equal(0.8, with.AcceleratorHours.Value / without.AcceleratorHours.Value, 1e-9);
    }

    [Fact]
    public void A_loss_takes_as_much_less()
    {
        var goals = new TrainingGoals { Loss = 2.2, Accelerators = 64 };
        var (with, without) = (Plan(goals, new(0.8)), Plan(goals, null));
        foreach (var quantity in new[] { Flops, Days, Money, Energy, Carbon })
            Assert.Equal(0.8, with[quantity].Value / without[quantity].Value, 1e-9);
        Assert.Equal(without[Parameters].Value, with[Parameters].Value, 1e-3);
        Assert.Equal(without.Off!.Overhead, with.Off!.Overhead, 9);
    }

    [Fact]
    public void Time_and_machines_buy_a_larger_training()
    {
        var goals = new TrainingGoals { Days = 30, Accelerators = 512 };
        var (with, without) = (Plan(goals, new(0.5)), Plan(goals, null));
        Assert.Equal(without[Flops].Value, with[Flops].Value, 1e-6 * without[Flops].Value);
        Assert.True(with[Loss].Value < without[Loss].Value);
        Assert.Equal(2, 6 * with[Parameters].Value * with[Tokens].Value / with[Flops].Value, 9);
    }

    [Fact]
    public void Its_interval_is_that_of_the_compute_where_the_law_has_none()
    {
        var plan = Plan(new() { Loss = 2.2, Accelerators = 64 }, new(0.84, 0.79, 0.9));
        var interval = plan[Flops].Interval!;
        var law = plan[Flops].Value / 0.84;
        Assert.Equal(0.79, interval.Low95 / law, 2);
        Assert.Equal(0.9, interval.High95 / law, 2);
        Assert.NotNull(plan[Money].Interval);
        Assert.Equal(0, plan[Parameters].Interval!.StandardError, 1e-3);
    }

    [Fact]
    public void It_widens_the_interval_of_a_law_that_has_draws()
    {
        var (law, goals) = (WithDraws(), new TrainingGoals { Loss = 2.2 });
        double Width(ComputeFactor? factor) => Plan(goals, factor, law)[Flops] is { Value: var value, Interval: { } interval } ? Math.Log(interval.High95 / interval.Low95) : double.NaN;
        var (alone, factor) = (Width(null), Math.Log(0.9 / 0.79));
        // Independent: the squares add up.
        Assert.Equal(Math.Sqrt(alone * alone + factor * factor), Width(new(0.84, 0.79, 0.9)), 0.25 * alone);
        Assert.Equal(alone, Width(new(0.84)), 1e-9);
    }

    [Fact]
    public void Size_and_tokens_no_longer_settle_the_compute_when_the_factor_is_not_sure()
    {
        var goals = new TrainingGoals { Parameters = 7e9, Tokens = 1.4e11 };
        Assert.True(Plan(goals, new(0.8))[Flops].IsGiven);
        var plan = Plan(goals, new(0.84, 0.79, 0.9));
        Assert.False(plan[Flops].IsGiven);
        Assert.NotNull(plan[Flops].Interval);
        Assert.True(plan[Parameters].IsGiven);
        Assert.True(Plan(new() { Flops = 1e22 }, new(0.84, 0.79, 0.9))[Money].IsGiven);
    }

    [Fact]
    public void A_contradiction_is_told_in_the_compute_it_really_takes()
    {
        var scenario = new TrainingScenario { Goals = new() { Parameters = 70e9, Tokens = 1.4e12, Flops = 5.88e23 }, Accelerator = s_accelerator, Format = NumberFormat.Find("bf16")!, Factor = new(0.5) };
        var plan = ScenarioRecipe.Run(scenario, [TrainingLaw.Find("epoch")!]).Plans[0];
        Assert.Contains("take 2.94e23 FLOP, but 5.88e23 FLOP is given", ObstacleWords.Text(plan.Plan.Obstacle!, scenario, plan.Law), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.84:0.79:0.9", 0.84, 0.79, 0.9)]
    [InlineData("0.84~0.79~0.9", 0.84, 0.79, 0.9)]
    [InlineData(" 0.84 0.79 0.9 ", 0.84, 0.79, 0.9)]
    [InlineData("1.2", 1.2, 1.2, 1.2)]
    public void It_is_read_as_people_write_it(string text, double value, double low, double high)
    {
        Assert.Equal(new ComputeFactor(value, low, high), ComputeFactor.Parse(text, out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0.8:0.9:1")]
    [InlineData("0.8:0.7")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("fast")]
    public void What_is_none_is_asked_about(string text)
    {
        Assert.Null(ComputeFactor.Parse(text, out var problem));
        Assert.Contains("such as 0.84:0.79:0.9", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_one_over_a_speed_up()
    {
        var factor = ComputeFactor.OfSpeedup(1.25, new Interval(0.1, 1.2, 1.3, 1.1, 1.4));
        Assert.Equal((0.8, 1 / 1.4, 1 / 1.1), (factor.Value, factor.Low95, factor.High95));
        Assert.Equal("0.5:0.4:0.8", new ComputeFactor(0.5, 0.4, 0.8).ToString());
    }
}
