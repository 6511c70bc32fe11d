using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Optimizers.Speedup;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Optimizers;

/// <summary>The numbers of the Optimizers page as tables.</summary>
public static class OptimizersTable
{
    /// <summary>Who is faster where.</summary>
    public static ComparisonGrid Races(OptimizersScene scene) => new(
        "Who wins where",
        ["Size", "Tokens", "Seeds", "Steps to the baseline's loss", "Tokens to it", "FLOP to it", "Time to it", "Faster", "Effective data", "Final loss, nats"],
        [
            .. scene.Comparison.Compared.Select(race => new ComparisonRow(
                Quantity.Count(race.Race.Parameters) + (race.Race.Family is { } family ? $", {family}" : ""),
                [
                    new(Quantity.Count(race.Race.Tokens)), new(race.Pairs.Count.ToString(CultureInfo.InvariantCulture)),
                    Cell(race.Ratios[CurveAxis.Step]), Cell(race.Ratios[CurveAxis.Tokens]), Cell(race.Ratios[CurveAxis.Flops]), Cell(race.Ratios[CurveAxis.Time]),
                    Winner(scene, race),
                    Cell(race.EffectiveData), Cell(race.LossDifference, value => value.ToString("+0.0000;−0.0000", CultureInfo.InvariantCulture)),
                ])),
        ],
        $"Ratios are {scene.Challenger} over {scene.Baseline}, geometric means over pairs of seeds with 95 % intervals; below 1 {scene.Challenger} is faster. FLOP are those of the model, so a costlier step shows only in time. A challenger that never reached the loss is compared at its own final loss.") { OfWords = [0, 7] };

    /// <summary>Every optimizer against the baseline, by the measure chosen; null where there is only one.</summary>
    public static ComparisonGrid? Everyone(OptimizersScene scene)
    {
        if (scene.Others.Count == 0)
            return null;
        OptimizerRace[] races = [.. scene.Comparison.Races.Where(race => scene.Others.Append(scene.Comparison).Any(one => one.Compared.Any(compared => Same(compared.Race, race))))];
        return new(
            $"Everyone against {scene.Baseline}, speed-up by {OptimizersWords.Name(scene.Measure).ToLowerInvariant()}",
            ["Optimizer", .. races.Select(race => $"{Quantity.Count(race.Parameters)} on {Quantity.Count(race.Tokens)} tokens"), "Change for ten times the size"],
            [
                .. scene.Others.Prepend(scene.Comparison).Select(one => new ComparisonRow(
                    OptimizerColumns.Name(one.Challenger),
                    [
                        .. races.Select(race => one.Compared.FirstOrDefault(compared => Same(compared.Race, race)) is { } compared ? Cell(compared.Speedup(scene.Measure)) : new("–", "no pair")),
                        Cell(one.Trends[scene.Measure].Slope, OptimizersWords.WithSign),
                    ])),
            ],
            "Above 1 is faster than the baseline. Each is compared over its own pairs of seeds; two of them differ where their intervals do not touch.");

        static bool Same(OptimizerRace one, OptimizerRace other) => one.Parameters.Equals(other.Parameters) && one.Tokens.Equals(other.Tokens) && one.Family == other.Family;
    }

    /// <summary>Area below the performance profile of every optimizer, and what it is made of; null where there is none.</summary>
    public static ComparisonGrid? Profile(OptimizersScene scene)
    {
        if (scene.Comparison.Profile is not { } profile)
            return null;
        var unit = profile.Axis == CurveAxis.Time ? "time" : "steps";
        return new(
            "Area below the performance profile",
            ["Optimizer", "Area score", .. profile.Races.Select(race => $"{Quantity.Count(race.Parameters)} on {Quantity.Count(race.Tokens)} tokens")],
            [
                .. profile.Optimizers.Select((optimizer, i) => new ComparisonRow(
                    OptimizerColumns.Name(optimizer),
                    [Cell(profile.Scores[i]), .. profile.Profile.Ratios[i].Select(ratio => double.IsFinite(ratio) ? new TableCell(OptimizersWords.Times(ratio), $"the least {unit}") : new TableCell("–", "never there"))])),
            ],
            $"1 is the soonest at the mean final loss of {scene.Baseline} in every race, 0 at least {PerformanceProfile.UsualMost.ToString(CultureInfo.InvariantCulture)} times as late in all. By mean curves of the seeds; 95 % intervals over seeds. A score depends on who else takes part.");
    }

