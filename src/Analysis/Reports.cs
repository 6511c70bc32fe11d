using System.Text.Json;
using System.Text.Json.Serialization;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Analysis;

/// <summary>How reports are written: literal keys, and null for what is not finite.</summary>
public static class ReportJson
{
    /// <summary>Options for every report.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        Converters = { new FiniteDoubleConverter() },
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private sealed class FiniteDoubleConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}

/// <summary>Names of <see cref="FitStatus"/> in reports.</summary>
public static class StatusName
{
    /// <summary>The name users read.</summary>
    public static string Of(FitStatus status) => status switch
    {
        FitStatus.Converged => "converged",
        FitStatus.IterationLimit => "iteration_limit",
        FitStatus.AtBound => "at_bound",
        FitStatus.NotIdentifiable => "not_identifiable",
        FitStatus.TooFewPoints => "too_few_points",
        FitStatus.NotConvex => "not_convex",
        FitStatus.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status."),
    };
}

/// <summary>Interval of one quantity; an end that is open is null.</summary>
public sealed record IntervalReport(
    [property: JsonPropertyName("standard_error")] double StandardError,
    [property: JsonPropertyName("low80")] double Low80,
    [property: JsonPropertyName("high80")] double High80,
    [property: JsonPropertyName("low95")] double Low95,
    [property: JsonPropertyName("high95")] double High95)
{
    /// <summary>Null stays null.</summary>
    public static IntervalReport? Of(Interval? interval) =>
        interval is null ? null : new(interval.StandardError, interval.Low80, interval.High80, interval.Low95, interval.High95);

    /// <summary>Of bootstrap draws.</summary>
    public static IntervalReport? Of(IEnumerable<double> draws) => Of(Interval.Of(draws));
}

/// <summary>Exponents a and b.</summary>
public sealed record ExponentsReport([property: JsonPropertyName("a")] double A, [property: JsonPropertyName("b")] double B);

/// <summary>Draws asked for and draws whose refit failed.</summary>
public sealed record BootstrapReport([property: JsonPropertyName("draws")] int Draws, [property: JsonPropertyName("failed")] int Failed);

/// <summary>A row that did not take part.</summary>
public sealed record ExcludedReport([property: JsonPropertyName("line")] int Line, [property: JsonPropertyName("reason")] string Reason);

/// <summary>Intervals of an allocation.</summary>
public sealed record AllocationIntervalsReport(
    [property: JsonPropertyName("parameters")] IntervalReport? Parameters,
    [property: JsonPropertyName("tokens")] IntervalReport? Tokens,
    [property: JsonPropertyName("loss")] IntervalReport? Loss);

/// <summary>The compute-optimal allocation of one budget.</summary>
public sealed record PredictionReport(
    [property: JsonPropertyName("flops")] double Flops,
    [property: JsonPropertyName("parameters")] double Parameters,
    [property: JsonPropertyName("tokens")] double Tokens,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("tokens_per_parameter")] double TokensPerParameter,
    [property: JsonPropertyName("intervals")] AllocationIntervalsReport Intervals)
{
    /// <summary>As it is.</summary>
    public static PredictionReport Of(Prediction prediction) => new(
        prediction.Optimum.Flops, prediction.Optimum.Parameters, prediction.Optimum.Tokens, prediction.Optimum.Loss,
        prediction.Optimum.TokensPerParameter,
        new(IntervalReport.Of(prediction.Parameters), IntervalReport.Of(prediction.Tokens), IntervalReport.Of(prediction.Loss)));
}

/// <summary>What <c>fit --json</c> prints.</summary>
public sealed record FitReport
{
    /// <summary>How the fit ended.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    /// <summary>huber, vpnls, squared, log-squared, scaled-huber or absolute.</summary>
    [JsonPropertyName("method")] public required string Method { get; init; }

    /// <summary>Key of the law.</summary>
    [JsonPropertyName("law")] public required string Law { get; init; }

    /// <summary>Count of points fitted.</summary>
    [JsonPropertyName("points")] public required int Points { get; init; }

    /// <summary>Rows that did not take part.</summary>
    [JsonPropertyName("excluded")] public required IReadOnlyList<ExcludedReport> Excluded { get; init; }

    /// <summary>Coefficients of the law by their keys.</summary>
    [JsonPropertyName("parameters")] public required IReadOnlyDictionary<string, double> Parameters { get; init; }

