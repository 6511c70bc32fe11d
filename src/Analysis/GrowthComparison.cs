using System.Globalization;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>Options of a comparison of growing with training from scratch.</summary>
public sealed record GrowthComparisonOptions
{
    /// <summary>Key of the operator that the headline is about; empty for LiGO where it took part, else the one with most pairs.</summary>
    public string Operator { get; init; } = "";

    /// <summary>N of the large model that the headline is about; null for the largest.</summary>
    public double? Parameters { get; init; }

    /// <summary>The small model's training counts as well.</summary>
    public bool ChargeSmall { get; init; }

    /// <summary>Bootstrap draws over seeds; 0 for none.</summary>
    public int Bootstrap { get; init; } = 1000;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <summary>As printed in the provenance.</summary>
    public SortedDictionary<string, string> Describe() => new(StringComparer.Ordinal)
    {
        ["operator"] = Operator,
        ["parameters"] = Parameters?.ToString("R", CultureInfo.InvariantCulture) ?? "largest",
        ["small_model"] = ChargeSmall ? "charged" : "not charged",
        ["bootstrap"] = Bootstrap.ToString(CultureInfo.InvariantCulture),
        ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>A training that takes part in a comparison of growing with training from scratch.</summary>
/// <param name="Run">The run and its loss.</param>
/// <param name="Growth">How it was grown.</param>
/// <param name="TeacherFlops">FLOP of operator or teacher over the steps, where the log has such a curve.</param>
/// <param name="TeacherSeconds">Seconds of the same.</param>
public sealed record GrowthRun(RacedRun Run, GrowthSettings Growth, ImportedSeries? TeacherFlops = null, ImportedSeries? TeacherSeconds = null)
{
    private const double SecondsPerHour = 3600;

    /// <summary>It was not grown.</summary>
    public bool IsScratch => Growth.GrownFrom is null;

    /// <summary>
    /// Its loss against what its training cost so far, operator or teacher included, the small model not: FLOP, or seconds for time. Null where there is no curve of two points.
    /// </summary>
    public (double[] X, double[] Y)? Cost(CurveAxis axis)
    {
        if (Run.Curve is not { } curve || curve.Axes.Lacks(axis) is not null)
            return null;
        var steps = curve.Series.Steps;
        // The array may be the series itself.
        double[] x = [.. curve.Axes.At(axis, steps)];
        var (teacher, whole) = axis == CurveAxis.Time ? (TeacherSeconds, Growth.OperatorSeconds) : (TeacherFlops, Growth.OperatorFlops);
        var rows = new List<int>();
        var last = double.NegativeInfinity;
        for (var i = 0; i < steps.Length; i++)
        {
            x[i] = (axis == CurveAxis.Time ? x[i] * SecondsPerHour : x[i]) + (IsScratch ? 0 : teacher is null ? Known(whole) : At(teacher, steps[i]));
            if (!double.IsFinite(x[i]) || x[i] < last)
                continue;
            last = x[i];
            rows.Add(i);
        }

        return rows.Count < 2 ? null : ([.. rows.Select(i => x[i])], [.. rows.Select(i => curve.Series.Values[i])]);
    }

    /// <summary>What operator or teacher cost in all; 0 where nothing is named.</summary>
    public double OperatorCost(CurveAxis axis) => axis == CurveAxis.Time
        ? TeacherSeconds is { } seconds ? seconds.Values[^1] : Known(Growth.OperatorSeconds)
        : TeacherFlops is { } flops ? flops.Values[^1] : Known(Growth.OperatorFlops);

    private static double Known(double value) => double.IsFinite(value) ? value : 0;

    // The last logged value up to a step: between two rows nothing more is known.
    private static double At(ImportedSeries series, double step)
    {
        var index = Array.FindLastIndex(series.Steps, logged => logged <= step);
        return index < 0 ? 0 : series.Values[index];
    }
}

/// <summary>How a grown run came to the loss that it is compared at.</summary>
public enum GrowthReach
{
    /// <summary>It reached the final loss of training from scratch.</summary>
    Reached,

    /// <summary>It was there at the moment of growth, before any training.</summary>
    AtOnce,

    /// <summary>It never was; the two are compared at the grown run's final loss.</summary>
    Never,
}

/// <summary>A grown run and one from scratch of the same size and seed.</summary>
/// <param name="Scratch">From scratch.</param>
/// <param name="Grown">Grown.</param>
public sealed record GrowthPair(GrowthRun Scratch, GrowthRun Grown)
{
    /// <summary>Savings over an axis; null where one of the two has no such curve.</summary>
    public GrowthSaving? Over(CurveAxis axis)
    {
        if (Scratch.Cost(axis) is not { } scratch || Grown.Cost(axis) is not { } grown)
            return null;
        var (lastScratch, lastGrown) = (Array.FindLastIndex(scratch.Y, double.IsFinite), Array.FindLastIndex(grown.Y, double.IsFinite));
        if (lastScratch < 0 || lastGrown < 0)
            return null;
        var (target, reach) = (scratch.Y[lastScratch], GrowthReach.Reached);
        if (FirstCrossing.Of(grown.X, grown.Y, target) is not { } there)
        {
            (target, reach) = (grown.Y[lastGrown], GrowthReach.Never);
            there = FirstCrossing.Of(grown.X, grown.Y, target)!.Value;
        }
        else if (double.IsNaN(there.After))
        {
            reach = GrowthReach.AtOnce;
        }

        var small = axis == CurveAxis.Time ? Grown.Growth.SmallSeconds : Grown.Growth.SmallFlops;
        return new GrowthSaving(reach, target, FirstCrossing.Of(scratch.X, scratch.Y, target)!.Value.X, there.X, small);
    }
}

/// <summary>What one grown run saved at equal loss. Wang et al. 2023, arXiv 2303.00980, §4.1.</summary>
/// <param name="Reach">How the grown run came to the loss.</param>
/// <param name="Target">The loss both are compared at, nats per token.</param>
/// <param name="Scratch">Cost from scratch to that loss, FLOP or seconds.</param>
/// <param name="Grown">Cost of operator and growing to that loss.</param>
/// <param name="Small">Cost of the small model; NaN where it is not known.</param>
public sealed record GrowthSaving(GrowthReach Reach, double Target, double Scratch, double Grown, double Small)
{
    /// <summary>1 − (operator + growing)/scratch, with the small model in the numerator where it is charged.</summary>
    public double Share(bool chargeSmall) => 1 - (Grown + (chargeSmall ? Small : 0)) / Scratch;

    /// <summary>Models that must be grown from the one small model until its training has paid off; infinite where growing saves nothing, NaN where the small model's cost is not known.</summary>
    public double BreakEven => double.IsNaN(Small) ? double.NaN : Scratch > Grown ? Small / (Scratch - Grown) : double.PositiveInfinity;
}

/// <summary>One operator from one small size to one large size.</summary>
public sealed record OperatorComparison
{
    /// <summary>Key of the operator.</summary>
    public required string Operator { get; init; }

    /// <summary>Steps of learning it; null where none are named.</summary>
    public required double? OperatorSteps { get; init; }

    /// <summary>N of the small model; NaN where nobody knows it.</summary>
    public required double SmallParameters { get; init; }

    /// <summary>N of the large model.</summary>
    public required double LargeParameters { get; init; }

    /// <summary>Pairs, by seed.</summary>
    public required IReadOnlyList<GrowthPair> Pairs { get; init; }

    /// <summary>Savings by axis, the small model not charged.</summary>
    public required IReadOnlyDictionary<CurveAxis, PairedEstimate> Free { get; init; }

    /// <summary>Savings by axis, the small model charged.</summary>
    public required IReadOnlyDictionary<CurveAxis, PairedEstimate> Charged { get; init; }

    /// <summary>Savings by axis.</summary>
    public PairedEstimate Savings(CurveAxis axis, bool chargeSmall) => (chargeSmall ? Charged : Free)[axis];

    /// <summary>"LiGO", or "LiGO, 500 steps" where the same operator was learned for several.</summary>
    public required string Name { get; init; }

    /// <summary>Pairs that came to the loss in a way.</summary>
    public int Count(GrowthReach reach) => Pairs.Count(pair => pair.Over(CurveAxis.Flops)?.Reach == reach);

    /// <summary>No pair came to the loss from scratch: all savings are those at the grown runs' own final losses.</summary>
    public bool NeverReached => Count(GrowthReach.Never) == Pairs.Count;

    /// <summary>Mean cost over the pairs of the operator, or of the small model.</summary>
    public double OperatorCost(CurveAxis axis) => Pairs.Average(pair => pair.Grown.OperatorCost(axis));

    /// <inheritdoc cref="OperatorCost"/>
    public double SmallCost(CurveAxis axis) => Pairs.Average(pair => axis == CurveAxis.Time ? pair.Grown.Growth.SmallSeconds : pair.Grown.Growth.SmallFlops);

    /// <summary>Models to grow until the small one has paid off, from the mean costs over the pairs; infinite for never.</summary>
    public double BreakEven(CurveAxis axis)
    {
        var savings = Pairs.Select(pair => pair.Over(axis)).OfType<GrowthSaving>().ToArray();
        if (savings.Length == 0)
            return double.NaN;
        return new GrowthSaving(GrowthReach.Reached, double.NaN, savings.Average(one => one.Scratch), savings.Average(one => one.Grown), savings.Average(one => one.Small)).BreakEven;
    }

    /// <summary>Mean KL at the moment of growth over the seeds, nats per token.</summary>
    public required PairedEstimate FunctionChange { get; init; }
}

/// <summary>What growing saves against training from scratch, by operator and sizes.</summary>
public sealed record GrowthComparison
{
    // Batches of different length end a few tokens apart.
    private const double SameTokens = 1.01;
    private const int FewPairs = 3;
    private static readonly CurveAxis[] s_axes = [CurveAxis.Flops, CurveAxis.Time];

    /// <summary>By sizes, then the savings in FLOP, best first; operators that never came to the loss from scratch stand behind the others, whatever they save at their own.</summary>
    public required IReadOnlyList<OperatorComparison> Operators { get; init; }

    /// <summary>The one the headline is about.</summary>
    public required OperatorComparison Headline { get; init; }

    /// <summary>The small model is charged.</summary>
    public required bool ChargeSmall { get; init; }

    /// <summary>Grown runs that are compared with none, and why.</summary>
    public required IReadOnlyList<UnmatchedRun> Unmatched { get; init; }

    /// <summary>What to know before trusting it.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>Savings of the headline.</summary>
    public PairedEstimate Savings(CurveAxis axis) => Headline.Savings(axis, ChargeSmall);

    /// <summary>Compares.</summary>
    /// <param name="runs">Every run that counts.</param>
    /// <param name="options">What the headline is about, and how intervals are drawn.</param>
    /// <param name="source">Where the runs come from.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="AnalysisException">No run was grown, none has its match from scratch, or what was asked for is not there.</exception>
    public static GrowthComparison Run(IReadOnlyList<GrowthRun> runs, GrowthComparisonOptions options, RunSet source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        var byName = runs.GroupBy(run => run.Run.Name).ToDictionary(same => same.Key, same => same.First());
        var grown = runs.Where(run => !run.IsScratch).Select(run => WithSmallCost(run, byName)).ToArray();
        if (grown.Length == 0)
            throw new AnalysisException("No run says that it was grown. Give grown runs a column 'grown_from' with the name of the small run, and 'growth_operator'; runs without are trained from scratch.");
        var scratch = runs.Where(run => run.IsScratch && double.IsFinite(run.Run.Loss)).ToArray();
        var unmatched = new List<UnmatchedRun>();
        var pairs = new List<GrowthPair>();
        foreach (var run in grown)
        {
            if (Match(run, scratch, out var reason) is { } match)
                pairs.Add(new GrowthPair(match, run));
            else
                unmatched.Add(new UnmatchedRun(run.Run, reason));
        }

        if (pairs.Count == 0)
            throw new AnalysisException($"No grown run has its match from scratch, of the same family, parameters and seed. {unmatched[0].Run.Name}: {unmatched[0].Reason}.");
        var several = pairs.GroupBy(pair => pair.Grown.Growth.Operator).Where(group => group.Select(pair => pair.Grown.Growth.OperatorSteps).Distinct().Count() > 1).Select(group => group.Key).ToHashSet();
        var draws = new Draws(options);
        OperatorComparison[] operators =
        [
            .. pairs.GroupBy(pair => (Small: SmallSize(pair.Grown, byName), Large: pair.Grown.Run.Parameters, pair.Grown.Growth.Operator, pair.Grown.Growth.OperatorSteps))
                .Select(group => Compare(group.Key.Small, group.Key.Large, group.Key.Operator, group.Key.OperatorSteps, [.. OneASeed(group)], several, draws, cancellationToken))
                .OrderBy(one => one.LargeParameters).ThenBy(one => one.SmallParameters)
                .ThenBy(one => one.NeverReached)
                .ThenByDescending(one => double.IsFinite(one.Free[CurveAxis.Flops].Value) ? one.Free[CurveAxis.Flops].Value : double.NegativeInfinity).ThenBy(one => one.Name, StringComparer.Ordinal),
        ];
        var headline = Choose(operators, options);
        return new GrowthComparison
        {
            Operators = operators,
            Headline = headline,
            ChargeSmall = options.ChargeSmall,
            Unmatched = unmatched,
            Warnings = [.. WarningsOf(operators, headline, options)],
            Provenance = source.Provenance((options with { Operator = headline.Operator, Parameters = headline.LargeParameters }).Describe()),
        };
    }

    /// <summary>From scratch of the same family, size and seed; of several the one trained as long, of those the one with the lowest loss.</summary>
    private static GrowthRun? Match(GrowthRun grown, GrowthRun[] scratch, out string reason)
    {
        reason = "";
        if (!double.IsFinite(grown.Run.Loss))
            reason = "it diverged";
        var size = scratch.Where(run => run.Run.Parameters.Equals(grown.Run.Parameters) && run.Run.Family == grown.Run.Family).ToArray();
        var seed = size.Where(run => run.Run.Settings.Seed == grown.Run.Settings.Seed).ToArray();
        if (reason.Length == 0 && size.Length == 0)
            reason = $"no run from scratch has its {Quantity.Count(grown.Run.Parameters)} parameters{(grown.Run.Family is null ? "" : $" in the family {grown.Run.Family}")}";
        else if (reason.Length == 0 && seed.Length == 0)
            reason = $"no run from scratch of {Quantity.Count(grown.Run.Parameters)} parameters has the seed {(grown.Run.Settings.Seed.Length == 0 ? "(none)" : grown.Run.Settings.Seed)}";
        if (reason.Length > 0)
            return null;
        var apart = seed.Min(Apart);
        return seed.Where(run => Apart(run) <= Math.Max(apart, Math.Log(SameTokens))).MinBy(run => run.Run.Loss);

        double Apart(GrowthRun run) => Math.Abs(Math.Log(run.Run.Tokens / grown.Run.Tokens));
    }

    // A seed that was grown twice counts once, by the better of the two.
    private static IEnumerable<GrowthPair> OneASeed(IEnumerable<GrowthPair> pairs) =>
        pairs.GroupBy(pair => pair.Grown.Run.Settings.Seed).Select(same => same.MinBy(pair => pair.Grown.Run.Loss)!).OrderBy(pair => pair.Grown.Run.Settings.Seed, NaturalOrder.Instance);

    private static double SmallSize(GrowthRun grown, Dictionary<string, GrowthRun> byName) =>
        double.IsFinite(grown.Growth.SmallParameters) ? grown.Growth.SmallParameters : byName.GetValueOrDefault(grown.Growth.GrownFrom!)?.Run.Parameters ?? double.NaN;

    /// <summary>What a log does not say of the small model's cost, its own run does, where it is there.</summary>
    private static GrowthRun WithSmallCost(GrowthRun grown, Dictionary<string, GrowthRun> byName)
    {
        if (byName.GetValueOrDefault(grown.Growth.GrownFrom!) is not { } small || small == grown)
            return grown;
        return grown with
        {
            Growth = grown.Growth with
            {
                SmallFlops = Cost(grown.Growth.SmallFlops, CurveAxis.Flops, small.Growth.SmallFlops),
                SmallSeconds = Cost(grown.Growth.SmallSeconds, CurveAxis.Time, small.Growth.SmallSeconds),
            },
        };

        double Cost(double logged, CurveAxis axis, double before) =>
            double.IsFinite(logged) ? logged
            : small.Cost(axis) is var (x, _) ? x[^1] + (small.IsScratch ? 0 : before)
            : double.NaN;
    }

    private static OperatorComparison Compare(
        double small, double large, string key, double? steps, IReadOnlyList<GrowthPair> pairs, HashSet<string> several, Draws draws, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new OperatorComparison
        {
            Operator = key,
            OperatorSteps = steps,
            Name = GrowthColumns.Name(key) + (several.Contains(key) && steps is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count:N0} steps") : ""),
            SmallParameters = small,
            LargeParameters = large,
            Pairs = pairs,
            Free = s_axes.ToDictionary(axis => axis, axis => Estimate(axis, false)),
            Charged = s_axes.ToDictionary(axis => axis, axis => Estimate(axis, true)),
            FunctionChange = pairs.Select(pair => pair.Grown.Growth.FunctionChange).Where(double.IsFinite).ToArray() is { Length: > 0 } changes
                ? draws.Mean(changes) : PairedEstimate.None("no run logged what growing changed: give grown runs a column function_change"),
        };

        PairedEstimate Estimate(CurveAxis axis, bool chargeSmall)
        {
            double[] shares = [.. pairs.Select(pair => pair.Over(axis)?.Share(chargeSmall) ?? double.NaN).Where(double.IsFinite)];
            if (shares.Length > 0)
                return draws.Mean(shares);
            GrowthRun[] runs = [.. pairs.SelectMany(pair => new[] { pair.Scratch, pair.Grown })];
            return PairedEstimate.None(
                Array.TrueForAll(runs, run => run.Cost(axis) is not null) ? "the cost of the small model is not known: give grown runs a column small_flops"
                : RacedRun.WhyNot(Array.ConvertAll(runs, run => run.Run), axis));
        }
    }

    private static OperatorComparison Choose(OperatorComparison[] operators, GrowthComparisonOptions options)
    {
        var key = options.Operator.Length == 0 ? "" : GrowthColumns.Key(options.Operator);
        var named = key.Length == 0 ? operators : [.. operators.Where(one => one.Operator == key)];
        if (named.Length == 0)
            throw new AnalysisException($"No run was grown by '{options.Operator}'. The runs name {Words.List([.. operators.Select(one => one.Operator).Distinct()], 20)}.");
        var sized = options.Parameters is { } parameters ? [.. named.Where(one => Math.Abs(Math.Log(one.LargeParameters / parameters)) < Math.Log(SameTokens))] : named;
        if (sized.Length == 0)
            throw new AnalysisException($"No run of {Quantity.Count(options.Parameters!.Value)} parameters was grown{(key.Length == 0 ? "" : $" by {GrowthColumns.Name(key)}")}. There are {Words.List([.. named.Select(one => Quantity.Count(one.LargeParameters)).Distinct()], 20)}.");
        var largest = sized.Max(one => one.LargeParameters);
        return sized.Where(one => one.LargeParameters.Equals(largest))
            .OrderByDescending(one => key.Length == 0 && one.Operator == "ligo").ThenByDescending(one => one.Pairs.Count).ThenByDescending(one => one.Free[CurveAxis.Flops].Value).First();
    }

    private static IEnumerable<Warning> WarningsOf(OperatorComparison[] operators, OperatorComparison headline, GrowthComparisonOptions options)
    {
        if (headline.Pairs.Count < 2)
            yield return new Warning("growth", "One seed: there is no interval, and the next seed may say something else.");
        else if (headline.Pairs.Count < FewPairs)
            yield return new Warning("growth", $"{Words.Count(headline.Pairs.Count, "seed")}: an interval from so few is too narrow.");
        if (headline.Count(GrowthReach.AtOnce) is > 0 and var atOnce)
            yield return new Warning("growth", $"{Words.Count(atOnce, "run")} of {headline.Name} had the final loss of training from scratch at the first logged point already: train from scratch for longer, to a loss that growing has to work for.");
        if (headline.Count(GrowthReach.Never) is > 0 and var never)
            yield return new Warning("growth", $"{Words.Count(never, "run")} of {headline.Name} never reached the final loss of training from scratch; compared at the grown run's own final loss instead.");
        if (operators.SelectMany(one => one.Pairs).Any(pair => double.IsNaN(pair.Grown.Growth.OperatorFlops) && pair.Grown.TeacherFlops is null))
            yield return new Warning("growth", "Some grown runs name no operator_flops: their operator counts as free.");
        if (options.ChargeSmall && double.IsNaN(headline.SmallCost(CurveAxis.Flops)))
            yield return new Warning("growth", "The cost of the small model is not known, so it cannot be charged: give grown runs a column small_flops.");
        var lengths = operators.SelectMany(one => one.Pairs).Where(pair => Math.Abs(Math.Log(pair.Grown.Run.Tokens / pair.Scratch.Run.Tokens)) > Math.Log(SameTokens)).ToArray();
        if (lengths.Length > 0)
            yield return new Warning("growth", $"{lengths[0].Grown.Run.Name} and {lengths[0].Scratch.Run.Name} were trained on different amounts of data; with a decaying learning rate that alone changes when a loss is reached.");
    }

    /// <summary>Every draw resamples the seeds.</summary>
    private sealed class Draws(GrowthComparisonOptions options)
    {
        internal PairedEstimate Mean(double[] values)
        {
            var mean = values.Average();
            if (values.Length < 2 || options.Bootstrap == 0)
                return new PairedEstimate(mean, null, options.Bootstrap == 0 ? "no bootstrap draws" : "one pair of seeds gives no interval");
            var drawn = new double[options.Bootstrap];
            for (var draw = 0; draw < drawn.Length; draw++)
            {
                var generator = new DrawGenerator(options.Seed, draw);
                for (var i = 0; i < values.Length; i++)
                    drawn[draw] += values[generator.Next(values.Length)] / values.Length;
            }

            return new PairedEstimate(mean, Interval.Of(drawn), "") { Draws = drawn };
        }
    }
}
