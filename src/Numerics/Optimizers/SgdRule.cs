using System.Numerics;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>m ← β₁m + g, u = m. Polyak 1964, heavy ball, as Sutskever et al. 2013 write it for deep learning.</summary>
internal sealed class SgdRule<T>(OptimizerOptions options, OptimizedTensor tensor) : UpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _momentum = new T[tensor.Length];

    public override IReadOnlyList<T[]> State => [_momentum];

    public override void Propose(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update)
    {
        Elementwise.Blend(_momentum, T.CreateChecked(options.Beta1), gradient, T.One);
        _momentum.CopyTo(update);
    }
}
