using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Tests.Sweeps;
using ScalingDashboard.Lab.Training;

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
    public async Task Stages_grow_through_sizes_in_between_which_the_growth_pays_for()
    {
        var parent = await ParentAsync(_folder);
        var plan = Plan(parent, "scratch", "stack", "mslt") with { Layers = 4, Width = 16, Stages = 2 };
        var runs = plan.Runs(_folder.Lab, TimeProvider.System);
        Assert.Equal([(4, null), (2, 1), (2, 1), (4, 2), (4, 2)], runs.Select(run => (run.Training.Shape.Layers, run.Growth?.Stage)));
        Assert.Equal([parent, parent, runs[1].Name, runs[2].Name], runs.Skip(1).Select(run => run.Growth!.Parent));
        Assert.Equal([null, null, parent, parent], runs.Skip(1).Select(run => run.Growth!.Origin));
        Assert.Equal([1_200, 240, 240, 1_200, 1_200], runs.Select(run => run.Training.Tokens));
        // MSLT lets the lower layers stand still to the end of each stage but the last.
        Assert.Equal([null, null, new PartialTraining(PartialTrainingKind.OnTop, 1, 1), null, new PartialTraining(PartialTrainingKind.OnTop, 2, 0.8)], runs.Select(run => run.Training.Partial));
        await TrainAsync(_folder.Lab, runs);
        Assert.Equal(runs.Count, _folder.Lab.Runs().Count(run => run.Ended) - 1);
        var (small, between, end) = (_folder.Lab.Find(parent)!, _folder.Lab.Find(runs[1].Name)!, _folder.Lab.Find(runs[3].Name)!);
        Assert.Equal(small.Rows[^1].Flops, end.Growth!.SmallFlops);
        Assert.Equal(between.Rows[^1].Flops + between.Growth!.OperatorFlops + end.Rows[0].Flops, end.Growth.OperatorFlops);
        var log = File.ReadLines(_folder.Lab.LogPath).Single(line => line.Contains("\"growth_stages\":2", StringComparison.Ordinal) && line.Contains("\"stack\"", StringComparison.Ordinal));
        Assert.Contains($"\"grown_from\":\"{parent}\"", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_that_diverges_takes_the_next_one_with_it_and_the_others_go_on()
    {
        var parent = await ParentAsync(_folder);
        var plan = Plan(parent, "stack") with { Layers = 4, Width = 16, Stages = 2 };
        var runs = plan.Runs(_folder.Lab, TimeProvider.System);
        var bad = runs[0] with { Training = runs[0].Training with { LearningRate = 1e30, WarmupShare = 0, ClipNorm = double.PositiveInfinity } };
        LabRun[] all = [bad, runs[1], .. LabTestFolder.Sweep.Runs().Skip(1).Take(1)];
        await TrainAsync(_folder.Lab, all);
        Assert.Equal([true, true, false], all.Select(run => _folder.Again.Find(run.Name)!.Diverged));
        Assert.True(double.IsNaN(Assert.Single(_folder.Again.Find(runs[1].Name)!.Rows).Loss));
        Assert.Contains("\"loss\":\"NaN\"", File.ReadAllText(_folder.Lab.LogPath), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stack", 0, 0.2, "stages is 0; it must be 1 to 8.")]
    [InlineData("stack", 2, 0, "stage share is 0; it must be above 0, up to 1.")]
    [InlineData("ki", 2, 0.2, "ki grows no weights, so that it has no stages.")]
    [InlineData("stack", 3, 0.2, "3 stages are too many between 1x16 and 2x16")]
    public async Task Stages_that_cannot_be_are_refused(string method, int stages, double share, string message)
    {
        var parent = await ParentAsync(_folder);
        var plan = Plan(parent, method) with { Width = 16, Stages = stages, StageShare = share };
        Assert.Contains(message, Assert.Throws<LabException>(() => plan.Runs(_folder.Lab, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mslt_without_a_new_layer_is_refused()
    {
        var parent = await ParentAsync(_folder);
        var runs = (Plan(parent, "mslt") with { Layers = 1 }).Runs(_folder.Lab, TimeProvider.System);
        Assert.Contains("Ask for more layers", Assert.Throws<LabException>(() => new SweepTraining(_folder.Lab, TimeProvider.System).Check(runs)).Message, StringComparison.Ordinal);
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
