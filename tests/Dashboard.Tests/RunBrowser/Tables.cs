using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.RunBrowser;

/// <summary>Tables of runs, made up from rows.</summary>
internal static class Tables
{
    /// <summary>No curve is ever read.</summary>
    public static readonly CurveReadings NoReadings = new(null!);

    /// <param name="rows">In the order they were added; the ids are 1, 2, ….</param>
    /// <param name="metrics">Last values of metrics, one for each run.</param>
    public static RunColumns Of(IReadOnlyList<RunRow> rows, params (string Name, double[] Values)[] metrics)
    {
        var (tags, tagSets) = Sets(rows.Select(row => row.Tags));
        var (flags, flagSets) = Sets(rows.Select(row => row.Flags));
        var table = new RunTable(
            [.. Enumerable.Range(1, rows.Count)], [.. rows.Select(row => row.Archived?.UtcTicks ?? 0)], new int[rows.Count],
            [new SourceFile("sweep.csv", "00", 10, "csv", "", DateTimeOffset.UnixEpoch)], tagSets, flagSets)
        {
            Project = "p",
            Stamp = "s",
            Names = Texts(rows.Select(row => (string?)row.Name)),
            Parameters = Numbers(row => row.Parameters),
            NonEmbeddingParameters = Numbers(row => row.NonEmbeddingParameters),
            Tokens = Numbers(row => row.Tokens),
            Flops = Numbers(row => row.Flops),
            Loss = Numbers(row => row.Loss),
            Budget = Numbers(row => row.Budget),
            Family = Texts(rows.Select(row => row.Family)),
            Lines = [.. rows.Select(row => row.Line)],
            Points = [.. rows.Select(row => row.Points)],
            Tags = new TextColumn(tags, [.. tagSets.Select(set => string.Join(' ', set))]),
            Flags = new TextColumn(flags, [.. flagSets.Select(set => string.Join("; ", set))]),
            ExclusionReason = Texts(rows.Select(row => row.ExclusionReason)),
            Note = Texts(rows.Select(row => row.Note)),
            Config = rows.SelectMany(row => row.Config.Select(pair => pair.Key)).Distinct().ToDictionary(
                key => key, key => Texts(rows.Select(row => row.Config.FirstOrDefault(pair => pair.Key == key).Value))),
        };
        return new RunColumns(
            table,
            name => Task.FromResult(metrics.FirstOrDefault(metric => metric.Name == name).Values is { } values
                ? new MetricValues([.. values], [.. values], [.. values.Select(value => value + 1)], [.. values.Select(value => double.IsNaN(value) ? 0 : 10)])
                : None(rows.Count)),
            () => Task.FromResult<IReadOnlyList<string>>([.. metrics.Select(metric => metric.Name)]));

        double[] Numbers(Func<RunRow, double?> number) => [.. rows.Select(row => number(row) ?? double.NaN)];
    }

    public static Task<RunArrangement> ArrangeAsync(RunColumns columns, RunsState state) => RunArrangement.OfAsync(columns, NoReadings, state, default);

    public static string Names(RunArrangement shown) => string.Join(", ", shown.Rows.Select(row => shown.Columns.Table.Names[row]));

    private static MetricValues None(int count) => new([.. Enumerable.Repeat(double.NaN, count)], [.. Enumerable.Repeat(double.NaN, count)], [.. Enumerable.Repeat(double.NaN, count)], new int[count]);

    private static TextColumn Texts(IEnumerable<string?> texts)
    {
        var all = texts.ToArray();
        var values = all.OfType<string>().Distinct().ToArray();
        return new TextColumn([.. all.Select(text => text is null ? -1 : Array.IndexOf(values, text))], values);
    }

    private static (int[] Codes, string[][] Sets) Sets(IEnumerable<IReadOnlyList<string>> lists)
    {
        var all = lists.ToArray();
        var sets = all.Where(list => list.Count > 0).DistinctBy(list => string.Join('\n', list)).ToArray();
        return ([.. all.Select(list => list.Count == 0 ? -1 : Array.FindIndex(sets, set => set.SequenceEqual(list)))], [.. sets.Select(set => set.ToArray())]);
    }
}
