using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>The answer of the Plan page.</summary>
/// <param name="Sentence">With what was solved for in bold.</param>
/// <param name="Interval">Intervals, the law, and its reach.</param>
public sealed record PlanAnswer(IReadOnlyList<Phrase> Sentence, string Interval);

/// <summary>Puts plans into words.</summary>
public static class PlanWords
{
    // A plan this near to the cheapest of its loss is called the best.
    private const double Negligible = 0.005;

    /// <summary>The headline.</summary>
    public static PlanAnswer Answer(LawPlan plan, TrainingScenario scenario)
    {
        if (plan.Plan.Obstacle is { } obstacle)
        {
            var text = ObstacleWords.Text(obstacle, scenario, plan.Law);
            var split = text.IndexOf(": ", StringComparison.Ordinal);
            return new([new(text[..split], true), new(text[split..])], "");
        }

        var goals = scenario.Goals;
        var hasTime = double.IsFinite(plan.Plan.Days);
        var sentence = new List<Phrase> { new("Train "), Said(Parameters), new(" on "), Said(Tokens) };
        if (double.IsFinite(plan.Plan.Bits))
            sentence.AddRange([new(" in "), Said(Bits)]);
        sentence.AddRange([new(" with "), Said(Flops)]);
        if (double.IsFinite(plan.Plan.Training.Loss))
            sentence.AddRange([new(" to reach "), Said(Loss)]);
        sentence.Add(new(": "));
        sentence.AddRange(hasTime
            ? [Said(Days), new($" on "), new($"{TrainingQuantities.Number(Accelerators, plan.Plan.Accelerators)} {scenario.Accelerator.Name}", !goals.Settles(Accelerators))]
            : [new($"{Quantity.Count(plan.AcceleratorHours.Value)} hours", true), new($" of {scenario.Accelerator.Name}")]);
        if (double.IsFinite(plan.Plan.Money))
            sentence.AddRange([new(" for "), Said(Money)]);
        return new(sentence, $"({Intervals(plan)}; {Reach(plan)}).");

        Phrase Said(TrainingQuantity quantity) => new(TrainingQuantities.Format(quantity, plan.Plan[quantity]), goals[quantity] is null);
    }

    /// <summary>"80 %: 60B–85B parameters, 1.1T–1.5T tokens …, by mine v1", or what there is instead.</summary>
    public static string Intervals(LawPlan plan)
    {
        string[] known = [.. new[] { Flops, Parameters, Tokens, Bits, Loss, Days, Money }.Select(quantity => (quantity, plan[quantity].Interval)).Where(pair => pair.Interval is not null)
            .Select(pair => Between(pair.quantity, pair.Interval!.Low80, pair.Interval.High80))];
        return known.Length > 0 ? $"80 %: {Words.List(known, 8)}; by {plan.Law.Name}"
            : plan.Law.IsPublished ? $"by {plan.Law.Name}, who give no interval of these numbers"
            : $"by {plan.Law.Name}; {plan.Law.Uncertainty}";
    }

    /// <summary>"2.3 decades of compute beyond its runs".</summary>
    public static string Reach(LawPlan plan) => plan.DecadesBeyond switch
    {
        null => "the compute of its runs is not known",
        < 0.05 => "within the compute of its runs",
        var decades => string.Create(CultureInfo.InvariantCulture, $"{decades:F1} decades of compute {(plan.Plan.Training.Flops > plan.Law.FlopsRange!.Value.High ? "beyond" : "below")} its runs"),
    };

    /// <summary>How far the laws are apart; empty where they are not compared.</summary>
    public static string Spread(ScenarioResult result, LawPlan answer)
    {
        var solved = result.Plans.Count(plan => plan.IsSolved);
        string[] parts = [.. result.Disagreements.Where(apart => apart.Quantity is Flops or Parameters or Tokens or Loss or Bits).Select(apart =>
            $"{TrainingQuantities.Number(apart.Quantity, apart.Low)} ({apart.LowLaw.ShortName}) to {TrainingQuantities.Format(apart.Quantity, apart.High)} ({apart.HighLaw.ShortName})")];
        string[] refused = [.. result.Plans.Where(plan => !plan.IsSolved && plan != answer).Select(plan => plan.Law.ShortName)];
        var others = refused.Length > 0 ? $" {Words.List(refused)} {(refused.Length == 1 ? "has" : "have")} no such plan; the table says why." : "";
        return parts.Length == 0 ? others.TrimStart() : $"Over {Words.Count(solved, "law")}: {string.Join("; ", parts)}.{others}";
    }

