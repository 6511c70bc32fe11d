using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>Two columns of the runs against each other, coloured by a third.</summary>
public static class RunScatterFigures
{
    /// <summary>Most points drawn: beyond it browsers get slow.</summary>
    public const int MostPoints = RunTraces.MostRuns;

    /// <summary>Most texts that have a place on an axis; the most frequent ones.</summary>
    private const int MostPlaces = 20;

    // Along the axis; the lowest and the highest point in each are drawn.
    private const int Buckets = 500;

    private static readonly (string Color, MarkerSymbol Symbol)[] s_categories =
        [("--cat-1", MarkerSymbol.Circle), ("--cat-2", MarkerSymbol.Square), ("--cat-3", MarkerSymbol.Diamond), ("--cat-4", MarkerSymbol.TriangleUp), ("--cat-5", MarkerSymbol.Cross), ("--cat-6", MarkerSymbol.SquareOpen)];

    /// <param name="table">The runs.</param>
    /// <param name="rows">Those in view.</param>
    /// <param name="x">Across.</param>
    /// <param name="y">Up.</param>
    /// <param name="color">What colours them; null for one colour.</param>
    /// <param name="xScale">Log, linear or what suits the column; the same for <paramref name="yScale"/>.</param>
    public static Figure Scatter(RunTable table, IReadOnlyList<int> rows, ColumnValues x, ColumnValues y, ColumnValues? color, AxisScale xScale = AxisScale.Auto, AxisScale yScale = AxisScale.Auto)
    {
        var (across, up) = (new Places(x, rows, xScale), new Places(y, rows, yScale));
        int[] there = [.. rows.Where(row => double.IsFinite(across.At(row)) && double.IsFinite(up.At(row)))];
        int[] visible = [.. there.Where(row => across.Shows(row) && up.Shows(row))];
        var drawn = Thin(visible, across, up, color);
        string[] notes =
        [
            drawn.Length < visible.Length ? $"{drawn.Length:N0} of {visible.Length:N0} runs shown, extremes kept" : Words.Count(visible.Length, "run"),
            .. there.Length < rows.Count ? [$"{rows.Count - there.Length:N0} without a value left out"] : Array.Empty<string>(),
            .. visible.Length < there.Length ? [$"{there.Length - visible.Length:N0} not above 0 left out of a log axis"] : Array.Empty<string>(),
        ];
        var (xTitle, yTitle) = (RunColumnText.AxisTitle(x.Column), RunColumnText.AxisTitle(y.Column));
        var colored = color is { IsNumber: true } ? ColorAxis(color, drawn) : null;
        return new Figure
        {
            Name = "runs",
            Title = $"{RunColumnText.Label(y.Column)} against {RunColumnText.Label(x.Column)}",
            Subtitle = string.Join("; ", notes),
            Description = $"{yTitle} against {xTitle}: {string.Join("; ", notes)}{(color is null ? "" : $", coloured by {RunColumnText.Label(color.Column)}")}.",
            XAxis = across.Axis(xTitle),
            YAxis = up.Axis(yTitle),
            Traces = [.. Traces(table, drawn, across, up, color, colored)],
            ColorAxis = colored,
            Legend = color is { IsNumber: false },
        };
    }

    private static IEnumerable<Trace> Traces(RunTable table, int[] rows, Places x, Places y, ColumnValues? color, FigureAxis? colored)
    {
        int[] counted = [.. rows.Where(row => table.ExclusionReason.Codes[row] < 0)];
        int[] excluded = [.. rows.Except(counted)];
        if (excluded.Length > 0)
            yield return Points("Excluded", excluded) with { Color = RunTraces.ExcludedColor, Symbol = MarkerSymbol.X, Size = 7 };
        if (color is null)
        {
            yield return Points("Runs", counted);
            yield break;
        }

        if (colored is not null)
        {
            int[] valued = [.. counted.Where(row => double.IsFinite(color.Number(row)) && (!colored.Log || color.Number(row) > 0))];
            if (counted.Except(valued).ToArray() is { Length: > 0 } without)
                yield return Points($"Without {RunColumnText.Label(color.Column)}", without) with { Color = "--ink-faint", Symbol = MarkerSymbol.CircleOpen };
            yield return Points("Runs", valued) with { Z = [.. valued.Select(color.Number)] };
            yield break;
        }

        // Names in natural order, the most frequent ones where there are more than colours.
        var byText = counted.GroupBy(color.Text).OrderByDescending(group => group.Count()).ToArray();
        var named = byText.Length <= s_categories.Length ? byText : byText[..(s_categories.Length - 1)];
        var index = 0;
        foreach (var group in named.OrderBy(group => group.Key, NaturalOrder.Instance))
        {
            var (token, symbol) = s_categories[index++];
            yield return Points(group.Key.Length > 0 ? group.Key : $"no {RunColumnText.Label(color.Column)}", [.. group]) with { Color = token, Symbol = symbol };
        }

        if (byText.Length > named.Length)
            yield return Points($"{byText.Length - named.Length:N0} others", [.. byText.Skip(named.Length).SelectMany(group => group)]) with { Color = "--ink-faint", Symbol = MarkerSymbol.CircleOpen };

        Trace Points(string name, int[] points) => new()
        {
            Name = name,
            Kind = TraceKind.Points,
            X = [.. points.Select(x.At)],
            Y = [.. points.Select(y.At)],
            Color = "--accent",
            Size = rows.Length > 1000 ? IsoFlopTraces.CrowdedSize : null,
            Hover = [.. points.Select(row => Hover(table, row, x.Values, y.Values, color))],
            Ids = [.. points.Select(table.Id)],
        };
    }

