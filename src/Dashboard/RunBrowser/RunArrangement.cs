
namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>The runs of a project as a page shows them: filtered, sorted, grouped.</summary>
public sealed class RunArrangement
{
    public required RunColumns Columns { get; init; }

    /// <summary>What was asked for.</summary>
    public required RunsState State { get; init; }

    /// <summary>Runs that pass the filter, in their order; those of a group stand together.</summary>
    public required int[] Rows { get; init; }

    /// <summary>Runs before the filter, archived ones only where they are shown.</summary>
    public required int Total { get; init; }

    /// <summary>Groups in their order; null where runs are not grouped.</summary>
    public RunGroups? Groups { get; init; }

    /// <summary>What of the filter means nothing for these runs, in words.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Values for which curves have to be read first, and the runs that are missing.</summary>
    public required IReadOnlyList<(RunColumn.MetricColumn Column, int[] Rows)> Unread { get; init; }

    private Dictionary<RunColumn, ColumnValues> Known { get; init; } = [];

    /// <summary>A column that the state names.</summary>
    public ColumnValues Values(RunColumn column) => Known[column];

    /// <summary>Columns of which groups show mean, deviation and standard error: what was measured, not what was planned.</summary>
    public static bool IsMeasured(RunColumn column) => column is RunColumn.MetricColumn or RunColumn.FieldColumn { Field: RunField.Loss };

    /// <summary>Runs without a value come last in either direction; equal ones stay in the order they were added.</summary>
    public static async Task<RunArrangement> OfAsync(RunColumns columns, CurveReadings readings, RunsState state, CancellationToken cancellationToken)
    {
        var table = columns.Table;
        var filter = await RunFilter.Parse(state.Filter).BindAsync(columns, readings);
        var (rows, total, unfiltered) = (new List<int>(table.Count), 0, new List<int>());
        var hasCurves = filter.Curves.Any();
        for (var row = 0; row < table.Count; row++)
        {
            if (!state.WithArchived && table.IsArchived(row))
                continue;
            total++;
            if (!state.WithExcluded && table.ExclusionReason.Codes[row] >= 0)
                continue;
            if (hasCurves && filter.MatchesWithoutCurves(row))
                unfiltered.Add(row);
            if (filter.Matches(row))
                rows.Add(row);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var known = new Dictionary<RunColumn, ColumnValues>();
        var grouping = state.Group.Contains(RunsState.AllButSeed) ? [] : state.Group.Select(RunColumn.Parse).OfType<RunColumn>().Distinct().ToArray();
        foreach (var column in state.ShownColumns.Append(state.Sort).Append(RunColumn.Of(RunField.Run)).Concat(grouping).Concat(state.Show == RunsPresentation.Scatter ? [state.X, state.Y] : []).Append(state.Show == RunsPresentation.Scatter ? state.Color : null).OfType<RunColumn>())
        {
            if (!known.ContainsKey(column))
                known.Add(column, await columns.ValuesAsync(column, readings));
        }

        int[] shown = [.. rows];
        var unread = filter.Curves.Select(values => (Values: values, Among: unfiltered.ToArray()))
            .Concat(known.Values.Select(values => (Values: values, Among: shown)))
            .Where(pair => pair.Values.Column is RunColumn.MetricColumn { NeedsCurve: true })
            .Select(pair => (Column: (RunColumn.MetricColumn)pair.Values.Column, Rows: Array.FindAll(pair.Among, pair.Values.IsUnread)))
            .Where(pair => pair.Rows.Length > 0)
            .DistinctBy(pair => pair.Column)
            .ToArray();

        RunGroups? groups = null;
        if (state.Group.Contains(RunsState.AllButSeed))
            groups = RunGroups.AllButSeed(columns, shown, state.Ignored);
        else if (grouping.Length > 0)
            groups = RunGroups.By(shown, [.. grouping.Select(column => known[column])]);
        if (groups is not null)
        {
            groups = groups with { Groups = Sort(groups.Groups, known[state.Sort], state) };
            foreach (var group in groups.Groups)
                Sort(group.Rows, known[state.Sort], state.Descending);
            shown = [.. groups.Groups.SelectMany(group => group.Rows)];
        }
        else
            Sort(shown, known[state.Sort], state.Descending);

        return new RunArrangement { Columns = columns, State = state, Rows = shown, Total = total, Groups = groups, Problems = filter.Problems, Unread = unread, Known = known };
    }

    /// <summary>Whether another state asks for the same: details, axes and what is compared do not matter.</summary>
    public bool IsFor(RunsState state) => Key(State) == Key(state);

    private static string Key(RunsState state) =>
        (state with { Run = "", Compared = [], WithEqual = false, XScale = default, YScale = default, Show = state.Show == RunsPresentation.Scatter ? state.Show : default }).ToQuery().ToString();

    /// <param name="rows">Ascending.</param>
    private static void Sort(int[] rows, ColumnValues by, bool descending)
    {
        var keys = by.SortKeys(rows, descending);
        Array.Sort(keys, rows);
        // Equal ones as they were added.
        for (var from = 0; from < rows.Length;)
        {
            var to = from + 1;
            while (to < rows.Length && keys[to] == keys[from])
                to++;
            if (to - from > 1)
                Array.Sort(rows, from, to - from);
            from = to;
        }
    }

    private static RunGroup[] Sort(IReadOnlyList<RunGroup> groups, ColumnValues by, RunsState state)
    {
        Func<RunGroup, ulong> key = state.Sort switch
        {
            RunColumn.FieldColumn { Field: RunField.Added } => group => (ulong)group.First,
            RunColumn.FieldColumn { Field: RunField.Count } => group => (ulong)group.Rows.Length,
            _ when IsMeasured(state.Sort) => group => ColumnValues.SortKey(Of(group.Statistics(by))),
            _ when by.IsNumber => group => ColumnValues.SortKey(group.Statistics(by).Mean),
            _ => group => by.SortKeys([group.First], descending: false)[0],
        };
        var keys = groups.Select(group => (Group: group, Key: key(group))).OrderBy(pair => pair.Key == ulong.MaxValue);
        return [.. (state.Descending ? keys.ThenByDescending(pair => pair.Key) : keys.ThenBy(pair => pair.Key)).Select(pair => pair.Group)];

        double Of(Analysis.GroupStatistics statistics) => state.Order switch
        {
            GroupOrder.Deviation => statistics.Deviation,
            GroupOrder.Error => statistics.Error,
            GroupOrder.Count => statistics.Count,
            _ => statistics.Mean,
        };
    }
}
