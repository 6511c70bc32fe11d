namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>The value of one run in a comparison.</summary>
/// <param name="Text">As the table shows it; empty where the run has none.</param>
/// <param name="Differs">It is not what most of the runs have.</param>
public sealed record ConfigCell(string Text, bool Differs);

/// <summary>One setting of several runs, in the order of the runs.</summary>
public sealed record ConfigLine(string Key, IReadOnlyList<ConfigCell> Cells)
{
    /// <summary>Not all runs have the same.</summary>
    public bool Differs => Cells.Any(cell => cell.Differs);
}

/// <summary>Configurations side by side.</summary>
public static class ConfigDiff
{
    private static readonly RunField[] s_fields = [RunField.Family, RunField.Parameters, RunField.NonEmbedding, RunField.Tokens, RunField.Flops, RunField.Budget];

    /// <summary>Sizes and settings that any of the runs has. What most runs have is the usual value, the earlier run's where as many have another.</summary>
    public static IReadOnlyList<ConfigLine> Of(RunColumns columns, IReadOnlyList<int> rows) =>
    [
        .. s_fields.Select(RunColumn.Of).Concat(columns.Table.Config.Keys.Select(key => new RunColumn.ConfigColumn(key)))
            .Select(column => columns.Values(column)!)
            .Where(values => rows.Any(row => values.Texts is { } texts ? texts[row] is not null : !double.IsNaN(values.Number(row))))
            .Select(values => Line(values, rows)),
    ];

    private static ConfigLine Line(ColumnValues values, IReadOnlyList<int> rows)
    {
        // Numbers differ where they do, whatever their first digits; the text then shows all digits.
        string[] texts = [.. rows.Select(row => values.Texts is not null ? values.Text(row) : values.Number(row).ToString("R", System.Globalization.CultureInfo.InvariantCulture))];
        var usual = texts.GroupBy(text => text, StringComparer.Ordinal).MaxBy(group => group.Count())!.Key;
        return new ConfigLine(RunColumnText.Label(values.Column), [.. rows.Select((row, i) => new ConfigCell(values.Text(row), texts[i] != usual))]);
    }
}
