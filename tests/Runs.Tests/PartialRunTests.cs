namespace ScalingDashboard.Runs.Tests;

/// <summary>Runs that lack parameters, tokens, flops or a loss.</summary>
public sealed class PartialRunTests
{
    [Fact]
    public async Task A_run_without_parameters_is_kept_and_no_observation_until_it_has_them()
    {
        using var folder = new StoreFolder();
        await using var store = await folder.OpenAsync();
        var series = new ImportedSeries[] { new("loss", [1, 2], [3, 2]), new("tokens", [1, 2], [1e9, 2e9]) };
        var receipt = await StoreFolder.ImportAsync(store, [StoreFolder.Run("a", series: series) with { Parameters = null, Flops = null, Tokens = 2e9 }]);
        var row = Assert.Single(await store.RunsAsync(StoreFolder.Project));
        Assert.Equal((null, 2e9, null), (row.Parameters, row.Tokens, row.Flops));
        Assert.Empty(await store.ObservationsAsync(StoreFolder.Project));
        Assert.Empty(await store.CheckpointsAsync(StoreFolder.Project));
        var stamp = await store.StampAsync(StoreFolder.Project);

        Assert.Equal(1, await store.SetParametersAsync([receipt.Added[0].Id], 1e8));

        Assert.NotEqual(stamp, await store.StampAsync(StoreFolder.Project));
        Assert.Equal(1.2e18, Assert.Single(await store.ObservationsAsync(StoreFolder.Project)).Flops, 1e6);
        Assert.Equal([3.0, 2], (await store.CheckpointsAsync(StoreFolder.Project)).Select(checkpoint => checkpoint.Loss));
        await Assert.ThrowsAsync<StoreInputException>(() => store.SetParametersAsync([receipt.Added[0].Id], double.NaN));
    }

    [Fact]
    public async Task The_mapping_of_a_source_is_remembered_per_project()
    {
        using var folder = new StoreFolder();
        await using var store = await folder.OpenAsync();
        Assert.Null(await store.MappingAsync(StoreFolder.Project, "s"));
        var staged = await StoreFolder.StageAsync(store);
        await store.ImportAsync(StoreFolder.Project, staged.Id, "long", "loss=eval", [StoreFolder.Run("a")], "s");
        Assert.Equal("loss=eval", await store.MappingAsync(StoreFolder.Project, "s"));
        Assert.Null(await store.MappingAsync("other", "s"));
        Assert.Null(await store.MappingAsync(StoreFolder.Project, "t"));
    }
}
