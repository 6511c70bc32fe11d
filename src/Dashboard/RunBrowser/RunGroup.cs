using ScalingDashboard.Analysis;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>Runs that have the same values in the columns they are grouped by.</summary>
/// <param name="Label">Those values, as far as groups differ in them.</param>
/// <param name="Rows">Its runs, in their order; ascending at first.</param>
public sealed record RunGroup(string Label, int[] Rows)
{
    private readonly Dictionary<ColumnValues, GroupStatistics> _statistics = [];
    private readonly Dictionary<ColumnValues, string> _common = [];

    /// <summary>The run that was added first, by which the group is known.</summary>
    public int First { get; } = Rows[0];

    /// <summary>Mean, deviation and standard error over its runs.</summary>
    public GroupStatistics Statistics(ColumnValues values)
    {
        // Asked for with every drawing of a line.
        if (!_statistics.TryGetValue(values, out var known))
            _statistics.Add(values, known = GroupStatistics.Of(Rows.Select(values.Number)));
        return known;
    }

    /// <summary>What its runs have in a column: their common value, else how far their numbers reach or how many texts there are.</summary>
    public string Common(ColumnValues values)
    {
        if (!_common.TryGetValue(values, out var known))
            _common.Add(values, known = Describe(values));
        return known;
    }

    private string Describe(ColumnValues values)
    {
        if (Array.Exists(Rows, values.IsUnread))
            return ColumnValues.Unread;
        if (values.Texts is { } texts)
        {
            var codes = new HashSet<int>();
            foreach (var row in Rows)
                codes.Add(texts.Codes[row]);
            if (codes.Count == 1)
                return values.Text(First);
            if (!values.IsNumber)
                return Words.Count(codes.Count, "value");
        }

        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var row in Rows)
        {
            var number = values.Number(row);
            (low, high) = double.IsNaN(number) ? (low, high) : (Math.Min(low, number), Math.Max(high, number));
        }

        if (low >= high)
            return values.Text(First);
        var (least, most) = (RunColumnText.Number(values.Column, low), RunColumnText.Number(values.Column, high));
        return least == most ? least : $"{least}–{most}";
    }
}

/// <summary>Runs in groups.</summary>
/// <param name="Groups">In the order in which their first runs were added.</param>
/// <param name="Keys">The columns whose values make the labels: those that tell groups apart.</param>
/// <param name="Seeds">Settings that were taken as the seed; null where groups are by chosen columns.</param>
public sealed record RunGroups(IReadOnlyList<RunGroup> Groups, IReadOnlyList<RunColumn> Keys, IReadOnlyList<string>? Seeds)
{
    private const int MostKeysInLabel = 6;

    /// <summary>Groups by columns.</summary>
    /// <param name="rows">Runs, ascending.</param>
    /// <param name="keys">What runs of a group have in common.</param>
    public static RunGroups By(int[] rows, IReadOnlyList<ColumnValues> keys)
    {
        var (groups, _) = Split(rows, keys);
        return new RunGroups([.. groups.Select(group => new RunGroup(Label(group, keys), group))], [.. keys.Select(key => key.Column)], null);
    }

    /// <summary>
    /// Groups by everything that makes an experiment: family, N, the budget or, without one, D to three digits, and every setting but those called seed and those named.
    /// </summary>
    /// <param name="columns">The runs of the project.</param>
    /// <param name="rows">Those to group, ascending.</param>
    /// <param name="ignored">Settings taken as the seed too.</param>
    public static RunGroups AllButSeed(RunColumns columns, int[] rows, IReadOnlyList<string> ignored)
    {
        var table = columns.Table;
        string[] seeds = [.. table.Config.Keys.Where(key => SeedKeys.IsSeed(key) || ignored.Contains(key))];
        var planned = new ColumnValues(RunColumn.Of(RunField.Tokens), [.. Enumerable.Range(0, table.Count).Select(Planned)], null);
        ColumnValues[] keys =
        [
            .. table.Config.Keys.Except(seeds).Select(key => columns.Values(new RunColumn.ConfigColumn(key))!),
            columns.Values(RunColumn.Of(RunField.Family))!, columns.Values(RunColumn.Of(RunField.Parameters))!, columns.Values(RunColumn.Of(RunField.Budget))!, planned,
        ];
        var (groups, differing) = Split(rows, keys);
        ColumnValues[] shown = [.. differing.Take(MostKeysInLabel)];
        return new RunGroups([.. groups.Select(group => new RunGroup(Label(group, shown), group))], [.. shown.Select(key => key.Column)], seeds);

        // Seeds of one experiment stop a few steps apart.
        double Planned(int row) => double.IsNaN(table.Budget[row]) && table.Tokens[row] is var tokens && double.IsFinite(tokens) && tokens > 0 ? Rounded(tokens) : double.NaN;
    }

    /// <summary>Three significant digits.</summary>
    private static double Rounded(double value)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 2);
        return Math.Round(value / unit) * unit;
    }

    /// <summary>Runs with the same values in all keys, and the keys that tell them apart: not those that follow from the ones before them.</summary>
    private static (IReadOnlyList<int[]> Groups, IReadOnlyList<ColumnValues> Differing) Split(int[] rows, IReadOnlyList<ColumnValues> keys)
    {
        var (groupOf, count, differing) = (new int[rows.Length], rows.Length > 0 ? 1 : 0, new List<ColumnValues>());
        foreach (var key in keys)
        {
            var codes = Codes(rows, key);
            if (!codes.AsSpan().ContainsAnyExcept(codes.Length > 0 ? codes[0] : 0))
                continue;
            var numbers = new Dictionary<(int, int), int>();
            for (var i = 0; i < rows.Length; i++)
            {
                if (!numbers.TryGetValue((groupOf[i], codes[i]), out var number))
                    numbers.Add((groupOf[i], codes[i]), number = numbers.Count);
                groupOf[i] = number;
            }

            if (numbers.Count > count)
                differing.Add(key);
            count = numbers.Count;
        }

        var sizes = new int[count];
        foreach (var group in groupOf)
            sizes[group]++;
        var groups = Array.ConvertAll(sizes, size => new int[size]);
        for (var i = rows.Length - 1; i >= 0; i--)
            groups[groupOf[i]][--sizes[groupOf[i]]] = rows[i];
        return (groups, differing);
    }

    private static int[] Codes(int[] rows, ColumnValues key)
    {
        if (key.Texts is { } texts)
            return Array.ConvertAll(rows, row => texts.Codes[row]);
        var index = new Dictionary<double, int>();
        return Array.ConvertAll(rows, row =>
        {
            var number = key.Number(row);
            if (!index.TryGetValue(number, out var code))
                index.Add(number, code = index.Count);
            return code;
        });
    }

    private static string Label(int[] group, IReadOnlyList<ColumnValues> keys) =>
        keys.Count == 0 ? "all alike" : string.Join(" · ", keys.Select(key => key.Text(group[0]) is { Length: > 0 } text ? text : Quantity.Count(double.NaN)));
}