    /// <summary>Objective at the coefficients.</summary>
    [JsonPropertyName("objective")] public required double Objective { get; init; }

    /// <summary>a and b.</summary>
    [JsonPropertyName("exponents")] public required ExponentsReport Exponents { get; init; }

    /// <summary>Bootstrap draws, behind the intervals unless they are profile or delta ones.</summary>
    [JsonPropertyName("bootstrap")] public required BootstrapReport Bootstrap { get; init; }

    /// <summary>Intervals of the coefficients, and of a and b where the law has them; null where there is none.</summary>
    [JsonPropertyName("intervals")] public required IReadOnlyDictionary<string, IntervalReport?> Intervals { get; init; }

    /// <summary>Optima at the budgets asked for.</summary>
    [JsonPropertyName("predictions")] public required IReadOnlyList<PredictionReport> Predictions { get; init; }

    /// <summary>Errors on the largest budgets where the fit was made without them; everything else is of the fit to the other runs.</summary>
    [JsonPropertyName("holdout"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public HoldoutReport? Holdout { get; init; }

    /// <summary>What a law of precision reports beside.</summary>
    [JsonPropertyName("precision"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public PrecisionFitReport? Precision { get; init; }

    /// <summary>What to know before trusting it.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    [JsonPropertyName("provenance")] public required Provenance Provenance { get; init; }

    /// <summary>Fits the rows, or with <paramref name="holdoutBudgets"/> above zero all but those of the largest budgets, and reports it.</summary>
    /// <exception cref="AnalysisException">The rows cannot support the fit, or there are too few budgets to hold some out.</exception>
    public static FitReport Run(
        RunSet input, FitRecipeOptions options, IReadOnlyList<double> at, int holdoutBudgets = 0, CancellationToken cancellationToken = default)
    {
        if (holdoutBudgets == 0)
            return Of(FitRecipe.Run(input.Observations, options, null, cancellationToken), options, input, at, cancellationToken);
        var holdout = BudgetHoldout.Run(input.Observations, options, holdoutBudgets, null, cancellationToken);
        var report = Of(holdout.Kept, options, input, at, cancellationToken);
        var described = options.Describe();
        described["holdout_budgets"] = holdoutBudgets.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return report with { Holdout = HoldoutReport.Of(holdout), Provenance = input.Provenance(described) };
    }

    /// <summary>From a fit.</summary>
    public static FitReport Of(FitResult result, FitRecipeOptions options, RunSet input, IReadOnlyList<double> at, CancellationToken cancellationToken = default)
    {
        var law = result.Fit.Law;
        var intervals = FitIntervals.Of(result, options, cancellationToken);
        return new FitReport
        {
            Status = StatusName.Of(result.Fit.Status),
            Method = FitRecipeOptions.MethodName(options.Fit.Method),
            Law = law.Form.Key,
            Points = result.Fit.Points,
            Excluded = [.. input.LeftOut.Select(row => new ExcludedReport(row.Line, row.Reason))],
            Parameters = law.Form.Parameters.ToDictionary(parameter => parameter.Key, parameter => law[parameter.Key]),
            Objective = result.Fit.Objective,
            Exponents = new(law.ParameterExponent, law.TokenExponent),
            Bootstrap = new(result.Bootstrap.Draws, result.Bootstrap.Failed),
            Intervals = intervals.Quantities.ToDictionary(pair => pair.Key, pair => IntervalReport.Of(pair.Value)),
            Predictions = [.. at.Select(flops => PredictionReport.Of(intervals.At(flops, cancellationToken)))],
            Warnings = [.. result.Warnings.Concat(intervals.Warnings).Select(warning => warning.Text)],
            Provenance = input.Provenance(options.Describe()),
        };
    }
}

/// <summary>One budget of an IsoFLOP report.</summary>
public sealed record BudgetReport(
    [property: JsonPropertyName("flops")] double Flops,
    [property: JsonPropertyName("points")] int Points,
    [property: JsonPropertyName("parameters")] double Parameters,
    [property: JsonPropertyName("tokens")] double Tokens,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("intervals")] AllocationIntervalsReport Intervals);

/// <summary>Intervals of a and b.</summary>
public sealed record ExponentIntervalsReport(
    [property: JsonPropertyName("a")] IntervalReport? A, [property: JsonPropertyName("b")] IntervalReport? B);

/// <summary>Approach 1 over the levels where the winner lies between smaller and larger runs.</summary>
public sealed record InteriorReport(
    [property: JsonPropertyName("a")] double A, [property: JsonPropertyName("b")] double B, [property: JsonPropertyName("points")] int Points);

/// <summary>What <c>isoflop --json</c> prints.</summary>
public sealed record IsoFlopReport
{
    /// <summary>1, 2 or 3.</summary>
    [JsonPropertyName("approach")] public required int Approach { get; init; }

    /// <summary>How the fit ended.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    /// <summary>Optimum per budget, ascending.</summary>
    [JsonPropertyName("budgets")] public required IReadOnlyList<BudgetReport> Budgets { get; init; }

    /// <summary>a and b.</summary>
    [JsonPropertyName("exponents")] public required ExponentsReport Exponents { get; init; }

    /// <summary>Their intervals; null without draws.</summary>
    [JsonPropertyName("intervals")] public required ExponentIntervalsReport Intervals { get; init; }

    /// <summary>Which levels the line of approach 1 uses: all.</summary>
    [JsonPropertyName("envelope"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Envelope { get; init; }

    /// <summary>The line of approach 1 away from the ends of the size range.</summary>
    [JsonPropertyName("interior"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public InteriorReport? Interior { get; init; }

    /// <summary>Optima at the budgets asked for.</summary>
    [JsonPropertyName("predictions")] public required IReadOnlyList<PredictionReport> Predictions { get; init; }

    /// <summary>What to know before trusting it.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    [JsonPropertyName("provenance")] public required Provenance Provenance { get; init; }

    /// <summary>Runs one approach on rows and reports it.</summary>
    /// <exception cref="AnalysisException">The rows cannot support the approach at all.</exception>
    public static IsoFlopReport Run(
        RunSet input, int approach, IsoFlopOptions options, IReadOnlyList<double> at, CancellationToken cancellationToken = default)
    {
        var rows = input.Observations;
        var (result, envelope) = approach switch
        {
            1 => IsoFlopRecipe.Envelope(rows, options, cancellationToken) is { } fit
                ? (fit.Result, fit.Envelope)
                : throw new AnalysisException("Approach 1 needs training curves: rows of the same run at several tokens. Name the run column with --map run=COLUMN, or use --approach 2 or 3."),
            2 => (Profiles(rows, options, cancellationToken), null),
            3 => (IsoFlopRecipe.Surface(FitRecipe.Run(rows, options.Surface, null, cancellationToken), IsoFlopRecipe.Group(rows, options), cancellationToken), (Numerics.ComputeOptimal.LossEnvelope?)null),
            _ => throw new AnalysisException($"There is no approach {approach}; use 1, 2 or 3."),
        };
        var described = options.Describe();
        described["approach"] = approach.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new IsoFlopReport
        {
            Approach = approach,
            Status = StatusName.Of(result.Status),
            Budgets = [.. result.Budgets.Select(budget => new BudgetReport(
                budget.Flops, budget.Points, budget.Optimum.Parameters, budget.Optimum.Tokens, budget.Optimum.Loss, StatusName.Of(budget.Status),
                new(IntervalReport.Of(budget.Parameters), IntervalReport.Of(budget.Tokens), IntervalReport.Of(budget.Loss))))],
            Exponents = new(result.Law.ParameterExponent, result.Law.TokenExponent),
            Intervals = new(IntervalReport.Of(result.ParameterExponent), IntervalReport.Of(result.TokenExponent)),
            Envelope = envelope is null ? null : "all",
            Interior = envelope?.InteriorLine is { } interior
                ? new(interior.ParameterExponent, interior.TokenExponent, envelope.Points.Count(point => point.IsInterior))
                : null,
            Predictions = [.. at.Select(flops => PredictionReport.Of(result.At(flops)))],
            Warnings = [.. result.Warnings.Select(warning => warning.Text)],
            Provenance = input.Provenance(described),
        };
    }

    private static ApproachResult Profiles(IReadOnlyList<Runs.Observation> rows, IsoFlopOptions options, CancellationToken cancellationToken)
    {
        var result = IsoFlopRecipe.Profiles(IsoFlopRecipe.Group(rows, options), options, cancellationToken).Result;
        if (result.Budgets.All(budget => budget.Status == FitStatus.TooFewPoints))
            throw new AnalysisException("No budget has three different sizes, which a parabola needs. Add runs, name the budget column with --map budget=COLUMN, or raise --tolerance.");
        return result;
    }
}