    /// <summary>How each optimizer was tuned.</summary>
    public static ComparisonGrid Tuning(OptimizersScene scene) => new(
        "Tuning",
        ["Optimizer", "Size", "Trials", "Compared", "Mean final loss", "Within 0.01 nats of the best", "Edge of its grid"],
        [
            .. scene.Comparison.Races.SelectMany(race => race.Basins.Select(basin => new ComparisonRow(
                OptimizerColumns.Name(basin.Optimizer),
                [
                    new($"{Quantity.Count(race.Parameters)} on {Quantity.Count(race.Tokens)} tokens"), new(basin.Trials.Count.ToString(CultureInfo.InvariantCulture)), new(basin.Setting(basin.Chosen)),
                    new(double.IsFinite(basin.Chosen.Loss) ? basin.Chosen.Loss.ToString("0.0000", CultureInfo.InvariantCulture) : "–", Words.Count(basin.Chosen.Runs.Count, "seed")),
                    new(basin.Width is var (low, high) ? $"lr {(double.IsNaN(low) ? "below " + Rate(basin.Rates[0]) : Quantity.Significant(low, 2))} to {(double.IsNaN(high) ? "beyond " + Rate(basin.Rates[^1]) : Quantity.Significant(high, 2))}" : "fewer than three rates"),
                    new(basin.Rates.Count < 2 ? "one rate only" : basin.IsAtEdge ? "yes" : "no"),
                ]))),
        ],
        "A trial is one setting of learning rate, decay, warm-up, betas and batch. Compared is the trial of lowest mean final loss among those with at least half as many seeds as the most; probes with fewer seeds show the basin.") { OfWords = [0, 3, 5, 6] };

    /// <summary>Published speed-ups beside the runs' own.</summary>
    public static ComparisonGrid Published(OptimizersScene? scene) => new(
        "Published speed-ups, and yours",
        ["Optimizer", "Size", "By", "Speed-up", "Setting", "Source"],
        [
            .. scene is null ? [] : scene.Comparison.Compared.SelectMany(race => Enum.GetValues<SpeedupMeasure>().Where(measure => double.IsFinite(race.Speedup(measure).Value)).Select(measure => new ComparisonRow(
                $"{scene.Challenger} over {scene.Baseline}",
                [new(Quantity.Count(race.Race.Parameters)), new(OptimizersWords.Name(measure)), Cell(race.Speedup(measure)), new($"{Quantity.Count(race.Race.Tokens)} tokens, {Words.Count(race.Pairs.Count, "pair")}"), new("these runs")]))),
            .. PublishedOptimizers.Speedups.Select(one => new ComparisonRow(
                $"{OptimizerColumns.Name(one.Challenger)} over {OptimizerColumns.Name(one.Baseline)}",
                [new(Quantity.Count(one.Parameters)), new(OptimizersWords.Name(one.Measure)), new(OptimizersWords.Times(one.Value), "none published"), new(one.Setting), new(one.Source)], true)),
        ],
        "1.47× and 1.28× are read off one pair of curves each: both runs keep a schedule of 10,000 steps, and the cautious one is at the other's final loss after about 6,800 and 7,800. They are not what a run of that length would reach, nor a gain over a retuned baseline. " + PublishedOptimizers.Finding) { OfWords = [0, 2, 4, 5] };

    /// <summary>Final perplexities of the cautious paper.</summary>
    public static IReadOnlyList<ComparisonGrid> Perplexities { get; } =
    [
        .. PublishedOptimizers.Perplexities.Select(table => new ComparisonGrid(
            table.Title, ["", OptimizerColumns.Name(table.Baseline), OptimizerColumns.Name("c-" + table.Baseline), "Lower by"],
            [.. table.Rows.Select(row => new ComparisonRow(row.Setting, [new(Perplexity(row.Baseline)), new(Perplexity(row.Challenger)), new(double.IsFinite(row.Baseline - row.Challenger) ? $"{Quantity.Significant(100 * (1 - row.Challenger / row.Baseline), 2)} %" : "–")], true))],
            $"Final perplexity. {table.Source}; no intervals are printed.")),
    ];

    private static TableCell Winner(OptimizersScene scene, RaceComparison race)
    {
        var (who, axes) = OptimizersWords.Winners(scene, race);
        return new(who, axes);
    }

    private static string Perplexity(double value) => double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : "not run or diverged";

    private static string Rate(TuningTrial trial) => Quantity.Significant(trial.LearningRate!.Value, 2);

    private static TableCell Cell(PairedEstimate estimate, Func<double, string>? format = null)
    {
        format ??= value => Quantity.Significant(value, 3);
        return !double.IsFinite(estimate.Value) ? new("–", estimate.WhyNot) : new(format(estimate.Value), estimate.Interval is { } interval ? $"{format(interval.Low95)} to {format(interval.High95)}" : "no interval");
    }
}
