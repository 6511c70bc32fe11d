using System.Globalization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Analysis;

/// <summary>Says why goals have no training, and what to do.</summary>
public static class ObstacleWords
{
    /// <summary>Status in reports.</summary>
    public static string Status(PlanObstacle? obstacle) => obstacle?.Kind switch
    {
        null => "solved",
        ObstacleKind.Missing or ObstacleKind.RateUnknown => "missing",
        ObstacleKind.Contradiction => "contradictory",
        _ => "no_solution",
    };

    /// <summary>One sentence or two.</summary>
    /// <param name="obstacle">The obstacle.</param>
    /// <param name="scenario">The scenario it stands in.</param>
    /// <param name="law">The law it stands in; null where it does not rest on one.</param>
    public static string Text(PlanObstacle obstacle, TrainingScenario scenario, TrainingLaw law)
    {
        var (left, right) = (obstacle.LeftValue, obstacle.RightValue);
        return obstacle.Kind switch
        {
            ObstacleKind.Missing => $"Not enough is given: {Have(scenario.Goals)}say how large the training is, by compute, money, energy, accelerators and days, parameters, tokens or loss.",
            ObstacleKind.RateUnknown => obstacle.Measure == Money
                ? $"No price of the {scenario.Accelerator.Name} is known, so {TrainingQuantities.Format(Money, scenario.Goals.Money!.Value)} says nothing about compute. Set the price of an accelerator-hour."
                : $"No power of the {scenario.Accelerator.Name} is known, so {TrainingQuantities.Name(obstacle.Measure)} says nothing about compute. Set the power for each accelerator.",
            ObstacleKind.Contradiction => Contradiction(obstacle, scenario),
            ObstacleKind.LossBelowLimit => LossBelowLimit(obstacle, scenario, law),
            ObstacleKind.BudgetTooSmall => $"No solution: by {law.ShortName} a loss of {Loss4(scenario.Goals.Loss!.Value)} nats per token{InBits(scenario.Goals)} takes at least {TrainingQuantities.Format(Flops, right)}, {Factor(right / left)} the {TrainingQuantities.Format(Flops, left)} that there are.",
            ObstacleKind.LifeTooSmall => $"No solution: by {law.ShortName} {LifeTakes(obstacle, scenario.Goals)} {TrainingQuantities.Format(Flops, right)}, and training and serving together may take {TrainingQuantities.Format(Flops, left)}.",
            ObstacleKind.BitsOutside => left > right
                ? $"No solution: by {law.ShortName} it would take {TrainingQuantities.Format(Bits, left)}, more than any format has. Give less compute, or a larger size or more tokens."
                : $"No solution: {TrainingQuantities.Format(Bits, left)} lie outside of what few bits are known to do{(law.KnowsBits ? "" : " (Kumar et al.)")}, which holds above {TrainingQuantities.Format(Bits, right)}: at fewer no effective parameter is left, and training diverges.",
            ObstacleKind.BitsOpen => $"No solution: {Says(obstacle.Left, scenario.Goals)} alone do not say how many bits: more are always better where nothing limits them. Give compute, money, energy, days or a loss.",
            ObstacleKind.NoBestBits => $"No solution: by {law.ShortName} fewer bits are always better, or do nothing at all, so none are the best. Give the bits.",
            ObstacleKind.LawWithoutLoss when obstacle.Measure == Bits => $"No solution: {law.ShortName} says how to split a budget and nothing about the loss, so no bits are better than others. Give the bits, or choose a law with a loss.",
            _ => $"No solution: {law.ShortName} says how to split a budget and nothing about the loss. Give compute, parameters or tokens instead, or choose a law with a loss.",
        };
    }

    private static string Have(TrainingGoals goals)
    {
        TrainingQuantity[] given = [.. TrainingQuantities.All.Where(quantity => goals[quantity] is not null)];
        return given.Length == 0 ? "" : $"{TrainingQuantities.Names(given)} alone {(given.Length == 1 && given[0] is Money or Energy or Carbon or Flops ? "does" : "do")} not; ";
    }

