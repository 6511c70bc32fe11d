using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest;

/// <summary>A sweep table as it was read: what every row says, and the runs the rows belong to.</summary>
public sealed record SweepTable
{
    public required string FileName { get; init; }

    /// <summary>csv (comma or semicolon), tsv, jsonl or markdown, told from the content.</summary>
    public required string Format { get; init; }

    /// <summary>All columns in the order of the file.</summary>
    public required IReadOnlyList<SweepColumn> Columns { get; init; }

    /// <summary>Which column was read as what: the caller's mapping and what was recognised.</summary>
    public required ColumnMapping Mapping { get; init; }

    /// <summary>Every usable row, in file order.</summary>
    public required IReadOnlyList<Observation> Observations { get; init; }

    /// <summary>The runs, in the order of their first rows.</summary>
    public required IReadOnlyList<ImportedRun> Runs { get; init; }

    /// <summary>Rows that could not be used, in file order.</summary>
    public required IReadOnlyList<LeftOutRow> LeftOut { get; init; }

    /// <summary>What a reader of the result should know about the file, in words.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>SHA-256 of the file's bytes, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Rows of the file without header and empty lines, whether used, filtered or left out.</summary>
    public required int RowsRead { get; init; }

    /// <summary>Rows that did not match the filters.</summary>
    public required int RowsFilteredOut { get; init; }

    /// <summary>Observations whose tokens are C/(6N).</summary>
    public required int InferredTokens { get; init; }

    /// <summary>Observations whose flops are 6ND.</summary>
    public required int InferredFlops { get; init; }

    /// <summary>Set when the flops look like those of the forward pass only.</summary>
    public ForwardOnlyFlops? ForwardOnly { get; init; }
}

/// <summary>A column of a sweep table.</summary>
/// <param name="Name">Name in the header; "column 3" where the header has none.</param>
/// <param name="Samples">Up to three different values from the first rows.</param>
public sealed record SweepColumn(string Name, IReadOnlyList<string> Samples);

/// <summary>The columns of a table, also of one that lacks what a sweep needs.</summary>
/// <param name="Columns">All columns of the first rows, in the order of the file.</param>
/// <param name="Mapping">Which column would be read as what; a quantity without a column is missing from it.</param>
public sealed record SweepHeader(IReadOnlyList<SweepColumn> Columns, ColumnMapping Mapping);

/// <summary>How to read a sweep table.</summary>
public sealed record SweepTableOptions
{
    /// <summary>Columns the caller names; the others are recognised.</summary>
    public ColumnMapping Mapping { get; init; } = ColumnMapping.Empty;

    /// <summary>Filters that must all hold for a row to be read.</summary>
    public IReadOnlyList<RowFilter> Where { get; init; } = [];

    /// <summary>Columns whose cells every row keeps in <see cref="Observation.Config"/>; the runs keep all columns, of their last row.</summary>
    public IReadOnlyList<string> RowColumns { get; init; } = [];

    /// <summary>Columns that every row keeps as well where the file has them.</summary>
    public Func<string, bool> KeepsColumn { get; init; } = _ => false;

    /// <summary>Refuse the file when any row cannot be used, instead of leaving the row out.</summary>
    public bool Strict { get; init; }

    /// <inheritdoc cref="LogImportOptions.CountModel"/>
    public Func<IReadOnlyList<KeyValuePair<string, string>>, ModelCount?> CountModel { get; init; } = _ => null;

    /// <summary>Most rows a file may have; lower only in tests.</summary>
    internal int MaximumRows { get; init; } = 5_000_000;
}
