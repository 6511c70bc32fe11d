using static ScalingDashboard.Runs.Tests.StoreFolder;

namespace ScalingDashboard.Runs.Tests;

public sealed class SeriesTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(200_000)]
    public async Task A_curve_reads_back_bit_for_bit(int length)
    {
        var random = new Random(7);
        var steps = new double[length];
        var values = new double[length];
        for (var i = 0; i < length; i++)
        {
            steps[i] = i < 1_000 ? i : steps[i - 1] + random.Next(0, 3) * 0.5;
            values[i] = 2 + 1 / (1.0 + i) + 0.01 * random.NextDouble();
        }

        await using var store = await _folder.OpenAsync();
        var id = (await ImportAsync(store, [Run("a", series: new ImportedSeries("loss", steps, values))])).Added[0].Id;

        var series = await store.SeriesAsync(id, "loss");
        Assert.Equal(steps, series!.Steps);
        Assert.Equal(values, series.Values);
        var summary = Assert.Single(await store.MetricsAsync(id));
        Assert.Equal(("loss", length, values.Min(), values.Max(), values[^1]), (summary.Metric, summary.Count, summary.Min, summary.Max, summary.Last));
        Assert.Equal(length, (await store.RunsAsync(Project))[0].Points);
        Assert.Equal((long)((length + 65_535) / 65_536), _folder.Scalar("SELECT count(*) FROM SeriesChunks"));
    }

    [Fact]
    public async Task Odd_numbers_survive_and_NaN_counts_as_not_logged()
    {
        double[] values = [1, double.NaN, -0.0, double.Epsilon, double.NegativeInfinity, double.MaxValue, BitConverter.Int64BitsToDouble(0x7ff8_0000_0000_0123)];
        double[] steps = [-3, 0, 0, 0.5, 1e300, 1e300, double.PositiveInfinity];
        await using var store = await _folder.OpenAsync();
        var id = (await ImportAsync(
            store,
            [Run("a", series: [new("x", steps, values), new("never", [0, 1], [double.NaN, double.NaN]), new("empty", [], [])])])).Added[0].Id;

        var series = await store.SeriesAsync(id, "x");
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), series!.Values.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(steps, series.Steps);
        var summaries = await store.MetricsAsync(id);
        Assert.Equal(["never", "x"], summaries.Select(summary => summary.Metric));
        Assert.Equal((null, null, null), (summaries[0].Min, summaries[0].Max, summaries[0].Last));
        Assert.Equal((double.NegativeInfinity, double.MaxValue, double.MaxValue), (summaries[1].Min, summaries[1].Max, summaries[1].Last));
    }

    [Fact]
    public async Task Regular_steps_take_next_to_no_room()
    {
        await using var store = await _folder.OpenAsync();
        var steps = Enumerable.Range(0, 65_536).Select(i => i * 10.0).ToArray();
        await ImportAsync(store, [Run("a", series: new ImportedSeries("x", steps, new double[steps.Length]))]);
        Assert.InRange((long)_folder.Scalar("SELECT length(Packed) FROM SeriesChunks")!, 1, 20_000);
    }

    [Theory]
    [InlineData("UPDATE SeriesChunks SET Packed = x'00'")]
    [InlineData("UPDATE SeriesChunks SET Packed = substr(Packed, 1, length(Packed) / 2)")]
    [InlineData("UPDATE SeriesChunks SET Packed = (SELECT Packed FROM SeriesChunks WHERE SeriesId = 2)")]
    [InlineData("DELETE FROM SeriesChunks")]
    public async Task Damage_is_noticed(string sql)
    {
        await using var store = await _folder.OpenAsync();
        double[] steps = [0, 1, 2];
        var id = (await ImportAsync(store, [Run("a", series: [new("x", steps, [3, 2, 1]), new("y", steps, [3, 2, 2])])])).Added[0].Id;
        _folder.Execute(sql);
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.SeriesAsync(id, "x"));
        Assert.Contains("“x” is damaged", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_or_metric_that_is_not_there_has_no_curve()
    {
        await using var store = await _folder.OpenAsync();
        var id = (await ImportAsync(store, [Run("a")])).Added[0].Id;
        Assert.Null(await store.SeriesAsync(id, "loss"));
        Assert.Null(await store.SeriesAsync("zzz", "loss"));
        Assert.Null(await store.SeriesAsync("'; --", "loss"));
        Assert.Empty(await store.MetricsAsync(id));
        Assert.Empty(await store.MetricsAsync(""));
    }

    [Fact]
    public async Task Steps_without_values_are_refused()
    {
        await using var store = await _folder.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => ImportAsync(store, [Run("a", series: new ImportedSeries("x", [0, 1], [1]))]));
        Assert.Empty(await store.ProjectsAsync());
    }

    [Fact]
    public async Task Checkpoints_join_loss_with_tokens_and_flops_by_step()
    {
        await using var store = await _folder.OpenAsync();
        double[] steps = [0, 10, 20, 30];
        double[] loss = [11, 4, double.NaN, 3];
        var receipt = await ImportAsync(
            store,
            [
                // The start (no tokens yet) and the gap in the loss are no checkpoints.
                Run("tokens", 2, series: [new("loss", steps, loss), new("tokens", steps, [0, 1e9, 2e9, 3e9])]),
                Run("flops", 3, series: [new("loss", steps, loss), new("flops", [10, 15, 30], [6e18, 7e18, 1.2e19])]),
                Run("both", 4, series: [new("loss", [10], [5]), new("tokens", [10], [1e9]), new("flops", [10], [9e18])]),
                Run("gap", 5, series: [new("loss", [1, 2], [5, 4]), new("tokens", [1, 2], [1e9, double.NaN]), new("flops", [1, 2], [double.NaN, 9e18])]),
                Run("repeated", 6, series: [new("loss", [5, 5], [5, 4]), new("tokens", [5, 5], [1e9, 2e9])]),
                Run("no loss", 7, series: [new("tokens", steps, [1, 2, 3, 4]), new("flops", steps, [1, 2, 3, 4])]),
                Run("only loss", 8, series: new ImportedSeries("loss", steps, loss)),
                Run("final only", 9),
                Run("gone", 10, series: [new("loss", [10], [5]), new("tokens", [10], [1e9])]),
            ]);
        await store.DeleteAsync([receipt.Added[^1].Id]);
        await store.ExcludeAsync([receipt.Added[2].Id], "spike");

        var checkpoints = await store.CheckpointsAsync(Project);

        Assert.Equal(
            [
                ("tokens", 1e9, 6e18, 4.0, null), ("tokens", 3e9, 1.8e19, 3.0, null),
                ("flops", 1e9, 6e18, 4.0, null), ("flops", 2e9, 1.2e19, 3.0, null),
                ("both", 1e9, 9e18, 5.0, "spike"),
                ("gap", 1e9, 6e18, 5.0, null), ("gap", 1.5e9, 9e18, 4.0, null),
                ("repeated", 1e9, 6e18, 5.0, null), ("repeated", 2e9, 1.2e19, 4.0, (string?)null),
            ],
            checkpoints.Select(point => (point.Run, point.Tokens, point.Flops, point.Loss, point.ExclusionReason)));
        Assert.Equal((receipt.Added[0].Id, 2, 1e9), (checkpoints[0].RunId, checkpoints[0].Line, checkpoints[0].Parameters));
    }
}
