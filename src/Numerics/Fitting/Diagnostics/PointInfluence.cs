using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting.Diagnostics;

/// <summary>What one point does to a fit.</summary>
/// <param name="Point">Position of the point.</param>
/// <param name="Without">The law fitted to all others; null where they cannot be fitted.</param>
/// <param name="Distance">How far the predictions of all points move without it, in the manner of Cook: above 1 is much. NaN where it cannot be said.</param>
public sealed record PointInfluence(int Point, Law? Without, double Distance);

/// <summary>Influence of points by leaving out each in turn and fitting again.</summary>
public static class Influence
{
    /// <summary>Most points that are left out in turn; of more, those that a first-order estimate says matter most.</summary>
    public const int MostPoints = 2000;

    /// <summary>
    /// Distance of point i: (θ̂ − θ̂₍ᵢ₎)ᵀ M (θ̂ − θ̂₍ᵢ₎)/(p·s²) with M = Σ w g gᵀ over all points, p coefficients and s the robust scale of the
    /// residuals (Cook 1977, with a robust scale); θ̂₍ᵢ₎ is the optimum without the point, not an approximation to it.
    /// </summary>
    /// <param name="fit">A usable fit.</param>
    /// <param name="points">The points it was fitted to.</param>
    /// <param name="options">Its options.</param>
    /// <param name="residuals">Its residuals.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The points that were left out in turn, in their order.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<PointInfluence> Of(
        LawFit fit, FitPoints points, FitOptions options, FitResiduals residuals, CancellationToken cancellationToken = default)
    {
        var n = fit.Theta.Length;
        var gradients = new double[points.Count * n];
        LawFitter.Residuals(fit, points, options, gradients, cancellationToken);
        var metric = new double[n * n];
        for (var i = 0; i < points.Count; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var k = 0; k < n; k++)
                    metric[j * n + k] += points.Weight[i] * gradients[i * n + j] * gradients[i * n + k];
            }
        }

        var left = Candidates(residuals);
        var influences = new PointInfluence[left.Length];
        Cores.For(
            left.Length,
            () =>
            {
                var scratch = points.ScratchForDraws();
                var times = new int[points.Count];
                Array.Fill(times, 1);
                return at =>
                {
                    var point = left[at];
                    times[point] = 0;
                    points.Draw(times, scratch);
                    times[point] = 1;
                    influences[at] = LawFitter.Refit(fit, scratch, options, cancellationToken) is { } theta
                        ? new PointInfluence(point, new Law(fit.Law.Form, fit.Law.Form.Coefficients(theta, points, options)), Distance(theta))
                        : new PointInfluence(point, null, double.NaN);
                };
            },
            cancellationToken);
        return influences;

        double Distance(double[] theta)
        {
            var sum = 0.0;
            for (var j = 0; j < n; j++)
            {
                for (var k = 0; k < n; k++)
                    sum += (theta[j] - fit.Theta[j]) * metric[j * n + k] * (theta[k] - fit.Theta[k]);
            }

            // Points on the law to rounding have no scale to measure by.
            return residuals.Scale > 0 ? sum / (n * residuals.Scale * residuals.Scale) : double.NaN;
        }
    }

    private static int[] Candidates(FitResiduals residuals)
    {
        var all = Enumerable.Range(0, residuals.Points.Count);
        return residuals.Points.Count <= MostPoints
            ? [.. all]
            : [.. all.OrderByDescending(i => Math.Abs(residuals.Points[i].Residual) * residuals.Points[i].Leverage).Take(MostPoints).Order()];
    }
}
