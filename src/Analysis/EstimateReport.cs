using System.Text.Json.Serialization;
using ScalingDashboard.Numerics.Estimation;

namespace ScalingDashboard.Analysis;

/// <summary>ARE, a fraction, of predicting the target without a law.</summary>
/// <param name="BestLoss">By the lowest loss of the rows fitted.</param>
/// <param name="MostCompute">By the loss of the row with the most compute.</param>
public sealed record BaselinesReport(
    [property: JsonPropertyName("best_loss")] double BestLoss, [property: JsonPropertyName("most_compute")] double MostCompute);

/// <summary>A plan and what came of it. <c>models</c> neighbouring sizes ending at <c>largest</c>, rows below <c>share</c> of their tokens; ARE a fraction, FLOP.</summary>
public sealed record PlanReport(
    [property: JsonPropertyName("models")] int Models,
    [property: JsonPropertyName("share")] double Share,
    [property: JsonPropertyName("are")] double Are,
    [property: JsonPropertyName("flops_spent")] double FlopsSpent,
    [property: JsonPropertyName("largest")] double Largest,
    [property: JsonPropertyName("status")] string Status)
{
    /// <summary>From a score.</summary>
    public static PlanReport Of(PlanScore score) => new(
        score.Plan.Models, score.Plan.Share, score.Error.Are, score.FlopsSpent, score.LargestParameters, StatusName.Of(score.Law.Status));
}

/// <summary>
/// Of the ARE, which is measured, percentiles of the absolute relative error over the target's checkpoints; of the coefficients intervals by the delta
/// method, for which checkpoints count as independent. Null where there is none: on a bound, borrowed, not identifiable.
/// </summary>
public sealed record EstimateIntervalsReport(
    [property: JsonPropertyName("are")] IntervalReport? Are,
    [property: JsonPropertyName("E")] IntervalReport? E,
    [property: JsonPropertyName("A")] IntervalReport? A,
    [property: JsonPropertyName("B")] IntervalReport? B,
    [property: JsonPropertyName("alpha")] IntervalReport? Alpha,
    [property: JsonPropertyName("beta")] IntervalReport? Beta)
{
    /// <summary>Of a plan; all null without one.</summary>
    public static EstimateIntervalsReport Of(PlanScore? score)
    {
        var law = score?.Law.Intervals ?? CoefficientIntervals.None;
        return new(
            IntervalReport.Of(score?.Error.Spread), IntervalReport.Of(law.E), IntervalReport.Of(law.A), IntervalReport.Of(law.B), IntervalReport.Of(law.Alpha),
            IntervalReport.Of(law.Beta));
    }
}

/// <summary>One family of an estimate.</summary>
public sealed record FamilyEstimateReport
{
    /// <summary>Family.</summary>
    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>Run that is predicted.</summary>
    [JsonPropertyName("target")] public required string Target { get; init; }

    /// <summary>N of the target.</summary>
    [JsonPropertyName("target_parameters")] public required double TargetParameters { get; init; }

    /// <summary>ARE of the plan asked for, a fraction; null where there is no law.</summary>
    [JsonPropertyName("are")] public required double Are { get; init; }

    /// <summary>Mean relative error with its sign; below zero the prediction is too low.</summary>
    [JsonPropertyName("bias")] public required double Bias { get; init; }

    /// <summary>Of the ARE and of the coefficients.</summary>
    [JsonPropertyName("intervals")] public required EstimateIntervalsReport Intervals { get; init; }

    /// <summary>Without a law.</summary>
    [JsonPropertyName("baselines")] public required BaselinesReport Baselines { get; init; }

    /// <summary>Coefficients of the law.</summary>
    [JsonPropertyName("parameters")] public required IReadOnlyDictionary<string, double> Parameters { get; init; }

    /// <summary>How the fit ended.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    /// <summary>Rows fitted.</summary>
    [JsonPropertyName("points")] public required int Points { get; init; }

    /// <summary>Σ 6ND at the last row of each model, FLOP.</summary>
    [JsonPropertyName("flops_spent")] public required double FlopsSpent { get; init; }

    /// <summary>6ND of the target, FLOP.</summary>
    [JsonPropertyName("target_flops")] public required double TargetFlops { get; init; }

    /// <summary>N of the target over that of the largest model fitted.</summary>
    [JsonPropertyName("scale_up")] public required double ScaleUp { get; init; }

