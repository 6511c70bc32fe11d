using System.Numerics;
using System.Runtime.InteropServices;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>u = sign(β₁m + (1 − β₁)g), then m ← β₂m + (1 − β₂)g. Chen et al. 2023, arXiv 2302.06675, algorithm 2.</summary>
internal sealed class LionRule<T>(OptimizerOptions options, OptimizedTensor tensor) : UpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _momentum = new T[tensor.Length];

    public override IReadOnlyList<T[]> State => [_momentum];

    public override void Propose(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update)
    {
        var (beta1, rest1) = (T.CreateChecked(options.Beta1), T.CreateChecked(1 - options.Beta1));
        var (beta2, rest2) = (T.CreateChecked(options.Beta2), T.CreateChecked(1 - options.Beta2));
        var gs = MemoryMarshal.Cast<T, Vector<T>>(gradient);
        var ms = MemoryMarshal.Cast<T, Vector<T>>(_momentum.AsSpan());
        var us = MemoryMarshal.Cast<T, Vector<T>>(update);
        for (var i = 0; i < us.Length; i++)
        {
            var direction = ms[i] * beta1 + gs[i] * rest1;
            us[i] = Vector.ConditionalSelect(Vector.GreaterThan(direction, Vector<T>.Zero), Vector<T>.One, Vector<T>.Zero)
                - Vector.ConditionalSelect(Vector.LessThan(direction, Vector<T>.Zero), Vector<T>.One, Vector<T>.Zero);
            ms[i] = ms[i] * beta2 + gs[i] * rest2;
        }

        for (var i = us.Length * Vector<T>.Count; i < update.Length; i++)
        {
            var direction = _momentum[i] * beta1 + gradient[i] * rest1;
            update[i] = direction > T.Zero ? T.One : direction < T.Zero ? -T.One : T.Zero;
            _momentum[i] = _momentum[i] * beta2 + gradient[i] * rest2;
        }
    }
}
