using System.Numerics;
using System.Runtime.InteropServices;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>
/// Adam and AdamW. m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², u = m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ). Kingma and Ba 2015, arXiv
/// 1412.6980, algorithm 1; Loshchilov and Hutter 2019, arXiv 1711.05101, for the decoupled decay, which <see cref="Optimizer{T}"/> applies.
/// </summary>
internal sealed class AdamRule<T>(OptimizerOptions options, OptimizedTensor tensor) : UpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _first = new T[tensor.Length];
    private readonly T[] _second = new T[tensor.Length];
    private readonly T[] _decayed = IsL2(options) ? new T[tensor.Length] : [];

    public override bool DecaysItself => IsL2(options);

    public override IReadOnlyList<T[]> State => [_first, _second];

    public override void Propose(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update) => Moments<CautiousMask.Everything>(step, weights, gradient, update);

    // In the same pass: in one of its own the mask would cost a quarter of the step.
    public override int ProposeMasked(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update) => Moments<CautiousMask.Agreement>(step, weights, gradient, update);

    /// <summary>Moves both moments on and writes what is kept of u.</summary>
    private int Moments<TKeep>(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> slopes, Span<T> update) where TKeep : struct, CautiousMask.IKeep
    {
        var gradient = slopes;
        if (DecaysItself)
        {
            // g ← g + λw
            weights.CopyTo(_decayed);
            Elementwise.Blend(_decayed, T.CreateChecked(options.WeightDecay), gradient, T.One);
            gradient = _decayed;
        }

        var (beta1, rest1) = (T.CreateChecked(options.Beta1), T.CreateChecked(1 - options.Beta1));
        var (beta2, rest2) = (T.CreateChecked(options.Beta2), T.CreateChecked(1 - options.Beta2));
        var epsilon = T.CreateChecked(options.Epsilon);
        var (firstFactor, rootFactor) = Corrections(options, step);
        var (up, root) = (T.CreateChecked(firstFactor), T.CreateChecked(rootFactor));
        var gs = MemoryMarshal.Cast<T, Vector<T>>(gradient);
        var raw = MemoryMarshal.Cast<T, Vector<T>>(slopes);
        var ms = MemoryMarshal.Cast<T, Vector<T>>(_first.AsSpan());
        var vs = MemoryMarshal.Cast<T, Vector<T>>(_second.AsSpan());
        var us = MemoryMarshal.Cast<T, Vector<T>>(update);
        var epsilons = new Vector<T>(epsilon);
        var kept = 0;
        for (var from = 0; from < us.Length; from += CautiousMask.ExactCount)
        {
            var ones = Vector<T>.Zero;
            var end = Math.Min(us.Length, from + CautiousMask.ExactCount);
            for (var i = from; i < end; i++)
            {
                var g = gs[i];
                var m = ms[i] * beta1 + g * rest1;
                var v = vs[i] * beta2 + g * g * rest2;
                (ms[i], vs[i]) = (m, v);
                us[i] = TKeep.Keep(m * up / (Vector.SquareRoot(v) * root + epsilons), raw[i], ref ones);
            }

            kept += CautiousMask.Sum(ones);
        }

        for (var i = us.Length * Vector<T>.Count; i < update.Length; i++)
        {
            var g = gradient[i];
            var m = _first[i] * beta1 + g * rest1;
            var v = _second[i] * beta2 + g * g * rest2;
            (_first[i], _second[i]) = (m, v);
            update[i] = TKeep.Keep(m * up / (T.Sqrt(v) * root + epsilon), slopes[i], ref kept);
        }

        return kept;
    }

    /// <summary>Factors of m and √v: u = a·m / (b·√v + ε). ε beside the plain root makes √(1 − β₂ᵗ) a factor of m.</summary>
    public static (double First, double Root) Corrections(OptimizerOptions options, int step)
    {
        if (!options.BiasCorrection)
            return (1, 1);
        var first = 1 / (1 - Math.Pow(options.Beta1, step));
        var root = 1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step));
        return options.EpsilonPlacement == EpsilonPlacement.Corrected ? (first, root) : (first / root, 1);
    }

    private static bool IsL2(OptimizerOptions options) => options.Rule == OptimizerRule.Adam && options.WeightDecay != 0;
}
