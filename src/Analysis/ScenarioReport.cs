using System.Text.Json.Serialization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;

namespace ScalingDashboard.Analysis;

/// <summary>Intervals of a plan's numbers; null where a number is given, or the law has no draws.</summary>
public sealed record PlanIntervalsReport(
    [property: JsonPropertyName("flops")] IntervalReport? Flops,
    [property: JsonPropertyName("parameters")] IntervalReport? Parameters,
    [property: JsonPropertyName("tokens")] IntervalReport? Tokens,
    [property: JsonPropertyName("loss")] IntervalReport? Loss,
    [property: JsonPropertyName("tokens_per_parameter")] IntervalReport? TokensPerParameter,
    [property: JsonPropertyName("accelerator_hours")] IntervalReport? AcceleratorHours,
    [property: JsonPropertyName("days")] IntervalReport? Days,
    [property: JsonPropertyName("accelerators")] IntervalReport? Accelerators,
    [property: JsonPropertyName("money")] IntervalReport? Money,
    [property: JsonPropertyName("energy")] IntervalReport? Energy,
    [property: JsonPropertyName("carbon")] IntervalReport? Carbon,
    [property: JsonPropertyName("overhead")] IntervalReport? Overhead,
    [property: JsonPropertyName("break_even_served_tokens")] IntervalReport? BreakEven)
{
    /// <summary>Of the bits.</summary>
    [JsonPropertyName("bits"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IntervalReport? Bits { get; init; }

    /// <summary>Of the served tokens that were solved for.</summary>
    [JsonPropertyName("served_tokens"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IntervalReport? ServedTokens { get; init; }

    /// <summary>Of the compute of its life.</summary>
    [JsonPropertyName("life_flops"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IntervalReport? LifeFlops { get; init; }

    /// <summary>Of the served tokens it is the best for.</summary>
    [JsonPropertyName("best_served_tokens"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IntervalReport? BestServed { get; init; }
}

/// <summary>What one law makes of the goals. Money in US dollars, energy in kWh, carbon in kg CO2e.</summary>
public sealed record LawPlanReport
{
    /// <summary>Key of the law as it was asked for, or id of the saved fit.</summary>
    [JsonPropertyName("law")] public required string Law { get; init; }

    /// <summary>Name of the law.</summary>
    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>solved, missing, contradictory or no_solution.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    /// <summary>Why it is not solved; null where it is.</summary>
    [JsonPropertyName("reason")] public required string? Reason { get; init; }

    /// <summary>C, FLOP; of 16 bits where bits count.</summary>
    [JsonPropertyName("flops")] public required double Flops { get; init; }

    /// <summary>N.</summary>
    [JsonPropertyName("parameters")] public required double Parameters { get; init; }

    /// <summary>D.</summary>
    [JsonPropertyName("tokens")] public required double Tokens { get; init; }

    /// <summary>Nats per token; null where the law has no loss.</summary>
    [JsonPropertyName("loss")] public required double Loss { get; init; }

    /// <summary>D/N.</summary>
    [JsonPropertyName("tokens_per_parameter")] public required double TokensPerParameter { get; init; }

    /// <summary>Accelerator-hours.</summary>
    [JsonPropertyName("accelerator_hours")] public required double AcceleratorHours { get; init; }

    /// <summary>Days; null where neither they nor the accelerators are given.</summary>
    [JsonPropertyName("days")] public required double Days { get; init; }

    /// <summary>Accelerators used at once, not rounded; null where neither they nor the days are given.</summary>
    [JsonPropertyName("accelerators")] public required double Accelerators { get; init; }

    /// <summary>US dollars; null without a price.</summary>
    [JsonPropertyName("money")] public required double Money { get; init; }

    /// <summary>kWh; null without a power.</summary>
    [JsonPropertyName("energy")] public required double Energy { get; init; }

    /// <summary>kg CO2e; null without a power.</summary>
    [JsonPropertyName("carbon")] public required double Carbon { get; init; }

    /// <summary>N over that of the cheapest training of the same loss.</summary>
    [JsonPropertyName("size_ratio")] public required double SizeRatio { get; init; }

    /// <summary>Compute beyond that of the cheapest training of the same loss, as a share of it.</summary>
    [JsonPropertyName("overhead")] public required double Overhead { get; init; }

    /// <summary>Served tokens from which on a smaller model pays off; null for one that is not smaller.</summary>
    [JsonPropertyName("break_even_served_tokens")] public required double BreakEven { get; init; }

    /// <summary>Served tokens at which it is the cheapest training of its loss over its life; null where there are none, or the law has no loss.</summary>
    [JsonPropertyName("best_served_tokens")] public required double BestServed { get; init; }

    /// <summary>P, as given or solved; absent where bits do not count.</summary>
    [JsonPropertyName("bits"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? Bits { get; init; }

    /// <summary>N_eff; absent where bits do not count.</summary>
    [JsonPropertyName("effective_parameters"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? EffectiveParameters { get; init; }

    /// <summary>Served tokens, as given or solved from the compute of its life; absent where nothing is said of serving.</summary>
    [JsonPropertyName("served_tokens"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? ServedTokens { get; init; }

    /// <summary>Compute of training and serving, FLOP; absent likewise.</summary>
    [JsonPropertyName("life_flops"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? LifeFlops { get; init; }

    /// <summary>Parameters of the larger model of the same budget and loss, where both are given.</summary>
    [JsonPropertyName("larger_parameters"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? LargerParameters { get; init; }

    /// <summary>Fewest accelerators that hold the optimizer's states.</summary>
    [JsonPropertyName("least_accelerators")] public required double LeastAccelerators { get; init; }

    /// <summary>Decades of compute beyond the runs behind the law; null where they are not known.</summary>
    [JsonPropertyName("decades_beyond_data")] public required double? DecadesBeyond { get; init; }

    /// <summary>Their intervals.</summary>
    [JsonPropertyName("intervals")] public required PlanIntervalsReport Intervals { get; init; }

    /// <summary>What is known of the law's uncertainty.</summary>
    [JsonPropertyName("uncertainty")] public required string Uncertainty { get; init; }

    /// <summary>What to know before trusting it.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>From a plan.</summary>
    public static LawPlanReport Of(LawPlan plan, TrainingScenario scenario)
    {
        return new LawPlanReport
        {
            Law = plan.Law.Key,
            Name = plan.Law.Name,
            Status = ObstacleWords.Status(plan.Plan.Obstacle),
            Reason = plan.Plan.Obstacle is { } obstacle ? ObstacleWords.Text(obstacle, scenario, plan.Law) : null,
            Flops = Value(TrainingQuantity.Flops),
            Parameters = Value(TrainingQuantity.Parameters),
            Tokens = Value(TrainingQuantity.Tokens),
            Loss = Value(TrainingQuantity.Loss),
            TokensPerParameter = plan.TokensPerParameter.Value,
            AcceleratorHours = plan.AcceleratorHours.Value,
            Days = Value(TrainingQuantity.Days),
            Accelerators = Value(TrainingQuantity.Accelerators),
            Money = Value(TrainingQuantity.Money),
            Energy = Value(TrainingQuantity.Energy),
            Carbon = Value(TrainingQuantity.Carbon),
            SizeRatio = plan.Off?.SizeRatio ?? double.NaN,
            Overhead = plan.Off?.Overhead ?? double.NaN,
            BreakEven = plan.Off?.BreakEvenServedTokens ?? double.NaN,
            BestServed = plan.BestServed.Value is >= 0 and var best ? best : double.NaN,
            Bits = Known(TrainingQuantity.Bits),
            EffectiveParameters = double.IsNaN(plan.Share) ? null : plan.Share * plan.Plan.Training.Parameters,
            ServedTokens = Known(TrainingQuantity.ServedTokens),
            LifeFlops = Known(TrainingQuantity.LifeFlops),
            LargerParameters = plan.Plan.Larger?.Parameters,
            LeastAccelerators = FewestAccelerators(plan, scenario),
            DecadesBeyond = plan.DecadesBeyond,
            Intervals = new PlanIntervalsReport(
                Of(TrainingQuantity.Flops), Of(TrainingQuantity.Parameters), Of(TrainingQuantity.Tokens), Of(TrainingQuantity.Loss), IntervalReport.Of(plan.TokensPerParameter.Interval),
                IntervalReport.Of(plan.AcceleratorHours.Interval), Of(TrainingQuantity.Days), Of(TrainingQuantity.Accelerators), Of(TrainingQuantity.Money), Of(TrainingQuantity.Energy),
                Of(TrainingQuantity.Carbon), IntervalReport.Of(plan.Overhead), IntervalReport.Of(plan.BreakEven))
            {
                Bits = Of(TrainingQuantity.Bits),
                ServedTokens = Of(TrainingQuantity.ServedTokens),
                LifeFlops = Of(TrainingQuantity.LifeFlops),
                BestServed = plan.BestServed.Value >= 0 ? IntervalReport.Of(plan.BestServed.Interval) : null,
            },
            Uncertainty = plan.Law.Uncertainty,
            Warnings = plan.Warnings,
        };

        double Value(TrainingQuantity quantity) => plan[quantity].Value;

        double? Known(TrainingQuantity quantity) => double.IsNaN(Value(quantity)) ? null : Value(quantity);

        IntervalReport? Of(TrainingQuantity quantity) => IntervalReport.Of(plan[quantity].Interval);
    }

    /// <summary>Fewest accelerators whose memories hold the plan's optimizer states; NaN without a plan.</summary>
    public static double FewestAccelerators(LawPlan plan, TrainingScenario scenario) => TrainingMemory.LeastAccelerators(
        plan.Plan.Training.Parameters, scenario.Assume(AssumptionKind.BytesPerParameter).Value, scenario.Accelerator.MemoryBytes);
}

/// <summary>An assumption in force.</summary>
public sealed record AssumptionReport(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("overridden")] bool IsOverridden);

/// <summary>Share of the law's compute that a training needs, with its 95 % interval.</summary>
public sealed record ComputeFactorReport(
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("low95")] double Low95,
    [property: JsonPropertyName("high95")] double High95);

/// <summary>How far the laws are apart in one quantity.</summary>
public sealed record DisagreementReport(
    [property: JsonPropertyName("quantity")] string Quantity,
    [property: JsonPropertyName("low")] double Low,
    [property: JsonPropertyName("low_law")] string LowLaw,
    [property: JsonPropertyName("high")] double High,
    [property: JsonPropertyName("high_law")] string HighLaw);

/// <summary>By how much a law lets N and D grow with ten times the compute.</summary>
public sealed record TenfoldReport(
    [property: JsonPropertyName("law")] string Law,
    [property: JsonPropertyName("parameters")] double Parameters,
    [property: JsonPropertyName("tokens")] double Tokens);

/// <summary>What <c>plan --json</c> prints.</summary>
public sealed record ScenarioReport
{
    /// <summary>What was given, in its unit.</summary>
    [JsonPropertyName("given")] public required IReadOnlyDictionary<string, double> Given { get; init; }

    /// <summary>Key of the accelerator.</summary>
    [JsonPropertyName("accelerator")] public required string Accelerator { get; init; }

    /// <summary>Key of the number format.</summary>
    [JsonPropertyName("format")] public required string Format { get; init; }

    /// <summary>Share of the law's compute that the training needs; absent where it needs all of it.</summary>
    [JsonPropertyName("compute_factor"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public ComputeFactorReport? Factor { get; init; }

    /// <summary>Bits of the number format that take part in a product; those that the loss is planned with stand with each law.</summary>
    [JsonPropertyName("bits")] public required int Bits { get; init; }

    /// <summary>One a law, in the order they were asked for.</summary>
    [JsonPropertyName("predictions")] public required IReadOnlyList<LawPlanReport> Predictions { get; init; }

    /// <summary>How far they are apart.</summary>
    [JsonPropertyName("disagreement")] public required IReadOnlyList<DisagreementReport> Disagreement { get; init; }

    /// <summary>Growth with ten times the compute.</summary>
    [JsonPropertyName("per_tenfold_compute")] public required IReadOnlyList<TenfoldReport> PerTenfold { get; init; }

    /// <summary>What the hardware and its use are taken to be.</summary>
    [JsonPropertyName("assumptions")] public required IReadOnlyList<AssumptionReport> Assumptions { get; init; }

    /// <summary>Version of the code.</summary>
    [JsonPropertyName("version")] public required string Version { get; init; }

    /// <summary>From a result.</summary>
    /// <exception cref="AnalysisException">No law has such a training; the message says why.</exception>
    public static ScenarioReport Of(ScenarioResult result)
    {
        var scenario = result.Scenario;
        if (result.Plans.All(plan => !plan.IsSolved))
            throw new AnalysisException(string.Join(Environment.NewLine, result.Plans.Select(plan => ObstacleWords.Text(plan.Plan.Obstacle!, scenario, plan.Law)).Distinct()));
        return new ScenarioReport
        {
            Given = TrainingQuantities.All.Where(quantity => scenario.Goals[quantity] is not null).ToDictionary(TrainingQuantities.Key, quantity => scenario.Goals[quantity]!.Value),
            Accelerator = scenario.Accelerator.Key,
            Format = scenario.Format.Key,
            Factor = scenario.Factor is { } factor ? new(factor.Value, factor.Low95, factor.High95) : null,
            Bits = scenario.Format.Bits,
            Predictions = [.. result.Plans.Select(plan => LawPlanReport.Of(plan, scenario))],
            Disagreement = [.. result.Disagreements.Select(apart => new DisagreementReport(TrainingQuantities.Key(apart.Quantity), apart.Low, apart.LowLaw.Key, apart.High, apart.HighLaw.Key))],
            PerTenfold = [.. result.Plans.Select(plan => new TenfoldReport(plan.Law.Key, Math.Pow(10, plan.Law.Allocation.ParameterExponent), Math.Pow(10, plan.Law.Allocation.TokenExponent)))],
            Assumptions = [.. scenario.Assumptions.Select(assumption => new AssumptionReport(Assumption.Key(assumption.Kind), assumption.Value, Assumption.Unit(assumption.Kind), assumption.Source, assumption.IsOverridden))],
            Version = Provenance.CodeVersion,
        };
    }
}
