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
    public static async Task<ImportPreview> ReadAsync(RunStore store, StagedFile file, ColumnMapping chosen, CancellationToken cancellationToken)
    {
        try
        {
            var table = await StagedImport.ReadAsync(store, file, chosen, cancellationToken);
            return new ImportPreview { File = file, Chosen = chosen, Columns = table.Columns, Mapping = table.Mapping, Table = TableSummary.Of(table) };
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

/// <summary>The figures of a table that was read, and its first runs and left-out rows.</summary>
public sealed record TableSummary(
    string Format,
    int RowsRead,
    int RowsKept,
    int InferredTokens,
    int InferredFlops,
    int Runs,
    int FlaggedRuns,
    double SmallestFlops,
    double LargestFlops,
    IReadOnlyList<ImportedRun> FirstRuns,
    int LeftOut,
    IReadOnlyList<LeftOutRow> FirstLeftOut,
    IReadOnlyList<string> Warnings)
{
    public static TableSummary Of(SweepTable table) => new(
        table.Format,
        table.RowsRead,
        table.Observations.Count,
        table.InferredTokens,
        table.InferredFlops,
        table.Runs.Count,
        table.Runs.Count(run => run.Flags.Count > 0),
        table.Runs.Min(run => run.Flops),
        table.Runs.Max(run => run.Flops),
        [.. table.Runs.Take(ImportPreview.MostRuns)],
        table.LeftOut.Count,
        [.. table.LeftOut.Take(ImportPreview.MostLeftOut)],
        table.Warnings);
}
