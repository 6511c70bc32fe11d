namespace ScalingDashboard.Ingest.Tests;

public sealed class RunTests
{
    [Fact]
    public async Task Rows_of_one_name_and_size_are_checkpoints_of_one_run()
    {
        var table = await Reading.ReadAsync("""
            run,N,D,loss,step,seconds,lr,family
            a,1e9,3e9,2.9,30,300,0.3,late
            b,1e9,1e9,3.3,10,,0.1,other
            a,1e9,1e9,3.2,10,,0.1,early
            a,1e9,2e9,3.0,20,200,0.2,middle
            """);
        Assert.Equal(["a", "b"], table.Runs.Select(run => run.Name));
        var run = table.Runs[0];
        Assert.Equal((2, 3e9, 1.8e19, 2.9, "late"), (run.Line, run.Tokens, run.Flops, run.Loss, run.Family));
        Assert.Equal([new("step", "30"), new("seconds", "300"), new("lr", "0.3")], run.Config);
        Assert.Equal(["loss", "tokens", "flops", "seconds"], run.Series.Select(series => series.Metric));
        Assert.All(run.Series, series => Assert.Equal([10, 20, 30], series.Steps));
        Assert.Equal([3.2, 3.0, 2.9], run.Series[0].Values);
        Assert.Equal([1e9, 2e9, 3e9], run.Series[1].Values);
        Assert.Equal([6e18, 1.2e19, 1.8e19], run.Series[2].Values);
        Assert.Equal([double.NaN, 200, 300], run.Series[3].Values);
        Assert.Empty(table.Runs[1].Series);
        Assert.Equal(["a", "b", "a", "a"], table.Observations.Select(o => o.Run));
    }

    [Fact]
    public async Task Without_steps_checkpoints_are_counted_by_tokens()
    {
        foreach (var text in new[] { "run,N,D,loss\na,1,3,1\na,1,1,3\na,1,2,2\n", "run,N,D,loss,step\na,1,3,1,7\na,1,1,3,\na,1,2,2,9\n" })
        {
            var series = (await Reading.ReadAsync(text)).Runs[0].Series[0];
            Assert.Equal([0, 1, 2], series.Steps);
            Assert.Equal([3, 2, 1], series.Values);
        }
    }

    [Fact]
    public async Task The_same_name_with_another_size_or_the_same_tokens_is_another_run()
    {
        var table = await Reading.ReadAsync("""
            run,N,D,loss
            a,1,1,3.0
            a,1,2,2.9
            a,2,1,2.8
            a,1,1,3.1
            a,1,2,2.7
            a (2),5,5,5
            a,1,1,3.2
            """);
        Assert.Equal(["a", "a (2)", "a (3)", "a (2) (2)", "a (4)"], table.Runs.Select(run => run.Name));
        Assert.Equal(["a", "a", "a (2)", "a (3)", "a (3)", "a (2) (2)", "a (4)"], table.Observations.Select(o => o.Run));
        Assert.Equal([2, 0, 2, 0, 0], table.Runs.Select(run => run.Series.Count == 0 ? 0 : run.Series[0].Values.Length));
        Assert.Empty(table.Runs[0].Flags);
        Assert.All(table.Runs.Skip(1), run => Assert.Equal(["another run has the same name"], run.Flags));
        Assert.Equal([3.1, 2.7], table.Runs[2].Series[0].Values);
    }

    [Fact]
    public async Task The_same_tokens_at_another_step_are_a_checkpoint()
    {
        var table = await Reading.ReadAsync("run,N,D,loss,step\na,1,1,3,1\na,1,1,2,2\na,1,1,4,2\n");
        Assert.Equal(["a", "a (2)"], table.Runs.Select(run => run.Name));
        Assert.Equal([3, 2], table.Runs[0].Series[0].Values);
    }

    [Fact]
    public async Task A_composed_key_is_taken_at_its_word()
    {
        var table = await Reading.ReadAsync("m,lr,N,D,loss\nx,1,1,1,3\nx,1,1,2,2\nx,1,1,1,4\nx,1,1,2,5\nx,2,1,1,3\nx,1,9,1,3\n,,1,1,3\nx,,1,1,3\n", "run=m+lr");
        Assert.Equal(["x · 1", "x · 2", "x · 1 (2)", "line 8", "x · –"], table.Runs.Select(run => run.Name));
        Assert.Equal([3, 4, 2, 5], table.Runs[0].Series[0].Values);
        Assert.Equal(["2 rows repeat the tokens of another row of this run"], table.Runs[0].Flags);
        Assert.Equal([new("m", "x"), new("lr", "1")], table.Runs[0].Config);
    }

    [Fact]
    public async Task Rows_without_a_name_are_runs_named_after_their_line()
    {
        var table = await Reading.ReadAsync("run,N,D,loss\n,1,2,3\nline 2,1,2,3\nline 5,1,2,3\n,1,2,3\n");
        Assert.Equal(["line 2", "line 2 (2)", "line 5", "line 5 (2)"], table.Runs.Select(run => run.Name));
        Assert.Equal(["line 2", "line 3"], (await Reading.ReadAsync("N,D,loss\n1,2,3\n1,2,3\n")).Runs.Select(run => run.Name));
    }

    [Fact]
    public async Task Many_runs_of_one_name_take_linear_time()
    {
        var rows = string.Concat(Enumerable.Range(1, 20_000).Select(i => $"a,{i},1,3\nb,1,1,3\n"));
        var table = await Reading.ReadAsync("run,N,D,loss\n" + rows);
        Assert.Equal(40_000, table.Runs.Count);
        Assert.Equal(40_000, table.Runs.Select(run => run.Name).Distinct().Count());
    }
}
