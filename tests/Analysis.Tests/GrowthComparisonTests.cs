using System.Globalization;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Savings on curves made by hand.</summary>
public sealed class GrowthComparisonTests
{
    private const double Large = 1000;
    private const double Small = 200;
    private static readonly RunSet s_source = new() { Observations = [], InputSha256 = "00" };

    // From scratch: 6, 5, 4, 3, 2 at 0 to 4 units of 1e6 FLOP and 10 s each; its final loss is 2.
    private static readonly double[] s_scratch = [6, 5, 4, 3, 2];

    [Fact]
    public void Savings_are_one_less_the_grown_costs_over_those_from_scratch()
    {
        // Reaches 2 in the middle of its second and third row: 1.5 units and the operator's 0.1 of 4.
        var comparison = Compare([Scratch("1"), Grown("1", [4, 3, 1, 1, 1], operatorFlops: 1e5, operatorSeconds: 2, smallFlops: 8e5, smallSeconds: 8)]);
        Assert.Equal(1 - 1.6 / 4, comparison.Savings(CurveAxis.Flops).Value, 1e-12);
        Assert.Equal(1 - 17.0 / 40, comparison.Savings(CurveAxis.Time).Value, 1e-12);
        Assert.Equal(1 - 2.4 / 4, comparison.Headline.Savings(CurveAxis.Flops, chargeSmall: true).Value, 1e-12);
        // The small model's 0.8 units are made up for by 2.4 saved each time.
        Assert.Equal(0.8 / 2.4, comparison.Headline.BreakEven(CurveAxis.Flops), 1e-12);
        Assert.Equal(1e5, comparison.Headline.OperatorCost(CurveAxis.Flops));
        Assert.Null(comparison.Savings(CurveAxis.Flops).Interval);
        Assert.Contains(comparison.Warnings, warning => warning.Text.StartsWith("One seed", StringComparison.Ordinal));
    }

    [Fact]
    public void What_costs_more_than_it_saves_is_negative_and_never_pays_off()
    {
        var comparison = Compare([Scratch("1"), Grown("1", [6, 5, 4, 3, 2], operatorFlops: 1e6, smallFlops: 1e5)]);
        Assert.Equal(-0.25, comparison.Savings(CurveAxis.Flops).Value, 1e-12);
        Assert.Equal(double.PositiveInfinity, comparison.Headline.BreakEven(CurveAxis.Flops));
    }

    /// <summary>Of a run that never gets there the two are compared at its own final loss, 3, which from scratch took 3 units.</summary>
    [Fact]
    public void Never_reached_is_said_and_compared_at_the_loss_that_was()
    {
        var comparison = Compare([Scratch("1"), Grown("1", [5, 4.5, 4, 3.5, 3], operatorFlops: 0)]);
        Assert.Equal(1, comparison.Headline.Count(GrowthReach.Never));
        Assert.Equal(1 - 4.0 / 3, comparison.Savings(CurveAxis.Flops).Value, 1e-12);
        Assert.Contains(comparison.Warnings, warning => warning.Text.Contains("never reached", StringComparison.Ordinal));
    }

    [Fact]
    public void Reached_at_the_moment_of_growth_only_the_operator_is_paid()
    {
        var comparison = Compare([Scratch("1"), Grown("1", [1.5, 1.4, 1.3, 1.2, 1.1], operatorFlops: 1e6)]);
        Assert.Equal(0.75, comparison.Savings(CurveAxis.Flops).Value, 1e-12);
        Assert.Equal(1, comparison.Headline.Count(GrowthReach.AtOnce));
        Assert.Contains(comparison.Warnings, warning => warning.Text.Contains("at the first logged point already", StringComparison.Ordinal));
    }

    /// <summary>A teacher's cost grows with the steps: at the crossing only what it had cost by then counts.</summary>
    [Fact]
    public void A_teacher_is_charged_as_far_as_it_taught()
    {
        var run = Grown("1", [6, 4, 2, 1, 1], operatorFlops: 9e6, growthOperator: "ki");
        run = run with { TeacherFlops = new ImportedSeries("operator_flops", [0, 1, 2, 3, 4], [0, 5e5, 1e6, 1e6, 1e6]) };
        var comparison = Compare([Scratch("1"), run]);
        Assert.Equal(1 - 3.0 / 4, comparison.Savings(CurveAxis.Flops).Value, 1e-12);
        Assert.Equal(1e6, comparison.Headline.OperatorCost(CurveAxis.Flops));
    }

