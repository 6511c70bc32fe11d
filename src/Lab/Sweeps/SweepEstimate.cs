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

    // No core of today does more single-precision FLOP a second.
    private const double FastestCore = 4e11;

    /// <summary>Less than the runs can take, seconds, without measuring anything.</summary>
    public static double Least(IEnumerable<LabRun> runs, int threads) => runs.Sum(run => run.Training.Flops) / (FastestCore * threads);

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

    /// <summary>Of runs that each begin where a thread is free first.</summary>
    /// <param name="seconds">Of each run on one core, in the order in which they begin.</param>
    /// <param name="threads">Runs at a time.</param>
    internal static SweepEstimate Of(IReadOnlyDictionary<string, double> seconds, int threads)
    {
        var busyUntil = new double[threads];
        foreach (var some in seconds.Values)
            busyUntil[Array.IndexOf(busyUntil, busyUntil.Min())] += some;
        return new SweepEstimate(seconds, busyUntil.Max());
    }
}
