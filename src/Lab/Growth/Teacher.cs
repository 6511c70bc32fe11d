using ScalingDashboard.Lab.Transformers;

namespace ScalingDashboard.Lab.Growth;

/// <summary>A small model that a large one learns from. Not for two trainings at once.</summary>
/// <param name="model">The small model.</param>
/// <param name="inheritance">How much it says, and how long.</param>
/// <param name="sequences">Sequences of a batch of the large model.</param>
/// <param name="threads">Threads; the logits do not depend on it.</param>
public sealed class Teacher(SmallModel model, Inheritance inheritance, int sequences, int threads = 1)
{
    private readonly Transformer _transformer = new(new WeightLayout(model.Shape), sequences, threads: threads);

    /// <summary>How much it says, and how long.</summary>
    public Inheritance Inheritance => inheritance;

    /// <summary>FLOP of its forward pass a token, 2N.</summary>
    public double FlopsPerToken => 2 * model.Shape.Architecture.Parameters;

    /// <summary>Its logits of a batch.</summary>
    public ReadOnlySpan<float> Logits(ReadOnlySpan<int> tokens) => _transformer.Logits(model.Weights, tokens);
}
