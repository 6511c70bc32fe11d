using System.Globalization;
using MathNet.Numerics.LinearRegression;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Optimizers.Speedup;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>Options of a comparison of optimizers.</summary>
public sealed record OptimizerComparisonOptions
{
    /// <summary>Key of the baseline; empty for AdamW where it took part, else the one with most runs.</summary>
    public string Baseline { get; init; } = "";

    /// <summary>Key of the challenger; empty for the cautious form of the baseline where it took part, else the one with most runs.</summary>
    public string Challenger { get; init; } = "";

    /// <summary>Bootstrap draws over pairs; 0 for none.</summary>
    public int Bootstrap { get; init; } = 1000;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <summary>As printed in the provenance.</summary>
    public SortedDictionary<string, string> Describe() => new(StringComparer.Ordinal)
    {
        ["baseline"] = Baseline,
        ["challenger"] = Challenger,
        ["bootstrap"] = Bootstrap.ToString(CultureInfo.InvariantCulture),
        ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>What is called faster.</summary>
public enum SpeedupMeasure
{
    /// <summary>Steps of the baseline to its final loss over those of the challenger.</summary>
    Steps,

    /// <summary>Data with which the baseline's law reaches the challenger's final loss, over the data the challenger had.</summary>
    EffectiveData,

    /// <summary>The same as steps in wall time.</summary>
    Time,
}

/// <summary>A baseline run and a challenger run that differ in the optimizer alone.</summary>
/// <param name="Baseline">The baseline.</param>
/// <param name="Challenger">The challenger, of the same seed.</param>
public sealed record OptimizerPair(RacedRun Baseline, RacedRun Challenger)
{
    private readonly TimeToTarget?[] _reached =
    [
        .. RacedRun.Axes.Select(axis => Baseline.Over(axis) is { } mine && Challenger.Over(axis) is { } other ? TimeToTarget.Of(mine.X, mine.Y, other.X, other.Y) : null),
    ];

    /// <summary>How soon the challenger was at the baseline's final loss; null where one of them lacks the axis.</summary>
    public TimeToTarget? Reached(CurveAxis axis) => _reached[(int)axis];

    /// <summary>Final loss of the challenger less that of the baseline, nats per token.</summary>
    public double LossDifference => Challenger.Loss - Baseline.Loss;

    /// <summary>The challenger was above the baseline's final loss again after it first reached it.</summary>
    public bool RoseAgain => Reached(CurveAxis.Step) is { Reach: TargetReach.Reached } reached && Challenger.Over(CurveAxis.Step) is { } rows
        && Enumerable.Range(0, rows.X.Length).Any(i => rows.X[i] > reached.Challenger.Until && rows.Y[i] > reached.Target);
}

/// <summary>A number with its interval over pairs of seeds, or why there is none.</summary>
/// <param name="Value">The estimate; NaN where there is none.</param>
/// <param name="Interval">Over draws of pairs; null with fewer than two pairs.</param>
/// <param name="WhyNot">Why there is no value, or no interval, in words; empty where there are both.</param>
public sealed record PairedEstimate(double Value, Interval? Interval, string WhyNot)
{
    /// <summary>No number.</summary>
    public static PairedEstimate None(string whyNot) => new(double.NaN, null, whyNot);

    /// <summary>Its values in the bootstrap draws, in their order.</summary>
    internal double[] Draws { get; init; } = [];

    /// <summary>1 over it.</summary>
    public PairedEstimate Inverse => this with { Value = 1 / Value, Interval = Interval is null ? null : Interval.Of(Draws.Select(draw => 1 / draw)), Draws = Array.ConvertAll(Draws, draw => 1 / draw) };

    /// <summary>The 95 % interval lies on one side of a value.</summary>
    public bool DiffersFrom(double value) => Interval is { } interval && (interval.Low95 > value || interval.High95 < value);
}

/// <summary>Baseline and challenger in one race.</summary>
public sealed record RaceComparison
{
    /// <summary>The race.</summary>
    public required OptimizerRace Race { get; init; }

    /// <summary>Its pairs, by seed.</summary>
    public required IReadOnlyList<OptimizerPair> Pairs { get; init; }

    /// <summary>Challenger over baseline to the same loss, geometric mean over the pairs; one an axis.</summary>
    public required IReadOnlyDictionary<CurveAxis, PairedEstimate> Ratios { get; init; }

    /// <summary>D_eff/D.</summary>
    public required PairedEstimate EffectiveData { get; init; }

    /// <summary>Mean difference of the final losses, challenger less baseline, nats per token.</summary>
    public required PairedEstimate LossDifference { get; init; }

    /// <summary>The law of the baseline at this size; null where there is none.</summary>
    public required EffectiveData? Law { get; init; }

    /// <summary>Pairs whose challenger reached the baseline's final loss, was there at once, or never got there.</summary>
    public int Count(TargetReach reach) => Pairs.Count(pair => pair.Reached(CurveAxis.Step)?.Reach == reach);

    /// <summary>Above 1 the challenger is faster.</summary>
    public PairedEstimate Speedup(SpeedupMeasure measure) => measure switch
    {
        SpeedupMeasure.EffectiveData => EffectiveData,
        SpeedupMeasure.Time => Ratios[CurveAxis.Time].Inverse,
        _ => Ratios[CurveAxis.Step].Inverse,
    };
}

/// <summary>How a speed-up changes with size: v = intercept + slope·log₁₀ N, by least squares over the races.</summary>
public sealed record SizeTrend
{
    /// <summary>Change for ten times the size.</summary>
    public required PairedEstimate Slope { get; init; }

    /// <summary>Value of the line at one parameter.</summary>
    public required double Intercept { get; init; }

    /// <summary>Sizes behind it.</summary>
    public required int Sizes { get; init; }

    /// <summary>The 95 % interval of the slope does not hold zero.</summary>
    public bool IsSignificant => Slope.DiffersFrom(0);

    internal double[] Intercepts { get; init; } = [];

    /// <summary>The line at a size, and its interval.</summary>
    public (double Value, Interval? Interval) At(double parameters)
    {
        var x = Math.Log10(parameters);
        return (Intercept + Slope.Value * x, Slope.Interval is null ? null : Interval.Of(Slope.Draws.Zip(Intercepts, (slope, intercept) => intercept + slope * x)));
    }
}

/// <summary>A run that is not compared, and why.</summary>
/// <param name="Run">The run.</param>
/// <param name="Reason">In words.</param>
public sealed record UnmatchedRun(RacedRun Run, string Reason);

/// <summary>Two optimizers over the runs of a project: how much faster one is, at which size, and how far that can be trusted.</summary>
public sealed record OptimizerComparison
{
    // A crossing known to less than this is worth a word.
    private const double CoarseLogging = 0.05;
    private const int FewPairs = 5;

    /// <summary>Keys of all optimizers, by name.</summary>
    public required IReadOnlyList<string> Optimizers { get; init; }

    /// <summary>Key of the baseline.</summary>
    public required string Baseline { get; init; }

    /// <summary>Key of the challenger.</summary>
    public required string Challenger { get; init; }

    /// <summary>All races, also those that one of the two did not run.</summary>
    public required IReadOnlyList<OptimizerRace> Races { get; init; }

    /// <summary>Races with at least one pair, by size, then data.</summary>
    public required IReadOnlyList<RaceComparison> Compared { get; init; }

    /// <summary>How each speed-up changes with size; where it cannot be told the slope says why.</summary>
    public required IReadOnlyDictionary<SpeedupMeasure, SizeTrend> Trends { get; init; }

    /// <summary>Null where no race has curves of both.</summary>
    public required RaceProfile? Profile { get; init; }

    /// <summary>Runs of the two that are in no pair.</summary>
    public required IReadOnlyList<UnmatchedRun> Unmatched { get; init; }

    /// <summary>What to know before trusting it.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>Compares two optimizers.</summary>
    /// <param name="runs">Every run that counts.</param>
    /// <param name="options">Which, and how intervals are drawn.</param>
    /// <param name="source">Where the runs come from.</param>
    /// <param name="progress">Hears how many draws are done.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="AnalysisException">There are no two optimizers, one asked for is not there, or no two runs match.</exception>
    public static OptimizerComparison Run(
        IReadOnlyList<RacedRun> runs, OptimizerComparisonOptions options, RunSet source, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var named = runs.Where(run => run.Settings.Optimizer is not null).ToArray();
        var (baseline, challenger, optimizers) = Choose(named, options);
        var races = OptimizerRace.Of(named);
        var prepared = races.Select(race => Prepared.Of(race, baseline, challenger)).ToArray();
        if (Array.TrueForAll(prepared, race => race.Pairs.Count == 0))
        {
            throw new AnalysisException($"No run of {OptimizerColumns.Name(challenger)} matches one of {OptimizerColumns.Name(baseline)}: a pair has the same family, parameters, tokens (within 1 %) and seed. {Unmatch(races, prepared, baseline, challenger).Select(one => $"{one.Run.Name}: {one.Reason}.").FirstOrDefault()}".TrimEnd());
        }

        var sizes = prepared.GroupBy(race => (race.Race.Family, race.Race.Parameters)).ToDictionary(size => size.Key, size => size.ToArray());
        var laws = sizes.ToDictionary(size => size.Key, size => Law(size.Value));
        var draws = new Draws(prepared, sizes, laws, options, progress, cancellationToken);
        RaceComparison[] compared = [.. Enumerable.Range(0, prepared.Length).Where(i => prepared[i].Pairs.Count > 0).Select(i => Compare(i, prepared, laws, draws))];
        var unmatched = Unmatch(races, prepared, baseline, challenger);
        return new OptimizerComparison
        {
            Optimizers = optimizers,
            Baseline = baseline,
            Challenger = challenger,
            Races = races,
            Compared = compared,
            Trends = Enum.GetValues<SpeedupMeasure>().ToDictionary(measure => measure, measure => Trend(compared, measure)),
            Profile = RaceProfile.Of(compared.Select(race => race.Race), baseline, challenger, optimizers, options, cancellationToken),
            Unmatched = unmatched,
            Warnings = [.. WarningsOf(compared, baseline, challenger, runs.Count - named.Length)],
            Provenance = source.Provenance((options with { Baseline = baseline, Challenger = challenger }).Describe()),
        };
    }

    /// <summary>Some run of one matches a run of the other.</summary>
    public static bool CanCompare(IReadOnlyList<RacedRun> runs, string baseline, string challenger) =>
        OptimizerRace.Of(runs.Where(run => run.Settings.Optimizer == baseline || run.Settings.Optimizer == challenger)).Any(race => Prepared.Of(race, baseline, challenger).Pairs.Count > 0);

    private static (string Baseline, string Challenger, IReadOnlyList<string> Optimizers) Choose(RacedRun[] named, OptimizerComparisonOptions options)
    {
        var counts = named.GroupBy(run => run.Settings.Optimizer!).ToDictionary(group => group.Key, group => group.Count());
        string[] optimizers = [.. counts.Keys.Order(StringComparer.Ordinal)];
        if (optimizers.Length < 2)
        {
            throw new AnalysisException(optimizers.Length == 0
                ? "No run names its optimizer. Give the runs a column 'optimizer', such as adamw and c-adamw."
                : $"All runs that name an optimizer were trained with {OptimizerColumns.Name(optimizers[0])}. Add runs of another one, of the same sizes, tokens and seeds.");
        }

        var baseline = options.Baseline.Length > 0 ? Find(options.Baseline)
            : counts.ContainsKey("adamw") && Find(options.Challenger) != "adamw" ? "adamw"
            : optimizers.Where(key => key != Find(options.Challenger)).MaxBy(key => (counts[key], !key.StartsWith("c-", StringComparison.Ordinal)))!;
        var challenger = options.Challenger.Length > 0 ? Find(options.Challenger)
            : counts.ContainsKey("c-" + baseline) ? "c-" + baseline
            : optimizers.Where(key => key != baseline).MaxBy(key => counts[key])!;
        return baseline == challenger
            ? throw new AnalysisException($"{OptimizerColumns.Name(baseline)} cannot be compared with itself. The runs name {Words.List([.. optimizers.Select(OptimizerColumns.Name)], 20)}.")
            : (baseline, challenger, optimizers);

        string Find(string asked)
        {
            if (asked.Length == 0)
                return "";
            var key = OptimizerColumns.Key(asked);
            return counts.ContainsKey(key) ? key : throw new AnalysisException($"No run was trained with '{asked}'. The runs name {Words.List([.. optimizers.Select(OptimizerColumns.Name)], 20)}.");
        }
    }

    /// <summary>A race with its pairs, and the baseline's runs that its law rests on.</summary>
    private sealed record Prepared(OptimizerRace Race, IReadOnlyList<OptimizerPair> Pairs, IReadOnlyList<RacedRun> OfBaseline)
    {
        internal int Seeds => Pairs.Count > 0 ? Pairs.Count : OfBaseline.Count;

        internal static Prepared Of(OptimizerRace race, string baseline, string challenger)
        {
            var mine = race[baseline]?.Chosen.Runs.Where(run => double.IsFinite(run.Loss)).ToArray() ?? [];
            var others = race[challenger]?.Chosen.Runs.Where(run => double.IsFinite(run.Loss)) ?? [];
            OptimizerPair[] pairs = [.. mine.Join(others, run => run.Settings.Seed, run => run.Settings.Seed, (one, other) => new OptimizerPair(one, other))];
            return new Prepared(race, pairs, pairs.Length > 0 ? [.. pairs.Select(pair => pair.Baseline)] : mine);
        }

        /// <summary>Mean final loss of the baseline over some of its seeds.</summary>
        internal double Loss(int[]? seeds) => seeds is null ? OfBaseline.Average(run => run.Loss) : seeds.Average(seed => OfBaseline[seed].Loss);
    }

    /// <summary>The baseline's law at one size; null with fewer than three amounts of data, or where no law fits.</summary>
    private static EffectiveData? Law(Prepared[] races)
    {
        var there = Usable(races);
        if (there.Length < EffectiveData.LeastAmounts)
            return null;
        var law = EffectiveData.Of([.. there.Select(race => race.Race.Tokens)], [.. there.Select(race => race.Loss(null))]);
        return law.Fit.IsUsable ? law : null;
    }

    private static Prepared[] Usable(Prepared[] races) => [.. races.Where(race => race.OfBaseline.Count > 0)];

    /// <summary>Every draw resamples the pairs of each race, and with them the law of the baseline.</summary>
    private sealed class Draws
    {
        private const int Every = 50;
        private readonly int[][][] _picked;
        private readonly Dictionary<(string?, double), EffectiveData?>[] _laws;

        internal Draws(
            Prepared[] races, Dictionary<(string?, double), Prepared[]> sizes, Dictionary<(string?, double), EffectiveData?> laws, OptimizerComparisonOptions options, IProgress<int>? progress,
            CancellationToken cancellationToken)
        {
            _picked = new int[options.Bootstrap][][];
            _laws = new Dictionary<(string?, double), EffectiveData?>[options.Bootstrap];
            var position = Enumerable.Range(0, races.Length).ToDictionary(i => races[i], i => i);
            var done = 0;
            Numerics.Cores.For(
                options.Bootstrap,
                draw =>
                {
                    var generator = new DrawGenerator(options.Seed, draw);
                    var picked = new int[races.Length][];
                    for (var i = 0; i < races.Length; i++)
                    {
                        picked[i] = new int[races[i].Seeds];
                        for (var k = 0; k < picked[i].Length; k++)
                            picked[i][k] = generator.Next(picked[i].Length);
                    }

                    _picked[draw] = picked;
                    _laws[draw] = laws.ToDictionary(law => law.Key, law => law.Value?.With([.. Usable(sizes[law.Key]).Select(race => race.Loss(picked[position[race]]))]));
                    if (Interlocked.Increment(ref done) is var so && (so % Every == 0 || so == options.Bootstrap))
                        progress?.Report(so);
                },
                cancellationToken);
        }

        internal int Count => _picked.Length;

        internal int[] Pairs(int draw, int race) => _picked[draw][race];

        internal EffectiveData? Law(int draw, OptimizerRace race) => _laws[draw][(race.Family, race.Parameters)];
    }

    private static RaceComparison Compare(int index, Prepared[] prepared, Dictionary<(string?, double), EffectiveData?> laws, Draws draws)
    {
        var (race, pairs) = (prepared[index].Race, prepared[index].Pairs);
        var law = laws[(race.Family, race.Parameters)];
        return new RaceComparison
        {
            Race = race,
            Pairs = pairs,
            Ratios = RacedRun.Axes.ToDictionary(axis => axis, Ratio),
            EffectiveData = Effective(),
            LossDifference = Estimate(seeds => seeds.Average(seed => pairs[seed].LossDifference), [.. Enumerable.Range(0, pairs.Count)], null),
            Law = law,
        };

        PairedEstimate Ratio(CurveAxis axis)
        {
            int[] usable = [.. Enumerable.Range(0, pairs.Count).Where(i => pairs[i].Reached(axis) is { Ratio: > 0 and < double.PositiveInfinity })];
            if (usable.Length == 0)
                return PairedEstimate.None(WhyNoRatio(axis));
            return Estimate(seeds => Math.Exp(seeds.Average(seed => Math.Log(pairs[seed].Reached(axis)!.Ratio))), usable, null);
        }

        string WhyNoRatio(CurveAxis axis) => pairs.Any(pair => pair.Reached(axis) is { Reach: TargetReach.AtOnce })
            ? "the loss was reached at the first logged point already, which says nothing of how soon"
            : RacedRun.WhyNot([.. pairs.SelectMany(pair => new[] { pair.Baseline, pair.Challenger })], axis);

        PairedEstimate Effective()
        {
            if (law is null)
            {
                var amounts = prepared.Count(other => other.Race.Parameters.Equals(race.Parameters) && other.Race.Family == race.Family && other.OfBaseline.Count > 0);
                return PairedEstimate.None(amounts < EffectiveData.LeastAmounts
                    ? $"the baseline was trained on {Words.Count(amounts, "amount")} of data at this size; a law takes three"
                    : "no falling law fits the baseline's final losses at this size");
            }

            return Estimate(seeds => law.TokensFor(seeds.Average(seed => pairs[seed].Challenger.Loss)) / race.Tokens, [.. Enumerable.Range(0, pairs.Count)], draw => draws.Law(draw, race)) is { } estimate
                && double.IsFinite(estimate.Value) ? estimate : PairedEstimate.None("the challenger ends below the limit of the baseline's law, which no amount of data reaches");
        }

        // Over the pairs that can be used; a draw keeps of its pairs those.
        PairedEstimate Estimate(Func<int[], double> of, int[] usable, Func<int, EffectiveData?>? lawOf)
        {
            var value = of(usable);
            if (usable.Length < 2 || draws.Count == 0)
                return new PairedEstimate(value, null, draws.Count == 0 ? "no bootstrap draws" : "one pair of seeds gives no interval");
            var drawn = new double[draws.Count];
            for (var draw = 0; draw < drawn.Length; draw++)
            {
                int[] seeds = [.. draws.Pairs(draw, index).Where(usable.Contains)];
                drawn[draw] = seeds.Length == 0 ? double.NaN
                    : lawOf is null ? of(seeds)
                    : lawOf(draw) is { } other ? other.TokensFor(seeds.Average(seed => pairs[seed].Challenger.Loss)) / race.Tokens
                    : double.NaN;
            }

            return new PairedEstimate(value, Interval.Of(drawn), "") { Draws = drawn };
        }
    }

    private static SizeTrend Trend(IReadOnlyList<RaceComparison> compared, SpeedupMeasure measure)
    {
        var there = compared.Select(race => (X: Math.Log10(race.Race.Parameters), Speedup: race.Speedup(measure))).Where(race => double.IsFinite(race.Speedup.Value)).ToArray();
        double[] x = [.. there.Select(race => race.X)];
        var sizes = x.Distinct().Count();
        if (sizes < 2)
            return new SizeTrend { Slope = PairedEstimate.None(sizes == 0 ? "no size has this speed-up" : "one size has no trend"), Intercept = double.NaN, Sizes = sizes };
        var (intercept, slope) = SimpleRegression.Fit(x, [.. there.Select(race => race.Speedup.Value)]);
        if (Array.Exists(there, race => race.Speedup.Interval is null))
            return new SizeTrend { Slope = new PairedEstimate(slope, null, "some sizes have fewer than two pairs of seeds, so the slope has no interval"), Intercept = intercept, Sizes = sizes };
        var (slopes, intercepts) = (new double[there[0].Speedup.Draws.Length], new double[there[0].Speedup.Draws.Length]);
        for (var draw = 0; draw < slopes.Length; draw++)
        {
            double[] y = [.. there.Select(race => race.Speedup.Draws[draw])];
            (intercepts[draw], slopes[draw]) = Array.TrueForAll(y, double.IsFinite) ? SimpleRegression.Fit(x, y) : (double.NaN, double.NaN);
        }

        return new SizeTrend { Slope = new PairedEstimate(slope, Interval.Of(slopes), "") { Draws = slopes }, Intercept = intercept, Sizes = sizes, Intercepts = intercepts };
    }

    private static List<UnmatchedRun> Unmatch(IReadOnlyList<OptimizerRace> races, Prepared[] prepared, string baseline, string challenger)
    {
        var unmatched = new List<UnmatchedRun>();
        for (var i = 0; i < races.Count; i++)
        {
            var race = races[i];
            var matched = prepared[i].Pairs.SelectMany(pair => new[] { pair.Baseline, pair.Challenger }).ToHashSet(ReferenceEqualityComparer.Instance);
            foreach (var (mine, other) in new[] { (baseline, challenger), (challenger, baseline) })
            {
                if (race[mine] is not { } basin)
                    continue;
                foreach (var (trial, run) in basin.Trials.SelectMany(trial => trial.Runs.Select(run => (trial, run))).Where(one => !matched.Contains(one.run)))
                    unmatched.Add(new UnmatchedRun(run, Reason(race, basin, trial, run, other, mine == baseline)));
            }
        }

        return unmatched;
    }

    private static string Reason(OptimizerRace race, LearningRateBasin basin, TuningTrial trial, RacedRun run, string other, bool ofBaseline)
    {
        var name = OptimizerColumns.Name(other);
        if (!double.IsFinite(run.Loss))
            return "its loss is not finite at the end";
        if (race[other] is not { } opponent)
            return $"{name} has no run of {Quantity.Count(race.Parameters)} parameters on {Quantity.Count(race.Tokens)} tokens{(race.Family is null ? "" : $" in family {race.Family}")}{(ofBaseline && trial == basin.Chosen ? "; it counts for the law of the baseline" : "")}";
        if (trial != basin.Chosen)
            return $"{basin.Setting(trial)} is not the setting compared, {basin.Setting(basin.Chosen)}";
        return run.Settings.Seed.Length == 0 ? $"it names no seed, and {name} has none without one"
            : $"{name} has no run of seed {run.Settings.Seed} at its setting compared, {opponent.Setting(opponent.Chosen)}, that ended with a loss";
    }

    private static IEnumerable<Warning> WarningsOf(RaceComparison[] compared, string baseline, string challenger, int unnamed)
    {
        var (one, other) = (OptimizerColumns.Name(baseline), OptimizerColumns.Name(challenger));
        if (unnamed > 0)
            yield return new("unnamed", $"{Words.Count(unnamed, "run")} name{(unnamed == 1 ? "s" : "")} no optimizer and {(unnamed == 1 ? "is" : "are")} left out.");
        string At(IEnumerable<OptimizerRace> some) => Words.List([.. some.Select(race => Quantity.Count(race.Parameters)).Distinct()]);

        foreach (var (key, name) in new[] { (baseline, one), (challenger, other) })
        {
            OptimizerRace[] there = [.. compared.Select(race => race.Race)];
            var edge = there.Where(race => race[key]!.IsAtEdge).ToArray();
            if (edge.Length > 0)
                yield return new("edge", $"The best learning rate of {name} is the lowest or the highest tried at {At(edge)}: the optimum may lie beyond, and then the speed-up looks {(key == baseline ? "larger" : "smaller")} than it is.");
            var single = there.Where(race => race[key]!.Rates.Count == 1).ToArray();
            if (single.Length > 0)
                yield return new("one-rate", $"{name} was tried at one learning rate only at {At(single)}: nobody knows whether it was tuned.");
            var better = there.Where(race => race[key]!.Better is not null).ToArray();
            if (better.Length > 0)
                yield return new("better", $"{name} ended lower at {At(better)} with a setting that was tried on fewer seeds ({better[0][key]!.Setting(better[0][key]!.Better!)} at {Quantity.Count(better[0].Parameters)}) than at the one compared.");
        }

        var fewer = compared.Select(race => race.Race).Where(race => race[baseline]!.Trials.Count < race[challenger]!.Trials.Count).ToArray();
        if (fewer.Length > 0)
            yield return new("trials", $"{one} had fewer trials than {other} at {At(fewer)} ({fewer[0][baseline]!.Trials.Count} against {fewer[0][challenger]!.Trials.Count} at {Quantity.Count(fewer[0].Parameters)}): it is under-tuned beside it.");
        var few = compared.Where(race => race.Pairs.Count < FewPairs).ToArray();
        if (few.Length > 0)
            yield return new("pairs", $"Fewer than {FewPairs} pairs of seeds at {At(few.Select(race => race.Race))}: intervals from so few are too narrow, and from one there is none.");
        var never = compared.Where(race => race.Count(TargetReach.Never) > 0).ToArray();
        if (never.Length > 0)
            yield return new("never", $"At {At(never.Select(race => race.Race))} {Words.Count(never.Sum(race => race.Count(TargetReach.Never)), "run")} of {other} of {never.Sum(race => race.Pairs.Count)} never reached the baseline's final loss; {(never.Sum(race => race.Count(TargetReach.Never)) == 1 ? "it is" : "they are")} compared at {(never.Sum(race => race.Count(TargetReach.Never)) == 1 ? "its" : "their")} own final loss, which the baseline had sooner.");
        var atOnce = compared.Sum(race => race.Count(TargetReach.AtOnce));
        if (atOnce > 0)
            yield return new("at-once", $"{Words.Count(atOnce, "pair")} had the loss at the first logged point already and {(atOnce == 1 ? "says" : "say")} nothing of how soon; log more often.");
        var rose = compared.Sum(race => race.Pairs.Count(pair => pair.RoseAgain));
        if (rose > 0)
            yield return new("rose", $"{Words.Count(rose, "run")} of {other} rose above the baseline's final loss again after {(rose == 1 ? "it" : "they")} first reached it; the first crossing counts.");
        var coarse = compared.SelectMany(race => race.Pairs).Select(pair => pair.Reached(CurveAxis.Step)).OfType<TimeToTarget>().Where(reached => reached.Reach == TargetReach.Reached)
            .Select(reached => (reached.Challenger.Until - reached.Challenger.After) / reached.Challenger.X).DefaultIfEmpty(0).Max();
        if (coarse > CoarseLogging)
            yield return new("grid", string.Create(CultureInfo.InvariantCulture, $"Losses were logged up to {coarse:0 %} of the way apart around the crossing; in between it is taken as straight."));
        var unsteady = compared.SelectMany(race => new[] { race.Race[baseline]!.Chosen, race.Race[challenger]!.Chosen }).Select(RaceProfile.ClockSpread).Max();
        if (unsteady >= RaceProfile.UnsteadyClock)
            yield return new("clock", $"Seeds of one setting took up to {Quantity.Significant(unsteady, 2)} times as long as others: they did not have the machine to themselves, and speed-ups in time say little.");
        var batches = compared.Where(race => race.Pairs.Any(pair => Steps(pair.Baseline) is { } mine && Steps(pair.Challenger) is { } its && Math.Abs(mine / its - 1) > 0.01)).ToArray();
        if (batches.Length > 0)
            yield return new("batch", $"At {At(batches.Select(race => race.Race))} a step of {one} has another number of tokens than one of {other}: compare by tokens.");

        // Tokens a step, by the last logged row.
        static double? Steps(RacedRun run) => run.Over(CurveAxis.Step) is { } rows && rows.X[^1] > 0 ? run.Tokens / rows.X[^1] : null;
    }
}
