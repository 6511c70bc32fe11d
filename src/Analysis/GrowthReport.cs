using System.Text.Json.Serialization;
using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Analysis;

/// <summary>Shares saved, as fractions; below 0 growing costs more than it saves.</summary>
/// <param name="Flops">Of the FLOP.</param>
/// <param name="Seconds">Of the wall time.</param>
public sealed record SavingsReport([property: JsonPropertyName("flops")] double Flops, [property: JsonPropertyName("seconds")] double Seconds);

/// <summary>Their intervals over seeds; null with fewer than two.</summary>
public sealed record SavingsIntervalsReport([property: JsonPropertyName("flops")] IntervalReport? Flops, [property: JsonPropertyName("seconds")] IntervalReport? Seconds);

/// <summary>One operator from one small to one large size.</summary>
public sealed record OperatorReport
{
    /// <summary>Key of the operator.</summary>
    [JsonPropertyName("operator")] public required string Operator { get; init; }

    /// <summary>Steps of learning it; null where none are named.</summary>
    [JsonPropertyName("operator_steps")] public required double? OperatorSteps { get; init; }

    /// <summary>N of the small model; null where nobody knows it.</summary>
    [JsonPropertyName("small_parameters")] public required double SmallParameters { get; init; }

    /// <summary>N of the large model.</summary>
    [JsonPropertyName("parameters")] public required double Parameters { get; init; }

    /// <summary>Pairs of runs of the same seed.</summary>
    [JsonPropertyName("seeds")] public required int Seeds { get; init; }

    /// <summary>Pairs whose grown run reached the final loss of training from scratch.</summary>
    [JsonPropertyName("reached")] public required int Reached { get; init; }

    /// <summary>Pairs whose grown run had it at its first logged point.</summary>
    [JsonPropertyName("at_once")] public required int AtOnce { get; init; }

    /// <summary>Pairs whose grown run never did; compared at its own final loss.</summary>
    [JsonPropertyName("never_reached")] public required int NeverReached { get; init; }

    /// <summary>1 − (operator + growing)/scratch at equal loss, mean over the seeds; the small model is not charged.</summary>
    [JsonPropertyName("savings")] public required SavingsReport Savings { get; init; }

    /// <summary>The same with the small model charged.</summary>
    [JsonPropertyName("savings_small_charged")] public required SavingsReport SavingsSmallCharged { get; init; }

    /// <summary>Intervals of <c>savings</c>.</summary>
    [JsonPropertyName("intervals")] public required SavingsIntervalsReport Intervals { get; init; }

    /// <summary>Intervals of <c>savings_small_charged</c>.</summary>
    [JsonPropertyName("intervals_small_charged")] public required SavingsIntervalsReport IntervalsSmallCharged { get; init; }

    /// <summary>FLOP of operator or teacher, mean over the seeds.</summary>
    [JsonPropertyName("operator_flops")] public required double OperatorFlops { get; init; }

    /// <summary>Seconds of the same.</summary>
    [JsonPropertyName("operator_seconds")] public required double OperatorSeconds { get; init; }

    /// <summary>FLOP of the small model's training, mean over the seeds; null where it is not known.</summary>
    [JsonPropertyName("small_flops")] public required double SmallFlops { get; init; }

    /// <summary>Seconds of the same.</summary>
    [JsonPropertyName("small_seconds")] public required double SmallSeconds { get; init; }

    /// <summary>Models to grow from the one small model until its FLOP have paid off; null for never, or where they are not known.</summary>
    [JsonPropertyName("break_even")] public required double BreakEven { get; init; }

    /// <summary>Mean KL of the small model's next token to the grown one's at the moment of growth, nats; null where it is not logged.</summary>
    [JsonPropertyName("function_change")] public required double FunctionChange { get; init; }

    /// <summary>Its interval over the seeds.</summary>
    [JsonPropertyName("function_change_interval")] public required IntervalReport? FunctionChangeInterval { get; init; }

