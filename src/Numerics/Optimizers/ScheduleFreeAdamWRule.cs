using System.Numerics;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>
/// Gradients are taken at y = (1 − β₁)z + β₁x, which is what the model holds while it trains: z ← z − γ(g/(√v̂ + ε) + λy), x ← (1 − c)x + cz with c = γ²/Σγ²,
/// and x is what is evaluated. Defazio et al. 2024, arXiv 2405.15682, algorithm 1.
/// </summary>
internal sealed class ScheduleFreeAdamWRule<T>(OptimizerOptions options, OptimizedTensor tensor) : UpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _second = new T[tensor.Length];
    private readonly T[] _fast = new T[tensor.Length];
    private readonly T[] _average = new T[tensor.Length];
    private readonly T[] _squares = new T[1];

    public override bool DecaysItself => true;

    public override T[] Evaluated => _average;

    public override IReadOnlyList<T[]> State => [_second, _fast, _average, _squares];

    public override void Propose(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update)
    {
        if (step == 1)
        {
            weights.CopyTo(_fast);
            weights.CopyTo(_average);
        }

        var (beta2, rest2) = (T.CreateChecked(options.Beta2), T.CreateChecked(1 - options.Beta2));
        var root = T.CreateChecked(options.BiasCorrection ? 1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step)) : 1);
        var (epsilon, decay) = (T.CreateChecked(options.Epsilon), T.CreateChecked(options.WeightDecay));
        for (var i = 0; i < update.Length; i++)
        {
            _second[i] = beta2 * _second[i] + rest2 * gradient[i] * gradient[i];
            update[i] = gradient[i] / (T.Sqrt(_second[i]) * root + epsilon) + decay * weights[i];
        }
    }

    public override void Move(Span<T> weights, ReadOnlySpan<T> update, double learningRate, double scale)
    {
        Elementwise.SubtractScaled(_fast, update, T.CreateChecked(learningRate * scale));
        var square = T.CreateChecked(learningRate * learningRate);
        _squares[0] += square;
        var share = _squares[0] > T.Zero ? square / _squares[0] : T.Zero;
        Elementwise.Blend(_average, T.One - share, _fast, share);
        var beta = T.CreateChecked(options.Beta1);
        _fast.CopyTo(weights);
        Elementwise.Blend(weights, T.One - beta, _average, beta);
    }
}
