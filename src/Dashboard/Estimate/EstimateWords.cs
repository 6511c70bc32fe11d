using System.Globalization;
using MathNet.Numerics.Statistics;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Estimate;

/// <summary>The answer in a sentence.</summary>
/// <param name="Models">"5 smallest models".</param>
/// <param name="Share">"30 %".</param>
/// <param name="Target">"GPT-3-175b".</param>
/// <param name="Are">"3.2 %".</param>
/// <param name="Cost">"1/12 of its compute".</param>
/// <param name="Interval">Spread, neighbourhood and reach.</param>
public sealed record EstimateAnswer(string Models, string Share, string Target, string Are, string Cost, string Interval);

/// <summary>Puts a study into words.</summary>
public static class EstimateWords
{
    /// <summary>A share as a percentage with three digits: "3.2 %"; a dash where there is none.</summary>
    public static string Percent(double share) => double.IsFinite(share) ? Quantity.Significant(100 * share, share < 0.01 ? 2 : 3) + " %" : "–";

    /// <summary>"30 %", whole percents where they are whole.</summary>
    public static string Share(double share) => Quantity.Significant(100 * share, 3) + " %";

    /// <summary>"5 smallest models", "3 models up to 13B", "3 largest models".</summary>
    public static string Models(FamilyEstimation estimation, PlanScore score)
    {
        var plan = score.Plan;
        if (estimation.Options.ScaleDown)
            return plan.First == 0 ? Words.Count(plan.Models, "largest model") : $"{Words.Count(plan.Models, "model")} from {Quantity.Count(score.SmallestParameters)} up";
        return plan.Models == estimation.Candidates.Count && plan.Models > 1 ? $"{plan.Models.ToString(CultureInfo.InvariantCulture)} smaller models"
            : plan.First == 0 ? Words.Count(plan.Models, "smallest model")
            : $"{Words.Count(plan.Models, "model")} up to {Quantity.Count(score.LargestParameters)}";
    }

    /// <summary>The headline; null where no plan answers.</summary>
    public static EstimateAnswer? Answer(EstimateStudy study, PlanView view)
    {
        if (view.Chosen is not { } chosen || !double.IsFinite(chosen.Error.Are))
            return null;
        var estimation = study.Target.Estimation;
        var parts = new List<string>();
        parts.Add(chosen.Error.Spread is { } spread ? $"80 % of its checkpoints: {Range(spread.Low80, spread.High80)}" : "on its one checkpoint there, so without a spread");
        if (double.IsFinite(view.Neighbourhood))
            parts.Add($"plans next to this one: {Percent(view.Neighbourhood)} in the median");
        parts.Add(Reach(estimation, chosen));
        return new EstimateAnswer(
            Models(estimation, chosen), Share(chosen.Plan.Share), study.Target.Target, Percent(chosen.Error.Are),
            $"{Words.Share(chosen.FlopsSpent / estimation.TargetFlops)} its compute", $"({string.Join("; ", parts)}).");
    }

    /// <summary>The strip: all of it about the plan that answers.</summary>
    public static IReadOnlyList<KeyFigure> KeyFigures(EstimateStudy study, PlanView view, PlanScore chosen)
    {
        var estimation = study.Target.Estimation;
        var within = view.All.Count(score => score.Error.Are <= EstimateRecipe.SeedNoise);
        return
        [
            new("ARE of the law", Percent(chosen.Error.Are), chosen.Error.Spread is { } spread ? $"80 % of checkpoints: {Range(spread.Low80, spread.High80)}" : $"{Words.Count(estimation.Target.Count, "checkpoint")} predicted"),
            new("Without a law", Percent(Math.Min(chosen.BestLoss.Are, chosen.MostCompute.Are)), $"best loss {Percent(chosen.BestLoss.Are)}, most compute {Percent(chosen.MostCompute.Are)}"),
            new("Compute spent", $"{Quantity.Scientific(chosen.FlopsSpent)} FLOP", $"{Words.Share(chosen.FlopsSpent / estimation.TargetFlops)} the target's {Quantity.Scientific(estimation.TargetFlops)}"),
            new("Beyond the data", $"{Quantity.Significant(estimation.ScaleUp(chosen), 3)}× in size", string.Create(CultureInfo.InvariantCulture, $"{Math.Log10(Math.Max(1, estimation.ScaleUp(chosen))):F1} decades, {Quantity.Count(estimation.Options.ScaleDown ? chosen.SmallestParameters : chosen.LargestParameters)} to {Quantity.Count(estimation.Target.Parameters)}")),
            new("Plans within 4 %", string.Create(CultureInfo.InvariantCulture, $"{within} of {view.All.Count}"), $"{Words.Count(study.LawsFitted, "law")} fitted"),
        ];
    }

