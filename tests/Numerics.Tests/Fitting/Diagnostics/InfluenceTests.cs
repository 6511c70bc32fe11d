using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Fitting.Diagnostics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting.Diagnostics;

public class InfluenceTests
{
    private static IReadOnlyList<PointInfluence> Of(FitPoints points, FitOptions options)
    {
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
        return Influence.Of(fit, points, options, FitResiduals.Of(fit, points, options));
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void Without_a_point_is_the_fit_to_the_others(FitMethod method)
    {
        var options = new FitOptions { Method = method };
        var (points, _) = FitResidualsTests.Noisy();
        var influence = Of(points, options);
        Assert.Equal(points.Count, influence.Count);
        foreach (var i in new[] { 0, 22, 44 })
        {
            var others = LawFitter.Fit(LawForms.Chinchilla, points.Only([.. Enumerable.Range(0, points.Count).Where(k => k != i)]), options);
            Assert.Equal(i, influence[i].Point);
            Assert.Equal(others.Law.ParameterExponent, influence[i].Without!.ParameterExponent, 1e-6);
        }
    }

    [Fact]
    public void A_bad_point_at_the_edge_of_a_least_squares_fit_matters_most()
    {
        var (points, _) = FitResidualsTests.Noisy(outlier: 44);
        var influence = Of(points, new FitOptions { Method = FitMethod.VariableProjection });
        Assert.Equal(44, influence.MaxBy(point => point.Distance)!.Point);
        Assert.True(influence[44].Distance > 1);
    }

    [Fact]
    public void For_squares_the_distance_is_nearly_Cooks()
    {
        // Cook: D = r²·h/(p·s²·(1 − h)²), exact for a model linear in its coefficients.
        var options = new FitOptions { Method = FitMethod.VariableProjection };
        var (points, _) = FitResidualsTests.Noisy(sigma: 0.0005);
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
        var residuals = FitResiduals.Of(fit, points, options);
        var influence = Influence.Of(fit, points, options, residuals);
        var largest = influence.MaxBy(point => point.Distance)!;
        var (leverage, standardised) = (residuals.Points[largest.Point].Leverage, residuals.Points[largest.Point].Standardised);
        Assert.Equal(1, largest.Distance / (standardised * standardised * leverage / (5 * (1 - leverage) * (1 - leverage))), 0.1);
    }

    [Fact]
    public void As_many_points_as_coefficients_leave_no_fit_without_one()
    {
        var (points, _) = FitResidualsTests.Noisy();
        var few = points.Only([0, 12, 20, 31, 44]);
        var fit = LawFitter.Fit(LawForms.Chinchilla, few, new());
        Assert.All(Influence.Of(fit, few, new(), FitResiduals.Of(fit, few, new())), point => Assert.Null(point.Without));
    }

    [Fact]
    public void Cancels()
    {
        var (points, _) = FitResidualsTests.Noisy();
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, new());
        Assert.ThrowsAny<OperationCanceledException>(() => Influence.Of(fit, points, new(), FitResiduals.Of(fit, points, new()), new CancellationToken(true)));
    }
}
