using ScalingDashboard.Numerics.Optimizers.Speedup;
using static ScalingDashboard.Analysis.Tests.OptimizerRaces;

namespace ScalingDashboard.Analysis.Tests;

public sealed class OptimizerComparisonTests
{
    private static readonly string[] s_seeds = ["1", "2", "3", "4", "5"];
    private static readonly double[] s_sizes = [1e4, 1e5, 1e6];

    // (step·speed + 20) to the same loss: the ratio of steps is (1000 + 20 − 20)/(1000·speed).
    private static IEnumerable<RacedRun> Race(Func<double, string, double> speed, string challenger = "c-adamw") =>
        s_sizes.SelectMany(size => s_seeds.SelectMany(seed => new[] { Run("adamw", size, seed), Run(challenger, size, seed, speed(size, seed)) }));

    [Fact]
    public void A_challenger_that_goes_through_the_same_curve_faster_is_so_much_faster()
    {
        var comparison = Compare(Race((_, _) => 1.25));
        Assert.Equal(("adamw", "c-adamw"), (comparison.Baseline, comparison.Challenger));
        Assert.Equal(s_sizes, comparison.Compared.Select(race => race.Race.Parameters));
        foreach (var race in comparison.Compared)
        {
            Assert.Equal(5, race.Pairs.Count);
            foreach (var axis in new[] { CurveAxis.Step, CurveAxis.Tokens, CurveAxis.Flops, CurveAxis.Time })
                Assert.Equal(0.8, race.Ratios[axis].Value, 3);
            Assert.Equal(1.25, race.Speedup(SpeedupMeasure.Steps).Value, 2);
            Assert.Equal(0.8, race.Ratios[CurveAxis.Step].Interval!.Low95, 3);
            Assert.Equal(Loss(1250, race.Race.Parameters) - Loss(1000, race.Race.Parameters), race.LossDifference.Value, 9);
        }

        Assert.Equal(0, comparison.Trends[SpeedupMeasure.Steps].Slope.Value, 3);
        Assert.Empty(comparison.Unmatched);
    }

    [Fact]
    public void The_interval_holds_the_truth_and_comes_from_the_pairs()
    {
        var comparison = Compare(Race((_, seed) => 1.25 + 0.05 * (int.Parse(seed, null) - 3)));
        var estimate = comparison.Compared[0].Speedup(SpeedupMeasure.Steps);
        Assert.InRange(1.25, estimate.Interval!.Low95, estimate.Interval.High95);
        Assert.True(estimate.Interval.Low95 > 1.15 && estimate.Interval.High95 < 1.35);
        Assert.True(comparison.Compared[0].Ratios[CurveAxis.Step].DiffersFrom(1));
        // The same seed gives the same draws.
        Assert.Equal(estimate.Interval, Compare(Race((_, seed) => 1.25 + 0.05 * (int.Parse(seed, null) - 3))).Compared[0].Speedup(SpeedupMeasure.Steps).Interval);
    }

    [Fact]
    public void A_gain_that_shrinks_with_size_is_found_and_significant()
    {
        var comparison = Compare(Race((size, seed) => 1.5 - 0.1 * Math.Log10(size / 1e4) + 0.01 * (int.Parse(seed, null) - 3)));
        var trend = comparison.Trends[SpeedupMeasure.Steps];
        Assert.Equal(3, trend.Sizes);
        Assert.Equal(-0.1, trend.Slope.Value, 2);
        Assert.InRange(-0.1, trend.Slope.Interval!.Low95, trend.Slope.Interval.High95);
        Assert.True(trend.IsSignificant);
        Assert.Equal(1.4, trend.At(1e5).Value, 2);
    }

