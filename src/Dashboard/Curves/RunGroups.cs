using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>Runs that are drawn as one.</summary>
/// <param name="Id">Id of its first run.</param>
/// <param name="Name">What its runs have in common and other groups have not.</param>
/// <param name="Runs">In the order they were added.</param>
public sealed record RunGroup(string Id, string Name, IReadOnlyList<RunRow> Runs);

/// <summary>Puts runs together by their configuration.</summary>
public static class RunGroups
{
    private const int MostNamed = 3;

    // What every run is called, and what came out of it.
    private static readonly HashSet<string> s_results = ["run", "tokens", "flops", "loss"];

    /// <summary>Groups in the order of their first runs; all columns but seeds where none are chosen.</summary>
    public static IReadOnlyList<RunGroup> Of(IReadOnlyList<RunRow> rows, CurveGrouping grouping, IReadOnlyList<string> columns)
    {
        if (grouping == CurveGrouping.None)
            return [.. rows.Select(row => new RunGroup(row.Id, row.Name, [row]))];
        string[] all = [.. ProjectRuns.Columns(rows)];
        string[] keys = grouping == CurveGrouping.Columns ? [.. columns.Where(all.Contains)] : [.. all.Where(column => !s_results.Contains(column) && !IsSeed(column))];
        // Without a seed that differs nobody knows whether runs are repetitions of one another.
        var alone = grouping == CurveGrouping.Columns ? keys.Length == 0 : !all.Any(IsSeed);
        var groups = rows
            .GroupBy(row => alone || grouping == CurveGrouping.Seed && SeedOf(row) is null ? row.Id : "\t" + string.Join('\n', keys.Select(key => ProjectRuns.Cell(row, key)?.Replace("\n", " ", StringComparison.Ordinal) ?? "\t")))
            .Select(group => group.ToArray())
            .ToArray();
        string[] different = [.. keys.Where(key => groups.Select(group => ProjectRuns.Cell(group[0], key)).Distinct().Count() > 1)];
        return [.. groups.Select(group => new RunGroup(group[0].Id, Name(group, different, grouping), group))];
    }

    /// <summary>Some run has a column with a seed.</summary>
    public static bool HaveSeeds(IReadOnlyList<RunRow> rows) => ProjectRuns.Columns(rows).Any(IsSeed);

    private static bool IsSeed(string column) => column.EndsWith("seed", StringComparison.OrdinalIgnoreCase);

    private static string? SeedOf(RunRow row) => row.Config.FirstOrDefault(pair => IsSeed(pair.Key) && pair.Value.Length > 0).Value;

    private static string Name(RunRow[] group, string[] different, CurveGrouping grouping)
    {
        var named = different.Length is > 0 and <= MostNamed || grouping == CurveGrouping.Columns && different.Length > 0
            ? string.Join(", ", different.Select(key => $"{key} {ProjectRuns.Cell(group[0], key) ?? "–"}"))
            : group[0].Name;
        return group.Length == 1 && different.Length == 0 ? group[0].Name : $"{named} (×{group.Length})";
    }
}