    /// <summary>From a comparison.</summary>
    public static OperatorReport Of(OperatorComparison one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return new OperatorReport
        {
            Operator = one.Operator,
            OperatorSteps = one.OperatorSteps,
            SmallParameters = one.SmallParameters,
            Parameters = one.LargeParameters,
            Seeds = one.Pairs.Count,
            Reached = one.Count(GrowthReach.Reached),
            AtOnce = one.Count(GrowthReach.AtOnce),
            NeverReached = one.Count(GrowthReach.Never),
            Savings = Values(false),
            SavingsSmallCharged = Values(true),
            Intervals = Intervals(false),
            IntervalsSmallCharged = Intervals(true),
            OperatorFlops = one.OperatorCost(CurveAxis.Flops),
            OperatorSeconds = one.OperatorCost(CurveAxis.Time),
            SmallFlops = one.SmallCost(CurveAxis.Flops),
            SmallSeconds = one.SmallCost(CurveAxis.Time),
            BreakEven = one.BreakEven(CurveAxis.Flops),
            FunctionChange = one.FunctionChange.Value,
            FunctionChangeInterval = IntervalReport.Of(one.FunctionChange.Interval),
        };

        SavingsReport Values(bool charge) => new(one.Savings(CurveAxis.Flops, charge).Value, one.Savings(CurveAxis.Time, charge).Value);

        SavingsIntervalsReport Intervals(bool charge) => new(IntervalReport.Of(one.Savings(CurveAxis.Flops, charge).Interval), IntervalReport.Of(one.Savings(CurveAxis.Time, charge).Interval));
    }
}

/// <summary>What <c>growth --json</c> prints.</summary>
public sealed record GrowthReport
{
    /// <summary>The operator that the numbers of the document are about.</summary>
    [JsonPropertyName("operator")] public required string Operator { get; init; }

    /// <summary>N of the large model they are about.</summary>
    [JsonPropertyName("parameters")] public required double Parameters { get; init; }

    /// <summary>The small model's training is charged in them.</summary>
    [JsonPropertyName("small_charged")] public required bool SmallCharged { get; init; }

    /// <summary>Shares saved at equal loss.</summary>
    [JsonPropertyName("savings")] public required SavingsReport Savings { get; init; }

    /// <summary>Their intervals over seeds.</summary>
    [JsonPropertyName("intervals")] public required SavingsIntervalsReport Intervals { get; init; }

    /// <summary>FLOP of operator or teacher.</summary>
    [JsonPropertyName("operator_flops")] public required double OperatorFlops { get; init; }

    /// <summary>FLOP of the small model's training.</summary>
    [JsonPropertyName("small_flops")] public required double SmallFlops { get; init; }

    /// <summary>Models to grow from the one small model until its FLOP have paid off.</summary>
    [JsonPropertyName("break_even")] public required double BreakEven { get; init; }

    /// <summary>Every operator and pair of sizes.</summary>
    [JsonPropertyName("operators")] public required IReadOnlyList<OperatorReport> Operators { get; init; }

    /// <summary>Grown runs that are compared with none, with the reason.</summary>
    [JsonPropertyName("unmatched")] public required IReadOnlyList<UnmatchedReport> Unmatched { get; init; }

    /// <summary>What to know before trusting it.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    [JsonPropertyName("provenance")] public required Provenance Provenance { get; init; }

    /// <summary>From a comparison.</summary>
    public static GrowthReport Of(GrowthComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var (flops, seconds) = (comparison.Savings(CurveAxis.Flops), comparison.Savings(CurveAxis.Time));
        return new GrowthReport
        {
            Operator = comparison.Headline.Operator,
            Parameters = comparison.Headline.LargeParameters,
            SmallCharged = comparison.ChargeSmall,
            Savings = new(flops.Value, seconds.Value),
            Intervals = new(IntervalReport.Of(flops.Interval), IntervalReport.Of(seconds.Interval)),
            OperatorFlops = comparison.Headline.OperatorCost(CurveAxis.Flops),
            SmallFlops = comparison.Headline.SmallCost(CurveAxis.Flops),
            BreakEven = comparison.Headline.BreakEven(CurveAxis.Flops),
            Operators = [.. comparison.Operators.Select(OperatorReport.Of)],
            Unmatched = [.. comparison.Unmatched.Select(one => new UnmatchedReport(one.Run.Name, one.Reason))],
            Warnings = [.. comparison.Warnings.Select(warning => warning.Text)],
            Provenance = comparison.Provenance,
        };
    }
}
