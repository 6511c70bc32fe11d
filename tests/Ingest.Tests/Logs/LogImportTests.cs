using System.Text;

namespace ScalingDashboard.Ingest.Tests.Logs;

public sealed class LogImportTests
{
    [Fact]
    public async Task Metrics_take_the_names_of_the_field_and_the_end_of_the_run_is_its_point()
    {
        var import = await ReadAsync("190M-1xC.csv", "_step,train/loss,eval/loss,throughput/total_tokens,throughput/total_training_Gflops,optim/learning_rate_group0,_runtime\n10,4,,1e9,1e9,0.1,5\n20,3,3.5,2e9,2e9,0.2,9\n30,NaN,,3e9,3e9,0.2,12\n");
        var run = Assert.Single(import.Runs);
        Assert.Equal("wandb-history", import.Format);
        Assert.Equal(["loss", "eval_loss", "lr", "seconds", "tokens", "flops"], run.Series.Select(series => series.Metric));
        Assert.Equal((null, 3e9, 3e18, 3.0), (run.Parameters, run.Tokens, run.Flops, run.Loss));
        Assert.Contains(import.Warnings, warning => warning.Contains("multiplied by 1e9", StringComparison.Ordinal));
        Assert.Equal("no parameter count: needed for IsoFLOP", Assert.Single(import.Missing).What);
        var suggestion = Assert.Single(import.Suggestions);
        Assert.Equal((190e6, "“190M” in the name; C/(6·D) gives 167M"), (suggestion.Parameters, suggestion.Source));
    }

    [Fact]
    public async Task A_suggestion_is_taken_only_when_it_is_accepted()
    {
        const string Text = "step,loss,tokens\n10,4,1e9\n20,3,2e9\n";
        var run = Assert.Single((await ReadAsync("base-70M.csv", Text, new LogImportOptions { AcceptSuggestions = true })).Runs);
        Assert.Equal((70e6, 2e9, 8.4e17), (run.Parameters, run.Tokens, run.Flops));
        Assert.Contains("parameters from “70M” in the name", run.Flags);
        Assert.Empty((await ReadAsync("run.csv", Text)).Suggestions);
        Assert.Empty((await ReadAsync("GPT2M1B.csv", Text)).Suggestions);
    }

    [Fact]
    public async Task Without_a_training_loss_the_first_evaluation_is_the_loss_and_another_can_be_mapped()
    {
        const string Text = "_step,eval/a/CrossEntropyLoss,eval/b/CrossEntropyLoss\n1,4,5\n2,3,4.5\n";
        var import = await ReadAsync("x.csv", Text);
        Assert.Equal(3, Assert.Single(import.Runs).Loss);
        Assert.Equal(["eval/a/CrossEntropyLoss"], import.Mapping.Columns(SweepQuantity.Loss)!);
        Assert.Equal(2, import.Warnings.Count);
        var mapped = await ReadAsync("x.csv", Text, new LogImportOptions { Mapping = ColumnMapping.Parse("loss=eval/b/CrossEntropyLoss") });
        Assert.Equal(4.5, Assert.Single(mapped.Runs).Loss);
    }

    [Fact]
    public async Task Tokens_follow_from_samples_and_the_sequence_length_that_must_be_asked_for()
    {
        const string Text = " iteration 1/ 9 | consumed samples: 1024 | lm loss: 3.0 |\n iteration 2/ 9 | consumed samples: 2048 | lm loss: 2.5 |\n";
        var without = await ReadAsync("m.log", Text);
        Assert.Null(Assert.Single(without.Runs).Tokens);
        Assert.Contains(without.Warnings, warning => warning.Contains("--sequence-length", StringComparison.Ordinal));
        Assert.Contains(without.Missing, missing => missing.What.StartsWith("neither tokens nor flops", StringComparison.Ordinal));
        Assert.Equal(2048.0 * 2048, Assert.Single((await ReadAsync("m.log", Text, new LogImportOptions { SequenceLength = 2048 })).Runs).Tokens);
        Assert.Equal(2048.0 * 512, Assert.Single((await ReadAsync("m.log", "  seq_length ..... 512\n" + Text)).Runs).Tokens);
    }

    [Theory]
    [InlineData("loss", true)]
    [InlineData("eval/loss", false)]
    public async Task A_training_loss_that_rose_and_stayed_is_flagged(string metric, bool flagged)
    {
        var text = $"_step,{metric}\n" + string.Concat(Enumerable.Range(1, 60).Select(step => FormattableString.Invariant($"{step},{(step < 30 ? 3 : 7)}\n")));
        var run = Assert.Single((await ReadAsync("x.csv", text)).Runs);
        Assert.Equal(flagged, run.Flags.Contains("diverged: the loss ends at 7, 2.3 times its lowest, 3 up to step 30 (medians of 5 rows)"));
    }

