using System.Text.Json.Serialization;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>A run of an import report. Counts, FLOP and nats per token; null where the source has none.</summary>
public sealed record ImportedRunReport(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("points")] int Points,
    [property: JsonPropertyName("metrics")] IReadOnlyList<string> Metrics,
    [property: JsonPropertyName("parameters")] double? Parameters,
    [property: JsonPropertyName("tokens")] double? Tokens,
    [property: JsonPropertyName("flops")] double? Flops,
    [property: JsonPropertyName("final_loss")] double? FinalLoss,
    [property: JsonPropertyName("flags")] IReadOnlyList<string> Flags);

/// <summary>A row that was left out.</summary>
public sealed record LeftOutReport(
    [property: JsonPropertyName("file")] string File, [property: JsonPropertyName("line")] int Line, [property: JsonPropertyName("reason")] string Reason);

/// <summary>What <c>import --json</c> prints.</summary>
public sealed record ImportReport
{
    /// <summary>Format of the file; several are joined by commas.</summary>
    [JsonPropertyName("format")] public required string Format { get; init; }

    /// <summary>Runs read.</summary>
    [JsonPropertyName("runs")] public required IReadOnlyList<ImportedRunReport> Runs { get; init; }

    /// <summary>Rows left out.</summary>
    [JsonPropertyName("left_out")] public required IReadOnlyList<LeftOutReport> LeftOut { get; init; }

    /// <summary>Names of runs that the project already had from the same file.</summary>
    [JsonPropertyName("already_there")] public required IReadOnlyList<string> AlreadyThere { get; init; }

    /// <summary>From what was read and what was stored. What a run lacks, and a suggestion for it, stand among its flags.</summary>
    public static ImportReport Of(IReadOnlyList<LogImport> imports, IReadOnlyList<ImportReceipt> receipts, IReadOnlyList<LeftOutRow> files) => new()
    {
        Format = string.Join(',', imports.SelectMany(import => import.Format.Split(',')).Distinct()),
        Runs = [.. imports.SelectMany(import =>
        {
            var missing = import.Missing.Where(one => !one.What.StartsWith("no curve", StringComparison.Ordinal)).ToLookup(one => one.Run, one => one.What);
            var suggested = import.Suggestions.ToLookup(one => one.Run);
            return import.Runs.Select(run => ReportOf(run, missing[run.Name], run.Parameters is null ? suggested[run.Name] : []));
        })],
        LeftOut = [.. files.Concat(imports.SelectMany(import => import.LeftOut)).Select(row => new LeftOutReport(row.File, row.Line, row.Reason))],
        AlreadyThere = [.. receipts.SelectMany(receipt => receipt.AlreadyThere)],
    };

    private static ImportedRunReport ReportOf(ImportedRun run, IEnumerable<string> missing, IEnumerable<ParameterSuggestion> suggested)
    {
        var loss = run.Series.FirstOrDefault(series => series.Metric == "loss");
        return new ImportedRunReport(
            run.Name,
            loss?.Values.Count(double.IsFinite) ?? (run.Loss is null ? 0 : 1),
            run.Series.Count > 0 ? [.. run.Series.Select(series => series.Metric)] : run.Loss is null ? [] : ["loss"],
            run.Parameters,
            run.Tokens,
            run.Flops,
            run.Loss,
            [.. run.Flags, .. missing, .. suggested.Select(one => $"{Quantity.Count(one.Parameters)} parameters suggested: {one.Source}")]);
    }
}
