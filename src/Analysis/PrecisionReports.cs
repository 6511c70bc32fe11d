using System.Text.Json.Serialization;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Analysis;

/// <summary>The terms of the loss, nats per token; the irreducible loss is what they leave of it.</summary>
public sealed record PrecisionTermsReport(
    [property: JsonPropertyName("parameters")] double Parameters,
    [property: JsonPropertyName("tokens")] double Tokens,
    [property: JsonPropertyName("post_training")] double PostTraining)
{
    /// <summary>What the format adds, in laws that have a term of its own for it.</summary>
    [JsonPropertyName("format"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? Format { get; init; }
}

/// <summary>Interval of a loss.</summary>
public sealed record LossIntervalReport([property: JsonPropertyName("loss")] IntervalReport? Loss);

/// <summary>What <c>precision --json</c> prints of a model at some precision.</summary>
public sealed record PrecisionReport
{
    /// <summary>Nats per token; null where the law says only what is added.</summary>
    [JsonPropertyName("loss")] public required double Loss { get; init; }

    /// <summary>Its terms.</summary>
    [JsonPropertyName("terms")] public required PrecisionTermsReport Terms { get; init; }

    /// <summary>N_eff; null in laws without.</summary>
    [JsonPropertyName("effective_parameters")] public required double EffectiveParameters { get; init; }

    /// <summary>Of the loss, by a law fitted to runs.</summary>
    [JsonPropertyName("intervals"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public LossIntervalReport? Intervals { get; init; }

    /// <summary>What to know before trusting it.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>From the terms of a law.</summary>
    internal static PrecisionReport Of(PrecisionTerms terms, IReadOnlyList<string> warnings, double? format = null) => new()
    {
        Loss = terms.Loss + (format ?? 0),
        Terms = new(terms.Parameters, terms.Tokens, terms.PostTraining) { Format = format },
        EffectiveParameters = terms.EffectiveParameters,
        Warnings = warnings,
    };

    /// <summary>Of a law that says only what is added.</summary>
    internal static PrecisionReport AddedOnly(double added, bool isPost, IReadOnlyList<string> warnings) => new()
    {
        Loss = double.NaN,
        Terms = new(double.NaN, double.NaN, isPost ? added : double.NaN) { Format = isPost ? null : added },
        EffectiveParameters = double.NaN,
        Warnings = warnings,
    };
}

/// <summary>Intervals of an optimum.</summary>
public sealed record PrecisionOptimumIntervalsReport(
    [property: JsonPropertyName("bits")] IntervalReport? Bits,
    [property: JsonPropertyName("parameters")] IntervalReport? Parameters,
    [property: JsonPropertyName("tokens")] IntervalReport? Tokens,
    [property: JsonPropertyName("loss")] IntervalReport? Loss);

/// <summary>What <c>precision --optimum --json</c> prints.</summary>
public sealed record PrecisionOptimumReport
{
    /// <summary>joint, fixed_parameters or fixed_bits.</summary>
    [JsonPropertyName("mode")] public required string Mode { get; init; }

    /// <summary>P, the same for weights, activations and KV cache.</summary>
    [JsonPropertyName("bits")] public required double Bits { get; init; }

    /// <summary>N.</summary>
    [JsonPropertyName("parameters")] public required double Parameters { get; init; }

    /// <summary>D.</summary>
    [JsonPropertyName("tokens")] public required double Tokens { get; init; }

    /// <summary>Nats per token.</summary>
    [JsonPropertyName("loss")] public required double Loss { get; init; }

    /// <summary>Its terms.</summary>
    [JsonPropertyName("terms")] public required PrecisionTermsReport Terms { get; init; }

    /// <summary>N_eff; null in laws without.</summary>
    [JsonPropertyName("effective_parameters")] public required double EffectiveParameters { get; init; }

    /// <summary>By a law fitted to runs.</summary>
    [JsonPropertyName("intervals"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public PrecisionOptimumIntervalsReport? Intervals { get; init; }

    /// <summary>What to know before trusting it.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The name users read.</summary>
    public static string ModeName(PrecisionMode mode) => mode switch
    {
        PrecisionMode.Joint => "joint",
        PrecisionMode.FixedParameters => "fixed_parameters",
        _ => "fixed_bits",
    };

    internal static PrecisionOptimumReport Of(PrecisionLaw law, PrecisionOptimum optimum, Func<PrecisionOptimum, IEnumerable<string>> warnings)
    {
        var terms = PrecisionQuestion.Inside(law.At(optimum.Parameters, optimum.Tokens, TrainingBits.Tied(optimum.Bits)));
        return Of(optimum, new(terms.Parameters, terms.Tokens, terms.PostTraining), terms.EffectiveParameters, [.. warnings(optimum)]);
    }

    internal static PrecisionOptimumReport Of(FloatingPointLaw law, double logBlock, PrecisionOptimum optimum, Func<PrecisionOptimum, IEnumerable<string>> warnings) => Of(
        optimum,
        new(law.ParameterCoefficient * Math.Pow(optimum.Parameters, -law.Alpha), law.TokenCoefficient * Math.Pow(optimum.Tokens, -law.Beta), 0)
        {
            Format = law.AddedLoss(optimum.Parameters, optimum.Tokens, law.BestLayout(optimum.Bits), logBlock),
        },
        double.NaN,
        [.. warnings(optimum)]);

    private static PrecisionOptimumReport Of(PrecisionOptimum optimum, PrecisionTermsReport terms, double effective, IReadOnlyList<string> warnings) => new()
    {
        Mode = ModeName(optimum.Mode),
        Bits = optimum.Bits,
        Parameters = optimum.Parameters,
        Tokens = optimum.Tokens,
        Loss = optimum.Loss,
        Terms = terms,
        EffectiveParameters = effective,
        Warnings = warnings,
    };
}

/// <summary>How well a form predicts runs it was not fitted to.</summary>
public sealed record PrecisionAlternativeReport(
    [property: JsonPropertyName("effect")] string Effect,
    [property: JsonPropertyName("law")] string Law,
    [property: JsonPropertyName("coefficients")] int Coefficients,
    [property: JsonPropertyName("held_out")] int HeldOut,
    [property: JsonPropertyName("r_squared")] double LossSquared,
    [property: JsonPropertyName("added_r_squared")] double AddedSquared);

/// <summary>What a fit of a law of precision reports beside what every fit does.</summary>
public sealed record PrecisionFitReport
{
    /// <summary>R² of the loss over the runs fitted.</summary>
    [JsonPropertyName("r_squared")] public required double LossSquared { get; init; }

    /// <summary>R² of what quantisation added, over runs with a twin; null without any.</summary>
    [JsonPropertyName("added_r_squared")] public required double AddedSquared { get; init; }

    /// <summary>Coefficients of the full law that these runs do not identify.</summary>
    [JsonPropertyName("not_identified")] public required IReadOnlyList<string> NotIdentified { get; init; }

    /// <summary>P* with parameters and tokens free; null where fewer bits are always better.</summary>
    [JsonPropertyName("optimal_bits")] public required double OptimalBits { get; init; }

    /// <summary>Its interval.</summary>
    [JsonPropertyName("optimal_bits_interval")] public required IntervalReport? OptimalBitsInterval { get; init; }

    /// <summary>The law and its alternatives on held-out runs; null where they were not asked for.</summary>
    [JsonPropertyName("alternatives"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<PrecisionAlternativeReport>? Alternatives { get; init; }

    /// <summary>Fits the runs and reports it, as <c>fit</c> does.</summary>
    /// <exception cref="AnalysisException">The runs cannot support the fit.</exception>
    public static FitReport Run(RunSet input, FitRecipeOptions options, bool plain, IReadOnlyList<double> at, bool alternatives, CancellationToken cancellationToken = default) =>
        Of(PrecisionAnalysis.Run(input, options, plain, null, cancellationToken), input, at, alternatives, cancellationToken);

    /// <summary>From an analysis.</summary>
    public static FitReport Of(PrecisionAnalysis analysis, RunSet input, IReadOnlyList<double> at, bool alternatives, CancellationToken cancellationToken = default)
    {
        var report = FitReport.Of(analysis.Fit.Result, analysis.Fit.Options, input, at, cancellationToken);
        return report with
        {
            Warnings = [.. analysis.Design.Notes, .. report.Warnings],
            Precision = new PrecisionFitReport
            {
                LossSquared = analysis.LossSquared,
                AddedSquared = analysis.AddedSquared,
                NotIdentified = analysis.Design.LeftOut,
                OptimalBits = analysis.Fit.Result.Fit.IsUsable ? analysis.Law.JointBits() ?? double.NaN : double.NaN,
                OptimalBitsInterval = IntervalReport.Of(analysis.Fit.Intervals.Of([law => PrecisionAnalysis.LawOf(law).JointBits() ?? double.NaN], cancellationToken)[0]),
                Alternatives = alternatives
                    ? [.. analysis.Alternatives(cancellationToken).Select(alternative => new PrecisionAlternativeReport(
                        alternative.Name, alternative.Key, alternative.Coefficients, alternative.HeldOut, alternative.LossSquared, alternative.AddedSquared))]
                    : null,
            },
        };
    }

    /// <summary>What the fitted law says of a model, with its interval.</summary>
    /// <exception cref="AnalysisException">The question lies outside the law, or the fit gives no answer.</exception>
    public static PrecisionReport Ask(PrecisionAnalysis analysis, PrecisionQuestion question, CancellationToken cancellationToken = default)
    {
        RequireUsable(analysis);
        question.Checked();
        var law = analysis.Law with { Robustness = question.Robustness };
        var terms = PrecisionQuestion.Inside(law.At(question.Parameters, question.Tokens, question.Bits, question.Post));
        var interval = Of(analysis, fitted => (fitted with { Robustness = question.Robustness }).At(question.Parameters, question.Tokens, question.Bits, question.Post).Value?.Loss, cancellationToken);
        return PrecisionReport.Of(terms, analysis.Design.Notes) with { Intervals = new(interval) };
    }

    /// <summary>The best bits for a budget by the fitted law, with intervals.</summary>
    /// <exception cref="AnalysisException">The law has no optimum, or the fit gives no answer.</exception>
    public static PrecisionOptimumReport Optimum(PrecisionAnalysis analysis, double flops, double? parameters, double? bits, CancellationToken cancellationToken = default)
    {
        RequireUsable(analysis);
        PrecisionQuestion.Check(flops, parameters, bits);
        LawAnswer<PrecisionOptimum> At(PrecisionLaw law) => parameters is { } n ? law.OptimumAtParameters(flops, n) : bits is { } p ? law.OptimumAtBits(flops, p) : law.JointOptimum(flops);
        return PrecisionOptimumReport.Of(analysis.Law, PrecisionQuestion.Inside(At(analysis.Law)), _ => analysis.Design.Notes) with
        {
            Intervals = new(
                Of(analysis, law => At(law).Value?.Bits, cancellationToken), Of(analysis, law => At(law).Value?.Parameters, cancellationToken),
                Of(analysis, law => At(law).Value?.Tokens, cancellationToken), Of(analysis, law => At(law).Value?.Loss, cancellationToken)),
        };
    }

    private static IntervalReport? Of(PrecisionAnalysis analysis, Func<PrecisionLaw, double?> quantity, CancellationToken cancellationToken) =>
        IntervalReport.Of(analysis.Fit.Intervals.Of([law => quantity(PrecisionAnalysis.LawOf(law)) ?? double.NaN], cancellationToken)[0]);

    private static void RequireUsable(PrecisionAnalysis analysis)
    {
        if (analysis.Fit.Result.Fit is { IsUsable: false, Status: var status, Explanation: var why })
            throw new AnalysisException($"The fit to these runs gives no answer ({StatusName.Of(status)}): {why}.");
    }
}
