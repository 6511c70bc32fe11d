using System.Text;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Transformers;

namespace ScalingDashboard.Lab.Tests.Sweeps;

public sealed class SweepTrainingTests : IDisposable
{
    private readonly LabTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Losses_are_the_same_at_any_number_of_threads()
    {
        var runs = LabTestFolder.Sweep.Runs();
        await TrainAsync(_folder.Lab, runs, threads: 1);
        using var other = new LabTestFolder();
        await TrainAsync(other.Lab, runs, threads: 3);
        Assert.Equal(Losses(_folder.Lab), Losses(other.Lab));
        Assert.Equal(4, Losses(other.Lab).Distinct().Count());
        Assert.All(other.Lab.Runs(), run => Assert.True(run is { Ended: true, Diverged: false, Rows.Count: 4 }));
    }

    [Fact]
    public async Task A_sweep_that_was_stopped_goes_on_as_if_it_had_not_been()
    {
        var runs = LabTestFolder.Sweep.Runs();
        using var whole = new LabTestFolder();
        await TrainAsync(whole.Lab, runs);

        // Stopped in the middle of the second run, between two rows.
        using var stop = new CancellationTokenSource();
        var stepped = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SweepTraining(_folder.Lab, TimeProvider.System).TrainAsync(
            runs, 1, (_, _) => Task.CompletedTask,
            new Steps(progress =>
            {
                stepped.Add(progress.Checkpoint.Run.Name);
                if (progress.Checkpoint.Run == runs[1] && progress.Step == 13)
                    stop.Cancel();
            }),
            stop.Token));
        Assert.Equal([runs[0].Name, runs[1].Name], stepped.Distinct());
        Assert.Equal([true, false], _folder.Lab.Runs().Select(run => run.Ended));

