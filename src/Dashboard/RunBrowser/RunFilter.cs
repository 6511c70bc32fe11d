using System.Text.RegularExpressions;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>
/// Which runs a table shows, as the user types it: <c>params&gt;1B loss=2..3 tag:keep note:spike is:flagged optimizer=adamw min(eval_loss)&lt;3 name</c>.
/// All terms must hold; a free word is looked for in name, family and configuration.
/// </summary>
public sealed partial class RunFilter
{
    private static readonly (string[] Words, RunField Field)[] s_quantities =
    [
        (["params", "parameters", "n"], RunField.Parameters),
        (["tokens", "d"], RunField.Tokens),
        (["flops", "compute", "c"], RunField.Flops),
        (["loss"], RunField.Loss),
        (["budget"], RunField.Budget),
        (["points"], RunField.Points),
    ];

    private readonly List<Func<RunColumns, Func<int, bool>>> _terms = [];
    private readonly List<Comparison> _comparisons = [];
    private readonly List<string> _problems = [];

    private RunFilter()
    {
    }

    /// <param name="Column">As typed.</param>
    private sealed record Comparison(string Column, string Operator, string Value);

    /// <summary>Reads a filter; a term that cannot be read is left out and named once the filter is bound.</summary>
    public static RunFilter Parse(string text)
    {
        var filter = new RunFilter();
        foreach (Match term in Terms().Matches(text))
        {
            var value = term.Groups["value"].Value.Trim('"');
            if (term.Groups["column"] is { Success: true, Value: var column })
            {
                // Without a value it is still being typed.
                if (value.Length > 0)
                    filter._comparisons.Add(new Comparison(column.Trim('"'), term.Groups["operator"].Value, value));
            }
            else if (term.Groups["tag"].Success)
                filter._terms.Add(columns => row => columns.Table.TagsOf(row).Contains(value, StringComparer.OrdinalIgnoreCase));
            else if (term.Groups["note"].Success)
                filter._terms.Add(columns => Holding(columns.Table.Note, text => text.Contains(value, StringComparison.OrdinalIgnoreCase)));
            else if (term.Groups["is"].Success)
                filter.Is(value);
            else if (term.Groups["word"].Value.Trim('"') is { Length: > 0 } word)
                filter._terms.Add(columns => Mentioning(columns.Table, word));
        }

        return filter;
    }

    /// <summary>Finds out what the terms mean for these runs.</summary>
    /// <param name="columns">The runs.</param>
    /// <param name="readings">What is known of values for which a curve has to be read.</param>
    public async Task<BoundRunFilter> BindAsync(RunColumns columns, CurveReadings readings)
    {
        List<Func<int, bool>> terms = [.. _terms.Select(term => term(columns))];
        var (problems, curves) = (_problems.ToList(), new List<(ColumnValues Values, Func<int, bool> Term)>());
        foreach (var comparison in _comparisons)
        {
            if (await ColumnAsync(comparison.Column, columns, readings) is not { } values)
            {
                if (columns.Table.Count > 0)
                    problems.Add($"No run has a column “{comparison.Column}”.");
                terms.Add(_ => false);
                continue;
            }

            if (Compare(comparison, values) is not { } term)
                problems.Add($"“{comparison.Value}” is not a number to compare {comparison.Column} with; write it like 1B or 6e18{(comparison.Operator == "=" ? ", or a range like 1B..3B" : "")}.");
            else if (values.Column is RunColumn.MetricColumn { NeedsCurve: true })
                curves.Add((values, term));
            else
                terms.Add(term);
        }

        return new BoundRunFilter(terms, curves, problems);
    }

    private void Is(string value)
    {
        switch (value)
        {
            case "excluded":
                _terms.Add(columns => row => columns.Table.ExclusionReason.Codes[row] >= 0);
                break;
            case "included":
                _terms.Add(columns => row => columns.Table.ExclusionReason.Codes[row] < 0);
                break;
            case "flagged":
                _terms.Add(columns => row => columns.Table.Flags.Codes[row] >= 0);
                break;
            default:
                _problems.Add($"“is:{value}” is not known; write is:excluded, is:included or is:flagged.");
                break;
        }
    }

