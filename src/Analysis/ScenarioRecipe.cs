using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Analysis;

/// <summary>A number of a plan.</summary>
/// <param name="Value">The estimate; NaN where there is none.</param>
/// <param name="Interval">From the law's bootstrap draws; null where it has none, or the number does not rest on the law.</param>
/// <param name="IsGiven">It follows from what is given and from the assumptions, whatever the law says.</param>
public sealed record PlanEstimate(double Value, Interval? Interval, bool IsGiven);

/// <summary>What one law makes of a scenario.</summary>
public sealed record LawPlan
{
    /// <summary>The law.</summary>
    public required TrainingLaw Law { get; init; }

    /// <summary>The plan, or why there is none.</summary>
    public required TrainingPlan Plan { get; init; }

    /// <summary>Every quantity of the plan.</summary>
    public required IReadOnlyDictionary<TrainingQuantity, PlanEstimate> Estimates { get; init; }

    /// <summary>Accelerator-hours.</summary>
    public required PlanEstimate AcceleratorHours { get; init; }

    /// <summary>D/N.</summary>
    public required PlanEstimate TokensPerParameter { get; init; }

    /// <summary>What its size costs beside the cheapest training of its loss; null where the law has no loss.</summary>
    public required OffOptimum? Off { get; init; }

    /// <summary>The same by each bootstrap draw of the law.</summary>
    public required IReadOnlyList<OffOptimum> DrawnOff { get; init; }

    /// <summary>Interval of <see cref="OffOptimum.Overhead"/>.</summary>
    public required Interval? Overhead { get; init; }

    /// <summary>Interval of <see cref="OffOptimum.BreakEvenServedTokens"/>.</summary>
    public required Interval? BreakEven { get; init; }

    /// <summary>Draws of the law that have no such training.</summary>
    public required int FailedDraws { get; init; }

    /// <summary>Decades of compute beyond the runs behind the law, 0 within; null where they are not known.</summary>
    public required double? DecadesBeyond { get; init; }

    /// <summary>What to know before trusting it.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>There is a plan.</summary>
    public bool IsSolved => Plan.Obstacle is null;

    /// <summary>One of the quantities.</summary>
    public PlanEstimate this[TrainingQuantity quantity] => Estimates[quantity];
}

/// <summary>How far the laws are apart in one quantity.</summary>
/// <param name="Quantity">Which.</param>
/// <param name="Low">The lowest.</param>
/// <param name="LowLaw">Who says so.</param>
/// <param name="High">The highest.</param>
/// <param name="HighLaw">Who says so.</param>
public sealed record Disagreement(TrainingQuantity Quantity, double Low, TrainingLaw LowLaw, double High, TrainingLaw HighLaw);

/// <summary>A scenario as several laws see it.</summary>
public sealed record ScenarioResult
{
    /// <summary>The scenario.</summary>
    public required TrainingScenario Scenario { get; init; }

    /// <summary>One a law, in the order of the laws.</summary>
    public required IReadOnlyList<LawPlan> Plans { get; init; }

    /// <summary>How far they are apart in what rests on the law; empty with fewer than two plans.</summary>
    public required IReadOnlyList<Disagreement> Disagreements { get; init; }
}

/// <summary>Plans trainings by several laws, each number with its interval.</summary>
public static class ScenarioRecipe
{
    private static readonly TrainingQuantity[] s_quantities = [Flops, Parameters, Tokens, Loss, Days, Accelerators, Money, Energy, Carbon];

    /// <summary>Plans a scenario.</summary>
    /// <param name="scenario">What is given, and on what it runs.</param>
    /// <param name="laws">The laws.</param>
    public static ScenarioResult Run(TrainingScenario scenario, IReadOnlyList<TrainingLaw> laws)
    {
        var rates = scenario.Rates;
        LawPlan[] plans = [.. laws.Select(law => Plan(scenario, law, rates))];
        LawPlan[] solved = [.. plans.Where(plan => plan.IsSolved)];
        return new ScenarioResult
        {
            Scenario = scenario,
            Plans = plans,
            Disagreements = solved.Length < 2 ? [] : [.. s_quantities.Select(quantity => Between(solved, quantity)).OfType<Disagreement>()],
        };
    }

