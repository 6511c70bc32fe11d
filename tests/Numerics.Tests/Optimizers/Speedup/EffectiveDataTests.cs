using ScalingDashboard.Numerics.Optimizers.Speedup;

namespace ScalingDashboard.Numerics.Tests.Optimizers.Speedup;

public sealed class EffectiveDataTests
{
    private static readonly double[] s_tokens = [1e6, 2e6, 4e6, 8e6];

    private static double[] Losses(double alpha, double exponent, double limit) => [.. s_tokens.Select(data => alpha * Math.Pow(data, -exponent) + limit)];

    [Fact]
    public void A_law_gives_back_the_data_of_its_own_losses()
    {
        var losses = Losses(40, 0.3, 2.5);
        var law = EffectiveData.Of(s_tokens, losses);
        Assert.Equal(0.3, law.Exponent, 6);
        Assert.Equal(2.5, law.Limit, 6);
        for (var i = 0; i < s_tokens.Length; i++)
            Assert.Equal(1, law.TokensFor(losses[i]) / s_tokens[i], 8);
        Assert.Equal(1.4, law.TokensFor(40 * Math.Pow(1.4 * 4e6, -0.3) + 2.5) / 4e6, 6);
    }

    [Fact]
    public void Below_the_limit_no_data_is_enough()
    {
        var law = EffectiveData.Of(s_tokens, Losses(40, 0.3, 2.5));
        Assert.Equal(double.PositiveInfinity, law.TokensFor(2.4));
    }

    [Fact]
    public void Other_losses_of_the_same_trainings_are_fitted_anew()
    {
        var law = EffectiveData.Of(s_tokens, Losses(40, 0.3, 2.5)).With(Losses(44, 0.32, 2.48))!;
        Assert.Equal(0.32, law.Exponent, 5);
        Assert.Equal(2.48, law.Limit, 5);
    }
}
