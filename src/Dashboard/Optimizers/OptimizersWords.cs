using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Numerics.Optimizers.Landscapes;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Optimizers;

/// <summary>Puts comparisons of optimizers into words.</summary>
public static class OptimizersWords
{
    /// <summary>"0.84×".</summary>
    public static string Times(double value) => double.IsFinite(value) ? Quantity.Significant(value, 3) + "×" : "–";

    /// <summary>"95 %: 0.79–0.9", or what there is instead.</summary>
    public static string Range(PairedEstimate estimate, Func<double, string> format) =>
        estimate.Interval is { } interval ? $"95 %: {format(interval.Low95)}–{format(interval.High95)}" : estimate.WhyNot.Length > 0 ? estimate.WhyNot : "no interval";

    /// <summary>Name of a measure, as a choice.</summary>
    public static string Name(SpeedupMeasure measure) => measure switch
    {
        SpeedupMeasure.EffectiveData => "Effective data",
        SpeedupMeasure.Time => "Time",
        _ => "Steps",
    };

    /// <summary>What a measure means, in a sentence.</summary>
    public static string Meaning(SpeedupMeasure measure) => measure switch
    {
        SpeedupMeasure.EffectiveData => "Data the baseline would need, by its own scaling law, for the challenger's final loss, over the data the challenger had.",
        SpeedupMeasure.Time => "Wall time of the baseline to its final loss over that of the challenger to the same loss.",
        _ => "Steps of the baseline to its final loss over those of the challenger to the same loss.",
    };

    /// <summary>"120K parameters", with the tokens where races of one size differ in them.</summary>
    public static string Size(RaceComparison race, OptimizerComparison comparison) =>
        $"{Quantity.Count(race.Race.Parameters)} parameters{(comparison.Compared.Count(other => other.Race.Parameters.Equals(race.Race.Parameters)) > 1 ? $" on {Quantity.Count(race.Race.Tokens)} tokens" : "")}{(race.Race.Family is { } family && comparison.Compared.Select(other => other.Race.Family).Distinct().Count() > 1 ? $" of {family}" : "")}";

    /// <summary>The answer: how much faster, at which size, how sure, and whether it lasts.</summary>
    public static FitAnswer Answer(OptimizersScene scene)
    {
        var (one, other, size, speedup) = (scene.Baseline, scene.Challenger, Size(scene.Front, scene.Comparison), scene.Speedup);
        var seeds = Words.Count(scene.Front.Pairs.Count, "seed");
        if (!double.IsFinite(speedup.Value))
            return new([new("No speed-up by "), new(Name(scene.Measure).ToLowerInvariant(), true), new($" of {other} over {one} can be told at {size}: {speedup.WhyNot}.")], "");
        if (scene.Measure == SpeedupMeasure.EffectiveData)
        {
            return new(
                [new($"Training with {other} is worth "), new($"{Times(speedup.Value)} the data", true), new($" of {one} at {size}{(speedup.DiffersFrom(1) ? "" : speedup.Interval is null ? "" : ", no gain that can be told from chance")}")],
                Tail(scene, speedup, seeds));
        }

        var ratio = scene.Front.Ratios[scene.Measure == SpeedupMeasure.Time ? CurveAxis.Time : CurveAxis.Step];
        var unit = scene.Measure == SpeedupMeasure.Time ? "time" : "steps";
        if (scene.NeverReached)
        {
            return new(
                [new($"{other} "), new($"never reaches {one}'s final loss", true), new($" at {size}: for its own it takes "), new($"{Times(ratio.Value)} the {unit}", true), new($" that {one} takes for the same")],
                Tail(scene, ratio, seeds));
        }

        Phrase[] sentence = ratio.Interval is not null && !ratio.DiffersFrom(1)
            ? [new($"{other} shows "), new($"no gain over {one}", true), new($" at {size} that can be told from chance: it reaches {one}'s final loss in "), new($"{Times(ratio.Value)} the {unit}", true)]
            : [new($"{other} reaches {one}'s final loss in "), new($"{Times(ratio.Value)} the {unit}", true), new($" at {size}")];
        return new(sentence, Tail(scene, ratio, seeds));
    }

