using System.Globalization;
using System.Text.Json.Serialization;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>Exponents by one approach; not finite where it gives none.</summary>
public sealed record ApproachExponentsReport(
    [property: JsonPropertyName("approach")] int Approach,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("a")] double A,
    [property: JsonPropertyName("b")] double B,
    [property: JsonPropertyName("intervals")] ExponentIntervalsReport Intervals)
{
    internal static ApproachExponentsReport Of(ApproachResult result) => new(
        result.Approach, StatusName.Of(result.Status), result.Law.ParameterExponent, result.Law.TokenExponent,
        new(IntervalReport.Of(result.ParameterExponent), IntervalReport.Of(result.TokenExponent)));
}

/// <summary>Runs that lack the same thing.</summary>
public sealed record MissingReport([property: JsonPropertyName("what")] string What, [property: JsonPropertyName("runs")] int Runs);

/// <summary>One way of counting.</summary>
public sealed record ConventionReport
{
    /// <summary>Short stable key.</summary>
    [JsonPropertyName("key")] public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>Runs counted so.</summary>
    [JsonPropertyName("runs")] public required int Runs { get; init; }

    /// <summary>Runs that cannot be counted so.</summary>
    [JsonPropertyName("left_out")] public required int LeftOut { get; init; }

    /// <summary>What those lack.</summary>
    [JsonPropertyName("missing")] public required IReadOnlyList<MissingReport> Missing { get; init; }

    /// <summary>a and b of Approach 2 and Approach 3; an approach without runs enough is not there.</summary>
    [JsonPropertyName("exponents")] public required IReadOnlyList<ApproachExponentsReport> Exponents { get; init; }

    /// <summary>How Approach 3 ended where it gives an answer, else Approach 2.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    internal static ConventionReport Of(CountingRow row) => new()
    {
        Key = row.Key,
        Name = row.Name,
        Runs = row.Runs,
        LeftOut = row.Missing.Sum(missing => missing.Runs.Count),
        Missing = [.. row.Missing.Select(missing => new MissingReport(missing.What, missing.Runs.Count))],
        Exponents = [.. new[] { row.Profiles, row.Surface }.OfType<ApproachResult>().Select(ApproachExponentsReport.Of)],
        Status = StatusName.Of((row.Best ?? row.Surface ?? row.Profiles)?.Status ?? FitStatus.TooFewPoints),
    };
}

/// <summary>The runs of one set-up.</summary>
/// <param name="Name">Values of the columns that make it.</param>
/// <param name="Runs">How many there are.</param>
/// <param name="Near">Approach 2 over the sizes near each budget's best run.</param>
/// <param name="Exponents">a and b of Approach 2 over all sizes, and of Approach 3.</param>
public sealed record SetUpReport(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("runs")] int Runs,
    [property: JsonPropertyName("near")] ApproachExponentsReport Near,
    [property: JsonPropertyName("exponents")] IReadOnlyList<ApproachExponentsReport> Exponents);

/// <summary>What <c>counting --json</c> prints.</summary>
public sealed record CountingReport
{
    /// <summary>One a way of counting.</summary>
    [JsonPropertyName("conventions")] public required IReadOnlyList<ConventionReport> Conventions { get; init; }

    /// <summary>What the way of counting changes, in a sentence.</summary>
    [JsonPropertyName("conclusion")] public required string Conclusion { get; init; }

