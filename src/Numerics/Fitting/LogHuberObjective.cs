using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Σᵢ wᵢ·Huber_δ(rᵢ), rᵢ = LSE(ln A − α ln Nᵢ, ln B − β ln Dᵢ, ln E) − ln Lᵢ (Hoffmann et al. 2022, arXiv 2203.15556, §3.3 and D.2).
/// An infinite δ gives half squares. θ = (p, α, q, β, e) with p = ln A − α·mean ln N, q = ln B − β·mean ln D, e = ln E.
/// </summary>
internal sealed class LogHuberObjective : IObjective
{
    /// <summary>A term this many times below the smallest loss, in logarithms, no longer shows in any residual.</summary>
    internal const double Vanishing = 16;

    private readonly FitPoints _points;
    private readonly ChunkedSums.Summing _sum;
    private readonly double _delta;

    internal LogHuberObjective(FitPoints points, FitOptions options, double delta)
    {
        _points = points;
        _sum = Sum;
        _delta = delta;
        var logSmallest = Math.Log(points.SmallestResponse);
        // Upper ends are out of reach: no term can exceed the losses it is part of by a factor e^8 and fit.
        Lower = [logSmallest - 2 * Vanishing, options.ExponentLow, logSmallest - 2 * Vanishing, options.ExponentLow, Math.Max(logSmallest - Vanishing, Math.Log(options.IrreducibleLow))];
        Upper = [logSmallest + Vanishing, options.ExponentHigh, logSmallest + Vanishing, options.ExponentHigh, Math.Min(logSmallest + Vanishing, Math.Log(options.IrreducibleHigh))];
    }

    public int Count => Theta.Count;
    public double[] Lower { get; }
    public double[] Upper { get; }

    internal static double[] Start(FitPoints points, double e, double a, double alpha, double b, double beta)
    {
        // Each term starts with a share of the loss: a term of exactly zero has no gradient to grow by.
        var floor = 0.01 * points.SmallestResponse;
        return [Math.Log(Math.Max(a, floor)), alpha, Math.Log(Math.Max(b, floor)), beta, Math.Log(Math.Max(e, 5 * floor))];
    }

    internal static ChinchillaLaw Law(FitPoints points, ReadOnlySpan<double> theta) => new(
        Math.Exp(theta[Theta.E]),
        Math.Exp(theta[Theta.P] + theta[Theta.Alpha] * points.MeanLog(LawInput.Parameters)),
        Math.Exp(theta[Theta.Q] + theta[Theta.Beta] * points.MeanLog(LawInput.Tokens)),
        theta[Theta.Alpha],
        theta[Theta.Beta]);

    // With t = (p − αx, q − βy, e), softmax weights (u, v, s) of t, and ψ the clipped residual:
    //   ∇f = (u, −xu, v, −yv, s)
    //   ∇Σ = Σ w ψ ∇f
    //   ∇²Σ = Σ w [(1{|r| ≤ δ} − ψ) ∇f ∇fᵀ + ψ (u z₁z₁ᵀ + v z₂z₂ᵀ + s z₃z₃ᵀ)],  z₁ = (1, −x, 0, 0, 0), z₂ = (0, 0, 1, −y, 0), z₃ = (0, 0, 0, 0, 1)
    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> hessian, CancellationToken cancellationToken = default)
    {
        Span<double> sums = stackalloc double[21];
        ChunkedSums.Over(_points.PaddedCount, theta, sums, _sum, cancellationToken);
        gradient[0] = sums[0];
        gradient[1] = -sums[1];
        gradient[2] = sums[2];
        gradient[3] = -sums[3];
        gradient[4] = sums[4];
        Symmetric.Set(hessian, Theta.Count, 0, 0, sums[5]);
        Symmetric.Set(hessian, Theta.Count, 0, 1, -sums[6]);
        Symmetric.Set(hessian, Theta.Count, 1, 1, sums[7]);
        Symmetric.Set(hessian, Theta.Count, 0, 2, sums[8]);
        Symmetric.Set(hessian, Theta.Count, 1, 2, -sums[9]);
        Symmetric.Set(hessian, Theta.Count, 0, 3, -sums[10]);
        Symmetric.Set(hessian, Theta.Count, 1, 3, sums[11]);
        Symmetric.Set(hessian, Theta.Count, 2, 2, sums[12]);
        Symmetric.Set(hessian, Theta.Count, 2, 3, -sums[13]);
        Symmetric.Set(hessian, Theta.Count, 3, 3, sums[14]);
        Symmetric.Set(hessian, Theta.Count, 0, 4, sums[15]);
        Symmetric.Set(hessian, Theta.Count, 1, 4, -sums[16]);
        Symmetric.Set(hessian, Theta.Count, 2, 4, sums[17]);
        Symmetric.Set(hessian, Theta.Count, 3, 4, -sums[18]);
        Symmetric.Set(hessian, Theta.Count, 4, 4, sums[19]);
        return sums[20];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(int start, int end, ReadOnlySpan<double> theta, Span<double> sums)
    {
        var xs = MemoryMarshal.Cast<double, Vector256<double>>(_points.X.AsSpan(start, end - start));
        var ys = MemoryMarshal.Cast<double, Vector256<double>>(_points.Y.AsSpan(start, end - start));
        var targets = MemoryMarshal.Cast<double, Vector256<double>>(_points.LogResponse.AsSpan(start, end - start));
        var weights = MemoryMarshal.Cast<double, Vector256<double>>(_points.Weight.AsSpan(start, end - start));

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
            var expU = ElementaryFunctions.Exp(p - alpha * x);
            var expV = ElementaryFunctions.Exp(q - beta * y);
            var sum = one + expU + expV;
            var residual = e + ElementaryFunctions.Log(sum) - targets[i];
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

        sums[0] = Vector256.Sum(g0);
        sums[1] = Vector256.Sum(g1);
        sums[2] = Vector256.Sum(g2);
        sums[3] = Vector256.Sum(g3);
        sums[4] = Vector256.Sum(g4);
        sums[5] = Vector256.Sum(uu);
        sums[6] = Vector256.Sum(uux);
        sums[7] = Vector256.Sum(uuxx);
        sums[8] = Vector256.Sum(uv);
        sums[9] = Vector256.Sum(uvx);
        sums[10] = Vector256.Sum(uvy);
        sums[11] = Vector256.Sum(uvxy);
        sums[12] = Vector256.Sum(vv);
        sums[13] = Vector256.Sum(vvy);
        sums[14] = Vector256.Sum(vvyy);
        sums[15] = Vector256.Sum(us);
        sums[16] = Vector256.Sum(usx);
        sums[17] = Vector256.Sum(vs);
        sums[18] = Vector256.Sum(vsy);
        sums[19] = Vector256.Sum(ss);
        sums[20] = Vector256.Sum(value);
    }
}
