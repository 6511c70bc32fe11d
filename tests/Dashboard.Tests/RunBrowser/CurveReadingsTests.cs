using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.RunBrowser;

public sealed class CurveReadingsTests : IAsyncLifetime
{
    private TemporaryStore _temporary = null!;

    public async Task InitializeAsync() => _temporary = await TemporaryStore.OpenAsync();

    public async Task DisposeAsync() => await _temporary.DisposeAsync();

    [Theory]
    [InlineData("at(150 steps, loss)", 2.5)]
    [InlineData("at(200 steps, loss)", 2)]
    [InlineData("at(50 steps, loss)", double.NaN)]
    [InlineData("at(1.5e9 tokens, loss)", 2.5)]
    [InlineData("at(3e9 tokens, loss)", 1)]
    [InlineData("at(4e9 tokens, loss)", double.NaN)]
    [InlineData("at(9e18 flops, loss)", 2.5)]
    [InlineData("at(1.5e9 tokens, eval)", 5.5)]
    [InlineData("ema(0.5, loss)", (0.25 * 3 + 0.5 * 2 + 1) / 1.75)]
    public void A_curve_is_read_off(string column, double expected)
    {
        ImportedSeries[] curves = [new("loss", [100, 200, 300], [3, 2, 1]), new("tokens", [100, 200, 300], [1e9, 2e9, 3e9]), new("eval", [100, 300], [6, 4])];

        Assert.Equal(expected, CurveReadings.Read((RunColumn.MetricColumn)RunColumn.Parse(column)!, curves, 1e9), 12);
    }

    [Fact]
    public void Tokens_follow_from_flops_where_only_those_were_logged()
    {
        ImportedSeries[] curves = [new("loss", [1, 2], [3, 2]), new("flops", [1, 2], [6e18, 12e18])];

        Assert.Equal(2.5, CurveReadings.Read((RunColumn.MetricColumn)RunColumn.Parse("at(1.5e9 tokens, loss)")!, curves, 1e9), 12);
        Assert.Equal(double.NaN, CurveReadings.Read((RunColumn.MetricColumn)RunColumn.Parse("at(1.5e9 tokens, loss)")!, curves, double.NaN));
        Assert.Equal(double.NaN, CurveReadings.Read((RunColumn.MetricColumn)RunColumn.Parse("at(1.5e9 tokens, loss)")!, curves[..1], 1e9));
        Assert.Equal(double.NaN, CurveReadings.Read((RunColumn.MetricColumn)RunColumn.Parse("ema(0.9, gone)")!, curves, 1e9));
    }

    [Fact]
    public async Task Curves_are_read_when_asked_and_kept_over_other_changes()
    {
        await _temporary.ImportAsync("p", "run,parameters,tokens,loss\na,1e9,1e9,3\na,1e9,2e9,2\nb,1e9,1e9,4\nb,1e9,3e9,2\nc,1e9,1e9,7\n");
        var (tables, readings) = (new RunTables(_temporary.Store), new CurveReadings(_temporary.Store));
        var columns = await tables.ReadAsync("p", default);
        var column = (RunColumn.MetricColumn)RunColumn.Parse("at(1.5e9 tokens, loss)")!;
        var state = new RunsState { Filter = "at(1.5e9tokens,loss)<3", Columns = [column.ToString()] };

        var before = await RunArrangement.OfAsync(columns, readings, state, default);
        Assert.Empty(before.Rows);
        var unread = Assert.Single(before.Unread);
        // c has one row and no curve, so that nothing has to be read for it.
        Assert.Equal((column, "0, 1"), (unread.Column, string.Join(", ", unread.Rows)));
        Assert.Equal("…", before.Values(column).Text(0));
        Assert.Equal("–", before.Values(column).Text(2));

        var told = new List<int>();
        await readings.ReadAsync(columns, column, unread.Rows, new Immediately(told), default);
        Assert.Equal([2], told);
        var after = await RunArrangement.OfAsync(columns, readings, state, default);
        Assert.Equal(("a", 2.5), (Tables.Names(after), after.Values(column).Number(0)));
        Assert.Equal(3.5, after.Values(column).Number(1));
        Assert.Empty(after.Unread);

        await _temporary.Store.TagAsync([columns.Table.Id(0)], "keep");
        var changed = await tables.ReadAsync("p", default);
        Assert.NotSame(columns, changed);
        Assert.Empty((await RunArrangement.OfAsync(changed, readings, state, default)).Unread);
        // Another N makes other tokens of flops.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => readings.ReadAsync(changed, column, unread.Rows, new Immediately(told), new CancellationToken(true)));
    }

    [Fact]
    public async Task A_project_is_read_once_for_each_state_of_the_store()
    {
        await _temporary.ImportAsync("p");
        var tables = new RunTables(_temporary.Store);

        var both = await Task.WhenAll(tables.ReadAsync("p", default), tables.ReadAsync("p", default));
        Assert.Same(both[0], both[1]);
        foreach (var other in (string[])["q", "r", "s"])
            await tables.ReadAsync(other, default);
        Assert.Same(both[0], await tables.ReadAsync("p", default));
        await _temporary.Store.TagAsync([both[0].Table.Id(0)], "x");
        Assert.Equal(["x"], (await tables.ReadAsync("p", default)).Table.TagsOf(0));
        var metric = await both[0].MetricAsync("loss");
        // Runs of one row have their final loss.
        Assert.Equal([3.5, 2.9], metric.Last);
        Assert.Same(metric, await both[0].MetricAsync("loss"));
    }

    private sealed class Immediately(List<int> told) : IProgress<int>
    {
        public void Report(int value) => told.Add(value);
    }
}