    /// <summary>What another size than the best costs and wins; empty for the best.</summary>
    public static string OffBest(LawPlan plan, TrainingGoals goals)
    {
        if (plan.Off is not { } off)
            return "";
        var larger = plan.Plan.Larger is { } other ? $" A larger model of {TrainingQuantities.Format(Parameters, other.Parameters)} ends at the same loss for the same compute." : "";
        if (off.Overhead < Negligible)
            return larger.TrimStart();
        var extra = $"{Percent(off.Overhead)} more compute{Eighty(plan.Overhead, Percent)} than the cheapest training of this loss, {TrainingQuantities.Format(Parameters, off.Cheapest.Parameters)} on {TrainingQuantities.Format(Tokens, off.Cheapest.Tokens)}";
        if (double.IsNaN(off.BreakEvenServedTokens))
            return $"This takes {extra}, and costs more to serve too.{larger}";
        var even = $"it costs less over its life from {TrainingQuantities.Format(ServedTokens, off.BreakEvenServedTokens)} on{Eighty(plan.BreakEven, value => TrainingQuantities.Number(ServedTokens, value))}";
        var at = goals.ServedTokens is { } served
            ? $"; with {TrainingQuantities.Format(ServedTokens, served)}, {Percent(Math.Abs(off.LifeCost(served) - 1))} {(off.LifeCost(served) < 1 ? "less" : "more")} over training and serving"
            : "";
        return $"This takes {extra}; {even}{at}.{(plan.BestServed.Value > 0 && goals.ServedTokens is null ? $" It is the best of its loss for {TrainingQuantities.Format(ServedTokens, plan.BestServed.Value)}{Eighty(plan.BestServed.Interval, value => TrainingQuantities.Number(ServedTokens, value))}." : "")}{larger}";
    }

    /// <summary>What the bits do; empty where they do not count.</summary>
    public static string InBits(LawPlan plan)
    {
        if (!plan.IsSolved || !double.IsFinite(plan.Plan.Bits))
            return "";
        var counting = "Compute is in FLOP of 16 bits, (6/16)·N·D·P: an accelerator-hour is taken to do 16/P times as much in P bits.";
        if (double.IsNaN(plan.Share))
            return counting;
        var n = plan.Plan.Training.Parameters;
        var whose = plan.Law.KnowsBits ? plan.Law.IsPublished ? "" : " by this fit" : $" by Kumar et al., whose N_eff stands for N in {plan.Law.ShortName}'s law; they print no interval of it";
        return $"In {TrainingQuantities.Format(Bits, plan.Plan.Bits)} {TrainingQuantities.Format(Parameters, n)} count as {Quantity.Count(plan.Share * n)} (N_eff/N = {Quantity.Significant(plan.Share, 3)}{whose}). {counting}";
    }

    /// <summary>What the compute of a life leaves for serving; empty where it was not given.</summary>
    public static string OfLife(LawPlan plan, TrainingGoals goals) => !plan.IsSolved || goals.LifeFlops is not { } life || goals.ServedTokens is not null ? ""
        : $"Of {TrainingQuantities.Format(LifeFlops, life)}, {Percent(plan.Plan.Training.Flops / life)} go into training; the rest serves {TrainingQuantities.Number(ServedTokens, plan.Plan.ServedTokens)} tokens{(plan[ServedTokens].IsGiven ? "" : Eighty(plan[ServedTokens].Interval, value => TrainingQuantities.Number(ServedTokens, value)))}.";

    /// <summary>"0.84 (95 %: 0.79–0.9)".</summary>
    public static string Factor(ComputeFactor factor) =>
        $"{Quantity.Significant(factor.Value, 3)}{(factor.IsUncertain ? $" (95 %: {Quantity.Significant(factor.Low95, 3)}–{Quantity.Significant(factor.High95, 3)})" : "")}";

    /// <summary>What the compute factor of the scenario does; empty without one.</summary>
    public static string Factored(TrainingScenario scenario, LawPlan plan) => scenario.Factor is not { } factor ? ""
        : $"Compute factor {Factor(factor)}: the training takes that share of what the law says for the same loss. Parameters, tokens and loss are those of a training without it"
            + (factor.IsUncertain ? plan.Law.Draws.Count == 0 ? "; intervals are those of the factor alone." : "; intervals hold both the law and the factor." : ".");

    /// <summary>What to check before trusting a plan.</summary>
    public static IEnumerable<string> Warnings(LawPlan plan, TrainingScenario scenario)
    {
        if (!plan.IsSolved)
            yield break;
        var fewest = LawPlanReport.FewestAccelerators(plan, scenario);
        if (plan.Plan.Accelerators < fewest)
        {
            yield return $"Weights, gradients and optimizer states of {TrainingQuantities.Format(Parameters, plan.Plan.Training.Parameters)} fill the memory of at least {TrainingQuantities.Format(Accelerators, fewest)}; {TrainingQuantities.Number(Accelerators, plan.Plan.Accelerators)} {(plan.Plan.Accelerators <= 1 ? "is" : "are")} planned.";
        }

        if (double.IsFinite(plan.Plan.Bits) && scenario.Accelerator.Peaks.Keys.Select(key => NumberFormat.Find(key)!.Bits).Min() is var narrowest && plan.Plan.Bits < narrowest)
            yield return $"The {scenario.Accelerator.Name} has no format below {narrowest} bits: its time, money and energy in {TrainingQuantities.Format(Bits, plan.Plan.Bits)} are those of an accelerator that had one.";
        if (scenario.Goals.UniqueTokens is { } unique && plan.Plan.Training.Tokens > 4 * unique)
            yield return $"It passes {Quantity.Significant(plan.Plan.Training.Tokens / unique, 2)} times over the unique tokens; up to about four passes they are nearly as good as new ones.";
        foreach (var warning in plan.Warnings)
            yield return warning;
    }

