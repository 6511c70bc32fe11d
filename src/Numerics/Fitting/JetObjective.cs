using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Σᵢ wᵢ·Huber_δ(rᵢ) of any law, rᵢ = ln f(θ, i) − ln yᵢ or f(θ, i) − yᵢ, with derivatives from the law's formula. An infinite δ gives half squares.
/// Not for more than one thread at a time.
/// </summary>
internal sealed class JetObjective : IObjective
{
    private const int PointsBetweenChecks = 1 << 14;

    private readonly LawForm _form;
    private readonly FitPoints _points;
    private readonly bool _log;
    private readonly double _delta;
    private readonly Jet[] _coordinates;

    internal JetObjective(LawForm form, FitPoints points, FitOptions options, double delta)
    {
        (_form, _points, _delta) = (form, points, delta);
        _log = !options.IsLinear && form.PredictsLoss;
        (Lower, Upper) = form.Box(points, options);
        _coordinates = new Jet[Count];
    }

    public int Count => Lower.Length;
    public double[] Lower { get; }
    public double[] Upper { get; }

    //   ∇Σ = Σ w ψ ∇f;  ∇²Σ = Σ w (1{|r| ≤ δ} ∇f ∇fᵀ + ψ ∇²f),  ψ the clipped residual
    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> hessian, CancellationToken cancellationToken = default)
    {
        var n = theta.Length;
        Span<Vector256<double>> gradients = stackalloc Vector256<double>[n];
        Span<Vector256<double>> hessians = stackalloc Vector256<double>[n * n];
        gradients.Clear();
        hessians.Clear();
        Vector256<double> value = default;
        var delta = Vector256.Create(double.IsFinite(_delta) ? _delta : double.MaxValue);
        var half = Vector256.Create(0.5);
        var tape = JetTape.OfThread(n);
        for (var at = 0; at < _points.PaddedCount; at += FitPoints.Lanes)
        {
            if (at % PointsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var f = Response(tape, theta, at);
            var residual = f.Value - Vector256.LoadUnsafe(ref (_log ? _points.LogResponse : _points.Response)[at]);
            var w = Vector256.LoadUnsafe(ref _points.Weight[at]);
            var size = Vector256.Abs(residual);
            var inside = Vector256.LessThanOrEqual(size, delta);
            value += w * Vector256.ConditionalSelect(inside, half * residual * residual, delta * (size - half * delta));
            f.Accumulate(w * Vector256.Min(Vector256.Max(residual, -delta), delta), w & inside, gradients, hessians);
        }

        for (var i = 0; i < n; i++)
        {
            gradient[i] = Vector256.Sum(gradients[i]);
            for (var j = 0; j <= i; j++)
                Symmetric.Set(hessian, n, i, j, Vector256.Sum(hessians[i * n + j]));
        }

        return Vector256.Sum(value);
    }

    /// <summary>Residuals (predicted minus measured) of the points, and the gradient of each in θ (points × n, row-major) where asked for.</summary>
    internal void Residuals(ReadOnlySpan<double> theta, Span<double> residuals, Span<double> gradients, CancellationToken cancellationToken = default)
    {
        var n = theta.Length;
        var tape = JetTape.OfThread(n);
        for (var at = 0; at < _points.Count; at += FitPoints.Lanes)
        {
            if (at % PointsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var f = Response(tape, theta, at);
            for (var lane = 0; lane < FitPoints.Lanes && at + lane < _points.Count; lane++)
            {
                residuals[at + lane] = f.Value[lane] - (_log ? _points.LogResponse : _points.Response)[at + lane];
                if (gradients.Length > 0)
                    f.CopyGradient(lane, gradients.Slice((at + lane) * n, n));
            }
        }
    }

    private Jet Response(JetTape tape, ReadOnlySpan<double> theta, int at)
    {
        tape.Reset();
        for (var i = 0; i < _coordinates.Length; i++)
            _coordinates[i] = tape.Coordinate(i, theta[i]);
        return _form.Response(_coordinates, new PointBlock(_points, at), _log);
    }
}

/// <summary>Inputs of four points in a row.</summary>
internal readonly ref struct PointBlock(FitPoints points, int at)
{
    /// <summary>ln of an input minus its mean over all points.</summary>
    internal Vector256<double> Centred(LawInput input) => Vector256.LoadUnsafe(ref points.Centred(input)[at]);

    /// <summary>ln of an input.</summary>
    internal Vector256<double> Log(LawInput input) => Centred(input) + Vector256.Create(points.MeanLog(input));

    /// <summary>Mean over all points of ln of an input.</summary>
    internal double MeanLog(LawInput input) => points.MeanLog(input);

    /// <summary>Smallest value of an input over all points.</summary>
    internal double Least(LawInput input) => points.Least(input);
}