    /// <summary>Every plan scored.</summary>
    [JsonPropertyName("plans")] public required IReadOnlyList<PlanReport> Plans { get; init; }

    /// <summary>From a result.</summary>
    public static FamilyEstimateReport Of(FamilyResult result)
    {
        var (chosen, law) = (result.Chosen, result.Chosen?.Law.Law);
        return new FamilyEstimateReport
        {
            Name = result.Family.Name,
            Target = result.Target,
            TargetParameters = result.Estimation.Target.Parameters,
            Are = chosen?.Error.Are ?? double.NaN,
            Bias = chosen?.Error.Bias ?? double.NaN,
            Intervals = EstimateIntervalsReport.Of(chosen),
            Baselines = new(chosen?.BestLoss.Are ?? double.NaN, chosen?.MostCompute.Are ?? double.NaN),
            Parameters = new Dictionary<string, double>
            {
                ["E"] = law?.E ?? double.NaN,
                ["A"] = law?.A ?? double.NaN,
                ["B"] = law?.B ?? double.NaN,
                ["alpha"] = law?.Alpha ?? double.NaN,
                ["beta"] = law?.Beta ?? double.NaN,
            },
            Status = chosen is { } score ? StatusName.Of(score.Law.Status) : result.Family.Refusal is null ? "too_few_points" : "failed",
            Points = chosen?.Law.Points ?? 0,
            FlopsSpent = chosen?.FlopsSpent ?? double.NaN,
            TargetFlops = result.Estimation.TargetFlops,
            ScaleUp = chosen is null ? double.NaN : result.Estimation.ScaleUp(chosen),
            Plans = [.. result.Plans.Select(PlanReport.Of)],
        };
    }
}

/// <summary>Intervals of A and α as the lender's law has them, by the delta method; null for the published pair.</summary>
public sealed record DonorIntervalsReport([property: JsonPropertyName("A")] IntervalReport? A, [property: JsonPropertyName("alpha")] IntervalReport? Alpha);

/// <summary>Whose A and α were taken.</summary>
public sealed record DonorReport(
    [property: JsonPropertyName("family")] string Family,
    [property: JsonPropertyName("A")] double A,
    [property: JsonPropertyName("alpha")] double Alpha,
    [property: JsonPropertyName("intervals")] DonorIntervalsReport Intervals);

/// <summary>What <c>estimate --json</c> prints.</summary>
public sealed record EstimateReport
{
    /// <summary>ARE, a fraction: the mean over the families that have one.</summary>
    [JsonPropertyName("are")] public required double Are { get; init; }

    /// <summary>ARE without a law: the mean over the same families.</summary>
    [JsonPropertyName("baselines")] public required BaselinesReport Baselines { get; init; }

    /// <summary>Laws fitted for all of it.</summary>
    [JsonPropertyName("laws_fitted")] public required int LawsFitted { get; init; }

    /// <summary>Compute of the models fitted, FLOP: the sum over the same families.</summary>
    [JsonPropertyName("flops_spent")] public required double FlopsSpent { get; init; }

    /// <summary>Whose A and α were taken.</summary>
    [JsonPropertyName("borrowed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public DonorReport? Borrowed { get; init; }

    /// <summary>Family by family, in the order of the input.</summary>
    [JsonPropertyName("families")] public required IReadOnlyList<FamilyEstimateReport> Families { get; init; }

    /// <summary>What to know before trusting it.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    [JsonPropertyName("provenance")] public required Provenance Provenance { get; init; }

    /// <summary>From an analysis.</summary>
    public static EstimateReport Of(EstimateAnalysis analysis)
    {
        PlanScore[] scored = [.. analysis.Scored.Select(family => family.Chosen!)];
        return new EstimateReport
        {
            Are = scored.Average(score => score.Error.Are),
            Baselines = new(scored.Average(score => score.BestLoss.Are), scored.Average(score => score.MostCompute.Are)),
            LawsFitted = analysis.LawsFitted,
            FlopsSpent = scored.Sum(score => score.FlopsSpent),
            Borrowed = analysis.Donor is { } donor ? new(donor.Name, donor.A, donor.Alpha, new(IntervalReport.Of(donor.Intervals.A), IntervalReport.Of(donor.Intervals.Alpha))) : null,
            Families = [.. analysis.Families.Select(FamilyEstimateReport.Of)],
            Warnings = [.. analysis.Warnings.Select(warning => warning.Text)],
            Provenance = analysis.Provenance,
        };
    }
}
