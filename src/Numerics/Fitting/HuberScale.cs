using MathNet.Numerics;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Residuals with density p(r) = exp(−Huber_δ(r/s)) / (s·Z(δ)), Z(δ) = √(2π)·(2Φ(δ) − 1) + (2/δ)·exp(−δ²/2): the likelihood of
/// Besiroglu et al. 2024 (arXiv 2404.10102, §3).
/// </summary>
internal static class HuberScale
{
    /// <summary>The scale s, in the unit of the residuals, with the largest likelihood: the root of Σ w·ψ(r/s)·(r/s) = Σ w.</summary>
    internal static double MaximumLikelihood(ReadOnlySpan<double> residuals, ReadOnlySpan<double> weights, double delta, CancellationToken cancellationToken = default)
    {
        double total = 0, absolute = 0, squares = 0;
        for (var i = 0; i < residuals.Length; i++)
        {
            total += weights[i];
            absolute += weights[i] * Math.Abs(residuals[i]);
            squares += weights[i] * residuals[i] * residuals[i];
        }

        // Σ w·min(u², δ|u|) falls in s; with all residuals in the linear zone s = δ·mean|r|, with all in the quadratic s² = mean r².
        var high = Math.Log(Math.Max(delta * absolute / total, Math.Sqrt(squares / total)) * (1 + 1e-9) + 1e-300);
        var low = high - 1;
        while (Excess(residuals, weights, low) < 0 && low > -690)
            low -= 2;
        for (var i = 0; i < 200 && high - low > 1e-15 * Math.Abs(high); i++)
        {
            var middle = 0.5 * (low + high);
            var excess = Excess(residuals, weights, middle);
            (low, high) = excess > 0 ? (middle, high) : (low, middle);
            if (excess == 0)
                return Math.Exp(middle);
        }

        return Math.Exp(0.5 * (low + high));

        double Excess(ReadOnlySpan<double> residuals, ReadOnlySpan<double> weights, double logScale)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var scale = Math.Exp(logScale);
            var sum = -total;
            for (var i = 0; i < residuals.Length; i++)
            {
                var u = Math.Abs(residuals[i]) / scale;
                sum += weights[i] * u * Math.Min(u, delta);
            }

            return sum;
        }
    }

    /// <summary>Σ w·(Huber_δ(r/s) + ln s + ln Z(δ)).</summary>
    internal static double NegativeLogLikelihood(ReadOnlySpan<double> residuals, ReadOnlySpan<double> weights, double delta, double scale)
    {
        // 2Φ(δ) − 1 = erf(δ/√2)
        var normaliser = Math.Log(scale) + Math.Log(Math.Sqrt(2 * Math.PI) * SpecialFunctions.Erf(delta / Math.Sqrt(2)) + 2 / delta * Math.Exp(-0.5 * delta * delta));
        var sum = 0.0;
        for (var i = 0; i < residuals.Length; i++)
        {
            var u = Math.Abs(residuals[i]) / scale;
            sum += weights[i] * (normaliser + (u <= delta ? 0.5 * u * u : delta * (u - 0.5 * delta)));
        }

        return sum;
    }
}
