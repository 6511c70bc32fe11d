using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Fitting.Diagnostics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting.Diagnostics;

public class FitResidualsTests
{
    private static readonly ChinchillaLaw s_law = new(1.8, 480, 2100, 0.35, 0.37);

    internal static (FitPoints Points, double[] Losses) Noisy(double sigma = 0.005, int outlier = -1)
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, sigma, 7);
        if (outlier >= 0)
            losses[outlier] *= 1.1;
        return (FitPoints.From(parameters, tokens, losses), losses);
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void Residuals_are_measured_minus_predicted_and_scaled_by_their_spread(FitMethod method)
    {
        var (points, losses) = Noisy();
        var options = new FitOptions { Method = method };
        var residuals = FitResiduals.Of(LawFitter.Fit(LawForms.Chinchilla, points, options), points, options);
        Assert.Equal(method == FitMethod.Huber, residuals.AreLogarithmic);
        for (var i = 0; i < losses.Length; i++)
        {
            var point = residuals.Points[i];
            Assert.Equal(method == FitMethod.Huber ? Math.Log(losses[i] / point.Predicted) : losses[i] - point.Predicted, point.Residual, 1e-10);
            Assert.Equal(point.Residual / residuals.Scale, point.Standardised, 1e-10);
        }

        // Noise of 0.5 % of losses around 2.4.
        Assert.InRange(residuals.Scale, method == FitMethod.Huber ? 0.0025 : 0.006, method == FitMethod.Huber ? 0.0075 : 0.02);
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void Leverages_add_up_to_the_count_of_coefficients(FitMethod method)
    {
        var (points, _) = Noisy();
        var options = new FitOptions { Method = method };
        var residuals = FitResiduals.Of(LawFitter.Fit(LawForms.Chinchilla, points, options), points, options);
        Assert.Equal(5, residuals.Points.Sum(point => point.Leverage), 1e-8);
        Assert.All(residuals.Points, point => Assert.InRange(point.Leverage, 0, 1));
    }

    [Fact]
    public void One_bad_point_stands_out_and_leaves_the_scale_alone()
    {
        var (points, _) = Noisy(outlier: 20);
        var residuals = FitResiduals.Of(LawFitter.Fit(LawForms.Chinchilla, points, new()), points, new());
        Assert.True(residuals.Points[20].Standardised > 8);
        Assert.InRange(residuals.Scale, 0.0025, 0.0075);
    }

    [Fact]
    public void Points_on_the_law_have_no_scale()
    {
        var points = Generators.Points(s_law);
        var residuals = FitResiduals.Of(LawFitter.Fit(LawForms.Chinchilla, points, new()), points, new());
        Assert.Equal(0, residuals.Scale);
        Assert.All(residuals.Points, point => Assert.Equal(double.NaN, point.Standardised));
    }
}
