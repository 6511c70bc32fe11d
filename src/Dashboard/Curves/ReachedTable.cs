using System.Globalization;
using System.Text;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>A row of the table of what runs spent until they reached a loss.</summary>
/// <param name="Run">The run.</param>
/// <param name="Reached">What it spent.</param>
public sealed record ReachedRow(RunRow Run, LossReached Reached);

/// <summary>The table of what runs spent until they reached a loss.</summary>
public static class ReachedTable
{
    /// <summary>Runs in the order asked for; those that never reach the loss, or have no such axis, last.</summary>
    public static IReadOnlyList<ReachedRow> Rows(CurvesView view, CurvesState state)
    {
        var runs = view.Choice.Shown.ToDictionary(row => row.Id);
        var rows = view.Reached.Where(reached => runs.ContainsKey(reached.Run)).Select(reached => new ReachedRow(runs[reached.Run], reached));
        Func<ReachedRow, double?>? number = state.Sort switch
        {
            ReachedColumn.Steps => row => row.Reached.Step,
            ReachedColumn.Tokens => row => row.Reached.Tokens,
            ReachedColumn.Flops => row => row.Reached.Flops,
            ReachedColumn.Hours => row => row.Reached.Hours,
            ReachedColumn.Cost => row => row.Reached.Dollars,
            _ => null,
        };
        if (number is not null)
        {
            var there = rows.OrderBy(row => number(row) is null);
            return [.. state.Descending ? there.ThenByDescending(number) : there.ThenBy(number)];
        }

        return state.Sort == ReachedColumn.Run
            ? [.. state.Descending ? rows.OrderByDescending(row => row.Run.Name, NaturalOrder.Instance) : rows.OrderBy(row => row.Run.Name, NaturalOrder.Instance)]
            : [.. rows];
    }

    /// <summary>The table as text to paste, or with commas as a file; numbers round-trip. Dollars are a column where there is a price.</summary>
    public static string Text(IReadOnlyList<ReachedRow> rows, string metric, double level, char separator, bool withCost = false)
    {
        var text = new StringBuilder();
        string[] dollars = withCost ? ["dollars"] : [];
        Line("run", [separator == ',' ? FigureExport.Cell(metric) : metric, "reached", "steps", "after_step", "until_step", "tokens", "flops", "hours", .. dollars, "lowest"]);
        foreach (var (run, reached) in rows)
        {
            Line(
                run.Name,
                [
                    Number(level), reached.Reached ? "yes" : "no", Number(reached.Step), Number(reached.Rows?.After), Number(reached.Rows?.Until),
                    Number(reached.Tokens), Number(reached.Flops), Number(reached.Hours), .. dollars.Select(_ => Number(reached.Dollars)), Number(reached.Lowest),
                ]);
        }

        return text.ToString();

        // Only a name can look like a formula; a negative number must stay one.
        void Line(string name, string[] cells) =>
            text.AppendJoin(separator, cells.Prepend(separator == ',' ? FigureExport.Cell(name) : name.Replace('\t', ' '))).Append('\n');
    }

    private static string Number(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "";
}
