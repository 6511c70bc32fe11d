using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Dashboard.Projects.GrowthText;

namespace ScalingDashboard.Dashboard.Growth;

/// <summary>Puts growing into words.</summary>
public static class GrowthWords
{
    private const string Taught = "ki";

    /// <summary>The answer of the question that the page is at.</summary>
    public static FitAnswer Answer(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return scene.State.View switch
        {
            GrowthView.Schedule => Schedule(scene),
            GrowthView.Operator => Operator(scene),
            _ => Savings(scene),
        };
    }

    /// <summary>"16.9K → 53.2K parameters".</summary>
    public static string Sizes(OperatorComparison one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return double.IsFinite(one.SmallParameters) ? $"{Quantity.Count(one.SmallParameters)} → {Quantity.Count(one.LargeParameters)} parameters" : $"{Quantity.Count(one.LargeParameters)} parameters";
    }

    /// <summary>"95 %: 40.1 %–48.2 %", or why there is none.</summary>
    public static string Range(PairedEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        return estimate.Interval is { } interval ? $"95 %: {Percent(interval.Low95)} to {Percent(interval.High95)}" : estimate.WhyNot;
    }

    /// <summary>The strip of key figures.</summary>
    public static IReadOnlyList<KeyFigure> KeyFigures(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        if (scene.State.View == GrowthView.Schedule)
        {
            var schedule = scene.Schedule;
            return
            [
                new("All models", $"{Quantity.Scientific(schedule.Total)} FLOP", Between(schedule, value => Quantity.Scientific(value))),
                new("From scratch", $"{Quantity.Scientific(schedule.Scratch)} FLOP", "6ND of the largest"),
                new("Money", Money(scene, schedule.Total), Between(schedule, value => Money(scene, value))),
                new("Energy", Energy(scene, schedule.Total), Between(schedule, value => Energy(scene, value))),
                new("Time", Days(scene, schedule.Total), $"on {Words.Count(scene.State.Count, "accelerator")}"),
            ];
        }

        if (scene.Comparison is not { } comparison)
            return [];
        var front = comparison.Headline;
        if (scene.State.View == GrowthView.Operator)
        {
            return
            [
                new("KL at the moment of growth", Growing(scene).Contains(front) ? Change(front.FunctionChange.Value) + " nats" : "–", Changed(front) + ", per token"),
                new("Operator", Flops(front.OperatorCost(CurveAxis.Flops)), "learning and applying, mean"),
                new("Of training from scratch", Percent(front.OperatorCost(CurveAxis.Flops) / front.Pairs.Average(pair => 6 * pair.Scratch.Run.Parameters * pair.Scratch.Run.Tokens)), "of its FLOP, 6ND"),
                new("Steps of learning", front.OperatorSteps is { } steps ? Quantity.Significant(steps, 4) : "none", front.Name),
            ];
        }
        return
        [
            new("Savings in FLOP", Percent(comparison.Savings(CurveAxis.Flops).Value), Range(comparison.Savings(CurveAxis.Flops))),
            new("Savings in time", Percent(comparison.Savings(CurveAxis.Time).Value), Range(comparison.Savings(CurveAxis.Time))),
            new("Operator", Flops(front.OperatorCost(CurveAxis.Flops)), "mean over the seeds"),
            new("Small model", Flops(front.SmallCost(CurveAxis.Flops)), comparison.ChargeSmall ? "charged" : "not charged"),
            new("Small model pays off after", Uses(front.BreakEven(CurveAxis.Flops), front.SmallCost(CurveAxis.Flops)), "grown models, by FLOP"),
        ];
    }

    /// <summary>Operators in front that grow weights and logged what that changed; a teacher grows none.</summary>
    public static IReadOnlyList<OperatorComparison> Growing(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return [.. scene.Operators.Where(one => double.IsFinite(one.FunctionChange.Value) && one.Operator != Taught)];
    }

    private static FitAnswer Savings(GrowthScene scene)
    {
        if (scene.Comparison is not { } comparison)
            return new([new("LiGO is reported to save "), new("44.7 % of the FLOP", true), new(" and 40.7 % of the time when BERT-Small grows into BERT-Base")], "(arXiv 2303.00980, Table 1: no interval; your runs are not compared).");
        var (front, flops, time) = (comparison.Headline, comparison.Savings(CurveAxis.Flops), comparison.Savings(CurveAxis.Time));
        var sizes = Sizes(front);
        if (!double.IsFinite(flops.Value))
            return new([new("No savings of "), new(front.Name, true), new($", {sizes}, can be told: {flops.WhyNot}.")], "");
        var against = front.Count(GrowthReach.Never) == front.Pairs.Count ? "to its own final loss, which is above that from scratch" : "to the final loss of training from scratch";
        var chance = flops.Interval is not null && !flops.DiffersFrom(0) ? ", which cannot be told from chance" : "";
        Phrase[] sentence =
        [
            new($"Growing by {front.Name}, {sizes}, "),
            new(flops.Value >= 0 ? $"saves {Percent(flops.Value)} of the FLOP" : $"costs {Percent(-flops.Value)} more FLOP", true),
            new($" {against}{chance}"),
            .. double.IsFinite(time.Value) ? [new Phrase(time.Value >= 0 ? $", and {Percent(time.Value)} of the time" : $", and {Percent(-time.Value)} more time")] : Array.Empty<Phrase>(),
        ];
        return new(sentence, $"({(flops.Interval is null ? $"no interval: {flops.WhyNot}" : Range(flops))}, {Words.Count(front.Pairs.Count, "seed")}; the small model is {(comparison.ChargeSmall ? "charged" : "not charged")}).");
    }

