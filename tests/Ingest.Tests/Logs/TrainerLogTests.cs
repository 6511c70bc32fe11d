namespace ScalingDashboard.Ingest.Tests.Logs;

public sealed class TrainerLogTests
{
    private const string TrainerState = """
        {"best_metric": NaN, "epoch": 1.0, "global_step": 20, "total_flos": 2.5e15, "train_batch_size": 4, "log_history": [
          {"epoch": 0.5, "grad_norm": NaN, "learning_rate": 0.001, "loss": 3.1415, "step": 10},
          {"epoch": 0.5, "eval_g0_loss": 2.9, "step": 10},
          {"epoch": 1.0, "learning_rate": 0.0005, "loss": Infinity, "note": "NaN \" is fine", "step": 20},
          {"loss": 1},
          {"epoch": 1.0, "step": 20, "total_flos": 2.5e15, "train_loss": 3.0, "train_runtime": 12.5}]}
        """;

    [Fact]
    public async Task A_trainer_state_tolerates_the_bare_NaN_of_Python()
    {
        var logged = await Logged.ReadAsync("trainer_state.json", TrainerState);
        Assert.Equal(["huggingface"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal("trainer_state", run.Name);
        Assert.Equal([3.1415, double.PositiveInfinity], run.Series("loss").Values);
        Assert.Equal([double.NaN], run.Series("grad_norm").Values);
        Assert.Equal([2.9], run.Series("eval_g0_loss").Values);
        Assert.Equal([20.0], run.Series("total_flos").Steps);
        Assert.Equal([2.5e15], run.Series("total_flos").Values);
        Assert.Equal(("4", "NaN"), (run.Setting("train_batch_size"), run.Setting("best_metric")));
        Assert.Equal("log_history row 4 has no step", Assert.Single(logged.LeftOut).Reason);
        Assert.Contains("rounded to 4 decimals", Assert.Single(logged.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoints_of_one_run_are_one_run_with_the_latest_history()
    {
        static string State(int steps) => $"{{\"global_step\": {steps}, \"log_history\": [{string.Join(',', Enumerable.Range(1, steps / 500).Select(i => $"{{\"step\": {i * 500}, \"loss\": {steps / 1000.0 + i}}}"))}]}}";
        var logged = await Logged.ReadAsync(null, Logged.File("out/checkpoint-1000/trainer_state.json", State(1000)), Logged.File("out/checkpoint-500/trainer_state.json", State(500)));
        var run = Assert.Single(logged.Runs);
        Assert.Equal("out", run.Name);
        Assert.Equal([2.0, 3], run.Series("loss").Values);
        Assert.Empty(run.Flags);
    }

    [Theory]
    [InlineData("{\"global_step\": 1, \"max_steps\": 2, \"log_history\": [", "not valid JSON")]
    [InlineData("{\"global_step\": 1, \"max_steps\": 2}", "no array log_history")]
    [InlineData("{\"log_history\": 3, \"max_steps\": 2}", "no array log_history")]
    public async Task A_broken_trainer_state_is_refused(string text, string message)
    {
        var exception = await Assert.ThrowsAsync<IngestException>(() => Logged.ReadAsync("trainer_state.json", text));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deeply_nested_document_is_refused() =>
        Assert.Contains("not valid JSON", (await Assert.ThrowsAsync<IngestException>(() => Logged.ReadAsync("trainer_state.json", "{\"log_history\": " + new string('[', 5000) + new string(']', 5000) + "}"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_mlflow_store_is_read_by_its_folders()
    {
        var logged = await Logged.ReadAsync(
            null,
            Logged.File("mlruns/0/meta.yaml", "artifact_location: file:///x\nexperiment_id: '0'\nname: Default\n"),
            Logged.File("mlruns/0/abc/meta.yaml", "run_id: abc\nrun_name: base run\nstart_time: 1700000000000\n"),
            Logged.File("mlruns/0/abc/metrics/loss", "1700000000000 3 0\n1700000005000 2.5 10\n1700000006000 nan 20\n"),
            Logged.File("mlruns/0/abc/metrics/eval/loss", "1700000005000 2.75 10\nnonsense\n"),
            Logged.File("mlruns/0/abc/params/lr", "0.001"),
            Logged.File("mlruns/0/abc/tags/mlflow.user", "me"),
            Logged.File("mlruns/0/def/metrics/loss", "1700000000000 4\n1700000001000 3.5\n"));
        Assert.Equal(["mlflow"], logged.Formats);
        Assert.Equal(["base run", "mlruns/0/def"], logged.Runs.Select(run => run.Name));
        Assert.Equal([3, 2.5, double.NaN], logged.Runs[0].Series("loss").Values);
        Assert.Equal([2.75], logged.Runs[0].Series("eval/loss").Values);
        Assert.Contains(5.0, logged.Runs[0].Series("seconds").Values);
        Assert.Equal(("0.001", "me", "abc"), (logged.Runs[0].Setting("lr"), logged.Runs[0].Setting("mlflow.user"), logged.Runs[0].Setting("run_id")));
        Assert.Equal([0.0, 1], logged.Runs[1].Series("loss").Steps);
        Assert.Equal(("mlruns/0/abc/metrics/eval/loss", 2), (Assert.Single(logged.LeftOut).File, logged.LeftOut[0].Line));
        var alone = await Logged.ReadAsync("train_loss", "1700000000000 4 0\n1700000001000 3.5 1\n");
        Assert.Equal([4, 3.5], Assert.Single(alone.Runs).Series("train_loss").Values);
    }

    [Fact]
    public async Task NanoGpt_prints_a_sentinel_for_the_utilisation_and_tells_tokens_and_parameters()
    {
        var logged = await Logged.ReadAsync("run1.log", """
            tokens per iteration will be: 491,520
            number of parameters: 123.59M
            step 0: train loss 10.9886, val loss 10.9898
            iter 0: loss 10.9886, time 24960.55ms, mfu -100.00%
            iter 10: loss nan, time 250.50ms, mfu 41.50%
            """);
        Assert.Equal(["nanogpt"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([10.9886, double.NaN], run.Series("loss").Values);
        Assert.Equal([10.9898], run.Series("val_loss").Values);
        Assert.Equal([0.415], run.Series("mfu").Values);
        Assert.Equal([0.0, 4915200], run.Series("tokens").Values);
        Assert.Equal(0.2505, run.Series("seconds_per_step").Values[1], 12);
        Assert.Equal("123.59M", run.Setting("number of parameters"));
    }

    [Fact]
    public async Task ModdedNanoGpt_is_read_behind_its_last_rule_only()
    {
        var logged = await Logged.ReadAsync("record.txt", """
            import os
            print0(f"step:{step}/{args.num_iterations} val_loss:{val_loss:.4f}")
            step:1/2 val_loss:99 train_time:1ms step_avg:1ms
            ====================================================================================================
            step:7/9 val_loss:98 train_time:1ms step_avg:1ms
            ====================================================================================================
            step:0/3250 val_loss:10.8258 train_time:29159ms step_avg:nanms
            step:125/3250 val_loss:4.4 train_time:19.43s step_avg:155.5ms
              step:126/3250 val_loss:1 train_time:1s step_avg:1ms
            peak memory consumption: 31 MiB
            """);
        Assert.Equal(["modded-nanogpt"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([0.0, 125], run.Series("val_loss").Steps);
        Assert.Equal([10.8258, 4.4], run.Series("val_loss").Values);
        Assert.Equal([29.159, 19.43], run.Series("seconds").Values.Select(value => Math.Round(value, 9)));
        Assert.Equal([125.0], run.Series("seconds_per_step").Steps);
    }

    [Fact]
    public async Task ModdedNanoGpt_is_known_though_its_source_fills_the_head()
    {
        var source = string.Concat(Enumerable.Repeat("# train_time: and step_avg: are printed\n", 3000));
        var logged = await Logged.ReadAsync("a.txt", source + "====\nstep:1/2 train_loss:3.5 train_time:10ms step_avg:10.00ms\n");
        Assert.Equal(["modded-nanogpt"], logged.Formats);
        Assert.Equal([3.5], Assert.Single(logged.Runs).Series("train_loss").Values);
    }

    [Fact]
    public async Task Llmc_prints_training_and_validation_on_lines_of_their_own()
    {
        var logged = await Logged.ReadAsync(null, Logged.File("gpt2/main.log", "s:0 tel:11.0092\ns:0 trl:11.0091 lr:0.000001 norm:15.37\ns:250 eval:0.2523\ns:1 trl:-nan lr:0.1 norm:inf\n"), Logged.File("gpt2/notes.txt", "s:x"));
        Assert.Equal(["llm.c"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal("gpt2", run.Name);
        Assert.Equal([11.0092], run.Series("val_loss").Values);
        Assert.Equal([11.0091, double.NaN], run.Series("train_loss").Values);
        Assert.Equal([1e-6, 0.1], run.Series("lr").Values);
    }

    [Fact]
    public async Task Olmo_prints_thousands_separators_and_names_with_spaces()
    {
        var logged = await Logged.ReadAsync("olmo.log", """
            2024-02-23 14:58:09.703	host:0	olmo.train:934	INFO	[step=1/739328,epoch=0]
                optim/total_grad_norm=12.34
                train/CrossEntropyLoss=11.03
                throughput/total_tokens=4,194,304
                System/Peak GPU Memory (MB)=37,502
            2024-02-23 14:58:19.703	host:0	olmo.train:934	INFO	[step=1,000/739328,epoch=0]
                train/CrossEntropyLoss=nan
            2024-02-23 14:58:19.703	host:0	olmo.train:934	INFO	Saving checkpoint a=b
            """);
        Assert.Equal(["olmo"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([1.0, 1000], run.Series("train/CrossEntropyLoss").Steps);
        Assert.Equal([11.03, double.NaN], run.Series("train/CrossEntropyLoss").Values);
        Assert.Equal([4194304.0], run.Series("throughput/total_tokens").Values);
        Assert.Equal([37502.0], run.Series("System/Peak GPU Memory (MB)").Values);
        Assert.Contains(run.Flags, flag => flag.StartsWith("values are rounded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Megatron_is_split_at_bars_behind_whatever_stands_before()
    {
        var logged = await Logged.ReadAsync("megatron.out", """
              seq_length ...................................... 2048
            [default0]: [2024-01-01 10:00:00] iteration        1/   24000 | consumed samples:         1024 | consumed tokens:      2097152 | elapsed time per iteration (ms): 271607.0 / 3.2 | learning rate: 1.500E-06 | lm loss: 1.192634E+01 | grad norm: 5.960 | number of nan iterations:   0 |
             iteration        2/   24000 | consumed samples:         2048 | lm loss: nan | path: a:b |
            """);
        Assert.Equal(["megatron"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([11.92634, double.NaN], run.Series("lm loss").Values);
        Assert.Equal([1024.0, 2048], run.Series("consumed samples").Values);
        Assert.Equal([2097152.0], run.Series("consumed tokens").Values);
        Assert.Equal([271607.0], run.Series("elapsed time per iteration (ms)").Values);
        Assert.Equal("2048", run.Setting("seq_length"));
    }

    [Fact]
    public async Task A_progress_bar_on_the_line_does_not_hide_the_record()
    {
        var logged = await Logged.ReadAsync("run.log", " 10%|##    | 1/10\riter 10: loss 3.5, time 1.00ms, mfu 1.00%\r 20%|\niter 20: loss 3.25, time 1.00ms, mfu 1.00%\n");
        Assert.Equal([3.5, 3.25], Assert.Single(logged.Runs).Series("loss").Values);
    }

    [Theory]
    [InlineData("nanogpt")]
    [InlineData("olmo")]
    [InlineData("megatron")]
    [InlineData("llm.c")]
    [InlineData("modded-nanogpt")]
    public async Task A_log_without_a_record_is_refused(string format)
    {
        var exception = await Assert.ThrowsAsync<IngestException>(() => Logged.ReadAsync("x.log", "nothing here\n", new LogReadOptions { Format = format }));
        Assert.Contains("has no line as", exception.Message, StringComparison.Ordinal);
    }
}
