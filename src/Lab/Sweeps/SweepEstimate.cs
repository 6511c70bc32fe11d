using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>How long runs will take, from some real steps of each kind of model on this machine.</summary>
/// <param name="Seconds">Of each run on one core, what it has done already left out; by name.</param>
/// <param name="Wall">Of all of them together, seconds.</param>
public sealed record SweepEstimate(IReadOnlyDictionary<string, double> Seconds, double Wall)
{
    /// <summary>A machine that does other things as well may take this many times as long.</summary>
    public const double Busy = 1.5;

    // Seconds spent on measuring one kind of model, and on getting everything compiled before the first.
    private const double MeasuredSeconds = 0.12;
    private const double WarmSeconds = 0.4;

    // Measured at 20 to 150 thousand parameters, in steps of training.
    private const double OperatorStep = 2;

    // No core of today does more single-precision FLOP a second.
    private const double FastestCore = 4e11;

    /// <summary>Less than the runs can take, seconds, without measuring anything.</summary>
    public static double Least(IEnumerable<LabRun> runs, int threads) => runs.Sum(run => run.Training.Flops) / (FastestCore * threads);

    /// <summary>Measures.</summary>
    /// <param name="runs">To be trained.</param>
    /// <param name="there">Those that have begun or ended already.</param>
    /// <param name="folder">For their languages.</param>
    /// <param name="threads">Runs at a time.</param>
    /// <param name="clock">Measures the steps.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static SweepEstimate Measure(
        IReadOnlyList<LabRun> runs, IReadOnlyDictionary<string, LabCheckpoint> there, LabFolder folder, int threads, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(there);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(clock);
        var kinds = new Dictionary<(TransformerShape, int, bool, bool, bool, OptimizerOptions), (double Step, double Evaluation)>();
        var seconds = new Dictionary<string, double>();
        foreach (var run in runs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var training = run.Training;
            var checkpoint = there.GetValueOrDefault(run.Name);
            if (checkpoint is { Ended: true })
            {
                seconds[run.Name] = 0;
                continue;
            }

            var bits = training.Bits;
            var kind = (training.Shape, training.Sequences, bits.Weights is null, bits.Activations is null, bits.KeysAndValues is null, training.Optimizer);
            if (!kinds.TryGetValue(kind, out var cost))
            {
                if (kinds.Count == 0)
                    Steps(run, folder, clock, WarmSeconds);
                kinds[kind] = cost = Steps(run, folder, clock, MeasuredSeconds);
            }

            var evaluations = training.LogRows * Math.Max(1, training.HeldOutSequences / training.Sequences);
            var left = 1 - (checkpoint is { Rows: [.., var last] } ? (double)last.Step / training.Steps : 0);
            // A step of the operator is one of the model and three growths; a teacher adds at most a third of a step.
            var operatorSteps = checkpoint is null && run.Growth is { Options: { } options } && options.Method == GrowthMethod.Ligo ? options.OperatorSteps : 0;
            var taught = run.Growth?.Options is { } inheriting && inheriting.Method == GrowthMethod.KnowledgeInheritance ? inheriting.Inheritance.Share / 3 : 0;
            seconds[run.Name] = left * (training.Steps * (1 + taught) * cost.Step + evaluations * cost.Evaluation) + OperatorStep * operatorSteps * cost.Step;
        }

        return new SweepEstimate(seconds, WallOf(runs.Select(run => seconds[run.Name]), threads));
    }

    /// <summary>Memory that a run needs, bytes.</summary>
    public static double Bytes(TrainingOptions training)
    {
        ArgumentNullException.ThrowIfNull(training);
        var shape = training.Shape;
        var rows = (double)training.BatchTokens;
        var weights = shape.Architecture.Parameters + shape.Layers * 2.0 * shape.Width;
        // Arrays as large as the weights: weights, gradient, quantized weights, and what the optimizer remembers.
        var copies = 2 + (training.Bits.Weights is null ? 0 : 1) + training.Optimizer.Rule switch
        {
            OptimizerRule.Soap => 12,
            OptimizerRule.ScheduleFreeAdamW => 3,
            OptimizerRule.Sgd or OptimizerRule.Lion => 1,
            _ => 2,
        };
        var widths = shape.FeedForward == FeedForwardKind.SwiGlu ? 3 : 2;
        var block = rows * (8.0 * shape.Width + widths * (double)shape.FeedForwardWidth) + (double)training.Sequences * shape.Heads * shape.Context * shape.Context;
        return sizeof(float) * (copies * weights + shape.Layers * block + rows * (7.0 * shape.Width + widths * (double)shape.FeedForwardWidth + shape.Vocabulary));
    }

    private static (double Step, double Evaluation) Steps(LabRun run, LabFolder folder, TimeProvider clock, double enough)
    {
        var training = new TrainingRun(run.Training with { HeldOutSequences = run.Training.Sequences }, folder.Language(run.Language), clock);
        training.Advance();
        var begin = clock.GetTimestamp();
        var fastest = double.PositiveInfinity;
        do
        {
            var step = clock.GetTimestamp();
            training.Advance();
            fastest = Math.Min(fastest, clock.GetElapsedTime(step).TotalSeconds);
        }
        while (clock.GetElapsedTime(begin).TotalSeconds < enough);
        var evaluation = clock.GetTimestamp();
        training.HeldOutLoss();
        return (fastest, clock.GetElapsedTime(evaluation).TotalSeconds);
    }

    /// <summary>Each run begins where a thread is free first.</summary>
    private static double WallOf(IEnumerable<double> seconds, int threads)
    {
        var busyUntil = new double[threads];
        foreach (var some in seconds)
            busyUntil[Array.IndexOf(busyUntil, busyUntil.Min())] += some;
        return busyUntil.Max();
    }
}
