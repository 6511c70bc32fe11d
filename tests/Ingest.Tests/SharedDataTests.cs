namespace ScalingDashboard.Ingest.Tests;

public sealed class SharedDataTests
{
    [SkippableTheory]
    [InlineData("isoflops/isoflops_annotated.csv", "", 947, 947, 947)]
    [InlineData("isoflops/marin_raw_isoflop-comma.csv", "", 92, 92, 92)]
    [InlineData("isoflops/marin_raw_isoflop-dclm.csv", "", 85, 85, 85)]
    [InlineData("isoflops/marin_raw_isoflop-nemotron.csv", "", 96, 96, 96)]
    [InlineData("epoch-chinchilla/chinchilla240.csv", "", 240, 240, 240)]
    [InlineData("epoch-chinchilla/chinchilla245.csv", "", 245, 245, 245)]
    [InlineData("epoch-chinchilla/svg_extracted_data.csv", "", 245, 245, 245)]
    [InlineData("gemstones/checkpoints.csv", "", 2740, 2740, null)]
    [InlineData("misfitting/scaling_results.csv", "", 4852, 4852, 4852)]
    [InlineData("misfitting/scaling_results.csv", "run=model+total_steps+peak_lr", 4852, 4852, 240)]
    [InlineData("misfitting/scaling_results_last_ckpt_only.csv", "", 261, 261, 261)]
    [InlineData("porian/isoflop_points.csv", "", 1748, 1745, 1745)]
    [InlineData("porian/optimal_pairs.csv", "", 177, 173, 173)]
    [InlineData("kyo-takano-chinchilla/df.csv", "", 234, 234, 234)]
    [InlineData("cerebras-gpt/cerebras_gpt.csv", "loss=pile_test_loss,run=model", 7, 7, 7)]
    [InlineData("steplaw/dense_lr_bs_loss.csv", "run=exp_name", 1911, 1911, null)]
    [InlineData("overtrain/overtrain_downstreams.csv", "loss=loss_c4_val", 104, 104, 104)]
    public async Task Every_sweep_loads(string path, string map, int rows, int usable, int? runs)
    {
        var table = await ReadAsync(path, map);
        Assert.Equal((rows, usable, rows - usable), (table.RowsRead, table.Observations.Count, table.LeftOut.Count));
        if (runs is not null)
            Assert.Equal(runs, table.Runs.Count);
        Assert.Equal(table.Runs.Count, table.Runs.Select(run => run.Name).Distinct().Count());
    }

    [SkippableFact]
    public async Task Gemstones_are_runs_with_checkpoints()
    {
        var table = await ReadAsync("gemstones/checkpoints.csv", "run=run_name,parameters=params_active_precise,loss=final_loss", "subset=hot");
        Assert.Equal((220, 22), (table.Observations.Count, table.Runs.Count));
        Assert.All(table.Runs, run => Assert.Equal(10, run.Series[0].Values.Length));
        var run = table.Runs[0];
        Assert.Equal("PyGemma-1024x28_pretrain", run.Name);
        Assert.Equal(2385, run.Series[0].Steps[0]);
        Assert.Equal(run.Loss, run.Series[0].Values[^1]);
    }

    [SkippableFact]
    public async Task Misfitting_curves_have_at_least_two_checkpoints_in_221_runs()
    {
        var table = await ReadAsync("misfitting/scaling_results.csv", "run=model+total_steps+peak_lr");
        Assert.Equal(221, table.Runs.Count(run => run.Series.Count > 0));
        Assert.Equal(16, table.Runs.Count(run => run.Flags.Any(flag => flag.Contains("the tokens of another row", StringComparison.Ordinal))));
    }

    [SkippableFact]
    public async Task Epoch_points_have_tokens_from_flops()
    {
        var table = await ReadAsync("epoch-chinchilla/svg_extracted_data.csv", "");
        Assert.Equal((245, 0), (table.InferredTokens, table.InferredFlops));
        Assert.Equal((6795600349.289497, 9.993852799709755e+18, 5.005581996196243), (table.Runs[0].Parameters, table.Runs[0].Flops, table.Runs[0].Loss));
    }

    [SkippableFact]
    public async Task Llama_experiment_is_filtered_by_name()
    {
        var table = await ReadAsync("isoflops/isoflops_annotated.csv", "", "experiment=llama_3__exp_loss");
        Assert.Equal((133, 947 - 133), (table.Runs.Count, table.RowsFilteredOut));
        Assert.Equal(10, table.Runs.Select(run => run.Budget).Distinct().Count());
    }

    [SkippableTheory]
    [InlineData("porian/fits.csv")]
    [InlineData("gemstones/published_fits.csv")]
    public async Task What_is_no_sweep_is_refused(string path)
    {
        var exception = await Assert.ThrowsAsync<IngestException>(() => ReadAsync(path, ""));
        Assert.Contains("no column for parameters", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<SweepTable> ReadAsync(string path, string map, params string[] where)
    {
        await using var stream = Reading.OpenShared(path);
        return await SweepTableReader.ReadAsync(stream, path, Reading.Options(map, where), CancellationToken.None);
    }
}