    [Fact]
    public void Optimizers_that_are_alike_show_no_gain_though_half_of_the_seeds_never_arrive()
    {
        // Same speed; seeds differ by an offset that has nothing to do with the optimizer.
        double[] offsets = [-0.02, -0.01, 0.005, 0.01, 0.015];
        var comparison = Compare(s_seeds.SelectMany((seed, i) => new[] { Run("adamw", 1e5, seed), Run("c-adamw", 1e5, seed, offset: offsets[i]) }));
        var race = Assert.Single(comparison.Compared);
        Assert.Equal(2, race.Count(TargetReach.Reached));
        Assert.Equal(3, race.Count(TargetReach.Never));
        Assert.False(race.Ratios[CurveAxis.Step].DiffersFrom(1));
        Assert.Contains(comparison.Warnings, warning => warning.Kind == "never" && warning.Text.Contains("3 runs of C-AdamW of 5 never reached", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_never_arrives_in_any_seed_has_no_ratio_in_the_report()
    {
        var pair = Assert.Single(OptimizersReport.Of(Compare(s_seeds.SelectMany(seed => new[] { Run("adamw", 1e5, seed), Run("c-adamw", 1e5, seed, 0.8) }))).Pairs);
        Assert.Equal("never_reached", pair.Status);
        Assert.True(double.IsNaN(pair.StepsRatio));
        Assert.Equal(1.25, pair.StepsRatioAtOwnLoss!.Value, 2);
        Assert.Equal("no challenger reached the baseline's final loss", pair.Reasons["steps_ratio"]);
        Assert.Null(pair.Intervals.StepsRatio);
    }

    [Fact]
    public void At_once_is_left_out_and_said()
    {
        double[] steps = [0, 500, 1000];
        var comparison = Compare([Run("adamw", 1e5, "1", steps, [5, 4, 3]), Run("c-adamw", 1e5, "1", steps, [2.9, 2.8, 2.7]), Run("adamw", 1e5, "2", steps, [5, 4, 3]), Run("c-adamw", 1e5, "2", steps, [5, 3, 2.7])]);
        var race = Assert.Single(comparison.Compared);
        Assert.Equal(1, race.Count(TargetReach.AtOnce));
        Assert.Equal(0.5, race.Ratios[CurveAxis.Step].Value, 9);
        Assert.Null(race.Ratios[CurveAxis.Step].Interval);
        Assert.Contains(comparison.Warnings, warning => warning.Kind == "at-once");
    }

    [Fact]
    public void A_curve_that_rises_again_and_a_coarse_grid_are_said()
    {
        double[] steps = [0, 250, 500, 750, 1000];
        var comparison = Compare([Run("adamw", 1e5, "1", steps, [5, 4, 3.5, 3.2, 3]), Run("c-adamw", 1e5, "1", steps, [5, 4, 2.9, 3.1, 2.8])]);
        Assert.Contains(comparison.Warnings, warning => warning.Kind == "rose");
        Assert.Contains(comparison.Warnings, warning => warning.Kind == "grid");
    }

    [Fact]
    public void Other_grids_of_logging_change_little()
    {
        var comparison = Compare(s_seeds.SelectMany(seed => new[] { Run("adamw", 1e5, seed, every: 10), Run("c-adamw", 1e5, seed, 1.25, every: 25) }));
        Assert.Equal(0.8, comparison.Compared[0].Ratios[CurveAxis.Step].Value, 3);
        Assert.DoesNotContain(comparison.Warnings, warning => warning.Kind == "grid");
    }

    [Fact]
    public void Missing_seeds_are_listed_with_the_reason()
    {
        var runs = Race((_, _) => 1.1).Where(run => !(run.Settings is { Optimizer: "c-adamw", Seed: "3" } && run.Parameters.Equals(1e5))).Append(Run("c-adamw", 3e6, "1"));
        var comparison = Compare(runs);
        Assert.Equal(4, comparison.Compared[1].Pairs.Count);
        Assert.Contains(comparison.Unmatched, one => one.Run.Settings.Seed == "3" && one.Reason.Contains("C-AdamW has no run of seed 3", StringComparison.Ordinal));
        Assert.Contains(comparison.Unmatched, one => one.Run.Parameters.Equals(3e6) && one.Reason == "AdamW has no run of 3M parameters on 100K tokens");
    }

    [Fact]
    public void A_single_pair_claims_no_interval_and_no_significance()
    {
        var comparison = Compare(s_sizes.SelectMany(size => new[] { Run("adamw", size, "1"), Run("c-adamw", size, "1", 1.3 - 0.05 * Math.Log10(size / 1e4)) }));
        Assert.All(comparison.Compared, race => Assert.Null(race.Ratios[CurveAxis.Step].Interval));
        Assert.Equal(-0.05, comparison.Trends[SpeedupMeasure.Steps].Slope.Value, 2);
        Assert.Null(comparison.Trends[SpeedupMeasure.Steps].Slope.Interval);
        Assert.False(comparison.Trends[SpeedupMeasure.Steps].IsSignificant);
        Assert.Null(OptimizersReport.Of(comparison).Trend.Significant);
    }

    [Fact]
    public void Runs_at_the_best_learning_rate_are_compared_and_the_others_listed()
    {
        RacedRun[] runs =
        [
            .. s_seeds.SelectMany(seed => new[] { Run("adamw", 1e5, seed, rate: 0.002, offset: 0.1), Run("adamw", 1e5, seed, rate: 0.004), Run("adamw", 1e5, seed, rate: 0.008, offset: 0.2) }),
            .. s_seeds.SelectMany(seed => new[] { Run("c-adamw", 1e5, seed, 1.25, rate: 0.004), Run("c-adamw", 1e5, seed, rate: 0.008, offset: 0.3) }),
        ];
        var comparison = Compare(runs);
        var race = Assert.Single(comparison.Compared);
        Assert.Equal(0.8, race.Ratios[CurveAxis.Step].Value, 3);
        Assert.Equal(15, comparison.Unmatched.Count);
        Assert.Contains(comparison.Unmatched, one => one.Reason == "lr 0.002 is not the setting compared, lr 0.004");
        Assert.False(race.Race["adamw"]!.IsAtEdge);
        Assert.True(race.Race["c-adamw"]!.IsAtEdge);
        Assert.Contains(comparison.Warnings, warning => warning.Kind == "edge" && warning.Text.Contains("the speed-up looks smaller", StringComparison.Ordinal));
    }

    [Fact]
    public void A_probe_of_one_seed_does_not_race_but_is_flagged_when_it_ended_lower()
    {
        RacedRun[] runs = [.. s_seeds.SelectMany(seed => new[] { Run("adamw", 1e5, seed), Run("c-adamw", 1e5, seed, 1.1) }), Run("adamw", 1e5, "1", rate: 0.008, offset: -0.05), Run("adamw", 1e5, "1", rate: 0.002, offset: 0.05)];
        var comparison = Compare(runs);
        Assert.Equal(5, comparison.Compared[0].Pairs.Count);
        Assert.Equal(0.008, comparison.Compared[0].Race["adamw"]!.Better!.LearningRate);
        Assert.Contains(comparison.Warnings, warning => warning.Kind == "better" && warning.Text.Contains("AdamW ended lower at 100K", StringComparison.Ordinal));
    }

    [Fact]
    public void A_baseline_with_fewer_trials_is_flagged()
    {
        RacedRun[] runs = [.. s_seeds.SelectMany(seed => new[] { Run("adamw", 1e5, seed), Run("c-adamw", 1e5, seed, 1.1), Run("c-adamw", 1e5, seed, 1.05, rate: 0.002) })];
        Assert.Contains(Compare(runs).Warnings, warning => warning.Kind == "trials" && warning.Text.Contains("(1 against 2 at 100K)", StringComparison.Ordinal));
    }

    [Fact]
    public void The_width_of_a_basin_is_read_off_a_hundredth_of_a_nat_above_its_best()
    {
        var basin = LearningRateBasin.Of("adamw", [Run("adamw", 1e5, "1", rate: 0.001, offset: 0.02), Run("adamw", 1e5, "1", rate: 0.002), Run("adamw", 1e5, "1", rate: 0.004, offset: 0.005)]);
        var (low, high) = basin.Width!.Value;
        Assert.Equal(0.002 / Math.Sqrt(2), low, 9);
        Assert.True(double.IsNaN(high));
    }

    [Fact]
    public void Effective_data_needs_three_amounts_of_data_and_then_follows_the_law()
    {
        // Final losses of the baseline on a law in D; the challenger is worth 1.4 times its data.
        static double Final(double tokens) => 2.5 + 40 * Math.Pow(tokens, -0.35);
        static RacedRun At(string optimizer, int steps, string seed, double factor) =>
            Run(optimizer, 1e5, seed, [0, steps / 2, steps], [6, 5, Final(factor * steps * TokensPerStep) + 1e-4 * int.Parse(seed, null)]);
        RacedRun[] runs = [.. new[] { 500, 1000, 2000, 4000 }.SelectMany(steps => s_seeds.Select(seed => At("adamw", steps, seed, 1))), .. s_seeds.Select(seed => At("muon", 2000, seed, 1.4))];
        var race = Assert.Single(Compare(runs).Compared);
        Assert.Equal(1.4, race.EffectiveData.Value, 2);
        Assert.InRange(race.EffectiveData.Value, race.EffectiveData.Interval!.Low95 - 1e-6, race.EffectiveData.Interval.High95 + 1e-6);

        var two = Assert.Single(Compare(runs.Where(run => run.Tokens > 150_000)).Compared);
        Assert.True(double.IsNaN(two.EffectiveData.Value));
        Assert.Equal("the baseline was trained on 2 amounts of data at this size; a law takes three", two.EffectiveData.WhyNot);
    }

    [Fact]
    public void The_profile_counts_all_that_ran_the_same_races()
    {
        var comparison = Compare([.. Race((_, _) => 1.25), .. s_sizes.SelectMany(size => s_seeds.Select(seed => Run("lion", size, seed, 0.9))), Run("sgd", 1e4, "1")], challenger: "c-adamw");
        var profile = comparison.Profile!;
        Assert.Equal(["adamw", "c-adamw", "lion"], profile.Optimizers);
        Assert.Equal(CurveAxis.Time, profile.Axis);
        Assert.Equal([1.25, 1, double.PositiveInfinity], profile.Profile.Ratios.Select(ratios => double.Round(ratios[0], 2)));
        Assert.Equal(1, profile.Profile.Score(1, 4), 9);
        Assert.Equal([profile.Profile.Score(0, 4), 1, 0], profile.Scores.Select(score => score.Value));
    }

    [Fact]
    public void An_area_score_has_an_interval_as_wide_as_its_seeds_differ()
    {
        PairedEstimate Baseline(Func<int, double> offset, int draws = 400, int seeds = 5) => Compare(
            s_seeds.Take(seeds).SelectMany((seed, i) => new[] { Run("adamw", 1e5, seed), Run("c-adamw", 1e5, seed, 1.25, offset: offset(i)) }), draws).Profile!.Scores[0];
        var same = Baseline(_ => 0);
        Assert.Equal((same.Value, same.Value), (same.Interval!.Low95, same.Interval.High95));
        var apart = Baseline(i => 0.004 * (i - 2));
        Assert.True(apart.Interval!.Low95 < apart.Value && apart.Value < apart.Interval.High95);
        Assert.Equal(apart.Interval, Baseline(i => 0.004 * (i - 2)).Interval);
        Assert.Equal("no bootstrap draws", Baseline(_ => 0, draws: 0).WhyNot);
        Assert.Equal("one seed gives no interval", Baseline(_ => 0, seeds: 1).WhyNot);
    }

    [Fact]
    public void Clocks_that_disagree_over_seeds_are_said_and_not_raced_by()
    {
        var comparison = Compare(s_seeds.SelectMany((seed, i) => new[] { Run("adamw", 1e5, seed), Run("c-adamw", 1e5, seed, 1.25, secondsPerStep: 0.5 + 0.1 * i) }));
        Assert.Contains(comparison.Warnings, warning => warning.Kind == "clock" && warning.Text.Contains("up to 1.8 times as long", StringComparison.Ordinal));
        Assert.Equal(CurveAxis.Step, comparison.Profile!.Axis);
    }

    [Fact]
    public void A_slower_step_takes_the_gain_back_in_time()
    {
        var comparison = Compare(s_seeds.SelectMany(seed => new[] { Run("adamw", 1e5, seed), Run("c-adamw", 1e5, seed, 1.25, secondsPerStep: 0.75) }));
        var race = comparison.Compared[0];
        Assert.Equal(1.25, race.Speedup(SpeedupMeasure.Steps).Value, 2);
        Assert.Equal(1.25 / 1.5, race.Speedup(SpeedupMeasure.Time).Value, 2);
    }

    [Fact]
    public void Diverged_runs_are_in_no_pair()
    {
        double[] steps = [0, 500, 1000];
        var comparison = Compare([Run("adamw", 1e5, "1"), Run("c-adamw", 1e5, "1", 1.25), Run("adamw", 1e5, "2"), Run("c-adamw", 1e5, "2", steps, [5, 9, double.NaN])]);
        Assert.Single(comparison.Compared[0].Pairs);
        Assert.Contains(comparison.Unmatched, one => one.Reason == "its loss is not finite at the end");
    }

    [Theory]
    [InlineData("adamw", "", "", "All runs that name an optimizer were trained with AdamW")]
    [InlineData("adamw,c-adamw", "soap", "", "No run was trained with 'soap'. The runs name AdamW and C-AdamW.")]
    [InlineData("adamw,c-adamw", "adamw", "AdamW", "AdamW cannot be compared with itself")]
    public void What_cannot_be_compared_is_refused_with_the_reason(string optimizers, string baseline, string challenger, string message)
    {
        var runs = optimizers.Split(',').Select(optimizer => Run(optimizer, 1e5, "1"));
        Assert.Contains(message, Assert.Throws<AnalysisException>(() => Compare(runs, 10, baseline, challenger)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_match_is_refused_with_the_first_reason() => Assert.Contains(
        "seed 1", Assert.Throws<AnalysisException>(() => Compare([Run("adamw", 1e5, "1"), Run("c-adamw", 1e5, "2")])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("AdamW", "adamw", "AdamW")]
    [InlineData("C_AdamW", "c-adamw", "C-AdamW")]
    [InlineData("cautious Lion", "c-lion", "C-Lion")]
    [InlineData("schedule-free-adamw", "schedule-free-adamw", "Schedule-Free AdamW")]
    [InlineData("my-own", "my-own", "my-own")]
    public void Spellings_of_an_optimizer_are_one(string written, string key, string name) =>
        Assert.Equal((key, name), (OptimizerColumns.Key(written), OptimizerColumns.Name(OptimizerColumns.Key(written))));

    [Fact]
    public void Columns_of_a_run_say_how_it_was_optimized()
    {
        var settings = OptimizerColumns.Read([new("lr", "1e-6"), new("optim.optimizer", "C-AdamW"), new("peak_learning_rate", "0.004"), new("data_seed", "7"), new("weight_decay", "0.1"), new("kept", "0.55")]);
        Assert.Equal(new OptimizerSettings("c-adamw", "7", 0.004, "weight_decay 0.1"), settings);
    }
}
