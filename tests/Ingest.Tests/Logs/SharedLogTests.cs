namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>Whole logs as users have them.</summary>
public sealed class SharedLogTests
{
    [SkippableFact]
    public async Task The_OLMo_ladder_is_eighteen_histories()
    {
        string[] sizes = ["190M", "370M", "760M"];
        string[] lengths = ["0.5xC", "1xC", "1xC-rerun", "2xC", "5xC", "10xC"];
        var names = sizes.SelectMany(size => lengths.Select(length => $"{size}-{length}")).ToArray();
        var logged = await Logged.ReadSharedAsync(null, [.. names.Select(name => $"logs/olmo-ladder/{name}.csv")]);
        Assert.Equal(["wandb-history"], logged.Formats);
        Assert.Equal(names.Order(StringComparer.Ordinal), logged.Runs.Select(run => run.Name).Order(StringComparer.Ordinal));
        var run = logged.Runs.Single(run => run.Name == "370M-10xC");
        Assert.Equal((95, 74260414464, 255747145203.51907), (run.Series("throughput/total_tokens").Values.Length, run.Series("throughput/total_tokens").Values[^1], run.Series("throughput/total_training_Gflops").Values[^1]));
        Assert.Equal(95, run.Series("eval/c4_en-validation/CrossEntropyLoss").Values.Length);
        Assert.All(logged.Runs, one => Assert.Equal(96, one.Metrics.Count));
        Assert.All(logged.Runs, one => Assert.Empty(one.Flags));
        Assert.Empty(logged.LeftOut);
    }

    [SkippableFact]
    public async Task A_job_restarted_36_times_is_36_runs_and_offered_as_one()
    {
        var logged = await Logged.ReadSharedAsync(new LogReadOptions { Stitch = true }, "logs/wandb-panel/wandb_export_2024-02-23T14_58_09.703-05_00.csv");
        Assert.Equal(["wandb-panel"], logged.Formats);
        Assert.Equal(37, logged.Runs.Count);
        var job = Assert.Single(logged.RestartedJobs);
        Assert.Equal(("OLMo-7B", 36, "OLMo-7B-run-002", "OLMo-7B-run-038"), (job.Name, job.Runs.Count, job.Runs[0], job.Runs[^1]));
        var stitched = logged.Runs[^1].Series("eval/ice-validation/CrossEntropyLoss");
        Assert.Equal(logged.Runs.Take(36).Sum(run => run.Metrics[0].Steps.Length), stitched.Steps.Length);
        Assert.Equal((21000, 556000), (stitched.Steps[0], stitched.Steps[^1]));
        Assert.Equal(stitched.Steps.Order(), stitched.Steps);
    }

    [SkippableFact]
    public async Task Trackio_exports_a_panel_with_dates_in_the_runs_name()
    {
        var run = Assert.Single((await Logged.ReadSharedAsync(null, "logs/wandb-panel/trackio_logs.csv")).Runs);
        Assert.Equal("17/04/2025_22:06:37_elie-48n-1704-part1_tp_group_0", run.Name);
        Assert.Equal(12.171820640563965, run.Series("lm_loss").Values[0]);
    }

    [SkippableFact]
    public async Task A_trainer_state_of_Hugging_Face()
    {
        var logged = await Logged.ReadSharedAsync(null, "logs/hf-trainer/trainer_state.json");
        Assert.Equal(["huggingface"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal(12030, run.Series("eval_g0_loss").Steps[^1]);
        Assert.Equal(5.741583347320557, run.Series("eval_g0_loss").Values[0]);
        Assert.Equal(2.3847568878600192e+17, run.Series("total_flos").Values[^1]);
    }

    [SkippableTheory]
    [InlineData("isoflops/marin_raw_isoflop-comma.csv")]
    [InlineData("misfitting/scaling_results.csv")]
    [InlineData("porian/isoflop_points.csv")]
    public async Task Sweep_tables_stay_sweep_tables(string path)
    {
        var logged = await Logged.ReadSharedAsync(null, path);
        Assert.Equal(["sweep"], logged.Formats);
        Assert.Single(logged.Tables);
    }
}