    /// <summary>"13.5× the largest model fitted".</summary>
    public static string Reach(FamilyEstimation estimation, PlanScore chosen) =>
        $"the target is {Quantity.Significant(estimation.ScaleUp(chosen), 3)}× {(estimation.Options.ScaleDown ? "smaller than the smallest" : "the largest")} model fitted";

    /// <summary>The recommendation with its evidence.</summary>
    public static string Advice(EstimateResult result, EstimateState state)
    {
        var (study, view) = (result.Study, result.View);
        if (view.Chosen is not { } chosen)
        {
            return study.Target.Problem is null && state.Budget is { } budget
                ? $"No plan fits into {Quantity.Scientific(budget)} FLOP; the cheapest one that gives a law costs {Quantity.Scientific(view.Map.Where(score => double.IsFinite(score.Error.Are)).Select(score => score.FlopsSpent).DefaultIfEmpty(double.NaN).Min())} FLOP."
                : "";
        }

        var estimation = study.Target.Estimation;
        var how = !state.IsAdvised ? "You chose"
            : chosen.Error.Are <= EstimateRecipe.SeedNoise && view.Neighbourhood <= EstimateRecipe.SeedNoise
                ? state.Budget is null ? "Cheapest plan that, with its neighbours, stays within 4 %:" : $"Cheapest plan within {Quantity.Scientific(state.Budget.Value)} FLOP that, with its neighbours, stays within 4 %:"
            : state.Budget is null ? "No plan stays within 4 % together with its neighbours; the steadiest is" : $"Within {Quantity.Scientific(state.Budget.Value)} FLOP no plan stays within 4 % together with its neighbours; the steadiest is";
        var text = $"{how} the {Models(estimation, chosen)} to {Share(chosen.Plan.Share)} of training.";
        if (chosen.Plan.Models < 5 && estimation.Candidates.Count >= 5)
            text += " The guide calls five models a safe choice.";
        var ares = result.Elsewhere.Select(evidence => evidence.Score.Error.Are).ToArray();
        if (ares.Length == 0)
            return text + " No other family here has as many models to try it on, so this rests on one family.";
        var noise = ares.Count(are => are <= EstimateRecipe.SeedNoise);
        var useful = ares.Count(are => are <= EstimateRecipe.StillUseful);
        return text + string.Create(CultureInfo.InvariantCulture,
            $" In {Words.Count(ares.Length, "other family", "other families")} of this project as many models to the same share came within 4 % in {noise} and within 20 % in {useful}; the median ARE is {Percent(ares.Median())}.");
    }

    /// <summary>Warnings about the plan that answers, then those about the runs.</summary>
    public static IEnumerable<string> Warnings(EstimateStudy study, PlanView view)
    {
        var (target, chosen) = (study.Target, view.Chosen);
        if (target.Family.IsEncoderDecoder)
            yield return $"{target.Family.Name} has encoder and decoder: exponents of decoder families did not carry over to such a family (arXiv 2410.11840, Appendix A).";
        if (chosen is not null)
        {
            if (chosen.Law.Status == FitStatus.NotIdentifiable)
                yield return $"The law cannot be told from others that fit as well and predict otherwise: {chosen.Law.Explanation}. Take models of at least three sizes.";
            else if (chosen.Law.Status == FitStatus.AtBound)
                yield return $"The law lies on a bound: {chosen.Law.Explanation}. It is scored all the same.";
            else if (chosen.Law.Explanation.Length > 0)
                yield return $"The fit did not end well: {chosen.Law.Explanation}.";
            if (Math.Min(chosen.BestLoss.Are, chosen.MostCompute.Are) < chosen.Error.Are)
                yield return "The loss of the best small model, as it is, predicts the target better than the law does.";
        }

        if (target.Estimation.Targets.Count > 1)
            yield return $"{Words.Count(target.Estimation.Targets.Count, "run")} have the target's size; none of them is fitted and all of them are predicted.";
        foreach (var warning in study.Warnings)
            yield return warning.Text;
    }

    /// <summary>"0.90 to 1.00": from the lowest to the highest; a dash where there is neither.</summary>
    public static string Between((double Low, double High) range, Func<double, string> format) =>
        double.IsFinite(range.Low) ? $"{format(range.Low)} to {format(range.High)}" : "–";

    /// <summary>"2.1–4 %".</summary>
    public static string Range(double low, double high) => $"{Quantity.Significant(100 * low, 2)}–{Quantity.Significant(100 * high, 2)} %";
}
