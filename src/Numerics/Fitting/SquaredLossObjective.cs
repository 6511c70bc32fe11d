using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// ½ Σᵢ wᵢ·rᵢ², rᵢ = E + A·Nᵢ^−α + B·Dᵢ^−β − Lᵢ: half the residual sum of squares on the loss itself.
/// θ = (p, α, q, β, e) with p = A·exp(−α·mean ln N), q = B·exp(−β·mean ln D), e = E, all three ≥ 0.
/// </summary>
internal sealed class SquaredLossObjective : IObjective
{
    private readonly FitPoints _points;
    private readonly ChunkedSums.Summing _sum;

    internal SquaredLossObjective(FitPoints points, FitOptions options)
    {
        _points = points;
        _sum = Sum;
        Lower = [0, options.ExponentLow, 0, options.ExponentLow, options.IrreducibleLow];
        Upper = [double.PositiveInfinity, options.ExponentHigh, double.PositiveInfinity, options.ExponentHigh, options.IrreducibleHigh];
    }

    public int Count => Theta.Count;
    public double[] Lower { get; }
    public double[] Upper { get; }

    internal static ChinchillaLaw Law(FitPoints points, ReadOnlySpan<double> theta) => new(
        theta[Theta.E],
        theta[Theta.P] * Math.Exp(theta[Theta.Alpha] * points.MeanLog(LawInput.Parameters)),
        theta[Theta.Q] * Math.Exp(theta[Theta.Beta] * points.MeanLog(LawInput.Tokens)),
        theta[Theta.Alpha],
        theta[Theta.Beta]);

    // With φ = e^(−αx), χ = e^(−βy):  ∇r = (φ, −pxφ, χ, −qyχ, 1);
    //   ∇(½Σ) = Σ w r ∇r;  ∇²(½Σ) = Σ w (∇r ∇rᵀ + r ∇²r), ∇²r: (p,α) −xφ, (α,α) px²φ, (q,β) −yχ, (β,β) qy²χ
    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> hessian, CancellationToken cancellationToken = default)
    {
        Span<double> sums = stackalloc double[23];
        ChunkedSums.Over(_points.PaddedCount, theta, sums, _sum, cancellationToken);
        var (p, q) = (theta[Theta.P], theta[Theta.Q]);
        gradient[0] = sums[0];
        gradient[1] = -p * sums[1];
        gradient[2] = sums[2];
        gradient[3] = -q * sums[3];
        gradient[4] = sums[4];
        Symmetric.Set(hessian, Theta.Count, 0, 0, sums[5]);
        Symmetric.Set(hessian, Theta.Count, 0, 1, -(p * sums[6] + sums[1]));
        Symmetric.Set(hessian, Theta.Count, 1, 1, p * (p * sums[7] + sums[8]));
        Symmetric.Set(hessian, Theta.Count, 0, 2, sums[9]);
        Symmetric.Set(hessian, Theta.Count, 1, 2, -p * sums[10]);
        Symmetric.Set(hessian, Theta.Count, 0, 3, -q * sums[11]);
        Symmetric.Set(hessian, Theta.Count, 1, 3, p * q * sums[12]);
        Symmetric.Set(hessian, Theta.Count, 2, 2, sums[13]);
        Symmetric.Set(hessian, Theta.Count, 2, 3, -(q * sums[14] + sums[3]));
        Symmetric.Set(hessian, Theta.Count, 3, 3, q * (q * sums[15] + sums[16]));
        Symmetric.Set(hessian, Theta.Count, 0, 4, sums[17]);
        Symmetric.Set(hessian, Theta.Count, 1, 4, -p * sums[18]);
        Symmetric.Set(hessian, Theta.Count, 2, 4, sums[19]);
        Symmetric.Set(hessian, Theta.Count, 3, 4, -q * sums[20]);
        Symmetric.Set(hessian, Theta.Count, 4, 4, sums[21]);
        return 0.5 * sums[22];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(int start, int end, ReadOnlySpan<double> theta, Span<double> sums)
    {
        var xs = MemoryMarshal.Cast<double, Vector256<double>>(_points.X.AsSpan(start, end - start));
        var ys = MemoryMarshal.Cast<double, Vector256<double>>(_points.Y.AsSpan(start, end - start));
        var losses = MemoryMarshal.Cast<double, Vector256<double>>(_points.Response.AsSpan(start, end - start));
        var weights = MemoryMarshal.Cast<double, Vector256<double>>(_points.Weight.AsSpan(start, end - start));

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
            var phi = ElementaryFunctions.Exp(alpha * x);
            var chi = ElementaryFunctions.Exp(beta * y);
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

        sums[0] = Vector256.Sum(rf);
        sums[1] = Vector256.Sum(rfx);
        sums[2] = Vector256.Sum(rc);
        sums[3] = Vector256.Sum(rcy);
        sums[4] = Vector256.Sum(r1);
        sums[5] = Vector256.Sum(ff);
        sums[6] = Vector256.Sum(ffx);
        sums[7] = Vector256.Sum(ffxx);
        sums[8] = Vector256.Sum(rfxx);
        sums[9] = Vector256.Sum(fc);
        sums[10] = Vector256.Sum(fcx);
        sums[11] = Vector256.Sum(fcy);
        sums[12] = Vector256.Sum(fcxy);
        sums[13] = Vector256.Sum(cc);
        sums[14] = Vector256.Sum(ccy);
        sums[15] = Vector256.Sum(ccyy);
        sums[16] = Vector256.Sum(rcyy);
        sums[17] = Vector256.Sum(f1);
        sums[18] = Vector256.Sum(f1x);
        sums[19] = Vector256.Sum(c1);
        sums[20] = Vector256.Sum(c1y);
        sums[21] = Vector256.Sum(w1);
        sums[22] = Vector256.Sum(value);
    }
}
