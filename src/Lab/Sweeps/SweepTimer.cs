using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>Estimates how long runs will take from some real steps of each kind of model on this machine; a kind is measured once. For one caller at a time.</summary>
public sealed class SweepTimer(TimeProvider clock)
{
    // Seconds spent on measuring one kind of model, and on getting everything compiled before the first.
    private const double MeasuredSeconds = 0.12;
    private const double WarmSeconds = 0.4;

    // Measured at 20 to 150 thousand parameters, in steps of training.
    private const double OperatorStep = 2;

    private readonly Dictionary<Kind, (double Step, double Evaluation)> _kinds = [];

    /// <summary>Measures what was not measured before, and estimates.</summary>
    /// <param name="runs">To be trained, in the order in which they begin.</param>
    /// <param name="there">Those that have begun or ended already.</param>
    /// <param name="folder">For their languages.</param>
    /// <param name="threads">Runs at a time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public SweepEstimate Estimate(IReadOnlyList<LabRun> runs, IReadOnlyDictionary<string, LabCheckpoint> there, LabFolder folder, int threads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(there);
        ArgumentNullException.ThrowIfNull(folder);
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

            var cost = CostOf(run, folder);
            var evaluations = training.LogRows * Math.Max(1, training.HeldOutSequences / training.Sequences);
            var left = 1 - (checkpoint is { Rows: [.., var last] } ? (double)last.Step / training.Steps : 0);
            // A step of the operator is one of the model and three growths; a teacher adds at most a third of a step.
            var operatorSteps = checkpoint is null && run.Growth is { Options: { } options } && options.Method == GrowthMethod.Ligo ? options.OperatorSteps : 0;
            var taught = run.Growth?.Options is { } inheriting && inheriting.Method == GrowthMethod.KnowledgeInheritance ? inheriting.Inheritance.Share / 3 : 0;
            seconds[run.Name] = left * (training.Steps * (1 + taught) * cost.Step + evaluations * cost.Evaluation) + OperatorStep * operatorSteps * cost.Step;
        }

        return SweepEstimate.Of(seconds, threads);
    }

    private (double Step, double Evaluation) CostOf(LabRun run, LabFolder folder)
    {
        var training = run.Training;
        var bits = training.Bits;
        var kind = new Kind(training.Shape, training.Sequences, bits.Weights is null, bits.Activations is null, bits.KeysAndValues is null, training.Optimizer);
        if (_kinds.TryGetValue(kind, out var known))
            return known;
        if (_kinds.Count == 0)
            Measure(run, folder, WarmSeconds);
        return _kinds[kind] = Measure(run, folder, MeasuredSeconds);
    }

    private (double Step, double Evaluation) Measure(LabRun run, LabFolder folder, double enough)
    {
        var training = new TrainingRun(run.Training with { HeldOutSequences = run.Training.Sequences }, folder.Language(run.Language), clock);
        training.Advance();
        return (Fastest(training.Advance, enough), Fastest(() => training.HeldOutLoss(), enough / 2));
    }

    private double Fastest(Action work, double enough)
    {
        var begin = clock.GetTimestamp();
        var fastest = double.PositiveInfinity;
        do
        {
            var start = clock.GetTimestamp();
            work();
            fastest = Math.Min(fastest, clock.GetElapsedTime(start).TotalSeconds);
        }
        while (clock.GetElapsedTime(begin).TotalSeconds < enough);
        return fastest;
    }

    private sealed record Kind(TransformerShape Shape, int Sequences, bool FullWeights, bool FullActivations, bool FullCache, OptimizerOptions Optimizer);
}
