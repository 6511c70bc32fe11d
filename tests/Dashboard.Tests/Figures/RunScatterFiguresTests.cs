using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Dashboard.Tests.Projects;
using ScalingDashboard.Dashboard.Tests.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public sealed class RunScatterFiguresTests
{
    private static readonly RunRow[] s_rows =
    [
        Rows.Row("a<b>", 1e8, 2e9, 3.5) with { Family = "wide", Config = [new("opt", "lion")] },
        Rows.Row("b", 1e9, 2e10, 3.0) with { Family = "deep", Config = [new("opt", "adamw")] },
        Rows.Row("c", 1e10, 2e11, 2.5) with { ExclusionReason = "spike" },
        Rows.Row("d") with { Loss = null },
        Rows.Row("e", 2e9, 2e10, 2.8) with { Config = [new("opt", "adamw")] },
    ];

    [Fact]
    public void Runs_are_points_that_open_their_run_and_excluded_ones_are_crosses()
    {
        var figure = Draw(s_rows, "flops", "loss", null);

        Assert.Equal(("Loss, last against C, FLOP", "4 runs; 1 without a value left out"), (figure.Title, figure.Subtitle));
        Assert.Equal(("Training compute C, FLOP", true, "Loss, last, nats per token", false), (figure.XAxis.Title, figure.XAxis.Log, figure.YAxis.Title, figure.YAxis.Log));
        Assert.Equal(["Excluded", "Runs"], figure.Traces.Select(trace => trace.Name));
        Assert.Equal((MarkerSymbol.X, "3"), (figure.Traces[0].Symbol, Assert.Single(figure.Traces[0].Ids!)));
        Assert.Equal(["1", "2", "5"], figure.Traces[1].Ids!);
        Assert.Equal([3.5, 3.0, 2.8], figure.Traces[1].Y);
        Assert.Equal("a<b>\nC, FLOP: 1.2e18\nLoss, last: 3.5", figure.Traces[1].Hover![0]);
        Assert.Equal("c\nC, FLOP: 1.2e22\nLoss, last: 2.5\nexcluded: spike", figure.Traces[0].Hover![0]);
        Assert.False(figure.Legend);
    }

    [Fact]
    public void A_number_colours_along_a_scale_with_its_bar()
    {
        var figure = Draw([s_rows[0], s_rows[1], s_rows[4] with { Parameters = null }], "tokens", "loss", "parameters");

        Assert.Equal(["Without N", "Runs"], figure.Traces.Select(trace => trace.Name));
        Assert.Equal([1e8, 1e9], figure.Traces[1].Z!);
        Assert.Equal(("Parameters N", true, new AxisRange(1e8, 1e9)), (figure.ColorAxis!.Title, figure.ColorAxis.Log, figure.ColorAxis.Range));
        var marker = PlotlySpec.From(figure, 392).Data[1].Marker!;
        Assert.Equal([8.0, 9.0], ((double?[])marker.Color).Select(value => value!.Value));
        Assert.Equal((8, 9, "Parameters N"), (marker.Lowest, marker.Highest, marker.ColorBar!.Title.Text));
        Assert.Contains("trace,x,y,value,low,high,label", FigureExport.Csv(figure), StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_colour_by_category_with_symbols_and_a_legend()
    {
        var figure = Draw([.. Enumerable.Range(0, 9).Select(i => Rows.Row($"{i}") with { Family = i < 2 ? "often" : $"f{i}" }), Rows.Row("x")], "flops", "loss", "family");

        Assert.True(figure.Legend);
        Assert.Equal(6, figure.Traces.Count);
        Assert.Equal("4 others", figure.Traces[^1].Name);
        Assert.Contains(figure.Traces, trace => trace.Name == "often" && trace.X.Length == 2);
        Assert.Equal(6, figure.Traces.Select(trace => (trace.Color, trace.Symbol)).Distinct().Count());
        Assert.Equal(10, figure.Traces.Sum(trace => trace.X.Length));
        Assert.NotNull(PlotlySpec.From(figure, 392).Layout.Legend);
    }

    [Fact]
    public void Texts_have_places_on_an_axis()
    {
        var figure = Draw(s_rows, "config(opt)", "loss", null);

        Assert.Equal([new AxisTick(1, "adamw"), new AxisTick(2, "lion")], figure.XAxis.Marks!);
        Assert.Equal([2, 1, 1], figure.Traces[0].X);
        Assert.Equal("3 runs; 2 without a value left out", figure.Subtitle);
    }

    [Fact]
    public void A_log_axis_says_what_it_cannot_show()
    {
        var columns = Tables.Of(s_rows, ("m", [1, -1, 0, 2, 3]));

        var figure = RunScatterFigures.Scatter(columns.Table, [0, 1, 2, 3, 4], Value(columns, "flops"), new ColumnValues(RunColumn.Parse("last(m)")!, [1, -1, 0, 2, 3], null), null, yScale: AxisScale.Log);

        Assert.Equal("3 runs; 2 not above 0 left out of a log axis", figure.Subtitle);
    }

    [Fact]
    public void Of_many_runs_the_extremes_are_kept_and_the_count_is_said()
    {
        var random = new Random(1);
        RunRow[] rows = [.. Enumerable.Range(0, 12_000).Select(i => Rows.Row($"{i}", 1e8 * (1 + random.NextDouble()), 1e9 * (1 + random.NextDouble()), 2 + random.NextDouble()))];
        rows[7_777] = rows[7_777] with { Loss = 9 };
        rows[3_333] = rows[3_333] with { Loss = 0.5 };
        rows[5_555] = rows[5_555] with { Parameters = 1e12 };

        var figure = Draw(rows, "tokens", "loss", "parameters");

        Assert.Equal("5,000 of 12,000 runs shown, extremes kept", figure.Subtitle);
        Assert.Equal(5_000, figure.Traces.Sum(trace => trace.X.Length));
        Assert.Contains("7778", figure.Traces[0].Ids!.Select(Key));
        Assert.Contains("3334", figure.Traces[0].Ids!.Select(Key));
        Assert.Contains(1e12, figure.Traces[0].Z!);
        Assert.Equal(rows.Min(row => row.Tokens), figure.Traces[0].X.Min());
        Assert.Equal(rows.Max(row => row.Tokens), figure.Traces[0].X.Max());
        Assert.Equal(5_000, figure.Traces[0].Ids!.Distinct().Count());
    }

    // Ids are numbers in base 36.
    private static string Key(string id) => id.Aggregate(0, (key, digit) => key * 36 + (char.IsAsciiDigit(digit) ? digit - '0' : digit - 'a' + 10)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ColumnValues Value(RunColumns columns, string column) => columns.Values(RunColumn.Parse(column)!)!;

    private static Figure Draw(RunRow[] rows, string x, string y, string? color)
    {
        var columns = Tables.Of(rows);
        return RunScatterFigures.Scatter(columns.Table, [.. Enumerable.Range(0, rows.Length)], Value(columns, x), Value(columns, y), color is null ? null : Value(columns, color));
    }
}
