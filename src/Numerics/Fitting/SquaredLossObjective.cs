using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Σᵢ wᵢ·rᵢ², rᵢ = E + A·Nᵢ^−α + B·Dᵢ^−β − Lᵢ: the residual sum of squares on the loss itself.
/// θ = (p, α, q, β, e) with p = A·exp(−α·mean ln N), q = B·exp(−β·mean ln D), e = E, all three ≥ 0.
/// </summary>
internal sealed class SquaredLossObjective : ISurfaceObjective
{
    private readonly SurfacePoints _points;

    internal SquaredLossObjective(SurfacePoints points, double exponentLow, double exponentHigh)
    {
        _points = points;
        Lower = [0, exponentLow, 0, exponentLow, 0];
        Upper = [double.PositiveInfinity, exponentHigh, double.PositiveInfinity, exponentHigh, double.PositiveInfinity];
    }

    public double[] Lower { get; }
    public double[] Upper { get; }

    internal static ChinchillaLaw Law(SurfacePoints points, ReadOnlySpan<double> theta) => new(
        theta[Theta.E],
        theta[Theta.P] * Math.Exp(theta[Theta.Alpha] * points.MeanLogParameters),
        theta[Theta.Q] * Math.Exp(theta[Theta.Beta] * points.MeanLogTokens),
        theta[Theta.Alpha],
        theta[Theta.Beta]);

    // With φ = e^(−αx), χ = e^(−βy):  ∇r = (φ, −pxφ, χ, −qyχ, 1);
    //   ∇Σ = 2 Σ w r ∇r;  ∇²Σ = 2 Σ w (∇r ∇rᵀ + r ∇²r), ∇²r: (p,α) −xφ, (α,α) px²φ, (q,β) −yχ, (β,β) qy²χ
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> hessian)
    {
        var length = _points.PaddedCount;
        var xs = MemoryMarshal.Cast<double, Vector256<double>>(_points.X.AsSpan(0, length));
        var ys = MemoryMarshal.Cast<double, Vector256<double>>(_points.Y.AsSpan(0, length));
        var losses = MemoryMarshal.Cast<double, Vector256<double>>(_points.Loss.AsSpan(0, length));
        var weights = MemoryMarshal.Cast<double, Vector256<double>>(_points.Weight.AsSpan(0, length));

        var p = theta[Theta.P];
        var q = theta[Theta.Q];
        var pVector = Vector256.Create(p);
        var qVector = Vector256.Create(q);
        var alpha = Vector256.Create(-theta[Theta.Alpha]);
        var beta = Vector256.Create(-theta[Theta.Beta]);
        var e = Vector256.Create(theta[Theta.E]);

        Vector256<double> value = default;
        Vector256<double> r1 = default, rf = default, rfx = default, rfxx = default, rc = default, rcy = default, rcyy = default;
        Vector256<double> ff = default, ffx = default, ffxx = default;
        Vector256<double> cc = default, ccy = default, ccyy = default;
        Vector256<double> fc = default, fcx = default, fcy = default, fcxy = default;
        Vector256<double> f1 = default, f1x = default, c1 = default, c1y = default, w1 = default;

        for (var i = 0; i < xs.Length; i++)
        {
            var x = xs[i];
            var y = ys[i];
            var w = weights[i];
            var phi = Vector256.Exp(alpha * x);
            var chi = Vector256.Exp(beta * y);
            var residual = e + pVector * phi + qVector * chi - losses[i];
            var wr = w * residual;
            value += wr * residual;

            r1 += wr;
            var a = wr * phi;
            var ax = a * x;
            rf += a;
            rfx += ax;
            rfxx += ax * x;
            var b = wr * chi;
            var by = b * y;
            rc += b;
            rcy += by;
            rcyy += by * y;

            var wf = w * phi;
            var wc = w * chi;
            w1 += w;
            f1 += wf;
            f1x += wf * x;
            c1 += wc;
            c1y += wc * y;
            var c = wf * phi;
            var cx = c * x;
            ff += c;
            ffx += cx;
            ffxx += cx * x;
            var d = wc * chi;
            var dy = d * y;
            cc += d;
            ccy += dy;
            ccyy += dy * y;
            var f = wf * chi;
            var fx = f * x;
            fc += f;
            fcx += fx;
            fcy += f * y;
            fcxy += fx * y;
        }

        gradient[0] = 2 * Vector256.Sum(rf);
        gradient[1] = -2 * p * Vector256.Sum(rfx);
        gradient[2] = 2 * Vector256.Sum(rc);
        gradient[3] = -2 * q * Vector256.Sum(rcy);
        gradient[4] = 2 * Vector256.Sum(r1);
        Symmetric.Set(hessian, 0, 0, 2 * Vector256.Sum(ff));
        Symmetric.Set(hessian, 0, 1, -2 * (p * Vector256.Sum(ffx) + Vector256.Sum(rfx)));
        Symmetric.Set(hessian, 1, 1, 2 * p * (p * Vector256.Sum(ffxx) + Vector256.Sum(rfxx)));
        Symmetric.Set(hessian, 0, 2, 2 * Vector256.Sum(fc));
        Symmetric.Set(hessian, 1, 2, -2 * p * Vector256.Sum(fcx));
        Symmetric.Set(hessian, 0, 3, -2 * q * Vector256.Sum(fcy));
        Symmetric.Set(hessian, 1, 3, 2 * p * q * Vector256.Sum(fcxy));
        Symmetric.Set(hessian, 2, 2, 2 * Vector256.Sum(cc));
        Symmetric.Set(hessian, 2, 3, -2 * (q * Vector256.Sum(ccy) + Vector256.Sum(rcy)));
        Symmetric.Set(hessian, 3, 3, 2 * q * (q * Vector256.Sum(ccyy) + Vector256.Sum(rcyy)));
        Symmetric.Set(hessian, 0, 4, 2 * Vector256.Sum(f1));
        Symmetric.Set(hessian, 1, 4, -2 * p * Vector256.Sum(f1x));
        Symmetric.Set(hessian, 2, 4, 2 * Vector256.Sum(c1));
        Symmetric.Set(hessian, 3, 4, -2 * q * Vector256.Sum(c1y));
        Symmetric.Set(hessian, 4, 4, 2 * Vector256.Sum(w1));
        return Vector256.Sum(value);
    }
}
