using ScalingDashboard.Analysis;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>What a command or a request asks of a law of precision: of a model, the best bits for a budget, or of runs the law itself.</summary>
public sealed record PrecisionRequest
{
    /// <summary>The model, the law and its form.</summary>
    public required PrecisionQuestion Question { get; init; }

    /// <summary>Asks for the best bits.</summary>
    public required bool IsOptimum { get; init; }

    /// <summary>Its budget, FLOP; NaN where none is said.</summary>
    public required double Flops { get; init; }

    /// <summary>N, where it is said.</summary>
    public required double? Parameters { get; init; }

    /// <summary>P, where it is given to the optimum.</summary>
    public required double? Bits { get; init; }

    private bool NamesLaw { get; init; }

    private bool IsModel { get; init; }

    /// <summary>As it is spelled out; null where nothing was said.</summary>
    /// <exception cref="FormatException">A value cannot be read, the message names it; or the values do not go together.</exception>
    public static PrecisionRequest Of(
        string? parameters, string? tokens, string? weights, string? activations, string? kv, string? post, bool optimum, string? flops, string? bits,
        string? law, string form, string robust, string? format, string? group)
    {
        var request = new PrecisionRequest
        {
            Question = new PrecisionQuestion
            {
                Published = Named("law", () => law is null ? new PrecisionQuestion().Published : PrecisionText.Law(law)),
                Plain = Named("form", () => PrecisionText.Plain(form)),
                Robustness = Named("robust", () => PrecisionText.Robustness(robust)),
                Parameters = Named("parameters", () => PrecisionText.Number(parameters)),
                Tokens = Named("tokens", () => PrecisionText.Number(tokens)),
                Bits = new(Named("weights", () => PrecisionText.Bits(weights)), Named("activations", () => PrecisionText.Bits(activations)), Named("kv", () => PrecisionText.Bits(kv))),
                Post = Named("post", () => PrecisionText.Bits(post)),
                Format = Named("format", () => PrecisionText.Format(format)),
                Group = Named("group", () => PrecisionText.Group(group)),
            },
            IsOptimum = optimum,
            Flops = Named("flops", () => PrecisionText.Number(flops)),
            Parameters = parameters is null ? null : PrecisionText.Number(parameters),
            Bits = Named("bits", () => PrecisionText.Bits(bits)),
            NamesLaw = law is not null,
            IsModel = !optimum && (parameters ?? tokens ?? weights ?? activations ?? kv ?? post) is not null,
        };
        if (!optimum && (flops ?? bits) is not null)
            throw new FormatException("flops and bits belong to optimum; of a model say its parameters and tokens.");
        if (optimum && (tokens ?? weights ?? activations ?? kv ?? post) is not null)
            throw new FormatException("optimum takes flops with parameters or bits; tokens and the bits of parts are what it finds.");
        return request;
    }

    /// <summary>By the published law.</summary>
    /// <exception cref="AnalysisException">It has no answer, or nothing is asked.</exception>
    public object Answer() =>
        IsOptimum ? Question.Optimum(Flops, Parameters, Bits)
        : IsModel ? Question.Answer()
        : throw new AnalysisException("Say what to ask: parameters and tokens, with bits; optimum with flops; or runs to fit the law to.");

    /// <summary>Passes where no published law is named.</summary>
    /// <exception cref="AnalysisException">One is.</exception>
    public void RequireOwnLaw()
    {
        if (NamesLaw)
            throw new AnalysisException("law names a published law; which one is fitted to runs follows from the bits they vary. Leave it out.");
    }

    /// <summary>By the law fitted to runs, or that law itself.</summary>
    /// <exception cref="AnalysisException">The runs cannot support it, or it has no answer.</exception>
    public object Answer(RunSet input, FitRecipeOptions options, IReadOnlyList<double> at, bool alternatives, CancellationToken cancellationToken)
    {
        RequireOwnLaw();
        var analysis = PrecisionAnalysis.Run(input, options, Question.Plain, null, cancellationToken);
        return IsOptimum ? PrecisionFitReport.Optimum(analysis, Flops, Parameters, Bits, cancellationToken)
            : IsModel ? PrecisionFitReport.Ask(analysis, Question, cancellationToken)
            : PrecisionFitReport.Of(analysis, input, at, alternatives, cancellationToken);
    }

    // A value that cannot be read is named in the message.
    private static T Named<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException exception)
        {
            throw new FormatException($"{name}: {exception.Message}", exception);
        }
    }
}
