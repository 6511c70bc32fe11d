using System.Globalization;
using System.Text;
using ScalingDashboard.Dashboard.Figures;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>The table of runs as a file: the runs, or their groups, in the columns and the order of the page.</summary>
public static class RunCsv
{
    /// <summary>Columns have the names that filters and requests know them by, so that the file can be imported again. Numbers round-trip; text that a spreadsheet would run is made text.</summary>
    public static string Write(RunArrangement arrangement)
    {
        var (text, columns) = (new StringBuilder(), arrangement.State.ShownColumns);
        if (arrangement.Groups is { } groups)
            WriteGroups(text, groups, [.. columns.Select(arrangement.Values)], [.. groups.Keys.Select(key => arrangement.Columns.Values(key) ?? arrangement.Values(key))]);
        else
            WriteRuns(text, arrangement.Rows, [arrangement.Values(RunColumn.Of(RunField.Run)), .. columns.Select(arrangement.Values)]);
        return text.ToString();
    }

    private static void WriteRuns(StringBuilder text, int[] rows, ColumnValues[] columns)
    {
        text.AppendJoin(',', columns.Select(values => FigureExport.Cell(Name(values.Column)))).Append('\n');
        foreach (var row in rows)
            text.AppendJoin(',', columns.Select(values => Cell(values, row))).Append('\n');
    }

    private static void WriteGroups(StringBuilder text, RunGroups groups, ColumnValues[] columns, ColumnValues[] keys)
    {
        string[] heads = [.. keys.Select(key => Name(key.Column)), "runs", .. columns.SelectMany(values => RunArrangement.IsMeasured(values.Column) ? Measured(Name(values.Column)) : [Name(values.Column)])];
        text.AppendJoin(',', heads.Select(FigureExport.Cell)).Append('\n');
        foreach (var group in groups.Groups)
        {
            IEnumerable<string> cells =
            [
                .. keys.Select(key => Cell(key, group.First)),
                group.Rows.Length.ToString(CultureInfo.InvariantCulture),
                .. columns.SelectMany(values => RunArrangement.IsMeasured(values.Column) ? Statistics(group.Statistics(values)) : [Common(group, values)]),
            ];
            text.AppendJoin(',', cells).Append('\n');
        }

        static string[] Measured(string name) => [name + " n", name + " mean", name + " std", name + " stderr"];

        static string[] Statistics(Analysis.GroupStatistics statistics) =>
            [statistics.Count.ToString(CultureInfo.InvariantCulture), Number(statistics.Mean), Number(statistics.Deviation), Number(statistics.Error)];
    }

    // What the runs do not have in common has no number.
    private static string Common(RunGroup group, ColumnValues values)
    {
        var first = Cell(values, group.First);
        return Array.TrueForAll(group.Rows, row => Cell(values, row) == first) ? first : "";
    }

    private static string Cell(ColumnValues values, int row) => values.Column switch
    {
        RunColumn.FieldColumn { Field: RunField.Imported } => values.Text(row),
        _ when values.Texts is null => Number(values.Number(row)),
        _ => values.Text(row) is var text && IsNumber(text) ? text : FigureExport.Cell(values.Text(row)),
    };

    private static string Name(RunColumn column) => column is RunColumn.ConfigColumn { Key: var key } ? key : column.ToString()!;

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    // −1 is a number and no formula.
    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _);
}
