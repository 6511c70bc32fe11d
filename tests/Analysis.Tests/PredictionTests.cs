using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Analysis.Tests;

public class PredictionTests
{
    [Fact]
    public void Every_quantity_has_the_interval_of_its_own_draws()
    {
        ChinchillaLaw[] draws = [.. Enumerable.Range(0, 21).Select(i => Sweeps.Epoch with { Alpha = 0.33 + 0.002 * i })];
        var prediction = Prediction.At(1e22, Sweeps.Epoch, draws);
        Assert.Equal(Sweeps.Epoch.Optimum(1e22), prediction.Optimum);
        var optima = draws.Select(law => law.Optimum(1e22)).ToArray();
        Assert.Equal(Interval.Of(optima.Select(optimum => optimum.Parameters)), prediction.Parameters);
        Assert.Equal(Interval.Of(optima.Select(optimum => optimum.Tokens)), prediction.Tokens);
        Assert.Equal(Interval.Of(optima.Select(optimum => optimum.Loss)), prediction.Loss);
        Assert.Equal(Interval.Of(optima.Select(optimum => optimum.Tokens / optimum.Parameters)), prediction.TokensPerParameter);
    }

    [Fact]
    public void A_line_predicts_no_loss()
    {
        var prediction = Prediction.At(5.76e23, PublishedLaws.HoffmannApproach2.Law, []);
        Assert.Equal(63e9, prediction.Optimum.Parameters, 1);
        Assert.True(double.IsNaN(prediction.Optimum.Loss));
        Assert.Null(prediction.Loss);
        Assert.Null(prediction.Parameters);
    }
}
