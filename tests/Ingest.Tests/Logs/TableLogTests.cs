namespace ScalingDashboard.Ingest.Tests.Logs;

public sealed class TableLogTests
{
    [Theory]
    [InlineData("run,step,loss\na,1,3\na,2,2\nb,1,4\n", "long")]
    [InlineData("run\tstep\tloss\na\t1\t3\na\t2\t2\nb\t1\t4\n", "long")]
    [InlineData("\uFEFFrun,step,loss\r\na,1,3\r\na,2,2\nb,1,4", "long")]
    [InlineData("{\"run\":\"a\",\"step\":1,\"loss\":3}\n{\"run\":\"a\",\"step\":2,\"loss\":2}\n{\"run\":\"b\",\"step\":1,\"loss\":4}\n", "long")]
    [InlineData("run,step,metric,value\na,1,loss,3\na,2,loss,2\nb,1,loss,4\n", "long")]
    [InlineData("run;step;loss\na;1;3\na;2;2\nb;1;4\n", "long")]
    public async Task Rows_over_steps_become_curves(string text, string format)
    {
        var logged = await Logged.ReadAsync("logs.csv", text);
        Assert.Equal([format], logged.Formats);
        Assert.Equal(["a", "b"], logged.Runs.Select(run => run.Name));
        Assert.Equal([1.0, 2], logged.Runs[0].Series("loss").Steps);
        Assert.Equal([3.0, 2], logged.Runs[0].Series("loss").Values);
        Assert.Equal([4.0], logged.Runs[1].Series("loss").Values);
    }

    [Fact]
    public async Task Sparse_rows_texts_and_values_that_are_none()
    {
        var logged = await Logged.ReadAsync("x.csv", "step,train loss,eval/loss,optimizer\n1,3,,adamw\n2,NaN,2.5,adamw\n3,inf,,adamw\n4,oops,2.25,adamw\nx,1,1,adamw\n");
        var run = Assert.Single(logged.Runs);
        Assert.Equal("x", run.Name);
        Assert.Equal([3.0, double.NaN, double.PositiveInfinity], run.Series("train loss").Values);
        Assert.Equal([2.0, 4], run.Series("eval/loss").Steps);
        Assert.Equal("adamw", run.Setting("optimizer"));
        Assert.Contains("column train loss: 1 cell read as missing, first in line 5: 'oops' is not a number", Assert.Single(logged.Warnings), StringComparison.Ordinal);
        Assert.Equal((6, "column step: the step 'x' is not a number; write it like 7000000000, 7e9 or 7B"), (logged.LeftOut[0].Line, logged.LeftOut[0].Reason));
        Assert.Equal("diverged: train loss is not finite from step 2 on", Assert.Single(run.Flags));
    }