    [Fact]
    public async Task Tokens_between_logged_steps_are_in_between()
    {
        var run = Assert.Single((await ReadAsync("x.jsonl", "{\"step\":0,\"tokens\":0}\n{\"step\":5,\"loss\":3}\n{\"step\":10,\"tokens\":100}\n{\"step\":12,\"loss\":2}\n")).Runs);
        Assert.Equal([50, double.NaN], run.Series.Single(series => series.Metric == "tokens").Values);
    }

    [Fact]
    public async Task A_log_that_tells_its_parameters_needs_no_suggestion()
    {
        var run = Assert.Single((await ReadAsync("n.log", "tokens per iteration will be: 1,000\nnumber of parameters: 124.00M\niter 10: loss 3.5, time 1.00ms, mfu 1.00%\niter 20: loss 3.0, time 1.00ms, mfu 1.00%\n")).Runs);
        Assert.Equal((124e6, 20000.0, 3.0), (run.Parameters, run.Tokens, run.Loss));
    }

    [Fact]
    public async Task A_sweep_table_stays_what_it_was()
    {
        var import = await ReadAsync("s.csv", "run,parameters,tokens,loss\na,1e9,2e10,3\nb,x,2e10,3\n");
        Assert.Equal(("csv", 1, 1), (import.Format, import.Runs.Count, import.LeftOut.Count));
        Assert.NotNull(import.Table);
    }

    [Fact]
    public async Task Compute_of_the_forward_pass_alone_is_taken_three_times_when_it_is_accepted()
    {
        // 2·N·D is 4e19, 8e19.
        const string Table = "run,params,tokens,total_gflops,loss\na,1e9,2e10,4.2e10,3\nb,2e9,2e10,8.1e10,2.9\n";
        var import = await ReadAsync("s.csv", Table);
        Assert.Equal(("total_gflops", 2, 2), (import.ForwardOnly!.Column, import.ForwardOnly.Runs, import.ForwardOnly.Of));
        Assert.Equal(4.2e19, import.Runs[0].Flops);
        Assert.Contains(import.Warnings, warning => warning.StartsWith("total_gflops is 2.1·N·D (2 of 2 runs), as the forward pass alone takes", StringComparison.Ordinal) && warning.Contains("flops=total_gflops*3", StringComparison.Ordinal));

        var taken = await ReadAsync("s.csv", Table, new LogImportOptions { AcceptSuggestions = true });
        Assert.Equal(1.26e20, taken.Runs[0].Flops!.Value, 1e10);
        Assert.Equal(3, taken.Mapping.Factor(SweepQuantity.Flops));
        Assert.Contains("flops=total_gflops*3", taken.Mapping.ToString(), StringComparison.Ordinal);
        Assert.Equal("total_gflops × 1e9 × 3", taken.Facts[0].FlopsFrom);
        Assert.NotNull(taken.ForwardOnly);

        var log = await ReadAsync("a.csv", "step,loss,tokens,total_flops,num_params\n1,3,1e9,2e18,1e9\n2,2.5,2e9,4e18,1e9\n", new LogImportOptions { AcceptSuggestions = true });
        Assert.Equal(1.2e19, Assert.Single(log.Runs).Flops);
        Assert.Equal([6e18, 1.2e19], log.Runs[0].Series.Single(series => series.Metric == "flops").Values);
    }

    [Theory]
    [InlineData("run,params,tokens,flops,loss\na,1e9,2e10,1.2e20,3\nb,2e9,2e10,2.4e20,2.9\n")]
    [InlineData("run,params,tokens,flops,loss\na,1e9,2e10,9e19,3\nb,2e9,2e10,1.8e20,2.9\n")]
    [InlineData("run,params,flops,loss\na,1e9,4e19,3\nb,2e9,8e19,2.9\n")]
    [InlineData("run,params,tokens,flops,loss\na,1e9,2e10,4e19,3\nb,2e9,2e10,2.4e20,2.9\n")]
    public async Task Compute_of_whole_steps_and_compute_that_nothing_can_be_held_against_is_left_alone(string table)
    {
        var import = await ReadAsync("s.csv", table, new LogImportOptions { AcceptSuggestions = true });
        Assert.Null(import.ForwardOnly);
        Assert.Equal(1, import.Mapping.Factor(SweepQuantity.Flops));
    }

