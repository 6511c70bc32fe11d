using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Σᵢ wᵢ·Huber_δ(rᵢ), rᵢ = LSE(ln A − α ln Nᵢ, ln B − β ln Dᵢ, ln E) − ln Lᵢ (Hoffmann et al. 2022, arXiv 2203.15556, §3.3 and D.2).
/// θ = (p, α, q, β, e) with p = ln A − α·mean ln N, q = ln B − β·mean ln D, e = ln E.
/// </summary>
internal sealed class LogHuberObjective : ISurfaceObjective
{
    // A term this many times below the smallest loss, in logarithms, no longer shows in any residual.
    private const double Vanishing = 16;

    private readonly SurfacePoints _points;
    private readonly double _delta;

    internal LogHuberObjective(SurfacePoints points, double delta, double exponentLow, double exponentHigh)
    {
        _points = points;
        _delta = delta;
        var logSmallest = Math.Log(points.SmallestLoss);
        // Upper ends are out of reach: no term can exceed the losses it is part of by a factor e^8 and fit.
        Lower = [logSmallest - 2 * Vanishing, exponentLow, logSmallest - 2 * Vanishing, exponentLow, logSmallest - Vanishing];
        Upper = [logSmallest + Vanishing, exponentHigh, logSmallest + Vanishing, exponentHigh, logSmallest + Vanishing];
    }

    public double[] Lower { get; }
    public double[] Upper { get; }

    internal static double[] Start(SurfacePoints points, double e, double a, double alpha, double b, double beta)
    {
        // Each term starts with a share of the loss: a term of exactly zero has no gradient to grow by.
        var floor = 0.01 * points.SmallestLoss;
        return [Math.Log(Math.Max(a, floor)), alpha, Math.Log(Math.Max(b, floor)), beta, Math.Log(Math.Max(e, 5 * floor))];
    }

    internal static ChinchillaLaw Law(SurfacePoints points, ReadOnlySpan<double> theta) => new(
        Math.Exp(theta[Theta.E]),
        Math.Exp(theta[Theta.P] + theta[Theta.Alpha] * points.MeanLogParameters),
        Math.Exp(theta[Theta.Q] + theta[Theta.Beta] * points.MeanLogTokens),
        theta[Theta.Alpha],
        theta[Theta.Beta]);

    // With t = (p − αx, q − βy, e), softmax weights (u, v, s) of t, and ψ the clipped residual:
    //   ∇f = (u, −xu, v, −yv, s)
    //   ∇Σ = Σ w ψ ∇f
    //   ∇²Σ = Σ w [(1{|r| ≤ δ} − ψ) ∇f ∇fᵀ + ψ (u z₁z₁ᵀ + v z₂z₂ᵀ + s z₃z₃ᵀ)],  z₁ = (1, −x, 0, 0, 0), z₂ = (0, 0, 1, −y, 0), z₃ = (0, 0, 0, 0, 1)
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> hessian)
    {
        var length = _points.PaddedCount;
        var xs = MemoryMarshal.Cast<double, Vector256<double>>(_points.X.AsSpan(0, length));
        var ys = MemoryMarshal.Cast<double, Vector256<double>>(_points.Y.AsSpan(0, length));
        var targets = MemoryMarshal.Cast<double, Vector256<double>>(_points.LogLoss.AsSpan(0, length));
        var weights = MemoryMarshal.Cast<double, Vector256<double>>(_points.Weight.AsSpan(0, length));

        var p = Vector256.Create(theta[Theta.P] - theta[Theta.E]);
        var alpha = Vector256.Create(theta[Theta.Alpha]);
        var q = Vector256.Create(theta[Theta.Q] - theta[Theta.E]);
        var beta = Vector256.Create(theta[Theta.Beta]);
        var e = Vector256.Create(theta[Theta.E]);
        var delta = Vector256.Create(_delta);
        var one = Vector256<double>.One;
        var half = Vector256.Create(0.5);

        Vector256<double> value = default;
        Vector256<double> g0 = default, g1 = default, g2 = default, g3 = default, g4 = default;
        Vector256<double> uu = default, uux = default, uuxx = default;
        Vector256<double> vv = default, vvy = default, vvyy = default;
        Vector256<double> uv = default, uvx = default, uvy = default, uvxy = default;
        Vector256<double> us = default, usx = default, vs = default, vsy = default, ss = default;

        for (var i = 0; i < xs.Length; i++)
        {
            var x = xs[i];
            var y = ys[i];
            var w = weights[i];
            var expU = Vector256.Exp(p - alpha * x);
            var expV = Vector256.Exp(q - beta * y);
            var sum = one + expU + expV;
            var residual = e + Vector256.Log(sum) - targets[i];
            var s = one / sum;
            var u = expU * s;
            var v = expV * s;

            var size = Vector256.Abs(residual);
            var inside = Vector256.LessThanOrEqual(size, delta);
            value += w * Vector256.ConditionalSelect(inside, half * residual * residual, delta * (size - half * delta));
            var psi = w * Vector256.Min(Vector256.Max(residual, -delta), delta);
            var outer = (w & inside) - psi;

            var pu = psi * u;
            var pv = psi * v;
            var pux = pu * x;
            var pvy = pv * y;
            g0 += pu;
            g1 += pux;
            g2 += pv;
            g3 += pvy;
            g4 += psi * s;

            var ou = outer * u;
            var ov = outer * v;
            var a = ou * u + pu;
            var ax = a * x;
            uu += a;
            uux += ax;
            uuxx += ax * x;
            var b = ov * v + pv;
            var by = b * y;
            vv += b;
            vvy += by;
            vvyy += by * y;
            var c = ou * v;
            var cx = c * x;
            uv += c;
            uvx += cx;
            uvy += c * y;
            uvxy += cx * y;
            var d = ou * s;
            us += d;
            usx += d * x;
            var f = ov * s;
            vs += f;
            vsy += f * y;
            ss += outer * s * s + psi * s;
        }

        gradient[0] = Vector256.Sum(g0);
        gradient[1] = -Vector256.Sum(g1);
        gradient[2] = Vector256.Sum(g2);
        gradient[3] = -Vector256.Sum(g3);
        gradient[4] = Vector256.Sum(g4);
        Symmetric.Set(hessian, 0, 0, Vector256.Sum(uu));
        Symmetric.Set(hessian, 0, 1, -Vector256.Sum(uux));
        Symmetric.Set(hessian, 1, 1, Vector256.Sum(uuxx));
        Symmetric.Set(hessian, 0, 2, Vector256.Sum(uv));
        Symmetric.Set(hessian, 1, 2, -Vector256.Sum(uvx));
        Symmetric.Set(hessian, 0, 3, -Vector256.Sum(uvy));
        Symmetric.Set(hessian, 1, 3, Vector256.Sum(uvxy));
        Symmetric.Set(hessian, 2, 2, Vector256.Sum(vv));
        Symmetric.Set(hessian, 2, 3, -Vector256.Sum(vvy));
        Symmetric.Set(hessian, 3, 3, Vector256.Sum(vvyy));
        Symmetric.Set(hessian, 0, 4, Vector256.Sum(us));
        Symmetric.Set(hessian, 1, 4, -Vector256.Sum(usx));
        Symmetric.Set(hessian, 2, 4, Vector256.Sum(vs));
        Symmetric.Set(hessian, 3, 4, -Vector256.Sum(vsy));
        Symmetric.Set(hessian, 4, 4, Vector256.Sum(ss));
        return Vector256.Sum(value);
    }
}