    /// <summary>The runs taken apart by columns, one each set-up; null where nobody asked for it.</summary>
    [JsonPropertyName("set_ups"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<SetUpReport>? SetUps { get; init; }

    /// <summary>What the set-up changes, in a sentence; null likewise.</summary>
    [JsonPropertyName("set_up_conclusion"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? SetUpConclusion { get; init; }

    /// <summary>What to know before comparing them.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    [JsonPropertyName("provenance")] public required Provenance Provenance { get; init; }

    /// <summary>Counts the runs and reports it.</summary>
    /// <param name="runs">The runs that count.</param>
    /// <param name="input">The same runs, and where they come from.</param>
    /// <param name="options">Options of the two approaches.</param>
    /// <param name="columns">Columns that take the runs apart into set-ups; none for no such comparison.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="AnalysisException">No run has a column, or there are too many set-ups.</exception>
    public static CountingReport Run(IReadOnlyList<RunRow> runs, RunSet input, IsoFlopOptions options, IReadOnlyList<string> columns, CancellationToken cancellationToken = default)
    {
        var setUps = columns.Count == 0 ? null : SetUpRecipe.Run(input.Observations, columns, options, null, cancellationToken);
        var result = CountingRecipe.Run(runs, options, null, cancellationToken);
        var described = options.Describe();
        if (setUps is not null)
            described["by"] = string.Join(", ", columns);
        return new CountingReport
        {
            Conventions = [.. result.Rows.Select(ConventionReport.Of)],
            Conclusion = result.Conclusion,
            SetUps = setUps is null ? null : [.. setUps.Rows.Select(row => new SetUpReport(
                row.Name, row.Runs, ApproachExponentsReport.Of(row.Near), [.. new[] { row.Profiles, row.Surface }.OfType<ApproachResult>().Select(ApproachExponentsReport.Of)]))],
            SetUpConclusion = setUps?.Conclusion,
            Warnings = [.. result.Warnings.Concat(setUps?.Warnings ?? []).Select(warning => warning.Text)],
            Provenance = input.Provenance(described),
        };
    }
}

/// <summary>An exponent and its interval; null without draws.</summary>
public sealed record ExponentReport([property: JsonPropertyName("a")] double A, [property: JsonPropertyName("interval")] IntervalReport? Interval);

/// <summary>What <c>counting --pairs --json</c> prints: the line of log N* on log C.</summary>
public sealed record OptimalPairsReport
{
    /// <summary>Pairs the line goes through.</summary>
    [JsonPropertyName("points")] public required int Points { get; init; }

    /// <summary>Rows that did not take part.</summary>
    [JsonPropertyName("excluded")] public required IReadOnlyList<ExcludedReport> Excluded { get; init; }

    /// <summary>With weights 1/deviation².</summary>
    [JsonPropertyName("weighted")] public required ExponentReport Weighted { get; init; }

    /// <summary>With equal weights.</summary>
    [JsonPropertyName("unweighted")] public required ExponentReport Unweighted { get; init; }

    /// <summary>What it was made from.</summary>
    [JsonPropertyName("provenance")] public required Provenance Provenance { get; init; }

    /// <summary>Draws the line and reports it.</summary>
    /// <param name="flops">C of each pair, FLOP.</param>
    /// <param name="parameters">N* of each pair.</param>
    /// <param name="deviations">Standard deviation of ln N* of each pair.</param>
    /// <param name="input">Where the pairs come from; no observations.</param>
    /// <param name="draws">Bootstrap draws; 0 for none.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="AnalysisException">The pairs lie at fewer than two levels of compute.</exception>
    public static OptimalPairsReport Run(
        IReadOnlyList<double> flops, IReadOnlyList<double> parameters, IReadOnlyList<double> deviations, RunSet input, int draws, int seed)
    {
        if (flops.Distinct().Count() < 2)
            throw new AnalysisException("The pairs lie at one level of compute only; a line needs two. Keep more rows with --where.");
        var fit = OptimalPairs.Fit(flops, parameters, deviations, draws, seed);
        return new OptimalPairsReport
        {
            Points = fit.Points,
            Excluded = [.. input.LeftOut.Select(row => new ExcludedReport(row.Line, row.Reason))],
            Weighted = new(fit.Law.Exponent, IntervalReport.Of(fit.ParameterExponent)),
            Unweighted = new(fit.Unweighted.Exponent, IntervalReport.Of(fit.UnweightedExponent)),
            Provenance = input.Provenance(new(StringComparer.Ordinal)
            {
                ["bootstrap"] = draws.ToString(CultureInfo.InvariantCulture),
                ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            }),
        };
    }
}
