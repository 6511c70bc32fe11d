using ScalingDashboard.Dashboard.IsoFlop;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>A row of a table.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Cells">As many as the table has further columns.</param>
/// <param name="IsPublished">Somebody else's numbers.</param>
public sealed record ComparisonRow(string Name, IReadOnlyList<TableCell> Cells, bool IsPublished = false);

/// <summary>A table of the page.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Columns">Heads, the first that of the names.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Note">Below it.</param>
public sealed record ComparisonGrid(string Title, IReadOnlyList<string> Columns, IReadOnlyList<ComparisonRow> Rows, string Note = "")
{
    /// <summary>Columns that hold words, counted from 0 for the names.</summary>
    public IReadOnlyList<int> OfWords { get; init; } = [0];

    /// <summary>As a spreadsheet takes it: tabs between cells, an interval in a column of its own.</summary>
    public string Text => string.Join('\n', Rows.Select(row => string.Join('\t', row.Cells.SelectMany(cell => new[] { cell.Value, cell.Interval }).Prepend(row.Name)))
        .Prepend(string.Join('\t', Columns.Skip(1).SelectMany(column => new[] { column, "95 %" }).Prepend(Columns[0])))) + '\n';
}
