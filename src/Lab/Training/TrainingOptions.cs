using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Training;

/// <summary>All that makes a training run what it is; the same options give the same weights.</summary>
public sealed record TrainingOptions
{
    /// <summary>The model.</summary>
    public required TransformerShape Shape { get; init; }

    /// <summary>The rule that changes its weights.</summary>
    public OptimizerOptions Optimizer { get; init; } = new() { WeightDecay = 0.1 };

    /// <summary>Highest learning rate.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>What it does behind the warm-up.</summary>
    public Decay Decay { get; init; }

    /// <summary>Share of the steps that the learning rate rises.</summary>
    public double WarmupShare { get; init; } = 0.1;

    /// <summary>Sequences of a batch.</summary>
    public int Sequences { get; init; } = 16;

    /// <summary>Tokens of the run; it ends with the batch that reaches them.</summary>
    public double Tokens { get; init; } = 1e6;

    /// <summary>The gradient is scaled down to this norm; infinity for never.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Of the first weights and of the order of the data.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Precision of the forward pass.</summary>
    public TrainingBits Bits { get; init; } = TrainingBits.Full;

    /// <summary>What the first steps leave out; null where every step trains everything.</summary>
    public PartialTraining? Partial { get; init; }

    /// <summary>Rows of the log, spread evenly; each has a held-out loss.</summary>
    public int LogRows { get; init; } = 40;

    /// <summary>Held-out sequences behind each loss that is reported.</summary>
    public int HeldOutSequences { get; init; } = 256;

    /// <summary>Tokens of a batch.</summary>
    public int BatchTokens => Sequences * Shape.Context;

    /// <summary>Batches of the run.</summary>
    public int Steps => Math.Max(1, (int)Math.Ceiling(Tokens / BatchTokens));

    /// <summary>The learning rate of each step.</summary>
    public LearningRateSchedule Schedule => new(LearningRate, Steps, (int)Math.Round(Steps * WarmupShare), Decay);

    /// <summary>FLOP of the whole run: 6ND, N with embeddings, less what partial training leaves out.</summary>
    public double Flops => FlopsUntil(Steps);

    /// <summary>The layers that a step trains.</summary>
    public LayerRange LayersAt(int step) => Partial?.At(step, this) ?? new LayerRange(0, Shape.Layers);

    /// <summary>FLOP of the first steps.</summary>
    public double FlopsUntil(int steps) => BatchTokens * (Partial is null
        ? steps * LayersAt(0).FlopsPerToken(Shape)
        : Enumerable.Range(0, steps).Sum(step => LayersAt(step).FlopsPerToken(Shape)));

    /// <summary>Everything that makes the run impossible, in words.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var problem in Shape.Problems())
            yield return problem;
        if (Partial?.Problem(Shape.Layers) is { } partial)
            yield return partial;
        if (Sequences < 1)
            yield return FormattableString.Invariant($"batch is {Sequences}; it must be at least 1 sequence.");
        if (!(Tokens > 0 && double.IsFinite(Tokens)))
            yield return FormattableString.Invariant($"tokens is {Tokens}; it must be above zero.");
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            yield return FormattableString.Invariant($"lr is {LearningRate}; it must be above zero.");
        if (WarmupShare is not (>= 0 and < 1))
            yield return FormattableString.Invariant($"warmup is {WarmupShare}; it is a share of the steps, 0 to below 1.");
        foreach (var (name, beta) in ((string, double)[])[("beta1", Optimizer.Beta1), ("beta2", Optimizer.Beta2)])
        {
            if (beta is not (>= 0 and < 1))
                yield return FormattableString.Invariant($"{name} is {beta}; it is a share of the past, 0 to below 1.");
        }

        if (!(Optimizer.Epsilon > 0 && double.IsFinite(Optimizer.Epsilon)))
            yield return FormattableString.Invariant($"epsilon is {Optimizer.Epsilon}; it must be above zero.");
        foreach (var (name, bits) in ((string, int?)[])[("weight bits", Bits.Weights), ("activation bits", Bits.Activations), ("kv bits", Bits.KeysAndValues)])
        {
            if (bits is < 2 or > 24)
                yield return FormattableString.Invariant($"{name} is {bits}; it must be 2 to 24, or 32 for none.");
        }
    }
}