    [Fact]
    public async Task Where_numbers_come_from_and_how_a_run_was_trained_is_told()
    {
        var import = await ReadAsync("s.csv", "run,params,tokens,loss,optimizer,precision,GPU Type,GPU Count\na,1e9,2e10,3,adamw,bf16-mixed,NVIDIA H100,8\nb,1e9,2e10,3,,,,\n");
        var facts = import.Facts[0];
        Assert.Equal(("params", "tokens", "6·N·D", "loss"), (facts.ParametersFrom, facts.TokensFrom, facts.FlopsFrom, facts.LossFrom));
        Assert.Equal(("8 × NVIDIA H100", "adamw", "bf16-mixed"), (facts.Hardware, facts.Optimizer, facts.Precision));
        Assert.Equal((null, null, null), (import.Facts[1].Hardware, import.Facts[1].Optimizer, import.Facts[1].Precision));

        var inferred = await ReadAsync("s.csv", "params,C,loss\n1e9,1.2e20,3\n");
        Assert.Equal(("C/(6·N)", "C"), (inferred.Facts[0].TokensFrom, inferred.Facts[0].FlopsFrom));

        var log = await ReadAsync("m.log", "  seq_length ..... 512\n  bf16 ........... True\n  world_size ....... 16\n  optimizer ....... adam\n > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 1000\n iteration 1/ 9 | consumed samples: 1024 | lm loss: 3.0 |\n iteration 2/ 9 | consumed samples: 2048 | lm loss: 2.5 |\n");
        facts = Assert.Single(log.Facts);
        Assert.Equal(("number of parameters", "consumed samples × sequence length 512", "6·N·D", "lm loss"), (facts.ParametersFrom, facts.TokensFrom, facts.FlopsFrom, facts.LossFrom));
        Assert.Equal(("world size 16", "adam", "bf16"), (facts.Hardware, facts.Optimizer, facts.Precision));
    }

    [Fact]
    public async Task Tokens_of_a_step_are_asked_for_where_nothing_tells_them()
    {
        const string Text = "{\"global_step\": 20, \"max_steps\": 20, \"log_history\": [{\"step\": 10, \"loss\": 3.5}, {\"step\": 20, \"loss\": 3}]}";
        var without = await ReadAsync("trainer_state.json", Text);
        Assert.True(without is { NeedsTokensPerStep: true, NeedsSequenceLength: false });
        var run = Assert.Single((await ReadAsync("trainer_state.json", Text, new LogImportOptions { TokensPerStep = 1e6 })).Runs);
        Assert.Equal(2e7, run.Tokens);
        Assert.Contains("tokens are step × 1000000 tokens per step", run.Flags);
        var samples = await ReadAsync("m.log", " iteration 1/ 9 | consumed samples: 1024 | lm loss: 3.0 |\n iteration 2/ 9 | consumed samples: 2048 | lm loss: 2.5 |\n");
        Assert.True(samples is { NeedsTokensPerStep: false, NeedsSequenceLength: true });
        var logged = await ReadAsync("x.csv", "step,loss,tokens\n1,3,10\n2,2,20\n", new LogImportOptions { TokensPerStep = 1e6 });
        Assert.Equal(20, Assert.Single(logged.Runs).Tokens);
    }

    [Fact]
    public async Task A_metric_may_be_multiplied()
    {
        var run = Assert.Single((await ReadAsync("x.csv", "step,loss,tokens (B)\n1,3,1\n2,2.5,2\n", new LogImportOptions { Mapping = ColumnMapping.Parse("tokens=tokens (B)*1e9") })).Runs);
        Assert.Equal(2e9, run.Tokens);
        Assert.Equal([1e9, 2e9], run.Series.Single(series => series.Metric == "tokens").Values);
    }

    [Fact]
    public async Task The_only_metric_that_ends_like_a_loss_is_the_loss()
    {
        var import = await ReadAsync("x.csv", "step,my_own_loss,acc\n1,3,0\n2,2.5,0\n");
        Assert.Equal(2.5, Assert.Single(import.Runs).Loss);
        Assert.Contains(import.Warnings, warning => warning.StartsWith("my_own_loss is taken for the loss", StringComparison.Ordinal));
        Assert.Null(Assert.Single((await ReadAsync("x.csv", "step,a_loss,b_loss\n1,3,0\n2,2.5,0\n")).Runs).Loss);
    }

    [Fact]
    public async Task Files_of_one_source_have_one_signature()
    {
        static Task<string?> Of(string text) => LogImport.SignatureAsync(LogSource.Open("x.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(text))), CancellationToken.None);
        Assert.Equal(await Of("step,loss\n1,2\n"), await Of("loss,step\n3,4\n5,6\n"));
        Assert.NotEqual(await Of("step,loss\n1,2\n"), await Of("step,other\n1,2\n"));
        Assert.Null(await Of("words"));
    }

    private static async Task<LogImport> ReadAsync(string name, string text, LogImportOptions? options = null)
    {
        using var source = LogSource.Open(name, () => new MemoryStream(Encoding.UTF8.GetBytes(text)));
        return await LogImport.ReadAsync(source, options ?? new LogImportOptions(), CancellationToken.None);
    }
}
