using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>What an import of a staged file would do. Small: the table itself is not kept.</summary>
public sealed record ImportPreview
{
    public const int MostRuns = 20;
    public const int MostLeftOut = 100;

    public required StagedFile File { get; init; }

    /// <summary>What the user chose, before anything was recognised.</summary>
    public required ColumnMapping Chosen { get; init; }

    /// <summary>Columns with samples; empty when the file is no table.</summary>
    public IReadOnlyList<SweepColumn> Columns { get; init; } = [];

    /// <summary>Which column is read as what, recognised ones too.</summary>
    public required ColumnMapping Mapping { get; init; }

    /// <summary>Why nothing can be imported, in words; null when something can.</summary>
    public string? Problem { get; init; }

    /// <summary>Null when nothing can be imported.</summary>
    public TableSummary? Table { get; init; }

    /// <summary>Quantities a sweep needs that have no column.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. Has(SweepQuantity.Parameters) ? (string[])[] : ["parameters"],
        .. Has(SweepQuantity.Loss) ? (string[])[] : ["loss"],
        .. Has(SweepQuantity.Tokens) || Has(SweepQuantity.Flops) ? (string[])[] : ["tokens or flops"],
    ];

    /// <summary>Columns that become the configuration of the runs.</summary>
    public IEnumerable<SweepColumn> Unmapped
    {
        get
        {
            var mapped = Enum.GetValues<SweepQuantity>().SelectMany(quantity => Mapping.Columns(quantity) ?? []).ToHashSet();
            return Columns.Where(column => !mapped.Contains(column.Name));
        }
    }

    /// <exception cref="StoreException">The file is no longer staged.</exception>
    public static async Task<ImportPreview> ReadAsync(RunStore store, StagedFile file, LogImportOptions options, CancellationToken cancellationToken)
    {
        var chosen = options.Mapping;
        try
        {
            var import = await StagedImport.ReadAsync(store, file, options, cancellationToken);
            return new ImportPreview { File = file, Chosen = chosen, Columns = import.Columns, Mapping = import.Mapping, Table = TableSummary.Of(import) };
        }
        catch (IngestException unreadable)
        {
            return await ReadHeaderAsync(store, file, chosen, unreadable.Message, cancellationToken);
        }
    }

    private bool Has(SweepQuantity quantity) => Mapping.Columns(quantity) is { Count: > 0 };

    private static async Task<ImportPreview> ReadHeaderAsync(
        RunStore store, StagedFile file, ColumnMapping chosen, string problem, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = store.OpenStaged(file.Id);
            var header = await SweepTableReader.ReadHeaderAsync(content, file.FileName, chosen, cancellationToken);
            return new ImportPreview { File = file, Chosen = chosen, Columns = header.Columns, Mapping = header.Mapping, Problem = problem };
        }
        catch (IngestException noTable)
        {
            return new ImportPreview { File = file, Chosen = chosen, Mapping = chosen, Problem = noTable.Message };
        }
    }
}

/// <summary>The figures of what was read, and its first runs and left-out rows.</summary>
public sealed record TableSummary(
    string Format,
    int? RowsRead,
    int? RowsKept,
    int InferredTokens,
    int InferredFlops,
    int Runs,
    int FlaggedRuns,
    double? SmallestFlops,
    double? LargestFlops,
    IReadOnlyList<ImportedRun> FirstRuns,
    int LeftOut,
    IReadOnlyList<LeftOutRow> FirstLeftOut,
    IReadOnlyList<string> Warnings)
{
    /// <summary>For the runs without a count of parameters.</summary>
    public IReadOnlyList<ParameterSuggestion> Suggestions { get; init; } = [];

    /// <summary>Set when the flops look like those of the forward pass only.</summary>
    public ForwardOnlyFlops? ForwardOnly { get; init; }

    /// <summary>What keeps runs from the IsoFLOP page, and of how many runs that holds.</summary>
    public IReadOnlyList<(string What, int Runs)> Missing { get; init; } = [];

    public IReadOnlyList<RestartedJob> RestartedJobs { get; init; } = [];

    public bool NeedsSequenceLength { get; init; }

    public bool NeedsTokensPerStep { get; init; }

    /// <summary>Of the runs of <see cref="FirstRuns"/>.</summary>
    public IReadOnlyList<RunFacts> FirstFacts { get; init; } = [];

    /// <summary>All metrics, over all runs.</summary>
    public IReadOnlyList<MetricRange> Metrics { get; init; } = [];

    public IReadOnlyList<PageNeeds> Pages { get; init; } = [];

    public static TableSummary Of(LogImport import)
    {
        var (flagged, smallest, largest) = (0, (double?)null, (double?)null);
        foreach (var run in import.Runs)
        {
            flagged += run.Flags.Count > 0 ? 1 : 0;
            smallest = smallest is null || run.Flops < smallest ? run.Flops : smallest;
            largest = largest is null || run.Flops > largest ? run.Flops : largest;
        }

        return new TableSummary(
            import.Format,
            import.Table?.RowsRead,
            import.Table?.Observations.Count,
            import.Table?.InferredTokens ?? 0,
            import.Table?.InferredFlops ?? 0,
            import.Runs.Count,
            flagged,
            smallest,
            largest,
            [.. import.Runs.Take(ImportPreview.MostRuns)],
            import.LeftOut.Count,
            [.. import.LeftOut.Take(ImportPreview.MostLeftOut)],
            [.. import.Warnings.Except(import.Advice)])
        {
            Suggestions = import.Suggestions,
            ForwardOnly = import.ForwardOnly,
            Missing = [.. import.Missing.Where(one => !one.What.StartsWith("no curve", StringComparison.Ordinal)).CountBy(one => one.What).Select(pair => (pair.Key, pair.Value))],
            RestartedJobs = import.RestartedJobs,
            NeedsSequenceLength = import.NeedsSequenceLength,
            NeedsTokensPerStep = import.NeedsTokensPerStep,
            FirstFacts = [.. import.Facts.Take(ImportPreview.MostRuns)],
            Metrics = MetricRange.Of(import.Runs),
            Pages = PageNeeds.Of(import.Runs),
        };
    }
}