    private static LawPlan Plan(TrainingScenario scenario, TrainingLaw law, TrainingRates rates)
    {
        var goals = scenario.Goals;
        var model = law.Model(goals);
        var plain = PlanPlain(scenario, model, rates, scenario.Factor?.Value ?? 1);
        var plan = Charged(plain, scenario.Factor?.Value ?? 1);
        var off = Off(model, plain);
        var drawn = plan.Obstacle is null ? Drawn(scenario, law, model, rates).ToArray() : [];
        var worked = drawn.Where(draw => draw.Plan.Obstacle is null).ToArray();
        var offs = off is null || law.Draws.Count == 0 ? [] : worked.Select(draw => Off(draw.Model, draw.Plain)).OfType<OffOptimum>().ToArray();
        var failed = drawn.Length - worked.Length;
        return new LawPlan
        {
            Law = law,
            Plan = plan,
            Estimates = s_quantities.ToDictionary(quantity => quantity, quantity => Estimate(Settles(scenario, quantity), at => at[quantity])),
            AcceleratorHours = Estimate(Settles(scenario, Flops), at => at.AcceleratorHours),
            TokensPerParameter = Estimate(Settles(scenario, Tokens) && Settles(scenario, Parameters), at => at.Training.TokensPerParameter),
            Off = off,
            DrawnOff = offs,
            Overhead = Interval.Of(offs.Select(at => at.Overhead)),
            BreakEven = off is not null && !double.IsNaN(off.BreakEvenServedTokens) ? Interval.Of(offs.Select(at => at.BreakEvenServedTokens)) : null,
            FailedDraws = failed,
            DecadesBeyond = plan.Obstacle is null && law.FlopsRange is var (low, high) ? Math.Max(0, Math.Max(Math.Log10(plain.Training.Flops / high), Math.Log10(low / plain.Training.Flops))) : null,
            Warnings = plan.Obstacle is null ? [.. Warnings(goals, law, plan, failed)] : [],
        };

        PlanEstimate Estimate(bool isGiven, Func<TrainingPlan, double> of) =>
            new(of(plan), isGiven ? null : Interval.Of(worked.Select(draw => of(draw.Plan))), isGiven);
    }

    /// <summary>
    /// The training in the law's own compute: an accelerator-hour does 1/f of it, and a budget of C buys C/f. Size, tokens and loss are those of a training without the factor.
    /// </summary>
    private static TrainingPlan PlanPlain(TrainingScenario scenario, TrainingModel model, TrainingRates rates, double factor) => TrainingPlanner.Plan(
        scenario.Goals with { Flops = scenario.Goals.Flops / factor }, model, rates with { PeakFlopsPerSecond = rates.PeakFlopsPerSecond / factor });

    /// <summary>With the compute it really takes.</summary>
    private static TrainingPlan Charged(TrainingPlan plain, double factor)
    {
        var obstacle = plain.Obstacle is { Kind: ObstacleKind.BudgetTooSmall or ObstacleKind.Contradiction, Measure: Flops } stands
            ? stands with { LeftValue = factor * stands.LeftValue, RightValue = factor * stands.RightValue } : plain.Obstacle;
        return plain with
        {
            Training = plain.Training with { Flops = factor * plain.Training.Flops },
            Larger = plain.Larger is { } larger ? larger with { Flops = factor * larger.Flops } : null,
            Obstacle = obstacle,
        };
    }

    /// <summary>By each draw of the law and the factor; of a law without draws, by those of the factor alone.</summary>
    private static IEnumerable<(TrainingModel Model, TrainingPlan Plain, TrainingPlan Plan)> Drawn(TrainingScenario scenario, TrainingLaw law, TrainingModel model, TrainingRates rates)
    {
        double[] factors = scenario.Factor?.Draws(law.Draws.Count) ?? [.. law.Draws.Select(_ => 1.0)];
        for (var i = 0; i < factors.Length; i++)
        {
            var at = law.Draws.Count == 0 ? model : SurfaceModel.Of(law.Draws[i], scenario.Goals)!;
            var plain = PlanPlain(scenario, at, rates, factors[i]);
            yield return (at, plain, Charged(plain, factors[i]));
        }
    }

    /// <summary>As <see cref="TrainingGoals.Settles"/>; size, tokens and compute no longer give one another where the factor between them is not sure.</summary>
    private static bool Settles(TrainingScenario scenario, TrainingQuantity quantity)
    {
        var goals = scenario.Goals;
        return goals.Settles(quantity) && (scenario.Factor is not { IsUncertain: true } || goals[quantity] is not null
            || (quantity is not (Parameters or Tokens) && (goals with { Parameters = null, Tokens = null }).Settles(quantity)));
    }

    private static OffOptimum? Off(TrainingModel model, TrainingPlan plan) =>
        plan.Obstacle is null && model is SurfaceModel surface ? OffOptimum.Of(surface, plan.Training) : null;

    private static IEnumerable<string> Warnings(TrainingGoals goals, TrainingLaw law, TrainingPlan plan, int failed)
    {
        if (failed > 0)
            yield return $"{Words.Count(failed, "draw")} of {Words.Count(law.Draws.Count, "bootstrap draw")} reach no such training; the intervals are of the others.";
        if (law.Surface is null && goals.ServedTokens is not null)
            yield return $"{law.ShortName} has no loss surface: what is served does not change its plan.";
        var knowsRepetition = law.Surface is not null && law.Surface.Form.Key != "kaplan";
        if (!knowsRepetition && goals.UniqueTokens is { } unique && plan.Training.Tokens > unique)
            yield return $"{law.ShortName} knows nothing of repeated tokens: it takes all {TrainingQuantities.Format(Tokens, plan.Training.Tokens)} for new ones.";
        if (law.Key == "llama3")
            yield return "Its losses are on the scale of the Llama 3 report, far below nats per token of the other laws.";
    }

    private static Disagreement? Between(LawPlan[] plans, TrainingQuantity quantity)
    {
        if (plans[0][quantity].IsGiven)
            return null;
        LawPlan[] known = [.. plans.Where(plan => double.IsFinite(plan[quantity].Value)).OrderBy(plan => plan[quantity].Value)];
        return known.Length < 2 ? null : new(quantity, known[0][quantity].Value, known[0].Law, known[^1][quantity].Value, known[^1].Law);
    }
}
