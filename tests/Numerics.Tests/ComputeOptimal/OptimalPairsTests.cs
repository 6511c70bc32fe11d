using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.ComputeOptimal;

public class OptimalPairsTests
{
    private static readonly double[] s_flops = [1e17, 1e18, 1e19, 1e20, 1e21];
    private static readonly double[] s_parameters = [.. s_flops.Select((flops, i) => new PowerLaw(0.5, -2).At(flops) * (i == 4 ? 1.5 : 1))];

    [Fact]
    public void A_large_standard_deviation_takes_the_outlier_out()
    {
        var trusting = OptimalPairs.Fit(s_flops, s_parameters, [0.1, 0.1, 0.1, 0.1, 0.1], 0, 0);
        var doubting = OptimalPairs.Fit(s_flops, s_parameters, [0.1, 0.1, 0.1, 0.1, 100], 0, 0);
        Assert.Equal(trusting.Unweighted.Exponent, trusting.Law.Exponent, 1e-12);
        Assert.True(trusting.Law.Exponent > 0.52);
        Assert.Equal(0.5, doubting.Law.Exponent, 1e-4);
        Assert.Null(doubting.ParameterExponent);
    }

    [Fact]
    public void Pairs_without_an_optimum_or_a_deviation_are_counted()
    {
        var fit = OptimalPairs.Fit(s_flops, [double.NaN, .. s_parameters[1..]], [0.1, double.NaN, 0.1, 0.1, 0], 0, 0);
        Assert.Equal((2, 3), (fit.Points, fit.LeftOut));
        Assert.Equal(0.5, fit.Law.Exponent, 1e-9);
    }

    [Fact]
    public void The_interval_holds_the_exponent_and_repeats_for_a_seed()
    {
        double[] deviations = [0.1, 0.2, 0.1, 0.3, 0.2];
        var fit = OptimalPairs.Fit(s_flops, s_parameters, deviations, 400, 3);
        Assert.InRange(fit.Law.Exponent, fit.ParameterExponent!.Low95, fit.ParameterExponent.High95);
        Assert.Equal(fit.ParameterExponent, OptimalPairs.Fit(s_flops, s_parameters, deviations, 400, 3).ParameterExponent);
        Assert.NotEqual(fit.ParameterExponent, OptimalPairs.Fit(s_flops, s_parameters, deviations, 400, 4).ParameterExponent);
    }

    [Fact]
    public void Draws_of_a_single_level_of_compute_say_nothing()
    {
        // Half of the draws of two pairs take one of them twice.
        var fit = OptimalPairs.Fit([1e18, 1e19], [1e8, 3e8], [0.1, 0.1], 200, 0);
        Assert.Equal(fit.Law.Exponent, fit.ParameterExponent!.Low95, 1e-12);
        Assert.Equal(fit.Law.Exponent, fit.ParameterExponent.High95, 1e-12);
        Assert.Null(OptimalPairs.Fit([1e18], [1e8], [0.1], 200, 0).ParameterExponent);
        Assert.True(double.IsNaN(OptimalPairs.Fit([], [], [], 10, 0).Law.Exponent));
    }
}