    [Fact]
    public async Task Numbers_are_read_the_same_in_every_culture_and_beyond_the_range_is_no_number()
    {
        var before = Thread.CurrentThread.CurrentCulture;
        try
        {
            // As German: a decimal comma, a point between thousands.
            var german = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
            (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
            Thread.CurrentThread.CurrentCulture = german;
            var logged = await Logged.ReadAsync("x.csv", "step,loss,acc\n1,3.1415,0.5\n2,1.8e308,0.5\n");
            Assert.Equal([3.1415], Assert.Single(logged.Runs).Series("loss").Values);
            Assert.Contains("'1.8e308' is not a finite number", Assert.Single(logged.Warnings), StringComparison.Ordinal);
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task A_history_names_its_run_by_the_file_and_drops_an_index_of_pandas()
    {
        var text = ",_step,_runtime,_timestamp,train/loss,optim/learning_rate_group0,gpu name\n0,10,5.5,1700000000.5,3.5,0.001,H100\n1,20,11,1700000006,3.25,0.002,H100\n";
        var logged = await Logged.ReadAsync("190M-1xC.csv", text);
        Assert.Equal(["wandb-history"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal("190M-1xC", run.Name);
        Assert.Equal(["_runtime", "train/loss", "optim/learning_rate_group0", "seconds"], run.Metrics.Select(series => series.Metric));
        Assert.Equal([0, 5.5], run.Series("seconds").Values);
        Assert.Equal("H100", run.Setting("gpu name"));
        var lines = await Logged.ReadAsync("run.jsonl", "{\"_step\":1,\"train/loss\":3}\n{\"_step\":2,\"train/loss\":NaN}\n{\"_step\":2,\"eval/loss\":2.5}\n");
        Assert.Equal(["wandb-history"], lines.Formats);
        Assert.Equal([2.5], Assert.Single(lines.Runs).Series("eval/loss").Values);
    }

    [Fact]
    public async Task A_panel_is_split_at_the_last_dash_and_buckets_keep_their_band()
    {
        var text = "\"Step\",\"17/04/2025_22:06:37_a - b - lm_loss\",\"17/04/2025_22:06:37_a - b - lm_loss__MIN\",\"17/04/2025_22:06:37_a - b - lm_loss__MAX\",\"Group: c - lm_loss\",\"Group: c - lm_loss__MIN\",\"Group: c - lm_loss__MAX\"\n"
            + "\"4\",\"12.5\",\"12.5\",\"12.5\",\"\",\"\",\"\"\n\"8\",\"11\",\"10\",\"12\",\"9\",\"9\",\"9\"\n";
        var logged = await Logged.ReadAsync("wandb_export.csv", text);
        Assert.Equal(["wandb-panel"], logged.Formats);
        Assert.Equal(["17/04/2025_22:06:37_a - b", "c"], logged.Runs.Select(run => run.Name));
        Assert.Equal([12.5, 11], logged.Runs[0].Series("lm_loss").Values);
        Assert.Equal([8.0], logged.Runs[0].Series("lm_loss__MIN").Steps);
        Assert.Equal([10.0], logged.Runs[0].Series("lm_loss__MIN").Values);
        Assert.Equal([12.0], logged.Runs[0].Series("lm_loss__MAX").Values);
        Assert.Equal(["lm_loss"], logged.Runs[1].Metrics.Select(series => series.Metric));
        Assert.Contains("buckets", Assert.Single(logged.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_panel_over_another_x_takes_the_steps_of_its_own_columns()
    {
        var logged = await Logged.ReadAsync("p.csv", "\"epoch\",\"a - _step\",\"a - _step__MIN\",\"a - _step__MAX\",\"a - loss\",\"a - loss__MIN\",\"a - loss__MAX\"\n\"0.5\",\"100\",\"100\",\"100\",\"3\",\"3\",\"3\"\n\"1\",\"200\",\"200\",\"200\",\"2\",\"2\",\"2\"\n");
        var run = Assert.Single(logged.Runs);
        Assert.Equal([100.0, 200], run.Series("loss").Steps);
        Assert.Equal([0.5, 1], run.Series("epoch").Values);
    }

    [Fact]
    public async Task A_group_and_a_run_of_one_name_stay_two_each_with_its_steps()
    {
        var logged = await Logged.ReadAsync("p.csv", "epoch,Group: a - _step,Group: a - loss,Group: a - loss__MIN,Group: a - loss__MAX,a - _step,a - loss,a - _step,a - loss__MIN\n1,10,3,3,3,20,2,30,2\n");
        Assert.Equal(["a", "a (2)"], logged.Runs.Take(2).Select(run => run.Name));
        Assert.Equal([10.0], logged.Runs[0].Series("loss").Steps);
        Assert.Equal([20.0], logged.Runs[1].Series("loss").Steps);
    }

    [Fact]
    public async Task A_panel_over_tokens_or_time_keeps_them_as_a_metric()
    {
        var tokens = Assert.Single((await Logged.ReadAsync("p.csv", "\"tokens\",\"a - loss\",\"a - loss__MIN\",\"a - loss__MAX\"\n\"1000\",\"3\",\"3\",\"3\"\n\"2000\",\"2\",\"2\",\"2\"\n")).Runs);
        Assert.Equal([1000.0, 2000], tokens.Series("tokens").Values);
        Assert.Equal([1000.0, 2000], tokens.Series("loss").Steps);
        var steps = Assert.Single((await Logged.ReadAsync("p.csv", "\"Step\",\"a - loss\",\"a - loss__MIN\",\"a - loss__MAX\"\n\"1\",\"3\",\"3\",\"3\"\n")).Runs);
        Assert.Equal(["loss"], steps.Metrics.Select(metric => metric.Metric));
    }

    [Fact]
    public async Task MLflows_command_names_its_columns_by_kind()
    {
        var logged = await Logged.ReadAsync("runs.csv", "run_id,experiment_id,status,artifact_uri,start_time,metrics.loss,metrics.eval/acc,params.lr,tags.mlflow.runName\nabc,1,FINISHED,s3://x,2025-01-01,2.5,0.5,0.001,base\nabd,1,FAILED,s3://x,2025-01-01,2.25,,0.002,wide\n");
        Assert.Equal(["mlflow-table"], logged.Formats);
        Assert.Equal(["base", "wide"], logged.Runs.Select(run => run.Name));
        Assert.Equal([2.5], logged.Runs[0].Series("loss").Values);
        Assert.Equal(("0.001", "abc"), (logged.Runs[0].Setting("lr"), logged.Runs[0].Setting("run_id")));
        Assert.Contains(logged.Runs[1].Flags, flag => flag.StartsWith("its state is FAILED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Moments_may_be_written_as_dates()
    {
        var run = Assert.Single((await Logged.ReadAsync("x.csv", "timestamp,step,loss\n2025-04-17T22:06:37.500Z,1,3\n2025-04-17 22:06:47.5,2,2\n")).Runs);
        Assert.Equal([0.0, 10], run.Series("seconds").Values);
    }

    [Fact]
    public async Task Two_runs_of_one_name_in_a_panel_stay_two()
    {
        var logged = await Logged.ReadAsync("p.csv", "\"Step\",\"a - loss\",\"a - loss__MIN\",\"a - loss__MAX\",\"a - loss\",\"a - loss__MIN\",\"a - loss__MAX\"\n\"1\",\"3\",\"3\",\"3\",\"4\",\"4\",\"4\"\n");
        Assert.Equal(["a", "a (2)"], logged.Runs.Select(run => run.Name));
        Assert.Equal("another run has the same name", Assert.Single(logged.Runs[1].Flags));
        Assert.Equal([4.0], logged.Runs[1].Series("loss").Values);
    }

    [Fact]
    public async Task A_job_in_parts_is_offered_as_one_and_its_parts_stay()
    {
        const string Text = "\"Step\",\"job-003 - loss\",\"job-003 - loss__MIN\",\"job-003 - loss__MAX\",\"job-002 - loss\",\"job-002 - loss__MIN\",\"job-002 - loss__MAX\",\"job-001 - loss\",\"job-001 - loss__MIN\",\"job-001 - loss__MAX\"\n"
            + "1,,,,,,,5,5,5\n2,,,,,,,4,4,4\n3,,,,3.5,3.5,3.5,3.75,3.75,3.75\n4,,,,3,3,3,,,\n5,2,2,2,,,,,,\n";
        var logged = await Logged.ReadAsync("p.csv", Text);
        Assert.Equal(3, logged.Runs.Count);
        var job = Assert.Single(logged.RestartedJobs);
        Assert.Equal(("job", "job-001,job-002,job-003"), (job.Name, string.Join(',', job.Runs)));
        var stitched = await Logged.ReadAsync("p.csv", Text, new LogReadOptions { Stitch = true });
        Assert.Equal(["job-003", "job-002", "job-001", "job"], stitched.Runs.Select(run => run.Name));
        Assert.Equal([1.0, 2, 3, 4, 5], stitched.Runs[3].Series("loss").Steps);
        Assert.Equal([5, 4, 3.5, 3, 2], stitched.Runs[3].Series("loss").Values);
        Assert.Equal("stitched from 3 runs, job-001 to job-003: from a restart's first step on the later run counts, 1 earlier value replaced", Assert.Single(stitched.Runs[3].Flags));
        var seeds = await Logged.ReadAsync("s.csv", "run,step,loss\ns-1,0,3\ns-1,1,2\ns-2,0,3\ns-2,1,2\n");
        Assert.Empty(seeds.RestartedJobs);
    }

    [Fact]
    public async Task Steps_in_any_order_are_sorted_and_only_falling_ones_turned_round()
    {
        var sorted = Assert.Single((await Logged.ReadAsync("x.csv", "step,loss\n3,1\n1,3\n2,2\n5,0\n4,0.5\n")).Runs);
        Assert.Equal([3, 2, 1, 0.5, 0], sorted.Series("loss").Values);
        Assert.Equal("its rows were not in the order of steps and were sorted", Assert.Single(sorted.Flags));
        var turned = Assert.Single((await Logged.ReadAsync("x.csv", "step,loss\n3,1\n2,2\n1,3\n")).Runs);
        Assert.Equal([3.0, 2, 1], turned.Series("loss").Values);
        Assert.Empty(turned.Flags);
    }

    [Fact]
    public async Task Lightning_writes_training_and_validation_on_rows_of_their_own()
    {
        var logged = await Logged.ReadAsync(
            null,
            Logged.File("lightning_logs/version_0/metrics.csv", "epoch,train_loss_step,step,val_loss\n0,3,49,\n0,,50,2.5\n1,2,99,\n"),
            Logged.File("lightning_logs/version_0/hparams.yaml", "lr: 0.001\nmodel:\n  width: 512 \n  name: 'gpt'\nlist:\n- 1\n"));
        Assert.Equal(["lightning"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal("lightning_logs/version_0", run.Name);
        Assert.Equal([49.0, 99], run.Series("train_loss_step").Steps);
        Assert.Equal([2.5], run.Series("val_loss").Values);
        Assert.Equal(("0.001", "512", "gpt"), (run.Setting("lr"), run.Setting("model/width"), run.Setting("model/name")));
    }

    [Fact]
    public async Task Tables_of_runs_have_last_values_and_no_curves()
    {
        var wandb = await Logged.ReadAsync("runs.csv", "Name,State,Created,lr,final loss\na,finished,2025-01-01,0.001,2.5\nb,crashed,2025-01-02,0.002,NaN\n");
        Assert.Equal(["wandb-runs"], wandb.Formats);
        Assert.Equal([2.5], wandb.Runs[0].Series("final loss").Values);
        Assert.Equal(("0.001", "finished"), (wandb.Runs[0].Setting("lr"), wandb.Runs[0].Setting("State")));
        Assert.Contains("its state is crashed: the last values may be of an unfinished run", wandb.Runs[1].Flags);
        var mlflow = await Logged.ReadAsync("runs.csv", "Start Time,Duration,Run ID,Name,Source Type,Source Name,User,Status,lr,loss\n2025-01-01 10:00:00,3.5s,abc,base,LOCAL,train.py,me,FINISHED,0.001,2.25\n");
        Assert.Equal(["mlflow-table"], mlflow.Formats);
        Assert.Equal(("base", 1, 2.25), (mlflow.Runs[0].Name, mlflow.Runs[0].Series("loss").Values.Length, mlflow.Runs[0].Series("loss").Values[0]));
    }

    [Fact]
    public async Task TensorBoards_own_download_takes_run_and_metric_from_the_files_name()
    {
        var run = Assert.Single((await Logged.ReadAsync("run-base_124M-tag-train_loss.csv", "Wall time,Step,Value\n1700000000.5,1,3\n1700000010.5,2,2\n")).Runs);
        Assert.Equal("base_124M", run.Name);
        Assert.Equal([3.0, 2], run.Series("train_loss").Values);
        Assert.Equal([0.0, 10], run.Series("seconds").Values);
    }

    [Theory]
    [InlineData("run,parameters,tokens,loss\na,1e9,2e10,3\n", "sweep")]
    [InlineData("Name,parameter_count,throughput/total_tokens,loss\na,1e9,2e10,3\n", "sweep")]
    [InlineData("N,D,loss,step\n1e9,2e10,3,10\n2e9,2e10,2.9,10\n", "sweep")]
    [InlineData("model,params,tokens,flops,steps,pile_test_loss\na,111e6,2e9,2e18,9000,2.5\nb,256e6,5e9,1e19,9000,2.25\n", "sweep")]
    [InlineData("parameters,tokens,loss,step\n1e9,1e9,3,10\n1e9,2e9,2.9,20\n", "long")]
    public async Task Sweeps_are_told_from_histories(string text, string format)
    {
        var logged = await Logged.ReadAsync("x.csv", text);
        Assert.Equal([format], logged.Formats);
        Assert.Equal(format == "sweep" ? 1 : 0, logged.Tables.Count);
    }

    [Fact]
    public async Task A_format_can_be_forced_and_an_unknown_one_is_named()
    {
        var logged = await Logged.ReadAsync("x.csv", "parameters,tokens,loss,step\n1e9,1e9,3,10\n1e9,2e9,2.9,20\n", new LogReadOptions { Format = "sweep" });
        Assert.Equal(2, Assert.Single(logged.Tables).Runs.Count);
        var unknown = await Assert.ThrowsAsync<FormatException>(() => Logged.ReadAsync("x.csv", "a,b\n1,2\n", new LogReadOptions { Format = "excel" }));
        Assert.Contains("tensorboard, huggingface", unknown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "no column for parameters")]
    [InlineData("step,loss\n", "has a header but no rows")]
    [InlineData("step,loss\nx,1\n", "holds no run")]
    [InlineData("just some words", "no column for parameters")]
    [InlineData("<html></html>", "web page")]
    [InlineData("[1,2]", "JSON array")]
    public async Task What_cannot_be_read_is_refused_with_words(string text, string message)
    {
        var exception = await Assert.ThrowsAsync<IngestException>(() => Logged.ReadAsync("x.csv", text));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