    private static string Tail(OptimizersScene scene, PairedEstimate estimate, string seeds) =>
        $"({(estimate.Interval is { } interval ? $"95 % {Quantity.Significant(interval.Low95, 3)}–{Quantity.Significant(interval.High95, 3)}" : $"no interval: {estimate.WhyNot}")}, {seeds}); {Trend(scene.Trend)}.";

    /// <summary>"the gain shrinks with size: slope −0.03 per decade (95 % −0.06 to 0.01, not significant)".</summary>
    public static string Trend(SizeTrend trend)
    {
        if (!double.IsFinite(trend.Slope.Value))
            return $"whether it lasts at larger sizes is not known: {trend.Slope.WhyNot}";
        var slope = WithSign(trend.Slope.Value);
        var sure = trend.Slope.Interval is { } interval ? $"95 % {WithSign(interval.Low95)} to {WithSign(interval.High95)}, {(trend.IsSignificant ? "significant" : "not significant")}" : trend.Slope.WhyNot;
        return $"the gain {(Math.Abs(trend.Slope.Value) < 5e-4 ? "is the same at every size" : trend.Slope.Value < 0 ? "shrinks with size" : "grows with size")}: slope {slope} per decade ({sure})";
    }

    /// <summary>"−0.031".</summary>
    public static string WithSign(double value) => !double.IsFinite(value) ? "–" : (value < 0 ? "−" : "+") + Math.Abs(value).ToString("0.0##", CultureInfo.InvariantCulture);

    /// <summary>What else there is to say of the race in front.</summary>
    public static IReadOnlyList<string> More(OptimizersScene scene)
    {
        string[] others =
        [
            .. Enum.GetValues<SpeedupMeasure>().Where(measure => measure != scene.Measure).Select(measure => (measure, Speedup: scene.Front.Speedup(measure)))
                .Select(one => double.IsFinite(one.Speedup.Value) ? $"{Times(one.Speedup.Value)} by {Name(one.measure).ToLowerInvariant()} ({Range(one.Speedup, value => Quantity.Significant(value, 3))})" : $"none by {Name(one.measure).ToLowerInvariant()} ({one.Speedup.WhyNot})"),
        ];
        var loss = scene.Front.LossDifference;
        var lower = loss.Value < 0;
        var range = loss.Interval is not { } ends ? loss.WhyNot : lower ? $"95 %: {Four(-ends.High95)} to {Four(-ends.Low95)}" : $"95 %: {Four(ends.Low95)} to {Four(ends.High95)}";
        return [$"By other measures of the speed-up: {string.Join("; ", others)}. Its final loss is {Four(Math.Abs(loss.Value))} nats {(lower ? "lower" : "higher")} ({range})."];

        static string Four(double value) => (value < 0 ? "−" : "") + Math.Abs(value).ToString("0.0000", CultureInfo.InvariantCulture);
    }

    /// <summary>The strip.</summary>
    public static IReadOnlyList<KeyFigure> KeyFigures(OptimizersScene scene)
    {
        static string Plain(double value) => Quantity.Significant(value, 3);
        KeyFigure Of(string label, SpeedupMeasure measure) => scene.Front.Speedup(measure) is var estimate && double.IsFinite(estimate.Value)
            ? new(label, Times(estimate.Value), Range(estimate, Plain)) : new(label, "–", scene.Front.Speedup(measure).WhyNot);
        var compared = scene.Comparison.Compared;
        return
        [
            Of("Speed-up in steps", SpeedupMeasure.Steps),
            Of("Effective data", SpeedupMeasure.EffectiveData),
            Of("Speed-up in time", SpeedupMeasure.Time),
            new("Change for ten times the size", WithSign(scene.Trend.Slope.Value), scene.Trend.Slope.Interval is { } slope ? $"95 %: {WithSign(slope.Low95)} to {WithSign(slope.High95)}" : scene.Trend.Slope.WhyNot),
            new("Sizes compared", $"{Quantity.Count(compared[0].Race.Parameters)}–{Quantity.Count(compared[^1].Race.Parameters)}", $"{Words.Count(compared.Sum(race => race.Pairs.Count), "pair")} of seeds; beyond them it is not known"),
        ];
    }