        stepped.Clear();
        var logged = new List<string>();
        await TrainAsync(_folder.Again, runs, logged: run => logged.Add($"{run.Run.Name} {run.Rows.Count}"), stepped: progress => stepped.Add($"{progress.Checkpoint.Run.Name} {progress.Step}"));
        Assert.Equal($"{runs[0].Name} {runs[0].Training.Steps}", stepped[0]);
        Assert.Equal($"{runs[1].Name} 14", stepped[1]);
        Assert.Equal([$"{runs[0].Name} 4", $"{runs[1].Name} 1", $"{runs[1].Name} 2"], logged.Take(3));
        Assert.Equal(Losses(whole.Lab), Losses(_folder.Again));
        foreach (var run in runs)
            Assert.Equal(whole.Lab.Load(run.Name, TimeProvider.System)!.Value.Training.Weights, _folder.Again.Load(run.Name, TimeProvider.System)!.Value.Training.Weights);
    }

    [Fact]
    public async Task A_killed_program_leaves_the_run_at_its_last_row()
    {
        var runs = LabTestFolder.Sweep.Runs();
        using var whole = new LabTestFolder();
        await TrainAsync(whole.Lab, [runs[0]]);
        // What follows the second row's checkpoint never happens.
        await Assert.ThrowsAsync<InvalidOperationException>(() => TrainAsync(_folder.Lab, [runs[0]], logged: _ => throw new InvalidOperationException(), from: 2));
        File.WriteAllText(_folder.Lab.CheckpointPath(runs[0].Name) + ".part", "half a checkpoi");
        Assert.Equal(2, _folder.Again.Find(runs[0].Name)!.Rows.Count);
        await TrainAsync(_folder.Again, [runs[0]]);
        Assert.Equal(Losses(whole.Lab), Losses(_folder.Again));
    }

    [Fact]
    public async Task A_run_that_diverges_ends_there_and_the_others_go_on()
    {
        var options = LabTestFolder.Sweep with
        {
            LearningRates = [1e30, 4e-3], Optimizers = ["sgd"], Seeds = [1],
            Training = LabTestFolder.Sweep.Training with { ClipNorm = double.PositiveInfinity, WarmupShare = 0 },
        };
        await TrainAsync(_folder.Lab, options.Runs());
        var (bad, good) = (_folder.Again.Find(options.Runs()[0].Name)!, _folder.Again.Find(options.Runs()[1].Name)!);
        Assert.True(bad is { Ended: true, Diverged: true });
        Assert.True(double.IsNaN(bad.Rows[^1].Loss));
        Assert.True(bad.Rows[^1].Step < bad.Run.Training.Steps);
        Assert.True(good is { Ended: true, Diverged: false, Rows.Count: 4 });
        Assert.Contains("\"loss\":\"NaN\"", File.ReadAllText(_folder.Lab.LogPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_holds_each_run_with_its_settings()
    {
        var options = LabTestFolder.Sweep with { LengthUnit = LengthUnit.Flops, Lengths = [5e7], Optimizers = ["adamw"], Seeds = [2], Bits = [new TrainingBits(4)] };
        await TrainAsync(_folder.Lab, options.Runs());
        var lines = File.ReadAllLines(_folder.Lab.LogPath);
        var best = new MarkovLanguage(5, 3, 1, 2).BestLoss(16)!.Value;
        Assert.Equal(5, lines.Length);
        Assert.Equal(
            FormattableString.Invariant($$$"""{"run":"1x16-5e7-adamw-lr0.004-w4-s2","config":{"family":"lab","parameters":3152,"parameters_non_embedding":3072,"budget":50000000,"optimizer":"adamw","peak_learning_rate":0.004,"beta1":0.9,"beta2":0.95,"epsilon":1E-08,"weight_decay":0.1,"warmup":0.1,"decay":"cosine","seed":2,"layers":1,"width":16,"heads":1,"ffn":64,"gated_ffn":false,"tied_embeddings":true,"vocab":5,"context":16,"batch_tokens":64,"weight_bits":4,"language":"markov 5,3,1 seed 2","language_entropy":{{{Math.Round(best, 6)}}}}}"""),
            lines[0]);
        Assert.StartsWith("""{"run":"1x16-5e7-adamw-lr0.004-w4-s2","step":11,"tokens":704,"flops":13314048,"seconds":""", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"step\":42,\"tokens\":2688,", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_has_one_writer_and_refuses_the_same_name_with_other_settings()
    {
        var runs = LabTestFolder.Sweep.Runs();
        using (_folder.Lab.Claim())
        {
            await TrainAsync(_folder.Lab, [runs[0]]);
            Assert.Throws<LabException>(() => _folder.Again.Claim());
        }

        _folder.Again.Claim().Dispose();
        var sweep = new SweepTraining(_folder.Again, TimeProvider.System);
        Assert.Equal([runs[0].Name], sweep.Check(runs).Keys);
        var larger = LabTestFolder.Sweep with { Training = LabTestFolder.Sweep.Training with { Sequences = 8 } };
        Assert.Contains("batch 4 there, batch 8 asked for", Assert.Throws<LabException>(() => sweep.Check(larger.Runs())).Message, StringComparison.Ordinal);
        Assert.Contains("Two runs would be called", Assert.Throws<LabException>(() => sweep.Check([runs[0], runs[0]])).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.Lab.CheckpointPath(runs[0].Name), "this is not a checkpoint");
        Assert.Contains("Delete the file", Assert.Throws<LabException>(() => sweep.Check(runs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_is_learned_and_kept_with_its_runs()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 600)));
        var options = LabTestFolder.Sweep with { Language = _folder.Lab.KeepText("cats.txt", text), Optimizers = ["adamw"], Seeds = [1], LearningRates = [1e-2], Lengths = [12_000] };
        await TrainAsync(_folder.Again, options.Runs());
        var rows = Assert.Single(_folder.Again.Runs()).Rows;
        // 24 characters that repeat: ln 256 = 5.5 at first, little left to guess at the end.
        Assert.True(rows[^1].Loss < 1, $"{rows[^1].Loss}");
        Assert.DoesNotContain("language_entropy", File.ReadAllText(_folder.Lab.LogPath), StringComparison.Ordinal);
        File.Delete(Directory.GetFiles(Path.Combine(_folder.Lab.Path, "texts"), "*.txt")[0]);
        Assert.Contains("no longer in", Assert.Throws<LabException>(() => _folder.Again.Load(options.Runs()[0].Name, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    private static Task TrainAsync(LabFolder folder, IReadOnlyList<LabRun> runs, int threads = 2, Action<LabCheckpoint>? logged = null, Action<RunProgress>? stepped = null, int from = 0) =>
        new SweepTraining(folder, TimeProvider.System).TrainAsync(
            runs, logged is null ? threads : 1,
            (run, _) =>
            {
                if (run.Rows.Count >= from)
                    logged?.Invoke(run);
                return Task.CompletedTask;
            },
            new Steps(stepped ?? (_ => { })), CancellationToken.None);

    private static List<double> Losses(LabFolder folder) => [.. folder.Runs().SelectMany(run => run.Rows.TakeLast(1)).Select(row => row.Loss)];

    private sealed class Steps(Action<RunProgress> stepped) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            lock (stepped)
                stepped(value);
        }
    }
}
