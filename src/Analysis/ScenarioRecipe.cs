using System.Globalization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Precision;
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

    /// <summary>Served tokens at which it is the cheapest training of its loss over its life; negative where it is too large for any, NaN where the law has no loss.</summary>
    public required PlanEstimate BestServed { get; init; }

    /// <summary>f = N_eff/N at its bits; NaN where bits do not count, or do nothing to the law.</summary>
    public required double Share { get; init; }

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
    private static readonly TrainingQuantity[] s_quantities = [Flops, Parameters, Tokens, Loss, Days, Accelerators, Money, Energy, Carbon, Bits, ServedTokens, LifeFlops];

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
        var (plain, plan, off) = Solve(scenario, law, law.Surface, rates, scenario.Factor?.Value ?? 1);
        var drawn = plan.Obstacle is null ? Drawn(scenario, law, rates).ToArray() : [];
        var worked = drawn.Where(draw => draw.Plan.Obstacle is null).ToArray();
        var offs = off is null || law.Draws.Count == 0 ? [] : worked.Select(draw => draw.Off).OfType<OffOptimum>().ToArray();
        static double BestServed(OffOptimum? at) => at is null ? double.NaN : at.Overhead == 0 ? 0 : at.BestServedTokens;
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
            BestServed = new(BestServed(off), Interval.Of(offs.Select(at => Math.Max(0, BestServed(at)))), false),
            Share = plan.Obstacle is null && !double.IsNaN(plan.Bits) && law.Surface is { } surface ? law.Precision(surface).Share(TrainingBits.Tied(plan.Bits)) : double.NaN,
            FailedDraws = failed,
            DecadesBeyond = plan.Obstacle is null && law.FlopsRange is var (low, high) ? Math.Max(0, Math.Max(Math.Log10(plain.Training.Flops / high), Math.Log10(low / plain.Training.Flops))) : null,
            Warnings = plan.Obstacle is null ? [.. Warnings(goals, law, plan, failed)] : [],
        };

        PlanEstimate Estimate(bool isGiven, Func<TrainingPlan, double> of) =>
            new(of(plan), isGiven ? null : Interval.Of(worked.Select(draw => of(draw.Plan))), isGiven);
    }

    /// <summary>
    /// The training in the law's own compute, the same with the compute it really takes, and what its size costs. An accelerator-hour does 1/f of the former, and a budget of C buys C/f; with
    /// bits f is multiplied by P/16. Size, tokens and loss are those of a training without the factor.
    /// </summary>
    private static (TrainingPlan Plain, TrainingPlan Plan, OffOptimum? Off) Solve(TrainingScenario scenario, TrainingLaw law, Law? surface, TrainingRates rates, double factor)
    {
        // What is served takes all of its compute.
        var goals = scenario.Goals with { ServedTokens = scenario.Goals.ServedTokens / factor };
        var (bits, obstacle) = BitsOf(goals, law, surface, rates, factor);
        if (obstacle is not null)
        {
            var none = TrainingPlanner.Without(obstacle);
            return (none, Charged(none, factor, factor, double.NaN), null);
        }

        var share = double.IsNaN(bits) ? factor : factor * bits / BitsPlanner.FullBits;
        var model = law.Model(goals, surface, bits);
        var plain = TrainingPlanner.Plan(
            goals with { Flops = goals.Flops / share, LifeFlops = goals.LifeFlops / share }, model, rates with { PeakFlopsPerSecond = rates.PeakFlopsPerSecond / share });
        return (plain, Charged(plain, share, factor, bits), plain.Obstacle is null && model is SurfaceModel at ? OffOptimum.Of(at, plain.Training, factor) : null);
    }

    /// <summary>Bits as given or found; NaN where they do not count.</summary>
    private static (double Bits, PlanObstacle? Obstacle) BitsOf(TrainingGoals goals, TrainingLaw law, Law? surface, TrainingRates rates, double factor)
    {
        if (!goals.CountsBits)
            return (double.NaN, null);
        if (surface is null)
            return goals.Bits is { } whatever ? (whatever, null) : (double.NaN, new(ObstacleKind.LawWithoutLoss, Bits, [Bits], double.NaN, [], double.NaN));
        if (goals.Bits is { } given)
            return BitsPlanner.Inside(given, law.Precision(surface));
        var (flops, obstacle) = TrainingPlanner.Budget(
            goals with { Flops = goals.Flops / factor, Parameters = null, Tokens = null }, rates with { PeakFlopsPerSecond = rates.PeakFlopsPerSecond / factor });
        return obstacle is not null
            ? (double.NaN, obstacle)
            : BitsPlanner.Solve(goals with { LifeFlops = goals.LifeFlops / factor }, flops, SurfaceModel.Of(surface, goals)!, law.Precision(surface));
    }

    /// <summary>With the compute it really takes.</summary>
    private static TrainingPlan Charged(TrainingPlan plain, double share, double factor, double bits)
    {
        var obstacle = plain.Obstacle is { Measure: Flops or LifeFlops } stands
            ? stands with { LeftValue = share * stands.LeftValue, RightValue = share * stands.RightValue } : plain.Obstacle;
        return plain with
        {
            Training = plain.Training with { Flops = share * plain.Training.Flops },
            Larger = plain.Larger is { } larger ? larger with { Flops = share * larger.Flops } : null,
            ServedTokens = factor * plain.ServedTokens,
            LifeFlops = share * plain.LifeFlops,
            Bits = bits,
            Obstacle = obstacle,
        };
    }

    /// <summary>By each draw of the law and the factor; of a law without draws, by those of the factor alone.</summary>
    private static IEnumerable<(TrainingPlan Plan, OffOptimum? Off)> Drawn(TrainingScenario scenario, TrainingLaw law, TrainingRates rates)
    {
        double[] factors = scenario.Factor?.Draws(law.Draws.Count) ?? [.. law.Draws.Select(_ => 1.0)];
        for (var i = 0; i < factors.Length; i++)
        {
            var (_, plan, off) = Solve(scenario, law, law.Draws.Count == 0 ? law.Surface : law.Draws[i], rates, factors[i]);
            yield return (plan, off);
        }
    }

    /// <summary>As <see cref="TrainingGoals.Settles"/>; size, tokens and compute no longer give one another where the factor between them is not sure.</summary>
    private static bool Settles(TrainingScenario scenario, TrainingQuantity quantity)
    {
        var goals = scenario.Goals;
        return goals.Settles(quantity) && (scenario.Factor is not { IsUncertain: true } || goals[quantity] is not null
            || (quantity is not (Parameters or Tokens) && (goals with { Parameters = null, Tokens = null }).Settles(quantity)));
    }

    private static IEnumerable<string> Warnings(TrainingGoals goals, TrainingLaw law, TrainingPlan plan, int failed)
    {
        if (failed > 0)
            yield return $"{Words.Count(failed, "draw")} of {Words.Count(law.Draws.Count, "bootstrap draw")} reach no such training; the intervals are of the others.";
        if (law.Surface is null && goals.ServedTokens is not null)
            yield return $"{law.ShortName} has no loss surface: what is served does not change its plan.";
        if (law.Surface is null && goals.CountsBits)
            yield return $"{law.ShortName} has no loss surface: the bits change what its plan costs, not its size.";
        if (law.Surface is not null && !double.IsNaN(plan.Bits) && !PublishedPrecisions.Kumar.Bits.Holds(plan.Bits) && !law.KnowsBits)
            yield return $"{plan.Bits.ToString("0.#", CultureInfo.InvariantCulture)} bits lie outside the 3 to 16 bits of the runs behind Kumar et al.";
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
