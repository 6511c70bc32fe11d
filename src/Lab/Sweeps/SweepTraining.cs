using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Training;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>A run of a sweep, as it stands.</summary>
/// <param name="Checkpoint">The run and its rows so far.</param>
/// <param name="Step">Steps made.</param>
public sealed record RunProgress(LabCheckpoint Checkpoint, int Step);

/// <summary>
/// Trains runs into a folder, several at a time. A run that has ended there is not trained again, and one that was left off goes on from its checkpoint, with the
/// same losses as if it had not been. Losses do not depend on the number of threads.
/// </summary>
public sealed class SweepTraining(LabFolder folder, TimeProvider clock)
{
    /// <summary>Checks that the folder has none of these runs with other options.</summary>
    /// <returns>Those of the runs that the folder has, as they stand.</returns>
    /// <exception cref="LabException">It has, or a run is impossible, or two have one name.</exception>
    public IReadOnlyDictionary<string, LabCheckpoint> Check(IReadOnlyList<LabRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        foreach (var run in runs)
        {
            if (run.Problems().ToList() is [var problem, ..])
                throw new LabException($"{run.Name}: {problem}");
        }

        if (runs.GroupBy(run => run.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new LabException($"Two runs would be called {twice.Key}: their sizes, lengths or learning rates are the same or nearly so. Leave one out.");
        var there = new Dictionary<string, LabCheckpoint>();
        foreach (var run in runs)
        {
            if (folder.Find(run.Name) is not { } checkpoint)
            {
                CheckGrowth(run, runs);
                continue;
            }

            if (checkpoint.Run != run)
                throw new LabException($"{folder.Path} has a run {run.Name} with other settings ({Difference(checkpoint.Run, run)}). Name another folder, or delete {folder.CheckpointPath(run.Name)}.");
            there.Add(run.Name, checkpoint);
        }

        return there;
    }

    /// <summary>Trains what has not ended. When it is cancelled, each run in training is kept where it stands.</summary>
    /// <param name="runs">After <see cref="Check"/>, in the order in which they are begun; one that grows from another waits for it.</param>
    /// <param name="threads">Runs at a time; with fewer runs than threads each gets several.</param>
    /// <param name="logged">Called behind each row of a log, once that is on disk, and once for each run that goes on or has ended before; for several runs at once.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    public async Task TrainAsync(
        IReadOnlyList<LabRun> runs, int threads, Func<LabCheckpoint, CancellationToken, Task> logged, IProgress<RunProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(logged);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var threadsOfRun = Math.Max(1, threads / Math.Max(1, runs.Count));
        var ended = runs.ToDictionary(run => run.Name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await Parallel.ForEachAsync(
            runs, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            async (run, cancelled) =>
            {
                if (run.Growth is { } growth && ended.TryGetValue(growth.Parent, out var parent))
                    await parent.Task.WaitAsync(cancelled).ConfigureAwait(false);
                await TrainAsync(run, threadsOfRun, logged, progress, cancelled).ConfigureAwait(false);
                ended[run.Name].SetResult();
            }).ConfigureAwait(false);
        // Also of runs that ended just before the program was killed.
        folder.WriteLog();
    }

    private async Task TrainAsync(LabRun run, int threads, Func<LabCheckpoint, CancellationToken, Task> logged, IProgress<RunProgress> progress, CancellationToken cancellationToken)
    {
        var checkpoint = folder.Find(run.Name) ?? new LabCheckpoint(run, [], Ended: false, Diverged: false);
        if (checkpoint.Ended)
        {
            await logged(checkpoint, cancellationToken).ConfigureAwait(false);
            progress.Report(new RunProgress(checkpoint, checkpoint.Rows[^1].Step));
            return;
        }

        TrainingRun training;
        if (folder.Load(run.Name, clock, threads) is { } kept)
        {
            training = kept.Training;
        }
        else if (run.Growth is { Origin: not null } stage && folder.Find(stage.Parent) is { Diverged: true })
        {
            training = new TrainingRun(run.Training, folder.Language(run.Language), clock, threads);
            checkpoint = checkpoint with { Rows = [training.Row() with { Loss = double.NaN }], Ended = true, Diverged = true };
            folder.Save(checkpoint, training);
        }
        else if (run.Growth is { } growth)
        {
            (training, checkpoint) = Grow(run, growth, threads, cancellationToken);
            folder.Save(checkpoint, training);
        }
        else
        {
            training = new TrainingRun(run.Training, folder.Language(run.Language), clock, threads);
        }

        if (checkpoint.Rows.Count > 0)
            await logged(checkpoint, cancellationToken).ConfigureAwait(false);
        while (!checkpoint.Ended)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                folder.Save(checkpoint, training);
                cancellationToken.ThrowIfCancellationRequested();
            }

            training.Advance();
            if (training.RowDue || training.Diverged)
            {
                var row = training.Row();
                // Of a model that has diverged no loss is a result, should one still be finite.
                if (training.Diverged)
                    row = row with { Loss = double.NaN };
                checkpoint = checkpoint with { Rows = [.. checkpoint.Rows, row], Ended = training.Finished || training.Diverged, Diverged = training.Diverged };
                folder.Save(checkpoint, training);
                if (checkpoint.Ended)
                    folder.WriteLog();
                await logged(checkpoint, cancellationToken).ConfigureAwait(false);
            }

            progress.Report(new RunProgress(checkpoint, training.Step));
        }
    }

