using System.Numerics;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>A rule at work on one tensor: it keeps the state between steps.</summary>
internal abstract class UpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Takes in the gradient and proposes u, so that the step is w ← w − lr·u.</summary>
    /// <param name="step">1 for the first.</param>
    /// <param name="weights">w, not changed.</param>
    /// <param name="gradient">g at w.</param>
    /// <param name="update">u; its content before is of no meaning.</param>
    public abstract void Propose(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update);

    /// <summary>The same with the cautious mask on it, without its scale.</summary>
    /// <returns>Coordinates that the mask kept.</returns>
    public virtual int ProposeMasked(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update)
    {
        Propose(step, weights, gradient, update);
        return CautiousMask.Apply(update, gradient);
    }

    /// <summary>The rule has masked its proposal already.</summary>
    public virtual bool MasksItself => false;

    /// <summary>The rule's proposal contains the decay.</summary>
    public virtual bool DecaysItself => false;

    /// <summary>w ← w − lr·α·u.</summary>
    /// <param name="weights">w.</param>
    /// <param name="update">u.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="scale">α of a cautious mask; 1 without one.</param>
    public virtual void Move(Span<T> weights, ReadOnlySpan<T> update, double learningRate, double scale) =>
        Elementwise.SubtractScaled(weights, update, T.CreateChecked(learningRate * scale));

    /// <summary>The weights to evaluate a model with, where they are not those that are trained.</summary>
    public virtual T[]? Evaluated => null;

    /// <summary>All it remembers, to be stored and restored.</summary>
    public abstract IReadOnlyList<T[]> State { get; }
}