    private static FitAnswer Operator(GrowthScene scene)
    {
        if (scene.Comparison is not { } comparison)
            return new([new("The numbers of an operator come with grown runs that log "), new("growth_matrices", true), new(", as those of the Lab do.")], "");
        var front = comparison.Headline;
        if (!Growing(scene).Contains(front))
            return new([new($"{front.Name} "), new(front.Operator == Taught ? "grows no weights" : "logged nothing of the moment of growth", true), new(".")], "");
        var least = Growing(scene).MinBy(one => one.FunctionChange.Value)!;
        return new(
            [
                new($"At the moment of growth {front.Name}, {Sizes(front)}, changes what the model says by "), new($"{Change(front.FunctionChange.Value)} nats per token", true),
                new(least.Operator == front.Operator ? "" : $"; least does {least.Name}, {Change(least.FunctionChange.Value)}"),
            ],
            $"({Changed(front)}, {Words.Count(front.Pairs.Count, "seed")}: mean KL of the small model's next token to the grown one's on held-out data).");
    }

    /// <summary>A KL with three digits.</summary>
    public static string Change(double value) => Quantity.Significant(value, 3);

    private static string Changed(OperatorComparison one) =>
        one.FunctionChange.Interval is { } interval ? $"95 %: {Change(interval.Low95)} to {Change(interval.High95)}" : $"no interval: {one.FunctionChange.WhyNot}";

    private static FitAnswer Schedule(GrowthScene scene)
    {
        var (schedule, state) = (scene.Schedule, scene.State);
        var saved = schedule.Savings;
        return new(
            [
                new($"Growing {string.Join(" → ", state.Sizes.Select(Quantity.Count))} takes "), new($"{Quantity.Scientific(schedule.Total)} FLOP", true),
                new($", {Money(scene, schedule.Total)} and {Days(scene, schedule.Total)}: "),
                new(saved >= 0 ? $"{Percent(saved)} less than from scratch" : $"{Percent(-saved)} more than from scratch", true),
            ],
            $"({(scene.Factor.IsUncertain ? $"95 % by the savings alone: {Percent(1 - schedule.TotalHigh95 / schedule.Scratch)} to {Percent(1 - schedule.TotalLow95 / schedule.Scratch)}" : "the savings have no interval")}; each growth needs {Quantity.Significant(scene.Factor.Value, 3)} of the compute, {scene.FactorSource}; {(state.FirstPaid ? "the first model is there already" : "all models are paid for")}).");
    }

    /// <summary>A factor to three digits, as it may be typed: "0.553", "0.6:0.55:0.66".</summary>
    public static string Factor(ComputeFactor factor)
    {
        ArgumentNullException.ThrowIfNull(factor);
        return factor.IsUncertain
            ? $"{Quantity.Significant(factor.Value, 3)}:{Quantity.Significant(factor.Low95, 3)}:{Quantity.Significant(factor.High95, 3)}" : Quantity.Significant(factor.Value, 3);
    }

    /// <summary>"$1.2M", or a dash without a price.</summary>
    public static string Money(GrowthScene scene, double flops)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return Number(TrainingQuantity.Money, scene.Cost(flops, TrainingQuantity.Money), "no price");
    }

    /// <summary>Energy with its unit.</summary>
    public static string Energy(GrowthScene scene, double flops)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return Number(TrainingQuantity.Energy, scene.Cost(flops, TrainingQuantity.Energy), "no power");
    }

    /// <summary>Time with its unit.</summary>
    public static string Days(GrowthScene scene, double flops)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return Number(TrainingQuantity.Days, scene.Days(flops), "–");
    }

    private static string Number(TrainingQuantity quantity, double value, string without) => double.IsFinite(value) ? TrainingQuantities.Format(quantity, value) : without;

    private static string Flops(double value) => double.IsFinite(value) ? $"{Quantity.Scientific(value)} FLOP" : "–";

    private static string Between(GrowthSchedule schedule, Func<double, string> format) =>
        schedule.TotalLow95 < schedule.TotalHigh95 ? $"95 %: {format(schedule.TotalLow95)}–{format(schedule.TotalHigh95)}" : "no interval";
}
