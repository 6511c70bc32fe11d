using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>A training that takes part in a comparison of optimizers.</summary>
public sealed record RacedRun
{
    /// <summary>Short id in the store; empty for a run of a file.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the run.</summary>
    public required string Name { get; init; }

    /// <summary>How it was optimized.</summary>
    public required OptimizerSettings Settings { get; init; }

    /// <summary>Family; null for none.</summary>
    public required string? Family { get; init; }

    /// <summary>N.</summary>
    public required double Parameters { get; init; }

    /// <summary>D at its end.</summary>
    public required double Tokens { get; init; }

    /// <summary>Loss at its end, nats per token; NaN for one that diverged.</summary>
    public required double Loss { get; init; }

    /// <summary>Loss over its steps; null where only the end is known.</summary>
    public RunCurve? Curve { get; init; }

    /// <summary>What runs are compared over; money is a matter of prices and not of runs.</summary>
    internal static IReadOnlyList<CurveAxis> Axes { get; } = [CurveAxis.Step, CurveAxis.Tokens, CurveAxis.Flops, CurveAxis.Time];

    /// <summary>Its loss over an axis; null where there is no such curve of at least two points.</summary>
    public DrawnRows? Over(CurveAxis axis) =>
        Curve is { } curve && curve.Axes.Lacks(axis) is null && curve.Over(axis, CurveSmoothing.None) is { X.Length: >= 2 } rows ? rows : null;

    /// <summary>Why some of the runs cannot be compared over an axis, in words.</summary>
    public static string WhyNot(IReadOnlyList<RacedRun> runs, CurveAxis axis)
    {
        if (axis == CurveAxis.Time && runs.All(run => run.Curve?.Axes.Lacks(axis) is not null))
            return "no run logged wall time";
        foreach (var run in runs)
        {
            if (run.Curve is null)
                return $"{run.Name} has no curve of its loss, only its end";
            if (run.Curve.Axes.Lacks(axis) is { } lacks)
                return $"{run.Name}: {lacks}";
        }

        return "a run has fewer than two logged points";
    }
}

/// <summary>Runs of one optimizer in one race that share all that is tuned, over seeds.</summary>
/// <param name="LearningRate">Peak learning rate; null where it is not known.</param>
/// <param name="Others">Other settings that are tuned.</param>
/// <param name="Runs">One a seed, by seed.</param>
public sealed record TuningTrial(double? LearningRate, string Others, IReadOnlyList<RacedRun> Runs)
{
    /// <summary>Mean final loss over the seeds, nats per token; NaN where one diverged.</summary>
    public double Loss { get; } = Runs.Average(run => run.Loss);
}

/// <summary>Final loss against peak learning rate: how well an optimizer was tuned in a race.</summary>
public sealed record LearningRateBasin
{
    // Sweeps are read off at this much above their lowest loss.
    private const double Tolerance = 0.01;

    /// <summary>Key of the optimizer.</summary>
    public required string Optimizer { get; init; }

    /// <summary>All settings tried, by learning rate.</summary>
    public required IReadOnlyList<TuningTrial> Trials { get; init; }

    /// <summary>The trial whose runs are compared with other optimizers.</summary>
    public required TuningTrial Chosen { get; init; }

    /// <summary>A setting tried with fewer seeds that, on the seeds both have, ended lower than the chosen one; null where there is none.</summary>
    public required TuningTrial? Better { get; init; }

    /// <summary>The best trial at each learning rate, ascending.</summary>
    public IReadOnlyList<TuningTrial> Rates =>
        [.. Trials.Where(trial => trial.LearningRate is not null).GroupBy(trial => trial.LearningRate).Select(rate => rate.OrderBy(trial => double.IsNaN(trial.Loss) ? double.PositiveInfinity : trial.Loss).First()).OrderBy(trial => trial.LearningRate)];

    /// <summary>Of several rates the best is the lowest or the highest: the optimum may lie beyond.</summary>
    public bool IsAtEdge
    {
        get
        {
            var rates = Rates;
            if (rates.Count < 2 || Lowest(rates) is not { } lowest)
                return false;
            return lowest == rates[0] || lowest == rates[^1];
        }
    }

