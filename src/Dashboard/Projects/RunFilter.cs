using System.Text.RegularExpressions;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>
/// Which runs a table shows, as the user types it: <c>params&gt;1B loss=2..3 tag:keep is:flagged optimizer=adamw name</c>.
/// All terms must hold; a free word is looked for in name, family and configuration.
/// </summary>
public sealed partial class RunFilter
{
    private static readonly (string[] Words, Func<RunRow, double?> Value)[] s_quantities =
    [
        (["params", "parameters", "n"], row => row.Parameters),
        (["tokens", "d"], row => row.Tokens),
        (["flops", "compute", "c"], row => row.Flops),
        (["loss"], row => row.Loss),
        (["budget"], row => row.Budget),
        (["points"], row => row.Points),
    ];

    private readonly List<Func<RunRow, bool>> _terms = [];
    private readonly List<string> _columns = [];
    private readonly List<string> _problems = [];

    private RunFilter()
    {
    }

    /// <summary>Reads a filter; a term that cannot be read is left out and named in <see cref="Problems"/>.</summary>
    public static RunFilter Parse(string text)
    {
        var filter = new RunFilter();
        foreach (Match term in Terms().Matches(text))
        {
            var value = term.Groups["value"].Value.Trim('"');
            if (term.Groups["column"] is { Success: true, Value: var column })
                filter.Compare(column.Trim('"'), term.Groups["operator"].Value, value);
            else if (term.Groups["tag"].Success)
                filter._terms.Add(row => row.Tags.Contains(value, StringComparer.OrdinalIgnoreCase));
            else if (term.Groups["is"].Success)
                filter.Is(value);
            else if (term.Groups["word"].Value.Trim('"') is { Length: > 0 } word)
                filter._terms.Add(row => Mentions(row, word));
        }

        return filter;
    }

    /// <summary>No term at all: every run passes.</summary>
    public bool IsEmpty => _terms.Count == 0;

    /// <summary>What of the filter means nothing for these runs, in words.</summary>
    public IReadOnlyList<string> Problems(IReadOnlyList<RunRow> rows) =>
    [
        .. _problems,
        .. _columns.Where(column => rows.Count > 0 && rows.All(row => ProjectRuns.Cell(row, column) is null))
            .Select(column => $"No run has a column “{column}”."),
    ];

    public bool Matches(RunRow row) => _terms.TrueForAll(term => term(row));

    private void Is(string value)
    {
        Func<RunRow, bool>? term = value switch
        {
            "excluded" => row => row.ExclusionReason is not null,
            "included" => row => row.ExclusionReason is null,
            "flagged" => row => row.Flags.Count > 0,
            _ => null,
        };
        if (term is null)
            _problems.Add($"“is:{value}” is not known; write is:excluded, is:included or is:flagged.");
        else
            _terms.Add(term);
    }

    private void Compare(string column, string comparison, string value)
    {
        var quantity = Array.Find(s_quantities, known => known.Words.Contains(column, StringComparer.OrdinalIgnoreCase)).Value;
        if (value.Length == 0)
        {
            // Still being typed.
            return;
        }

        if (comparison == "=" && quantity is null)
        {
            var cells = RowFilter.Parse($"{column}={value}");
            _columns.Add(column);
            _terms.Add(row => ProjectRuns.Cell(row, column) is { } cell && cells.Matches(cell));
            return;
        }

        if (quantity is null)
        {
            _columns.Add(column);
            quantity = row => Quantity.TryParse(ProjectRuns.Cell(row, column), out var number) ? number : null;
        }

        if (comparison == "=" && value.Split("..") is [var low, var high] && Quantity.TryParse(low, out var lowest) && Quantity.TryParse(high, out var highest))
            _terms.Add(row => quantity(row) is { } cell && cell >= lowest && cell <= highest);
        else if (Quantity.TryParse(value, out var bound))
            _terms.Add(row => quantity(row) is { } cell && Holds(cell, comparison, bound));
        else
            _problems.Add($"“{value}” is not a number to compare {column} with; write it like 1B or 6e18{(comparison == "=" ? ", or a range like 1B..3B" : "")}.");
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

    private static bool Mentions(RunRow row, string word) =>
        row.Name.Contains(word, StringComparison.OrdinalIgnoreCase)
        || row.Family?.Contains(word, StringComparison.OrdinalIgnoreCase) == true
        || row.Config.Any(pair => pair.Value.Contains(word, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("""
        (?<column>"[^"]+"|[^\s<>=≤≥"]+)\s*(?<operator>>=|<=|[><=≤≥])\s*(?<value>"[^"]*"?|\S*)
        |(?:(?<tag>tag)|(?<is>is)):(?<value>"[^"]*"?|\S+)
        |(?<word>"[^"]*"?|\S+)
        """, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Terms();
}
