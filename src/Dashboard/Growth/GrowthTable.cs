using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Dashboard.Projects.GrowthText;

namespace ScalingDashboard.Dashboard.Growth;

/// <summary>The numbers of the Growth page as tables.</summary>
public static class GrowthTable
{
    /// <summary>Every operator and pair of sizes.</summary>
    public static ComparisonGrid Operators(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        var charge = scene.State.Charge;
        return new(
            "Savings by operator",
            ["Operator", "Small", "Large", "Seeds", "FLOP saved", "Time saved", "With the other accounting", "Operator, FLOP", "Small model, FLOP", "Pays off after", "KL at growth, nats", "Came to the loss"],
            [
                .. scene.Comparison!.Operators.Select(one => new ComparisonRow(
                    one.Name,
                    [
                        new(double.IsFinite(one.SmallParameters) ? Quantity.Count(one.SmallParameters) : "–"), new(Quantity.Count(one.LargeParameters)), new(one.Pairs.Count.ToString(CultureInfo.InvariantCulture)),
                        Cell(one.Savings(CurveAxis.Flops, charge)), Cell(one.Savings(CurveAxis.Time, charge)), Cell(one.Savings(CurveAxis.Flops, !charge)),
                        new(Flops(one.OperatorCost(CurveAxis.Flops))), new(Flops(one.SmallCost(CurveAxis.Flops))), new(Uses(one.BreakEven(CurveAxis.Flops), one.SmallCost(CurveAxis.Flops))),
                        new(double.IsFinite(one.FunctionChange.Value) ? GrowthWords.Change(one.FunctionChange.Value) : "–", one.FunctionChange.Interval is { } change ? $"95 %: {GrowthWords.Change(change.Low95)} to {GrowthWords.Change(change.High95)}" : ""), new(Came(one)),
                    ])),
            ],
            $"Savings are 1 − (operator + growing)/(from scratch), both to the final loss of training from scratch, means over seeds with 95 % intervals; the small model is {(charge ? "charged, and not" : "not charged, and is")} with the other accounting. Below 0 growing costs more.");
    }

    /// <summary>Savings as papers print them.</summary>
    public static ComparisonGrid Published { get; } = new(
        "Published savings",
        ["Operator", "Models", "FLOP saved", "Time saved", "At equal", "Source"],
        [.. PublishedGrowth.Savings.Select(one => new ComparisonRow(GrowthColumns.Name(one.Operator), [new(one.Pair), new(Percent(one.Flops)), new(Percent(one.Seconds)), new(one.Measure), new(one.Source)], IsPublished: true))],
        "No paper prints an interval. The small model is not charged; the teacher of KI is.");

    /// <summary>How much the steps of learning LiGO's operator cost and save, as printed and as the authors' counter gives them.</summary>
    public static ComparisonGrid OperatorSteps { get; } = new(
        "Steps of learning the operator, BERT-Small → Base",
        ["Steps", "FLOP printed", "FLOP counted here", "Of a training from scratch", "FLOP saved"],
        [
            .. PublishedGrowth.OperatorSteps.Select(one =>
            {
                var counted = PublishedGrowth.BertBase.OperatorTraining(PublishedGrowth.BertSmall, PublishedGrowth.Batch, one.Steps);
                return new ComparisonRow(
                    one.Steps.ToString("N0", CultureInfo.InvariantCulture),
                    [
                        new(Quantity.Scientific(one.Flops)), new(Quantity.Scientific(counted)), new((counted / PublishedGrowth.BertBase.Training(PublishedGrowth.Batch, PublishedGrowth.ScratchSteps)).ToString("P2", CultureInfo.InvariantCulture)), new(Percent(one.Savings)),
                    ],
                    IsPublished: true);
            }),
        ],
        "arXiv 2303.00980, Table 3. Counted with the authors' counter: two FLOP a multiply-add, the backward pass as much as the forward pass, the embedding as a dense product, the output softmax on 15.6 % of the tokens, and for each layer and sequence the blend over depth and the expansions.");

    /// <summary>The models of a schedule.</summary>
    public static ComparisonGrid Schedule(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        var schedule = scene.Schedule;
        return new(
            "Schedule",
            ["Model", "Tokens from scratch", "Loss by the law", "FLOP", "Money", "Energy", "Time"],
            [
                .. schedule.Stages.Select((stage, i) => Row(
                    $"{Quantity.Count(stage.Parameters)}{(i > 0 ? ", grown" : schedule.FirstIsPaid ? ", there already, not counted" : "")}", Quantity.Count(stage.Tokens),
                    double.IsFinite(stage.Loss) ? Quantity.Significant(stage.Loss, 4) : "–", stage.Flops, stage.Low95, stage.High95)),
                Row("All that is paid", "", "", schedule.Total, schedule.TotalLow95, schedule.TotalHigh95),
                Row($"{Quantity.Count(schedule.Stages[^1].Parameters)} from scratch", Quantity.Count(schedule.Stages[^1].Tokens), double.IsFinite(schedule.Stages[^1].Loss) ? Quantity.Significant(schedule.Stages[^1].Loss, 4) : "–", schedule.Scratch, schedule.Scratch, schedule.Scratch),
            ],
            $"A grown model takes {Quantity.Significant(scene.Factor.Value, 3)} of 6ND, the compute of a training from scratch to the same loss, {scene.FactorSource}. Intervals are those of the savings alone. Whether savings seen at one size hold at another nobody knows: {(scene.Comparison is null ? "theirs are of 110M parameters" : $"these are of {Quantity.Count(scene.Comparison.Headline.LargeParameters)}")}.");

        ComparisonRow Row(string name, string tokens, string loss, double flops, double low, double high)
        {
            return new(name, [new(tokens), new(loss), Between(value => Quantity.Scientific(value)), Between(value => GrowthWords.Money(scene, value)), Between(value => GrowthWords.Energy(scene, value)), Between(value => GrowthWords.Days(scene, value))]);

            TableCell Between(Func<double, string> format) => new(format(flops), low < high ? $"{format(low)}–{format(high)}" : "");
        }
    }

    private static TableCell Cell(PairedEstimate estimate) => new(Percent(estimate.Value), GrowthWords.Range(estimate));

    private static string Flops(double value) => double.IsFinite(value) ? Quantity.Scientific(value) : "–";

    private static string Came(OperatorComparison one) => string.Join(", ", new[]
    {
        (one.Count(GrowthReach.Reached), "reached it"), (one.Count(GrowthReach.AtOnce), "had it at once"), (one.Count(GrowthReach.Never), "never did"),
    }.Where(part => part.Item1 > 0).Select(part => $"{part.Item1} {part.Item2}"));
}