    /// <summary>The strip below the headline.</summary>
    public static IReadOnlyList<KeyFigure> KeyFigures(LawPlan plan, TrainingScenario scenario)
    {
        if (!plan.IsSolved)
            return [];
        var hours = $"{Quantity.Count(plan.AcceleratorHours.Value)} hours";
        var price = scenario.Assume(AssumptionKind.Price).Value;
        return
        [
            double.IsFinite(plan.Plan.Days)
                ? new("Time", TrainingQuantities.Number(Days, plan.Plan.Days), Note(plan, Days, $"{TrainingQuantities.Number(Accelerators, plan.Plan.Accelerators)} accelerators, {hours}"))
                : new("Accelerator time", hours, Note(plan, Flops, "give accelerators or days for the other")),
            double.IsFinite(plan.Plan.Money)
                ? new("Money", TrainingQuantities.Number(Money, plan.Plan.Money), Note(plan, Money, string.Create(CultureInfo.InvariantCulture, $"at ${price:0.##} an hour")))
                : new("Money", "–", "no list price; set one"),
            double.IsFinite(plan.Plan.Energy)
                ? new("Energy", TrainingQuantities.Number(Energy, plan.Plan.Energy), Note(plan, Energy, TrainingQuantities.Number(Carbon, plan.Plan.Carbon)))
                : new("Energy", "–", "no power published; set one"),
            new("Tokens per parameter", Quantity.Significant(plan.TokensPerParameter.Value, 3), plan.TokensPerParameter.IsGiven ? "as given" : Range(plan.TokensPerParameter.Interval, value => Quantity.Significant(value, 3))),
            plan.DecadesBeyond is { } decades
                ? new("Beyond its data", string.Create(CultureInfo.InvariantCulture, $"{decades:F1} decades"), $"runs of {Quantity.Scientific(plan.Law.FlopsRange!.Value.Low)} to {Quantity.Scientific(plan.Law.FlopsRange.Value.High)} FLOP")
                : new("Beyond its data", "–", "the compute of its runs is not known"),
        ];
    }

    /// <summary>An assumption with its unit: "989 TFLOP/s", "40 %", "700 W".</summary>
    public static string Value(Assumption assumption) => assumption.Kind switch
    {
        _ when !double.IsFinite(assumption.Value) => "–",
        AssumptionKind.Peak => $"{Quantity.Significant(assumption.Value / 1e12, 4)} TFLOP/s",
        AssumptionKind.Utilization => Percent(assumption.Value),
        AssumptionKind.Price => string.Create(CultureInfo.InvariantCulture, $"${assumption.Value:0.00##} an hour"),
        _ => $"{assumption.Value.ToString("0.####", CultureInfo.InvariantCulture)} {Assumption.Unit(assumption.Kind)}".TrimEnd(),
    };

    /// <summary>An assumption as it is typed.</summary>
    public static string Typed(AssumptionKind kind, double value) =>
        kind == AssumptionKind.Utilization ? (100 * value).ToString("0.####", CultureInfo.InvariantCulture) + "%" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>"12 %", "0.34 %", "210 %".</summary>
    public static string Percent(double share) => $"{Quantity.Significant(100 * share, share >= 1 ? 3 : 2)} %";

    /// <summary>"80 %: 60B–85B"; what there is instead without draws.</summary>
    public static string Range(Interval? interval, Func<double, string> format) => interval is null ? "no interval" : $"80 %: {format(interval.Low80)}–{format(interval.High80)}";

    private static string Note(LawPlan plan, TrainingQuantity quantity, string otherwise) => plan[quantity].IsGiven ? otherwise
        : plan[quantity].Interval is { } interval ? $"80 %: {TrainingQuantities.Number(quantity, interval.Low80)}–{TrainingQuantities.Number(quantity, interval.High80)}; {otherwise}"
        : $"no interval; {otherwise}";

    private static string Between(TrainingQuantity quantity, double low, double high) => $"{TrainingQuantities.Number(quantity, low)}–{TrainingQuantities.Format(quantity, high)}";

    private static string Eighty(Interval? interval, Func<double, string> format) => interval is null ? "" : $" (80 %: {format(interval.Low80)}–{format(interval.High80)})";
}