    /// <summary>Who is faster in a race, and by which axes: "C-AdamW" and "in steps, tokens and FLOP; not told apart in time".</summary>
    public static (string Who, string Axes) Winners(OptimizersScene scene, RaceComparison race)
    {
        var groups = race.Ratios.Keys.GroupBy(axis => Winner(race.Ratios[axis])).Where(group => group.Key.Length > 0).ToArray();
        return groups.Length == 0 ? ("–", "") : (groups[0].Key, string.Join("; ", groups.Select((group, i) => $"{(i == 0 ? "" : group.Key + " ")}in {Words.List([.. group.Select(Name)], 4)}")));

        string Winner(PairedEstimate ratio) =>
            !double.IsFinite(ratio.Value) ? "" : ratio.Interval is null ? "no interval" : !ratio.DiffersFrom(1) ? "not told apart" : ratio.Value < 1 ? scene.Challenger : scene.Baseline;

        static string Name(CurveAxis axis) => axis switch { CurveAxis.Step => "steps", CurveAxis.Tokens => "tokens", CurveAxis.Flops => "FLOP", _ => "time" };
    }

    /// <summary>Name of a problem, as a choice.</summary>
    public static string Name(PlaneKind kind) => kind switch
    {
        PlaneKind.Turned => "Ill-conditioned",
        PlaneKind.Rosenbrock => "Rosenbrock",
        PlaneKind.Noisy => "Noisy",
        _ => "Quadratic",
    };

    /// <summary>The answer of the paths: where both are after the steps.</summary>
    public static FitAnswer Answer(PathScene scene)
    {
        var (plain, cautious) = (scene.Base[^1], scene.Cautious[^1]);
        var steps = Words.Count(scene.State.Steps, "step");
        var (rises, masked) = (Rises(scene.Base), scene.Cautious.Take(scene.Cautious.Count - 1).Count(point => point.Step.X == 0 || point.Step.Y == 0));
        var fell = cautious.Loss <= 0 || plain.Loss <= 0 ? "" : $", {Times(Math.Max(plain.Loss / cautious.Loss, cautious.Loss / plain.Loss))} {(cautious.Loss < plain.Loss ? "lower" : "higher")}";
        return new(
            [
                new($"After {steps} {scene.Name} is at a loss of "), new(Loss(plain.Loss), true), new($" and C-{scene.Name} at "), new(Loss(cautious.Loss), true), new(fell),
            ],
            $"(the loss rose in {rises} of {scene.Base.Count - 1} steps of {scene.Name}, in {Rises(scene.Cautious)} of the cautious form; its mask held back a weight in {masked} steps). One path of two weights explains a step; it says nothing about training a model.");
    }

    /// <summary>A loss with three digits, whatever its size.</summary>
    public static string Loss(double loss) => Math.Abs(loss) is >= 1e-3 and < 1e4 ? Quantity.Significant(loss, 3) : Quantity.Scientific(loss);

    /// <summary>What the mask did at the point drawn.</summary>
    public static string Mask(PathScene scene)
    {
        var point = scene.At;
        if (point.Step is (0, 0) && point == scene.Cautious[^1])
            return "This is the last point: no step follows.";
        string[] held = [.. new[] { (Name: "w₁", Is: point.Step.X == 0), (Name: "w₂", Is: point.Step.Y == 0) }.Where(one => one.Is).Select(one => one.Name)];
        var scale = CautiousMask.Scale(scene.State.Scaling, 2 - held.Length, 2);
        return held.Length switch
        {
            0 => $"Both weights move: along both, step and gradient agree{(scale == 1 ? "" : $"; the step is taken times {Quantity.Significant(scale, 3)}")}.",
            2 => "Neither weight moves: along both, the step would climb the gradient.",
            _ => $"{held[0]} is held: the momentum would carry it up its gradient; the other one's step is {(scale == 1 ? "as it was: d/(kept + 1) is 1 here" : "doubled to make up for it")}.",
        };
    }

    private static int Rises(IReadOnlyList<PathPoint> path) => Enumerable.Range(1, path.Count - 1).Count(i => path[i].Loss > path[i - 1].Loss);

    /// <summary>Name of a rule, as a choice.</summary>
    public static string Name(OptimizerRule rule) => rule switch { OptimizerRule.Sgd => "Momentum", OptimizerRule.Lion => "Lion", OptimizerRule.Adafactor => "Adafactor", _ => "AdamW" };
}
