using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>What the table of runs can be sorted by; Added is the order in which runs came in.</summary>
public enum RunColumn { Added, Run, Parameters, Tokens, Flops, Loss, Budget, Tags, Flags, Points, Status }

/// <summary>Which runs the table shows, in which order.</summary>
public static class RunTable
{
    /// <summary>Filters and sorts. Runs without a value come last in either direction; equal ones stay in the order they were added.</summary>
    public static IReadOnlyList<RunRow> Arrange(IReadOnlyList<RunRow> rows, RunFilter filter, bool withExcluded, RunColumn by, bool descending)
    {
        var shown = rows.Where(row => (withExcluded || row.ExclusionReason is null) && filter.Matches(row));
        return by switch
        {
            RunColumn.Added => [.. descending ? shown.Reverse() : shown],
            RunColumn.Run => Sort(shown, row => row.Name, NaturalOrder.Instance, descending),
            RunColumn.Tags => Sort(shown, row => row.Tags.Count == 0 ? null : string.Join(' ', row.Tags), NaturalOrder.Instance, descending),
            RunColumn.Status => Sort(shown, row => row.ExclusionReason, NaturalOrder.Instance, descending),
            _ => Sort(shown, Number(by), Comparer<double?>.Default, descending),
        };
    }

    private static Func<RunRow, double?> Number(RunColumn column) => column switch
    {
        RunColumn.Parameters => row => row.Parameters,
        RunColumn.Tokens => row => row.Tokens,
        RunColumn.Flops => row => row.Flops,
        RunColumn.Loss => row => row.Loss,
        RunColumn.Budget => row => row.Budget,
        RunColumn.Flags => row => row.Flags.Count == 0 ? null : row.Flags.Count,
        RunColumn.Points => row => row.Points,
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "Not a column of numbers."),
    };

    private static RunRow[] Sort<TKey>(IEnumerable<RunRow> rows, Func<RunRow, TKey> key, IComparer<TKey> comparer, bool descending)
    {
        var present = rows.OrderBy(row => key(row) is null);
        return [.. descending ? present.ThenByDescending(key, comparer) : present.ThenBy(key, comparer)];
    }
}
