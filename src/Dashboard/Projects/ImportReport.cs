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
    [property: JsonPropertyName("flags")] IReadOnlyList<string> Flags)
{
    /// <summary>The metrics with their ranges.</summary>
    [JsonPropertyName("ranges")] public required IReadOnlyList<MetricRangeReport> Ranges { get; init; }

    /// <summary>Column, metric or formula the number comes from; the same for the others.</summary>
    [JsonPropertyName("parameters_from")] public string? ParametersFrom { get; init; }
    [JsonPropertyName("tokens_from")] public string? TokensFrom { get; init; }
    [JsonPropertyName("flops_from")] public string? FlopsFrom { get; init; }
    [JsonPropertyName("loss_from")] public string? LossFrom { get; init; }

    /// <summary>As the source tells it; the same for the others.</summary>
    [JsonPropertyName("hardware")] public string? Hardware { get; init; }
    [JsonPropertyName("optimizer")] public string? Optimizer { get; init; }
    [JsonPropertyName("precision")] public string? Precision { get; init; }
}

/// <summary>A metric of a run: how many values, the smallest and largest finite one, and how many are NaN or infinite.</summary>
public sealed record MetricRangeReport(
    [property: JsonPropertyName("metric")] string Metric,
    [property: JsonPropertyName("points")] long Points,
    [property: JsonPropertyName("min")] double? Min,
    [property: JsonPropertyName("max")] double? Max,
    [property: JsonPropertyName("not_finite")] long NotFinite);

/// <summary>How many of the runs a page can use, and what the others lack.</summary>
public sealed record PageNeedsReport(
    [property: JsonPropertyName("page")] string Page, [property: JsonPropertyName("ready")] int Ready, [property: JsonPropertyName("missing")] IReadOnlyList<MissingReport> Missing);

/// <summary>What is missing, and in how many runs.</summary>
public sealed record MissingReport([property: JsonPropertyName("what")] string What, [property: JsonPropertyName("runs")] int Runs);

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

    /// <summary>What the reader of the files decided or found odd.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Which column or metric was read as what, as <c>--map</c> takes it; one a file.</summary>
    [JsonPropertyName("mappings")] public required IReadOnlyList<string> Mappings { get; init; }

    /// <summary>What the pages can do with the runs.</summary>
    [JsonPropertyName("pages")] public required IReadOnlyList<PageNeedsReport> Pages { get; init; }

    /// <summary>From what was read and what was stored. What a run lacks, and a suggestion for it, stand among its flags.</summary>
    public static ImportReport Of(IReadOnlyList<LogImport> imports, IReadOnlyList<ImportReceipt> receipts, IReadOnlyList<LeftOutRow> files) => new()
    {
        Format = string.Join(',', imports.SelectMany(import => import.Format.Split(',')).Distinct()),
        Runs = [.. imports.SelectMany(import =>
        {
            var suggested = import.Suggestions.ToLookup(one => one.Run);
            return import.Runs.Select((run, index) => ReportOf(run, import.Facts[index], run.Parameters is null ? suggested[run.Name] : []));
        })],
        Warnings = [.. imports.SelectMany(import => import.Warnings)],
        Mappings = [.. imports.Select(import => import.Mapping.ToString())],
        Pages = [.. PageNeeds.Of(imports.SelectMany(import => import.Runs)).Select(page => new PageNeedsReport(page.Page, page.Ready, [.. page.Missing.Select(one => new MissingReport(one.What, one.Runs))]))],
        LeftOut = [.. files.Concat(imports.SelectMany(import => import.LeftOut)).Select(row => new LeftOutReport(row.File, row.Line, row.Reason))],
        AlreadyThere = [.. receipts.SelectMany(receipt => receipt.AlreadyThere)],
    };

    private static ImportedRunReport ReportOf(ImportedRun run, RunFacts facts, IEnumerable<ParameterSuggestion> suggested)
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
            [.. run.Flags, .. Missing(run), .. suggested.Select(one => $"{Quantity.Count(one.Parameters)} parameters suggested: {one.Source}")])
        {
            Ranges = [.. MetricRange.Of(run).Select(range => new MetricRangeReport(range.Metric, range.Points, range.Min, range.Max, range.NotFinite))],
            ParametersFrom = facts.ParametersFrom,
            TokensFrom = facts.TokensFrom,
            FlopsFrom = facts.FlopsFrom,
            LossFrom = facts.LossFrom,
            Hardware = facts.Hardware,
            Optimizer = facts.Optimizer,
            Precision = facts.Precision,
        };
    }

    /// <summary>What keeps the run from the IsoFLOP page; that it has no curve is no flaw.</summary>
    private static IEnumerable<string> Missing(ImportedRun run) =>
        LogImport.MissingOf(run).Where(what => !what.StartsWith("no curve", StringComparison.Ordinal));
}