    private static string Contradiction(PlanObstacle obstacle, TrainingScenario scenario)
    {
        var goals = scenario.Goals;
        if (obstacle.Measure == LifeFlops)
            return $"Contradictory: {Says(obstacle.Left, goals)} take {TrainingQuantities.Format(LifeFlops, obstacle.LeftValue)}, but {Says(obstacle.Right, goals)} is given, {Gap(obstacle.RightValue / obstacle.LeftValue)}. Leave one of them open.";
        if (obstacle.Measure == Tokens)
        {
            var asked = goals.Tokens is null ? $"{Says(obstacle.Left, goals)} means {TrainingQuantities.Format(Tokens, obstacle.LeftValue)}" : $"{Says([Tokens], goals)} is given";
            return $"Contradictory: {asked}, and {TrainingQuantities.Format(Epochs, goals.Epochs!.Value)} of {TrainingQuantities.Format(UniqueTokens, goals.UniqueTokens!.Value)} are {TrainingQuantities.Format(Tokens, obstacle.RightValue)}. Allow {TrainingQuantities.Format(Epochs, Math.Ceiling(obstacle.LeftValue / goals.UniqueTokens.Value))}, or give less.";
        }

        if (obstacle.Measure == Loss)
        {
            return $"Contradictory: {Says(obstacle.Left, goals)} {(obstacle.Left.Count == 1 ? "ends" : "end")} at {Loss4(obstacle.LeftValue)} nats per token, not at the given {Loss4(obstacle.RightValue)}; {Loss4(Math.Abs(obstacle.RightValue - obstacle.LeftValue))} apart. Leave one of them open.";
        }

        var hint = obstacle.Left.Concat(obstacle.Right).Contains(Days) && Utilization(obstacle, scenario) is { } utilization
            ? string.Create(CultureInfo.InvariantCulture, $" They would agree at a utilization of {utilization:0.0 %}.")
            : "";
        return $"Contradictory: {Budget(obstacle.Left, obstacle.LeftValue, goals)}, but {Budget(obstacle.Right, obstacle.RightValue, goals)}, {Gap(obstacle.RightValue / obstacle.LeftValue)}. Leave one of them open.{hint}";
    }

    private static double? Utilization(PlanObstacle obstacle, TrainingScenario scenario)
    {
        var now = scenario.Assume(AssumptionKind.Utilization).Value;
        var needed = obstacle.Left.Contains(Days) ? now * obstacle.RightValue / obstacle.LeftValue : now * obstacle.LeftValue / obstacle.RightValue;
        // Money and energy move along with the hours.
        return needed < 1 && !obstacle.Left.Concat(obstacle.Right).Any(quantity => quantity is Money or Energy or Carbon) ? needed : null;
    }

    private static string LossBelowLimit(PlanObstacle obstacle, TrainingScenario scenario, TrainingLaw law)
    {
        var goals = scenario.Goals;
        var limited = goals.UniqueTokens is null ? "" : $" on {TrainingQuantities.Format(UniqueTokens, goals.UniqueTokens.Value)}{(goals.Epochs is { } epochs ? $" and {TrainingQuantities.Format(Epochs, epochs)}" : "")}";
        var what = obstacle.Right.Contains(Parameters) && obstacle.Right.Contains(Tokens) ? $"{TrainingQuantities.Format(Parameters, goals.Parameters!.Value)} on {TrainingQuantities.Format(Tokens, goals.Tokens!.Value)} in any bits never get below"
            : obstacle.Right.Contains(Parameters) ? $"a model of {TrainingQuantities.Format(Parameters, goals.Parameters!.Value)} never gets below"
            : obstacle.Right.Contains(Tokens) ? $"on {TrainingQuantities.Format(Tokens, goals.Tokens!.Value)} no model gets below"
            : goals.UniqueTokens is null ? "the irreducible loss is" : "no training gets below";
        return $"No solution: by {law.ShortName} {what} {Loss4(obstacle.RightValue)} nats per token{limited}{InBits(goals)}, and {Loss4(obstacle.LeftValue)} was asked for.";
    }

    private static string InBits(TrainingGoals goals) => goals.Bits is { } bits ? $" in {TrainingQuantities.Format(Bits, bits)}" : "";

    private static string LifeTakes(PlanObstacle obstacle, TrainingGoals goals) => obstacle.Right.Contains(ServedTokens)
        ? $"serving {Says(obstacle.Right, goals)} takes"
        : $"training by {Says(obstacle.Right, goals)} takes";

    private static string Says(IReadOnlyList<TrainingQuantity> quantities, TrainingGoals goals) =>
        Words.List([.. quantities.Select(quantity => TrainingQuantities.Format(quantity, goals[quantity]!.Value))]);

    private static string Budget(IReadOnlyList<TrainingQuantity> quantities, double flops, TrainingGoals goals) => quantities is [Flops]
        ? $"{Says(quantities, goals)} is given"
        : $"{Says(quantities, goals)} {(quantities is [Money] ? "pays for" : quantities.Contains(Parameters) ? "take" : quantities.Count == 1 ? "is enough for" : "give")} {TrainingQuantities.Format(Flops, flops)}";

    private static string Gap(double ratio) => ratio >= 2 || ratio <= 0.5
        ? $"{Factor(ratio)} that"
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(ratio - 1):0.0 %} {(ratio > 1 ? "more" : "less")}");

    private static string Factor(double ratio) => ratio >= 1
        ? $"{Runs.Quantities.Quantity.Significant(ratio, 2)} times"
        : $"1/{Runs.Quantities.Quantity.Significant(1 / ratio, 2)} of";

    private static string Loss4(double value) => double.IsFinite(value) ? value.ToString("0.0###", CultureInfo.InvariantCulture) : "–";
}
