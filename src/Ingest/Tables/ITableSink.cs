namespace ScalingDashboard.Ingest.Tables;

/// <summary>What the readers of CSV and JSON Lines hand their columns and rows to.</summary>
internal interface ITableSink
{
    /// <summary>No further row is needed.</summary>
    bool IsComplete { get; }

    int ColumnCount { get; }

    string ColumnName(int index);

    bool TryFindColumn(string name, out int index);

    /// <exception cref="IngestException">There are too many columns.</exception>
    int AddColumn(string name, int line);

    /// <summary>Called when columns were added, before the next row.</summary>
    void BindColumns();

    /// <exception cref="IngestException">A column that is needed is not there.</exception>
    void RequireColumns();

    /// <summary>Counts a row of the file, usable or not.</summary>
    /// <exception cref="IngestException">There are too many.</exception>
    void CountRow(int line);

    /// <summary>A counted row that cannot be used.</summary>
    void LeaveOut(int line, string problem, string? column = null, string? value = null);

    /// <summary>A counted row that cannot be used because the file ends within it.</summary>
    void CutOff(int line);

    /// <summary>A counted row.</summary>
    void AddRow(int line, RowCells cells);
}

/// <summary>Sizes beyond which a table is refused; lengths in bytes.</summary>
internal static class TableLimits
{
    public const int Columns = 20_000;
    public const int Rows = 5_000_000;
    public const int Line = 1024 * 1024;
    public const int Cell = 32 * 1024;
    public const string Advice = "A table has one row a line";
}
