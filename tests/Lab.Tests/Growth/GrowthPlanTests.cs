using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Tests.Sweeps;

namespace ScalingDashboard.Lab.Tests.Growth;

/// <summary>Growing in a folder: names, resuming, what it does when the parent is gone, what a chain costs.</summary>
public sealed class GrowthPlanTests : IDisposable
{
    private readonly LabTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Growing_that_was_stopped_goes_on_as_if_it_had_not_been_also_without_its_parent()
    {
        var parent = await ParentAsync(_folder);
        using var whole = new LabTestFolder();
        await ParentAsync(whole);
        var runs = Plan(parent, "stack", "ligo").Runs(whole.Lab, TimeProvider.System);
        await TrainAsync(whole.Lab, runs);
        Assert.All(whole.Lab.Runs().Where(run => run.Run.Growth is not null), run => Assert.Equal(0, run.Rows[0].Step));

        foreach (var run in runs)
        {
            await StopAsync(run, at: 5);
            File.Move(_folder.Lab.CheckpointPath(parent), _folder.Lab.CheckpointPath(parent) + ".gone");
            await TrainAsync(_folder.Again, [run]);
            File.Move(_folder.Lab.CheckpointPath(parent) + ".gone", _folder.Lab.CheckpointPath(parent));
            Assert.Equal(Losses(whole.Lab, run), Losses(_folder.Again, run));
        }
    }

    [Fact]
    public async Task A_teacher_that_is_gone_is_missed_until_the_end_of_the_training()
    {
        var parent = await ParentAsync(_folder);
        var run = Plan(parent, "ki").Runs(_folder.Lab, TimeProvider.System)[0];
        await StopAsync(run, at: 5);
        File.Move(_folder.Lab.CheckpointPath(parent), _folder.Lab.CheckpointPath(parent) + ".gone");
        var refused = await Assert.ThrowsAsync<LabException>(() => TrainAsync(_folder.Again, [run]));
        Assert.Contains($"has no run {parent} to grow from", refused.Message, StringComparison.Ordinal);
        File.Move(_folder.Lab.CheckpointPath(parent) + ".gone", _folder.Lab.CheckpointPath(parent));
        await TrainAsync(_folder.Again, [run]);
        Assert.True(_folder.Again.Find(run.Name)!.Rows[^1].Teacher!.Flops > 0);
        File.Delete(_folder.Lab.CheckpointPath(parent));
        Assert.True(_folder.Again.Load(run.Name, TimeProvider.System)!.Value.Training.Finished);
    }

    [Fact]
    public async Task A_chain_of_growths_charges_every_model_before()
    {
        var first = await ParentAsync(_folder);
        var middle = Plan(first, "ligo").Runs(_folder.Lab, TimeProvider.System)[0];
        await TrainAsync(_folder.Lab, [middle]);
        var last = (Plan(middle.Name, "stack") with { Layers = 4 }).Runs(_folder.Lab, TimeProvider.System)[0];
        await TrainAsync(_folder.Lab, [last]);
        var (small, grown, end) = (_folder.Lab.Find(first)!, _folder.Lab.Find(middle.Name)!, _folder.Lab.Find(last.Name)!);
        Assert.Equal(small.Rows[^1].Flops, grown.Growth!.SmallFlops);
        Assert.True(grown.Growth.OperatorFlops > 0);
        Assert.Equal(grown.Rows[^1].Flops + grown.Growth.OperatorFlops + grown.Growth.SmallFlops, end.Growth!.SmallFlops);
    }

    [Fact]
    public async Task Everything_not_said_is_taken_from_the_parent()
    {
        var parent = await ParentAsync(_folder);
        var small = _folder.Lab.Find(parent)!.Run;
        var run = (Plan(parent, "scratch", "stack") with { Tokens = null }).Runs(_folder.Lab, TimeProvider.System);
        Assert.Null(run[0].Growth);
        Assert.Equal(parent, run[1].Growth!.Parent);
        var shape = run[1].Training.Shape;
        Assert.Equal((2, 32, 2, 128), (shape.Layers, shape.Width, shape.Heads, shape.FeedForwardWidth));
        Assert.Equal(small.Training.Shape.HeadWidth, shape.HeadWidth);
        Assert.Equal(20 * shape.Architecture.Parameters, run[1].Training.Tokens);
        Assert.Equal((small.Language, small.Family, small.Training.Seed, small.Training.LearningRate), (run[1].Language, run[1].Family, run[1].Training.Seed, run[1].Training.LearningRate));
        Assert.Contains("'wish' is no growth operator", Assert.Throws<LabException>(() => Plan(parent, "wish").Runs(_folder.Lab, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_a_method_does_not_heed_do_not_tell_its_runs_apart()
    {
        var parent = await ParentAsync(_folder);
        var plan = Plan(parent, "stack", "ligo");
        var other = (plan with { Options = plan.Options with { Form = Numerics.Growth.LigoForm.Paper } }).Runs(_folder.Lab, TimeProvider.System);
        await TrainAsync(_folder.Lab, plan.Runs(_folder.Lab, TimeProvider.System));
        var training = new SweepTraining(_folder.Again, TimeProvider.System);
        Assert.Single(training.Check([other[0]]));
        Assert.Contains("form Code of the operator there, form Paper of the operator asked for", Assert.Throws<LabException>(() => training.Check([other[1]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parent_that_has_not_ended_is_refused()
    {
        var run = LabTestFolder.Sweep.Runs()[0];
        await StopAsync(run, at: 13);
        Assert.Contains("has not ended", Assert.Throws<LabException>(() => Plan(run.Name, "stack").Runs(_folder.Lab, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    private static GrowthPlan Plan(string parent, params string[] methods) => new()
    {
        Parents = [parent], Methods = methods, Layers = 2, Width = 32, Tokens = 1_200, Options = new GrowthOptions { Method = GrowthMethod.Ligo, OperatorSteps = 4 },
    };

    private static async Task<string> ParentAsync(LabTestFolder folder)
    {
        var run = LabTestFolder.Sweep.Runs()[0];
        await TrainAsync(folder.Lab, [run]);
        return run.Name;
    }

    private static async Task TrainAsync(LabFolder folder, IReadOnlyList<LabRun> runs)
    {
        var training = new SweepTraining(folder, TimeProvider.System);
        training.Check(runs);
        await training.TrainAsync(runs, 2, (_, _) => Task.CompletedTask, new Stop(_ => { }), CancellationToken.None);
    }

    private async Task StopAsync(LabRun run, int at)
    {
        using var stop = new CancellationTokenSource();
        var training = new SweepTraining(_folder.Lab, TimeProvider.System);
        training.Check([run]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.TrainAsync(
            [run], 1, (_, _) => Task.CompletedTask,
            new Stop(progress =>
            {
                if (progress.Step == at)
                    stop.Cancel();
            }),
            stop.Token));
    }

    private static double[] Losses(LabFolder folder, LabRun run) => [.. folder.Find(run.Name)!.Rows.Select(row => row.Loss)];

    private sealed class Stop(Action<RunProgress> body) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => body(value);
    }
}
