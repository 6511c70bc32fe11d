using System.Numerics;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>
/// The momentum with all its singular values near one. Jordan et al. 2024, "Muon"; the step's size after Liu et al. 2025, arXiv 2502.16982, where matched to Adam.
/// A cautious mask may act on the momentum before it is orthogonalized, as the cautious authors' code has it, or on the step.
/// </summary>
internal sealed class MuonRule<T>(OptimizerOptions options, OptimizedTensor tensor) : UpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _momentum = new T[tensor.Length];
    private readonly NewtonSchulz<T> _orthogonal = new(tensor.Rows, tensor.Columns);

    public override bool MasksItself => options.MaskStage == MaskStage.Momentum;

    public override IReadOnlyList<T[]> State => [_momentum];

    public override void Propose(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update)
    {
        var share = T.CreateChecked(options.MuonMomentumShare);
        var rest = options.MuonMomentum == MuonMomentum.Average ? T.One - share : T.One;
        Elementwise.Blend(_momentum, share, gradient, rest);
        _momentum.CopyTo(update);
        // Nesterov: the gradient once more.
        Elementwise.Blend(update, share, gradient, rest);
        if (MasksItself && options.Caution is { } scaling)
            Mask(update, gradient, scaling);
        _orthogonal.Apply(update);
        var (rows, columns) = ((double)tensor.Rows, (double)tensor.Columns);
        Elementwise.Scale(update, T.CreateChecked(options.MuonScale == MuonScale.Shape ? Math.Sqrt(Math.Max(1, rows / columns)) : 0.2 * Math.Sqrt(Math.Max(rows, columns))));
    }

    // Where momentum and gradient agree: 1[m∘g > 0], scaled.
    private void Mask(Span<T> update, ReadOnlySpan<T> gradient, MaskScaling scaling)
    {
        var kept = 0;
        for (var i = 0; i < update.Length; i++)
        {
            if (_momentum[i] * gradient[i] > T.Zero)
                kept++;
            else
                update[i] = T.Zero;
        }

        Elementwise.Scale(update, T.CreateChecked(CautiousMask.Scale(scaling, kept, update.Length)));
    }
}
