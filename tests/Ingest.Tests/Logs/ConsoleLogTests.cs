namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>Consoles as trainers and their forks really print them.</summary>
public sealed class ConsoleLogTests
{
    [Fact]
    public async Task Megatron_with_colours_dates_units_and_words_behind_numbers()
    {
        const string Escape = "\u001B";
        var logged = await Logged.ReadAsync("train.log", $"""
            [{Escape}[32m20251202 09:12:08{Escape}[0m][{Escape}[36mrank-7/8{Escape}[0m] : iteration 126/ 5000 | consumed samples: 16128 | elapsed time per iteration (ms): 13372.8/13364.7 | mem usage/free: 153.81GB/102.17GB | lm loss: 6.5E+00 | grad norm: 0.061 | number of nan iterations: 0 |{Escape}[0m
            [2025-10-21T16:18:53+08:00] iteration      127/   5000 | consumed samples:        16256 | lm loss: 6.25E+00 | tgs (tokens/gpu/second): 353.02 time (ms)
            [2025-10-21T16:19:03+08:00] iteration      128/   5000 | consumed samples:        16384 | lm loss: 6.0E+00 |Number of parameters in transformer layers in billions:  6.98
            """);
        Assert.Equal(["megatron"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([6.5, 6.25, 6], run.Series("lm loss").Values);
        Assert.Equal([13372.8], run.Series("elapsed time per iteration (ms)").Values);
        Assert.Equal([353.02], run.Series("tgs (tokens/gpu/second)").Values);
        Assert.Equal([0.0, 10], run.Series("seconds").Values);
        Assert.DoesNotContain(run.Metrics, metric => metric.Metric.StartsWith("Number of parameters", StringComparison.Ordinal) || metric.Metric.StartsWith("mem usage", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Early_Megatron_writes_no_colon_between_a_name_and_its_number()
    {
        var logged = await Logged.ReadAsync("train.log", """
             iteration      100/  300000 | elapsed time per iteration (ms): 512.3 | learning rate 1.500E-04 | lm loss 8.5E+00 | loss scale 32768.0 |
             iteration      200/  300000 | elapsed time per iteration (ms): 511.9 | learning rate 3.000E-04 | lm loss 7.25E+00 | loss scale 32768.0 | done
            """);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([100.0, 200], run.Series("lm loss").Steps);
        Assert.Equal([8.5, 7.25], run.Series("lm loss").Values);
        Assert.Equal([1.5e-4, 3e-4], run.Series("learning rate").Values);
        Assert.Equal(["elapsed time per iteration (ms)", "learning rate", "lm loss", "loss scale"], run.Metrics.Select(metric => metric.Metric).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Megatron_prints_validation_parameters_and_settings_on_other_lines()
    {
        var logged = await Logged.ReadAsync("m.out", """
            using world size: 16, data-parallel size: 4, tensor-model-parallel size: 2, pipeline-model-parallel size: 2
              params_dtype .................................... torch.bfloat16
              optimizer ....................................... adam........................updated
             > number of parameters on (tensor, pipeline) model parallel rank (1, 0): 210753280
             > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 210753280
             > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 210753280
            0:  iteration       10/     100 | consumed samples:  640 | lm loss: 3.5E+00 |
            0:  validation loss at iteration 10 | lm loss value: 3.25E+00 | lm loss PPL: 2.579034E+01 |
             validation loss at iteration 20 on validation set | lm loss value: 3.0E+00 | lm loss PPL: 2.0E+01 |
             validation loss at iteration 20 on test set | lm loss value: 3.125E+00 |
             validation loss at iteration 20 [code] | lm loss value: 1.5E+00 |
            """);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([10.0, 20], run.Series("lm loss validation").Steps);
        Assert.Equal([3.25, 3], run.Series("lm loss validation").Values);
        Assert.Equal([25.79034, 20], run.Series("lm loss PPL validation").Values);
        Assert.Equal([3.125], run.Series("lm loss test").Values);
        Assert.Equal([1.5], run.Series("lm loss validation [code]").Values);
        Assert.Equal(("421506560", "16", "torch.bfloat16", "adam"), (run.Setting("number of parameters"), run.Setting("world_size"), run.Setting("params_dtype"), run.Setting("optimizer")));
        Assert.Contains("parameters are the sum over 2 ranks", Assert.Single(run.Flags), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 1204838912\nTotal number of parameters in billions: 1.20\n", "1204838912")]
    [InlineData(" > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 5\n > number of parameters on (tensor, pipeline) model parallel rank (0, 1): 5\nTotal number of parameters in billions: 8.03\n", "8.03B")]
    public async Task Megatron_parameters_are_exact_on_one_rank_and_the_total_on_several(string lines, string expected) =>
        Assert.Equal(expected, Assert.Single((await Logged.ReadAsync("m.out", lines + " iteration 1/ 9 | lm loss: 3 |\n iteration 2/ 9 | lm loss: 3 |\n")).Runs).Setting("number of parameters"));

    [Fact]
    public async Task ModdedNanoGpt_takes_any_pair_and_its_unit()
    {
        var logged = await Logged.ReadAsync("track/console.log", """
            W0331 13:01:01.874000 190183 torch/distributed/run.py:852] *****************************************
            Fetching 4 files: 100%|██████████| 4/4 [00:06<00:00,  1.60s/it]
            ====================================================================================================
            |=========================================+========================+======================|
            |   0  NVIDIA H100 80GB HBM3          On  |   00000000:61:00.0 Off |                    0 |
            | N/A   37C    P0            120W /  700W |    7713MiB /  81559MiB |      0%      Default |
            |   1  NVIDIA H100 80GB HBM3          On  |   00000000:62:00.0 Off |                    0 |
            ====================================================================================================
            step:0/3500 val_loss:10.82845 train_time:0.000s step_avg:nanms
            step:1/3500 train_time:0.739s step_avg:739.00ms step_time:739.00ms mfu:46.19%
            step:2/3500 val_loss:9.5 train_loss:9.25 train_time:1478ms step_avg:739.00ms
            peak memory consumption: 31563 MiB
            """);
        Assert.Equal(["modded-nanogpt"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([10.82845, 9.5], run.Series("val_loss").Values);
        Assert.Equal([0, 0.739, 1.478], run.Series("seconds").Values);
        Assert.Equal([0.739], run.Series("step_time").Values);
        Assert.Equal(0.4619, Assert.Single(run.Series("mfu").Values), 12);
        Assert.Equal(("NVIDIA H100 80GB HBM3", "2"), (run.Setting("gpu_name"), run.Setting("gpu_count")));
    }

    [Fact]
    public async Task NanoGpt_behind_a_logger_with_the_settings_it_prints()
    {
        var logged = await Logged.ReadAsync("out.log", """
            Overriding config with config/train.py:
            # a comment
            batch_size = 64 # sequences
            learning_rate = 1e-3
            out_dir = 'out'
            Overriding: max_iters = 2000
            Tokens per iteration: 16,384
            Number of parameters: 10.65M
            using fused AdamW: True
            2024-04-17 09:42:26,500 INFO iter 10: loss 4.2655, lr 1.0e-04, time 86.12ms, mfu -100.00%
            2024-04-17 09:42:36,500 INFO iter 20: loss 4.0, lr 2.0e-04, time 86.12ms, mfu 18.23%
            [rank0]:step 20: train loss 4.0, val loss 4.125
            """);
        Assert.Equal(["nanogpt"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([4.2655, 4], run.Series("loss").Values);
        Assert.Equal([1e-4, 2e-4], run.Series("lr").Values);
        Assert.Equal([4.125], run.Series("val_loss").Values);
        Assert.Equal([163840.0, 327680], run.Series("tokens").Values);
        Assert.Equal([0.0, 10], run.Series("seconds").Values);
        Assert.Equal(("64", "1e-3", "out", "2000", "AdamW", "10.65M"), (run.Setting("batch_size"), run.Setting("learning_rate"), run.Setting("out_dir"), run.Setting("max_iters"), run.Setting("optimizer"), run.Setting("number of parameters")));
    }

    [Fact]
    public async Task Llmc_without_rate_and_norm_and_a_restart()
    {
        var run = Assert.Single((await Logged.ReadAsync("f66d43d7.log", "s:0 tel:10.968871\ns:0 trl:10.965596\ns:1 trl:10.814037\ns:2 trl:10.5\ns:1 trl:10.75\ns:2 trl:10.25\n")).Runs);
        Assert.Equal([10.965596, 10.75, 10.25], run.Series("train_loss").Values);
        Assert.StartsWith("restarted at step 1", Assert.Single(run.Flags), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Olmo_keeps_the_time_between_its_records()
    {
        var run = Assert.Single((await Logged.ReadAsync("o.log", "[2024-04-17 09:42:26] INFO     [olmo.train:816, rank=0] [step=1/739328]\n    train/CrossEntropyLoss=11.25\n    train/Perplexity=76,631\n[2024-04-17 09:42:38] INFO     [olmo.train:816, rank=0] [step=2/739328]\n    train/CrossEntropyLoss=10.73\n")).Runs);
        Assert.Equal([0.0, 12], run.Series("seconds").Values);
        Assert.Equal([76631.0], run.Series("train/Perplexity").Values);
    }
}
