using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Fitting.Diagnostics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting.Diagnostics;

public class ParameterConditioningTests
{
    private static ParameterConditioning? Of(LawForm form, FitPoints points, FitOptions options) =>
        ParameterConditioning.Of(LawFitter.Fit(form, points, options), points, options);

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    [InlineData(FitMethod.AbsoluteDeviation)]
    public void Centring_and_projecting_each_make_the_problem_easier(FitMethod method)
    {
        var (points, _) = FitResidualsTests.Noisy();
        var conditioning = Of(LawForms.Chinchilla, points, new FitOptions { Method = method })!;
        Assert.True(conditioning.Raw > 10 * conditioning.Centred);
        Assert.True(conditioning.Centred > conditioning.Projected);
        Assert.True(conditioning.Projected >= 1);
        Assert.Equal(method != FitMethod.AbsoluteDeviation, conditioning.IsOfObjective);
    }

    [Fact]
    public void Correlations_are_symmetric_and_tie_each_factor_to_its_exponent()
    {
        var (points, _) = FitResidualsTests.Noisy();
        var conditioning = Of(LawForms.Chinchilla, points, new())!;
        Assert.Equal(["ln E", "ln A", "ln B", "α", "β"], conditioning.Symbols);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(1, conditioning.Correlation[i][i]);
            for (var j = 0; j < 5; j++)
            {
                Assert.InRange(conditioning.Correlation[i][j], -1, 1);
                Assert.Equal(conditioning.Correlation[j][i], conditioning.Correlation[i][j], 1e-6);
            }
        }

        Assert.True(conditioning.Correlation[1][3] > 0.98);
        Assert.True(conditioning.Correlation[2][4] > 0.98);
    }

    [Fact]
    public void Correlations_are_those_of_bootstrap_draws()
    {
        var options = new FitOptions { Method = FitMethod.LogSquared };
        var (points, _) = FitResidualsTests.Noisy(sigma: 0.002);
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
        var laws = BootstrapDraws.Run(points, fit, options, 600, 1).Laws;
        var drawn = MathNet.Numerics.Statistics.Correlation.Pearson(laws.Select(law => law["alpha"]), laws.Select(law => law["beta"]));
        Assert.Equal(drawn, ParameterConditioning.Of(fit, points, options)!.Correlation[3][4], 0.2);
    }

    // A well-posed sum of squares has a condition number near 11 after projection, and one of 3.5e11 in E, A, B, α, β before (arXiv 2603.22339, §6.2).
    [Fact]
    public void Projected_onto_the_exponents_a_sum_of_squares_is_well_conditioned()
    {
        var law = new ChinchillaLaw(1.69, 406.4, 410.7, 0.465, 0.155);
        var (parameters, tokens, losses, _) = Generators.Sweep(law, range: 16);
        var points = FitPoints.From(parameters, tokens, losses);
        var conditioning = Of(LawForms.Chinchilla, points, new FitOptions { Method = FitMethod.VariableProjection })!;
        Assert.InRange(conditioning.Projected, 3, 40);
    }

    [Fact]
    public void A_law_of_one_exponent_has_nothing_to_project_onto()
    {
        var flops = Enumerable.Range(0, 12).Select(i => 1e18 * Math.Pow(3, i)).ToArray();
        var points = FitPoints.From(
            [.. flops.Select(c => new LawPoint(double.NaN, double.NaN, c))], [.. flops.Select((c, i) => (1.7 + 60 * Math.Pow(c, -0.09)) * (1 + 0.001 * (i % 3 - 1)))]);
        var conditioning = Of(LawForms.Find("compute")!, points, new())!;
        Assert.Equal(double.NaN, conditioning.Projected);
        Assert.True(conditioning.Raw > conditioning.Centred);
        Assert.Equal(3, conditioning.Correlation.Count);
    }

    [Fact]
    public void A_fit_on_a_bound_has_none()
    {
        var (points, _) = FitResidualsTests.Noisy();
        Assert.Null(Of(LawForms.Chinchilla, points, new FitOptions { ExponentHigh = 0.3 }));
    }
}
