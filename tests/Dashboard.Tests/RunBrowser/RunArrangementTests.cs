using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Dashboard.Tests.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.RunBrowser;

public sealed class RunArrangementTests
{
    private static readonly RunRow[] s_rows =
    [
        Rows.Row("run 10", parameters: 2e9, loss: 2.5) with { Budget = 1e20, Tags = ["b"] },
        Rows.Row("run 2", parameters: 1e9, loss: 3) with { ExclusionReason = "diverged", Points = 7 },
        Rows.Row("Run 1", parameters: 1e9, loss: 2) with { Budget = 6e18, Flags = ["x"], Tags = ["a"] },
    ];

    [Theory]
    [InlineData("added", false, "run 10, run 2, Run 1")]
    [InlineData("added", true, "Run 1, run 2, run 10")]
    [InlineData("run", false, "Run 1, run 2, run 10")]
    [InlineData("run", true, "run 10, run 2, Run 1")]
    [InlineData("parameters", false, "run 2, Run 1, run 10")]
    [InlineData("parameters", true, "run 10, run 2, Run 1")]
    [InlineData("tokens", false, "run 10, run 2, Run 1")]
    [InlineData("flops", false, "run 2, Run 1, run 10")]
    [InlineData("loss", false, "Run 1, run 10, run 2")]
    [InlineData("budget", false, "Run 1, run 10, run 2")]
    [InlineData("budget", true, "run 10, Run 1, run 2")]
    [InlineData("tags", false, "Run 1, run 10, run 2")]
    [InlineData("flags", true, "Run 1, run 10, run 2")]
    [InlineData("points", true, "run 2, run 10, Run 1")]
    [InlineData("status", true, "run 2, run 10, Run 1")]
    [InlineData("last(acc)", false, "Run 1, run 10, run 2")]
    [InlineData("last(acc)", true, "run 10, Run 1, run 2")]
    [InlineData("config(gone)", true, "run 10, run 2, Run 1")]
    public async Task Sorts_with_missing_values_last_and_equal_ones_as_added(string by, bool descending, string expected) =>
        Assert.Equal(expected, Tables.Names(await Tables.ArrangeAsync(Tables.Of(s_rows, ("acc", [0.5, double.NaN, -0.5])), new RunsState { Sort = RunColumn.Parse(by)!, Descending = descending })));

    [Fact]
    public async Task Leaves_excluded_runs_out_when_asked() =>
        Assert.Equal("run 10, Run 1", Tables.Names(await Tables.ArrangeAsync(Tables.Of(s_rows), new RunsState { WithExcluded = false })));

    [Fact]
    public async Task Archived_runs_are_hidden_and_not_counted_until_shown()
    {
        var columns = Tables.Of([s_rows[0], s_rows[1] with { Archived = DateTimeOffset.UnixEpoch.AddDays(1) }, s_rows[2]]);

        var hidden = await Tables.ArrangeAsync(columns, new RunsState());
        Assert.Equal(("run 10, Run 1", 2), (Tables.Names(hidden), hidden.Total));
        var shown = await Tables.ArrangeAsync(columns, new RunsState { WithArchived = true });
        Assert.Equal(("run 10, run 2, Run 1", 3), (Tables.Names(shown), shown.Total));
        Assert.Equal("archived 1970-01-02", shown.Columns.Values(RunColumn.Of(RunField.Status))!.Text(1));
        Assert.Equal(new RunCounts(2, 0, 0, 1, 1), columns.Counts);
    }

    [Fact]
    public async Task Settings_are_sorted_by_their_numbers_where_all_are_numbers()
    {
        var columns = Tables.Of([.. ((string[])["3e-4", "1e-3", "2e-5", "0.1"]).Select(rate => Rows.Row(rate) with { Config = [new("lr", rate), new("mixed", rate == "0.1" ? "none" : rate)] })]);

        Assert.Equal("2e-5, 3e-4, 1e-3, 0.1", Tables.Names(await Tables.ArrangeAsync(columns, new RunsState { Sort = new RunColumn.ConfigColumn("lr") })));
        Assert.Equal("0.1, 3e-4, 2e-5, 1e-3", Tables.Names(await Tables.ArrangeAsync(columns, new RunsState { Sort = new RunColumn.ConfigColumn("mixed"), Descending = true })));
    }

    [Fact]
    public async Task Numbers_below_and_above_zero_are_sorted_as_numbers()
    {
        double[] values = [1, -2, double.NegativeInfinity, 0, -0.5, double.PositiveInfinity, -0.0];
        var columns = Tables.Of([.. values.Select((_, i) => Rows.Row($"{i}"))], ("m", values));

        Assert.Equal("2, 1, 4, 3, 6, 0, 5", Tables.Names(await Tables.ArrangeAsync(columns, new RunsState { Sort = new RunColumn.MetricColumn("m", Summary.Last) })));
        Assert.Equal("5, 0, 3, 6, 4, 1, 2", Tables.Names(await Tables.ArrangeAsync(columns, new RunsState { Sort = new RunColumn.MetricColumn("m", Summary.Last), Descending = true })));
    }

    [Fact]
    public async Task What_only_the_eye_asks_for_is_the_same_arrangement()
    {
        var shown = await Tables.ArrangeAsync(Tables.Of(s_rows), new RunsState { Filter = "run" });

        Assert.True(shown.IsFor(new RunsState { Filter = "run", Run = "1", Compared = ["1"], Show = RunsPresentation.Compare, WithEqual = true }));
        Assert.False(shown.IsFor(new RunsState { Filter = "run", Show = RunsPresentation.Scatter }));
        Assert.False(shown.IsFor(new RunsState { Filter = "run", Columns = ["loss"] }));
    }

    [Theory]
    [InlineData("a2", "a10")]
    [InlineData("a02", "a10")]
    [InlineData("a", "a1")]
    [InlineData("9", "a")]
    [InlineData("a2b3", "a2b20")]
    [InlineData("7", "123456789012345678901234567890")]
    public async Task Numbers_in_names_count_as_numbers(string first, string second)
    {
        RunRow[] rows = [Rows.Row(second), Rows.Row(first)];

        Assert.Equal($"{first}, {second}", Tables.Names(await Tables.ArrangeAsync(Tables.Of(rows), new RunsState { Sort = RunColumn.Of(RunField.Run) })));
    }
}