    private static string Hover(RunTable table, int row, ColumnValues x, ColumnValues y, ColumnValues? color)
    {
        IEnumerable<ColumnValues> told = color is null ? [x, y] : [x, y, color];
        return string.Join('\n', told.DistinctBy(values => values.Column).Select(values => $"{RunColumnText.Label(values.Column)}: {values.Text(row)}").Prepend(table.Names[row]))
            + (table.ExclusionReason[row] is { } reason ? $"\nexcluded: {reason}" : "");
    }

    private static FigureAxis ColorAxis(ColumnValues color, int[] rows)
    {
        double[] values = [.. rows.Select(color.Number).Where(double.IsFinite)];
        var log = IsLog(color.Column, values, AxisScale.Auto);
        if (log)
            values = [.. values.Where(value => value > 0)];
        return new FigureAxis(RunColumnText.AxisTitle(color.Column))
        {
            Log = log,
            Ticks = RunColumnText.Ticks(color.Column),
            Range = values.Length > 0 && values.Min() < values.Max() ? new AxisRange(values.Min(), values.Max()) : null,
        };
    }

    /// <summary>Counts and FLOP, and whatever spans three decades, read better on a log scale.</summary>
    private static bool IsLog(RunColumn column, double[] values, AxisScale scale) => scale switch
    {
        AxisScale.Log => true,
        AxisScale.Linear => false,
        _ => values.Length > 0 && values.Min() > 0 && (RunColumnText.Ticks(column) != TickKind.Plain || values.Max() >= 1000 * values.Min()),
    };

    /// <summary>The points drawn of many: along the axis the lowest and the highest in each bucket, the ends of the colour scale, and of the others evenly many in their order.</summary>
    private static int[] Thin(int[] rows, Places x, Places y, ColumnValues? color)
    {
        if (rows.Length <= MostPoints)
            return rows;
        var (low, high) = (rows.Min(x.Position), rows.Max(x.Position));
        var kept = new HashSet<int>();
        var extremes = new (int Lowest, int Highest)[Buckets];
        Array.Fill(extremes, (-1, -1));
        foreach (var row in rows)
        {
            ref var bucket = ref extremes[high > low ? Math.Min((int)((x.Position(row) - low) / (high - low) * Buckets), Buckets - 1) : 0];
            if (bucket.Lowest < 0 || y.At(row) < y.At(bucket.Lowest))
                bucket.Lowest = row;
            if (bucket.Highest < 0 || y.At(row) > y.At(bucket.Highest))
                bucket.Highest = row;
        }

        foreach (var (lowest, highest) in extremes.Where(bucket => bucket.Lowest >= 0))
        {
            kept.Add(lowest);
            kept.Add(highest);
        }

        kept.Add(rows.MinBy(x.At));
        kept.Add(rows.MaxBy(x.At));
        if (color is { IsNumber: true } && rows.Where(row => double.IsFinite(color.Number(row))).ToArray() is { Length: > 0 } valued)
        {
            kept.Add(valued.MinBy(color.Number));
            kept.Add(valued.MaxBy(color.Number));
        }

        int[] others = [.. rows.Where(row => !kept.Contains(row))];
        var room = MostPoints - kept.Count;
        for (var i = 0; i < room; i++)
            kept.Add(others[(int)((long)i * others.Length / room)]);
        return [.. rows.Where(kept.Contains)];
    }

    /// <summary>Where the runs stand along one axis: their numbers, or the place of their text among the texts.</summary>
    private sealed class Places
    {
        private readonly double[]? _placeOf;
        private readonly AxisTick[]? _marks;
        private readonly bool _log;

        public Places(ColumnValues values, IReadOnlyList<int> rows, AxisScale scale)
        {
            Values = values;
            if (values.IsNumber)
            {
                _log = IsLog(values.Column, [.. rows.Select(values.Number).Where(double.IsFinite)], scale);
                return;
            }

            var texts = values.Texts!;
            var counts = new int[texts.Values.Count];
            foreach (var row in rows)
            {
                if (texts.Codes[row] is >= 0 and var code)
                    counts[code]++;
            }

            _placeOf = new double[counts.Length];
            Array.Fill(_placeOf, double.NaN);
            var shown = Enumerable.Range(0, counts.Length).Where(code => counts[code] > 0).OrderByDescending(code => counts[code]).Take(MostPlaces)
                .OrderBy(code => texts.Values[code], NaturalOrder.Instance).ToArray();
            for (var i = 0; i < shown.Length; i++)
                _placeOf[shown[i]] = i + 1;
            _marks = [.. shown.Select((code, i) => new AxisTick(i + 1, texts.Values[code]))];
        }

        public ColumnValues Values { get; }

        /// <summary>NaN where the run has none.</summary>
        public double At(int row) => _placeOf is null ? Values.Number(row) : Values.Texts!.Codes[row] is >= 0 and var code ? _placeOf[code] : double.NaN;

        /// <summary>A log axis has no place for what is not above 0.</summary>
        public bool Shows(int row) => !_log || At(row) > 0;

        public double Position(int row) => _log ? Math.Log10(At(row)) : At(row);

        public FigureAxis Axis(string title) => new(title)
        {
            Log = _log,
            Ticks = _placeOf is null ? RunColumnText.Ticks(Values.Column) : TickKind.Plain,
            Marks = _marks,
            Range = _marks is null ? null : new AxisRange(0.5, _marks.Length + 0.5),
        };
    }
}