    [Fact]
    public void Intervals_come_from_seeds_and_the_same_seed_draws_the_same()
    {
        GrowthRun[] runs = [.. Enumerable.Range(1, 4).SelectMany(seed => new[]
        {
            Scratch(seed.ToString(CultureInfo.InvariantCulture)), Grown(seed.ToString(CultureInfo.InvariantCulture), [4, 3 - 0.1 * seed, 1, 1, 1], operatorFlops: 0),
        })];
        var savings = Compare(runs).Savings(CurveAxis.Flops);
        Assert.True(savings.Interval!.Low95 < savings.Value && savings.Value < savings.Interval.High95);
        Assert.Equal(savings.Interval, Compare(runs).Savings(CurveAxis.Flops).Interval);
        Assert.InRange(savings.Interval.Low95, Compare(runs).Headline.Pairs.Min(pair => pair.Over(CurveAxis.Flops)!.Share(false)), savings.Value);
    }

    [Fact]
    public void Grown_runs_are_matched_by_family_size_and_seed_and_the_rest_is_listed()
    {
        var other = Grown("2", [4, 3, 1, 1, 1]);
        var family = Grown("1", [4, 3, 1, 1, 1], growthOperator: "stack");
        family = family with { Run = family.Run with { Name = "stranger", Family = "other" } };
        var comparison = Compare([Scratch("1"), Grown("1", [4, 3, 1, 1, 1]), other, family]);
        Assert.Equal("1", Assert.Single(comparison.Headline.Pairs).Grown.Run.Settings.Seed);
        Assert.Contains("the seed 2", comparison.Unmatched.Single(one => one.Run.Settings.Seed == "2").Reason, StringComparison.Ordinal);
        Assert.Contains("in the family other", comparison.Unmatched.Single(one => one.Run.Name == "stranger").Reason, StringComparison.Ordinal);
        var refused = Assert.Throws<AnalysisException>(() => Compare([Scratch("1"), other]));
        Assert.Contains("No grown run has its match", refused.Message, StringComparison.Ordinal);
        Assert.Contains("grown_from", Assert.Throws<AnalysisException>(() => Compare([Scratch("1")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_headline_is_ligo_at_the_largest_size_unless_asked()
    {
        GrowthRun[] runs =
        [
            Scratch("1"), Grown("1", [4, 3, 1, 1, 1]), Grown("1", [3, 1, 1, 1, 1], growthOperator: "stack"), Scratch("1", 2 * Large), Grown("1", [5, 3, 1, 1, 1], parameters: 2 * Large),
        ];
        var comparison = Compare(runs);
        Assert.Equal(("ligo", 2 * Large), (comparison.Headline.Operator, comparison.Headline.LargeParameters));
        Assert.Equal(["stack", "ligo", "ligo"], comparison.Operators.Select(one => one.Operator));
        Assert.Equal("stack", Compare(runs, new() { Operator = "StackBERT" }).Headline.Operator);
        Assert.Equal(Large, Compare(runs, new() { Parameters = Large }).Headline.LargeParameters);
        Assert.Contains("ligo", Assert.Throws<AnalysisException>(() => Compare(runs, new() { Operator = "aki" })).Message, StringComparison.Ordinal);
        Assert.Throws<AnalysisException>(() => Compare(runs, new() { Parameters = 5 * Large }));
    }

    [Fact]
    public void The_small_model_is_found_by_its_name_or_left_open()
    {
        var parent = Scratch("1", Small);
        parent = parent with { Run = parent.Run with { Name = "small-1" } };
        var known = Compare([parent, Scratch("1"), Grown("1", [4, 3, 1, 1, 1])]);
        Assert.Equal(Small, known.Headline.SmallParameters);
        // Its own run says what it cost.
        Assert.Equal((4e6, 40), (known.Headline.SmallCost(CurveAxis.Flops), known.Headline.SmallCost(CurveAxis.Time)));
        var alone = Compare([Scratch("1"), Grown("1", [4, 3, 1, 1, 1])], new() { ChargeSmall = true });
        Assert.True(double.IsNaN(alone.Headline.SmallParameters));
        // Its cost is not named either: nothing is claimed.
        Assert.True(double.IsNaN(alone.Savings(CurveAxis.Flops).Value));
        Assert.Contains("small_flops", alone.Savings(CurveAxis.Flops).WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_learned_for_different_numbers_of_steps_are_told_apart()
    {
        var longer = Grown("1", [4, 3, 1, 1, 1], operatorFlops: 5e5);
        var comparison = Compare([Scratch("1"), Grown("1", [4, 3, 1, 1, 1]), longer with { Growth = longer.Growth with { OperatorSteps = 500 } }]);
        Assert.Equal(["LiGO, 100 steps", "LiGO, 500 steps"], comparison.Operators.Select(one => one.Name));
    }

    [Fact]
    public void What_never_came_to_the_loss_stands_behind_whatever_it_saves_at_its_own()
    {
        var comparison = Compare([Scratch("1"), Grown("1", [4, 3.5, 3.5, 3.5, 3.5], growthOperator: "mslt"), Grown("1", [4, 4, 4, 3, 1], operatorFlops: 1e6, growthOperator: "stack")]);
        Assert.Equal(["stack", "mslt"], comparison.Operators.Select(one => one.Operator));
        Assert.True(comparison.Operators[1].Free[CurveAxis.Flops].Value > comparison.Operators[0].Free[CurveAxis.Flops].Value);
    }

    [Fact]
    public void Columns_are_read_however_they_are_written()
    {
        var read = GrowthColumns.Read([new("config.Grown_From", "small"), new("growth_operator", "StackBERT"), new("operator_flops", "3.6e15"), new("small_flops", "2T")]);
        Assert.Equal(("small", "stack", 3.6e15, 2e12), (read.GrownFrom, read.Operator, read.OperatorFlops, read.SmallFlops));
        Assert.Null(GrowthColumns.Read([new("grown_from", "none"), new("growth_operator", "ligo")]).GrownFrom);
        Assert.Equal("unnamed", GrowthColumns.Read([new("grown_from", "small")]).Operator);
    }

    [Fact]
    public void A_schedule_of_growths_is_told_apart_from_its_operator_at_once()
    {
        var read = GrowthColumns.Read([new("grown_from", "small"), new("growth_operator", "stack"), new("growth_stages", "2")]);
        Assert.Equal("StackBERT, 2 stages", GrowthColumns.Name(read.Operator));
        Assert.Equal("stack", GrowthColumns.Rule(read.Operator));
        Assert.Equal("stack", GrowthColumns.Read([new("grown_from", "small"), new("growth_operator", "stack"), new("growth_stages", "1")]).Operator);
        var comparison = Compare([Scratch("1"), Grown("1", [4, 3, 1, 1, 1], growthOperator: "stack"), Grown("1", [4, 2, 1, 1, 1], growthOperator: read.Operator)]);
        Assert.Equal(["StackBERT", "StackBERT, 2 stages"], comparison.Operators.Select(one => one.Name).Order(StringComparer.Ordinal));
    }

    private static GrowthComparison Compare(GrowthRun[] runs, GrowthComparisonOptions? options = null) => GrowthComparison.Run(runs, options ?? new(), s_source);

    private static GrowthRun Scratch(string seed, double parameters = Large) =>
        new(Run($"scratch-{parameters}-{seed}", seed, parameters, s_scratch), GrowthColumns.Read([]));

    private static GrowthRun Grown(
        string seed, double[] losses, double operatorFlops = 0, double operatorSeconds = 0, double smallFlops = double.NaN, double smallSeconds = double.NaN, string growthOperator = "ligo", double parameters = Large) =>
        new(Run($"{growthOperator}-{parameters}-{seed}", seed, parameters, losses), new GrowthSettings("small-1", growthOperator, growthOperator == "ligo" ? 100 : null, operatorFlops, operatorSeconds, smallFlops, smallSeconds, double.NaN, double.NaN, ""));

    private static RacedRun Run(string name, string seed, double parameters, double[] losses)
    {
        double[] steps = [0, 1, 2, 3, 4];
        return new RacedRun
        {
            Id = "",
            Name = name,
            Settings = new OptimizerSettings(null, seed, null, ""),
            Family = null,
            Parameters = parameters,
            Tokens = 4e6 / (6 * parameters),
            Loss = losses[^1],
            Curve = new RunCurve(
                new ImportedSeries("loss", steps, losses),
                new RunAxes(parameters, null, new ImportedSeries("flops", steps, [.. steps.Select(step => step * 1e6)]), new ImportedSeries("seconds", steps, [.. steps.Select(step => step * 10)]))),
        };
    }
}