    private void CheckGrowth(LabRun run, IReadOnlyList<LabRun> runs)
    {
        if (run.Growth is not { } growth)
            return;
        // One that is trained before it need not have ended yet.
        var parent = runs.TakeWhile(other => other != run).FirstOrDefault(other => other.Name == growth.Parent) ?? folder.Parent(growth.Parent, clock).Checkpoint.Run;
        if (parent.Language != run.Language)
            throw new LabException($"{run.Name}: {growth.Parent} was trained on {parent.Language.Name}, the target would be on {run.Language.Name}. Growing needs the same language.");
        if (growth.Options.Problems(parent.Training.Shape, run.Training).ToList() is [var problem, ..])
            throw new LabException($"{run.Name}: {problem}");
    }

    /// <summary>The moment of growth, the first row of the log.</summary>
    private (TrainingRun Training, LabCheckpoint Checkpoint) Grow(LabRun run, GrownFrom growth, int threads, CancellationToken cancellationToken)
    {
        var (parent, small) = folder.Parent(growth.Parent, clock);
        var start = GrownStart.Grow(growth.Options, small, run.Training, folder.Language(run.Language), clock, threads, cancellationToken);
        var training = new TrainingRun(run.Training, folder.Language(run.Language), clock, threads, start.Weights, folder.Teacher(run, clock, threads));
        return (training, new LabCheckpoint(run, [training.Row()], Ended: false, Diverged: false, GrowthOutcome.Of(start, parent, isStage: growth.Origin is not null)));
    }

    /// <summary>The first setting that differs, in words.</summary>
    private static string Difference(LabRun there, LabRun asked)
    {
        var (a, b) = (Settings(there), Settings(asked));
        return a.Zip(b).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First} there, {pair.Second} asked for").FirstOrDefault() ?? "of the optimizer";

        static string[] Settings(LabRun run) =>
        [
            $"family {run.Family}", $"language {run.Language.Name}", $"text {run.Language.TextSha256}", FormattableString.Invariant($"budget {run.Budget:R}"),
            FormattableString.Invariant($"tokens {run.Training.Tokens:R}"), FormattableString.Invariant($"batch {run.Training.Sequences}"), FormattableString.Invariant($"context {run.Training.Shape.Context}"),
            $"decay {run.Training.Decay}", FormattableString.Invariant($"warmup {run.Training.WarmupShare:R}"), FormattableString.Invariant($"clip {run.Training.ClipNorm:R}"),
            FormattableString.Invariant($"weight decay {run.Training.Optimizer.WeightDecay:R}"), FormattableString.Invariant($"log rows {run.Training.LogRows}"),
            FormattableString.Invariant($"held-out sequences {run.Training.HeldOutSequences}"), $"{run.Training.Shape.Norm} norm", $"{run.Training.Shape.FeedForward} block",
            $"{run.Training.Shape.Positions} positions", FormattableString.Invariant($"{run.Training.Shape.Heads} heads"), FormattableString.Invariant($"ffn {run.Training.Shape.FeedForwardWidth}"),
            $"{run.Training.Partial?.ToString() ?? "training of everything"}", $"grown from {run.Growth?.Parent ?? "nothing"}", $"operator {run.Growth?.Options.Method.Name ?? "none"}", FormattableString.Invariant($"operator steps {run.Growth?.Options.OperatorSteps}"), FormattableString.Invariant($"operator learning rate {run.Growth?.Options.OperatorLearningRate:R}"),
            $"form {run.Growth?.Options.Form} of the operator", $"depth weights {run.Growth?.Options.Depth}", $"new units {run.Growth?.Options.Width}",
            $"tied head {run.Training.Shape.TiedHead}", $"biases {run.Training.Shape.Biases}",
        ];
    }
}