    /// <summary>
    /// From the lowest to the highest learning rate that ends within 0.01 nats of the best, linear in ln lr between the rates tried; an end is NaN where the sweep stops before the loss has
    /// risen so far. Null with fewer than three rates.
    /// </summary>
    public (double Low, double High)? Width
    {
        get
        {
            var rates = Rates.Where(trial => double.IsFinite(trial.Loss)).ToArray();
            if (rates.Length < 3)
                return null;
            var best = Array.IndexOf(rates, Lowest(rates));
            var level = rates[best].Loss + Tolerance;
            return (End(-1), End(1));

            double End(int direction)
            {
                for (var i = best + direction; i >= 0 && i < rates.Length; i += direction)
                {
                    if (rates[i].Loss <= level)
                        continue;
                    var (inside, outside) = (rates[i - direction], rates[i]);
                    var share = (level - inside.Loss) / (outside.Loss - inside.Loss);
                    return Math.Exp(Math.Log(inside.LearningRate!.Value) + share * Math.Log(outside.LearningRate!.Value / inside.LearningRate.Value));
                }

                return double.NaN;
            }
        }
    }

    /// <summary>"lr 0.004", with what else tells the trials apart.</summary>
    public string Setting(TuningTrial trial) => string.Join(
        ", ",
        new[]
        {
            trial.LearningRate is { } rate ? $"lr {Quantity.Significant(rate, 3)}" : "",
            trial.LearningRate is null || Trials.Any(other => other.Others != trial.Others) ? trial.Others : "",
        }.Where(text => text.Length > 0).DefaultIfEmpty("settings not named"));

    /// <summary>Sorts the runs of one optimizer in one race into trials.</summary>
    public static LearningRateBasin Of(string optimizer, IReadOnlyList<RacedRun> runs)
    {
        TuningTrial[] trials =
        [
            .. runs.GroupBy(run => (run.Settings.LearningRate, run.Settings.Others))
                .Select(group => new TuningTrial(group.Key.LearningRate, group.Key.Others, [.. group.GroupBy(run => run.Settings.Seed).Select(same => same.First()).OrderBy(run => run.Settings.Seed, Runs.NaturalOrder.Instance)]))
                .OrderBy(trial => trial.LearningRate).ThenBy(trial => trial.Others, StringComparer.Ordinal),
        ];
        // A probe of one seed tunes; it does not race. Otherwise the luckiest probe would stand for the optimizer, without an interval.
        var most = trials.Max(trial => trial.Runs.Count);
        var raced = trials.Where(trial => 2 * trial.Runs.Count >= most).ToArray();
        var chosen = Lowest(raced) ?? raced[0];
        return new LearningRateBasin
        {
            Optimizer = optimizer,
            Trials = trials,
            Chosen = chosen,
            Better = trials.Where(trial => trial != chosen && IsBetter(trial, chosen)).MinBy(trial => trial.Loss),
        };
    }

    private static TuningTrial? Lowest(IEnumerable<TuningTrial> trials) => trials.Where(trial => double.IsFinite(trial.Loss)).MinBy(trial => trial.Loss);

    private static bool IsBetter(TuningTrial trial, TuningTrial chosen)
    {
        var common = trial.Runs.Join(chosen.Runs, run => run.Settings.Seed, run => run.Settings.Seed, (mine, other) => mine.Loss - other.Loss).ToArray();
        return common.Length > 0 && common.Average() < 0;
    }
}

/// <summary>Runs of one family, size and amount of data, by optimizer: what is compared.</summary>
/// <param name="Family">Family; null for none.</param>
/// <param name="Parameters">N.</param>
/// <param name="Tokens">D.</param>
/// <param name="Basins">One an optimizer.</param>
public sealed record OptimizerRace(string? Family, double Parameters, double Tokens, IReadOnlyList<LearningRateBasin> Basins)
{
    // Batches of different length end a few tokens apart.
    private const double SameTokens = 1.01;

    /// <summary>Of an optimizer; null where it did not take part.</summary>
    public LearningRateBasin? this[string optimizer] => Basins.FirstOrDefault(basin => basin.Optimizer == optimizer);

    /// <summary>Sorts runs into races, by size, then data.</summary>
    public static IReadOnlyList<OptimizerRace> Of(IEnumerable<RacedRun> runs)
    {
        var races = new List<OptimizerRace>();
        foreach (var size in runs.GroupBy(run => (run.Family, run.Parameters)))
        {
            var same = new List<RacedRun>();
            foreach (var run in size.OrderBy(run => run.Tokens))
            {
                if (same.Count > 0 && run.Tokens > SameTokens * same[0].Tokens)
                {
                    races.Add(Race(same));
                    same = [];
                }

                same.Add(run);
            }

            races.Add(Race(same));
        }

        return [.. races.OrderBy(race => race.Parameters).ThenBy(race => race.Tokens).ThenBy(race => race.Family, StringComparer.Ordinal)];

        static OptimizerRace Race(List<RacedRun> same) => new(
            same[0].Family, same[0].Parameters, same[0].Tokens,
            [.. same.GroupBy(run => run.Settings.Optimizer!).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => LearningRateBasin.Of(group.Key, [.. group]))]);
    }
}
