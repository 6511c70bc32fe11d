using System.Text.Json.Serialization;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>A run of an import report. Counts, FLOP and nats per token.</summary>
public sealed record ImportedRunReport(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("points")] int Points,
    [property: JsonPropertyName("metrics")] IReadOnlyList<string> Metrics,
    [property: JsonPropertyName("parameters")] double Parameters,
    [property: JsonPropertyName("tokens")] double Tokens,
    [property: JsonPropertyName("flops")] double Flops,
    [property: JsonPropertyName("final_loss")] double FinalLoss,
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

    /// <summary>From what was read and what was stored.</summary>
    public static ImportReport Of(IReadOnlyList<SweepTable> tables, IReadOnlyList<ImportReceipt> receipts) => new()
    {
        Format = string.Join(',', tables.Select(table => table.Format).Distinct()),
        Runs = [.. tables.SelectMany(table => table.Runs).Select(run =>
        {
            var loss = run.Series.FirstOrDefault(series => series.Metric == "loss");
            return new ImportedRunReport(
                run.Name,
                loss?.Values.Count(double.IsFinite) ?? 1,
                run.Series.Count > 0 ? [.. run.Series.Select(series => series.Metric)] : ["loss"],
                run.Parameters, run.Tokens, run.Flops, run.Loss, run.Flags);
        })],
        LeftOut = [.. tables.SelectMany(table => table.LeftOut).Select(row => new LeftOutReport(row.File, row.Line, row.Reason))],
        AlreadyThere = [.. receipts.SelectMany(receipt => receipt.AlreadyThere)],
    };
}