    /// <summary>A quantity, a column as an address names it, a setting or a metric, in this order; null where no run has it.</summary>
    private static async Task<ColumnValues?> ColumnAsync(string name, RunColumns columns, CurveReadings readings)
    {
        if (Array.Find(s_quantities, known => known.Words.Contains(name, StringComparer.OrdinalIgnoreCase)) is { Words: not null } quantity)
            return columns.Values(RunColumn.Of(quantity.Field));
        if (columns.Values(new RunColumn.ConfigColumn(name)) is { } setting)
            return setting;
        if (RunColumn.Parse(name) is { } column)
            return column is RunColumn.MetricColumn metric && !await columns.HasMetricAsync(metric.Metric) ? null : await columns.ValuesAsync(column, readings);
        return columns.Table.Count > 0 && await columns.HasMetricAsync(name) ? await columns.ValuesAsync(new RunColumn.MetricColumn(name, Summary.Last), readings) : null;
    }

    /// <summary>Null where the value is no number, and the column or the comparison needs one.</summary>
    private static Func<int, bool>? Compare(Comparison comparison, ColumnValues values)
    {
        var (_, comparator, value) = comparison;
        if (comparator == "=" && value.Split("..") is [var low, var high] && Quantity.TryParse(low, out var lowest) && Quantity.TryParse(high, out var highest))
            return row => values.Number(row) is var cell && cell >= lowest && cell <= highest;
        if (comparator == "=" && values.Texts is { } texts)
        {
            var cells = RowFilter.Parse($"x={value}");
            return Holding(texts, cells.Matches);
        }

        return Quantity.TryParse(value, out var bound) ? row => values.Number(row) is var cell && !double.IsNaN(cell) && Holds(cell, comparator, bound) : null;
    }

    private static bool Holds(double cell, string comparison, double bound) => comparison switch
    {
        ">" => cell > bound,
        "<" => cell < bound,
        ">=" or "≥" => cell >= bound,
        "<=" or "≤" => cell <= bound,
        // What the table shows as 1.02B is meant by 1.02B.
        _ => cell == bound || Quantity.Scientific(cell) == Quantity.Scientific(bound),
    };

    /// <summary>Asks each different text once.</summary>
    private static Func<int, bool> Holding(TextColumn texts, Func<string, bool> condition)
    {
        bool[] holds = [.. texts.Values.Select(condition)];
        return row => texts.Codes[row] is >= 0 and var code && holds[code];
    }

    private static Func<int, bool> Mentioning(RunTable table, string word)
    {
        (TextColumn Texts, bool[] Holds)[] places = [.. ((IEnumerable<TextColumn>)[table.Names, table.Family, .. table.Config.Values])
            .AsParallel().AsOrdered()
            .Select(texts => (texts, texts.Values.Select(text => text.Contains(word, StringComparison.OrdinalIgnoreCase)).ToArray()))
            .Where(place => place.Item2.Contains(true))];
        return row => Array.Exists(places, place => place.Texts.Codes[row] is >= 0 and var code && place.Holds[code]);
    }

    [GeneratedRegex("""
        (?<column>"[^"]+"|[a-z]+\([^()]*\)|[^\s<>=≤≥"]+)\s*(?<operator>>=|<=|[><=≤≥])\s*(?<value>"[^"]*"?|\S*)
        |(?:(?<tag>tag)|(?<note>note)|(?<is>is)):(?<value>"[^"]*"?|\S+)
        |(?<word>"[^"]*"?|\S+)
        """, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Terms();
}

/// <summary>A filter over the runs of one table.</summary>
/// <param name="terms">All must hold.</param>
/// <param name="curves">Those of values that may have to be read first.</param>
/// <param name="problems">What of the filter means nothing for these runs, in words.</param>
public sealed class BoundRunFilter(IReadOnlyList<Func<int, bool>> terms, IReadOnlyList<(ColumnValues Values, Func<int, bool> Term)> curves, IReadOnlyList<string> problems)
{
    private readonly Func<int, bool>[] _terms = [.. terms];

    public IReadOnlyList<string> Problems => problems;

    /// <summary>Values of the terms that need curves.</summary>
    public IEnumerable<ColumnValues> Curves => curves.Select(curve => curve.Values);

    public bool Matches(int row) => MatchesWithoutCurves(row) && curves.All(curve => curve.Term(row));

    /// <summary>As far as can be told without reading a curve.</summary>
    public bool MatchesWithoutCurves(int row) => Array.TrueForAll(_terms, term => term(row));
}
