using System.Text.Json;
using System.Text.Json.Serialization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>One number of a fit.</summary>
/// <param name="Key">Its name in reports: E, alpha, a …</param>
/// <param name="Value">The estimate; NaN where the fit has none.</param>
/// <param name="Unit">Unit, such as "nats per token"; empty for a pure number.</param>
/// <param name="Interval">Bootstrap interval; null without draws.</param>
public sealed record SavedNumber(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("interval")] IntervalReport? Interval);

/// <summary>A run that was left out, and why; empty where nobody said.</summary>
public sealed record SavedExclusion(
    [property: JsonPropertyName("run")] string RunId,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("reason")] string Reason);

/// <summary>The result of a fit as the store keeps it: enough to show it, to lay it over another, and to say what changed since.</summary>
public sealed record SavedFitDocument
{
    /// <summary>Most draws kept; intervals rest on all of them.</summary>
    public const int MostDraws = 500;

    /// <summary>Most ids of runs kept; above it only count and hash tell the runs.</summary>
    public const int MostRunIds = 5_000;

    // A field that a later version adds must be optional, so that what this version saved can still be read.
    private static readonly JsonSerializerOptions s_json = new(ReportJson.Options)
    {
        WriteIndented = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly IReadOnlyList<double[]>? _draws;
    private readonly IReadOnlyList<string>? _runIds;

    /// <summary>Key of the law.</summary>
    [JsonPropertyName("law")] public required string Law { get; init; }

    /// <summary>Key of the method.</summary>
    [JsonPropertyName("method")] public required string Method { get; init; }

    /// <summary>How the fit ended.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    /// <summary>Count of points fitted.</summary>
    [JsonPropertyName("points")] public required int Points { get; init; }

    /// <summary>Coefficients in the law's order.</summary>
    [JsonPropertyName("parameters")] public required IReadOnlyList<SavedNumber> Parameters { get; init; }

    /// <summary>Exponents of the compute-optimal sizes; empty where the law has none.</summary>
    [JsonPropertyName("exponents")] public required IReadOnlyList<SavedNumber> Exponents { get; init; }

    /// <summary>Objective at the coefficients.</summary>
    [JsonPropertyName("objective")] public required double Objective { get; init; }

    /// <summary>Draws behind the intervals, and those that failed.</summary>
    [JsonPropertyName("bootstrap")] public required BootstrapReport Bootstrap { get; init; }

    /// <summary>Seed of the draws.</summary>
    [JsonPropertyName("seed")] public required int Seed { get; init; }

    /// <summary>What to know before trusting it.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Runs left out.</summary>
    [JsonPropertyName("excluded")] public required IReadOnlyList<SavedExclusion> Excluded { get; init; }

    /// <summary>Count of runs fitted.</summary>
    [JsonPropertyName("runs")] public required int Runs { get; init; }

    /// <summary>Ids of the runs fitted; null where there are more than <see cref="MostRunIds"/>.</summary>
    [JsonPropertyName("run_ids")]
    public required IReadOnlyList<string>? RunIds
    {
        get => _runIds;
        init => _runIds = value is { Count: > MostRunIds } ? null : value;
    }

    /// <summary>Compute of the smallest and of the largest run fitted, FLOP; null in documents of earlier versions.</summary>
    [JsonPropertyName("flops_range"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double[]? FlopsRange { get; init; }

    /// <summary>What it was made from.</summary>
    [JsonPropertyName("provenance")] public required Provenance Provenance { get; init; }

    /// <summary>Coefficients of the first <see cref="MostDraws"/> draws, each in the law's order; null where they were not read.</summary>
    [JsonPropertyName("draws"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double[]>? Draws
    {
        get => _draws;
        init => _draws = value is { Count: > MostDraws } ? [.. value.Take(MostDraws)] : value;
    }

    /// <summary>Every number with a name: the coefficients, then the exponents.</summary>
    [JsonIgnore] public IEnumerable<SavedNumber> Numbers => Parameters.Concat(Exponents);

    /// <summary>Ready to be saved.</summary>
    /// <param name="name">The user's name for it.</param>
    /// <param name="note">Why it is saved, or null.</param>
    /// <param name="state">Query string of the page that made it.</param>
    public NewFit ToNewFit(string name, string? note, string state) => new()
    {
        Name = name,
        Note = note,
        State = state,
        Law = Law,
        Method = Method,
        Points = Points,
        Status = Status,
        InputSha256 = Provenance.InputSha256,
        Seed = Seed,
        CodeVersion = Provenance.Version,
        Report = JsonSerializer.Serialize(this with { Draws = null }, s_json),
        Draws = JsonSerializer.Serialize(Draws ?? [], s_json),
    };

    /// <summary>Reads the document of a saved fit; its draws only where the store read them. Unknown fields are passed over.</summary>
    /// <exception cref="StoreException">What is stored is no such document.</exception>
    public static SavedFitDocument Of(SavedFit fit)
    {
        try
        {
            var document = Read<SavedFitDocument>(fit.Report);
            if (fit.Draws is null)
                return document;
            var draws = Read<double[][]>(fit.Draws);
            if (draws.Any(draw => draw?.Length != document.Parameters.Count))
                throw new JsonException("A draw has another count of coefficients than the law.");
            return document with { Draws = draws };
        }
        catch (JsonException exception)
        {
            throw new StoreException(
                FormattableString.Invariant(
                    $"The saved fit “{fit.Name}”, version {fit.Version}, is damaged{(exception.Path is null or "$" ? "" : $" at {exception.Path}")}: what is stored is no document of a fit. Restore the latest backup, or delete it and save it again from its page."),
                exception);
        }
    }

    private static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, s_json) ?? throw new JsonException("There is nothing in it.");
}
