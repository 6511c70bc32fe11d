using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Laws;

public class PowerLawTests
{
    private static readonly double[] s_x = [1e18, 3e18, 1e19, 1e20];
    private static readonly double[] s_y = [1e8, 1.9e8, 3e8, 1.1e9];

    [Fact]
    public void Equal_weights_are_no_weights()
    {
        var plain = PowerLaw.Fit(s_x, s_y);
        var weighted = PowerLaw.Fit(s_x, s_y, [7.0, 7, 7, 7]);
        Assert.Equal(plain.Exponent, weighted.Exponent, 1e-12);
        Assert.Equal(plain.LogCoefficient, weighted.LogCoefficient, 1e-10);
    }

    [Fact]
    public void A_weight_of_two_is_the_point_twice()
    {
        var twice = PowerLaw.Fit([.. s_x, s_x[2]], [.. s_y, s_y[2]]);
        var weighted = PowerLaw.Fit(s_x, s_y, [1.0, 1, 2, 1]);
        Assert.Equal(twice.Exponent, weighted.Exponent, 1e-12);
        Assert.Equal(twice.LogCoefficient, weighted.LogCoefficient, 1e-10);
    }

    [Fact]
    public void A_weight_of_nothing_is_no_point() =>
        Assert.Equal(PowerLaw.Fit(s_x.AsSpan(0, 3), s_y.AsSpan(0, 3)).Exponent, PowerLaw.Fit(s_x, s_y, [1.0, 1, 1, 0]).Exponent, 1e-12);

    [Fact]
    public void Any_weights_recover_an_exact_law() =>
        Prop.ForAll(Gen.Choose(1, 1000).ArrayOf(4).ToArbitrary(), weights =>
        {
            var law = new PowerLaw(0.6, -3);
            var fit = PowerLaw.Fit(s_x, [.. s_x.Select(law.At)], [.. weights.Select(weight => weight / 100.0)]);
            return Math.Abs(fit.Exponent - 0.6) < 1e-9 && Math.Abs(fit.LogCoefficient + 3) < 1e-7;
        }).Check(Generators.Config);
}
