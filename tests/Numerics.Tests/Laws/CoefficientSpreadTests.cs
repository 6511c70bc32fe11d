using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Laws;

public class CoefficientSpreadTests
{
    private static readonly Law s_epoch = PublishedSurfaces.Epoch.Law;

    [SkippableFact]
    public void Epochs_spread_is_that_of_a_bootstrap_of_the_240_points()
    {
        var points = SharedPoints.Chinchilla240();
        var options = new FitOptions();
        var refits = BootstrapDraws.Run(points, LawFitter.Fit(LawForms.Chinchilla, points, options), options, 4000, 2).Laws;
        var spread = PublishedSurfaces.EpochSpread;
        var (errors, correlations) = Moments(refits);
        for (var i = 0; i < errors.Length; i++)
            Assert.InRange(spread.StandardErrors[i] / errors[i], 0.93, 1.07);
        for (var i = 0; i < correlations.Length; i++)
            Assert.Equal(correlations[i], spread.Correlations[i], 0.05);
        // A and α move as one, or what follows from them would be far too uncertain.
        Assert.Equal(Exponent(refits), Exponent(spread.Draws(s_epoch, 4000, 1)), 0.002);
    }

    [Fact]
    public void The_spread_of_the_exponent_is_the_papers()
    {
        // Besiroglu et al. 2024, §3: a = 0.513 with standard error 0.020; 95 % of E lies in 1.77 to 1.87.
        var draws = PublishedSurfaces.EpochSpread.Draws(s_epoch, 4000, 1);
        Assert.Equal(0.020, Exponent(draws), 0.002);
        Assert.InRange(draws.Select(law => law["E"]).Order().ElementAt(100), 1.76, 1.78);
        Assert.InRange(draws.Select(law => law["E"]).Order().ElementAt(3900), 1.86, 1.88);
    }

    [Fact]
    public void Draws_follow_the_standard_errors_and_correlations_and_the_seed()
    {
        var spread = new CoefficientSpread([0.1, 0.2, 0.3, 0.01, 0.02], [0.5, -0.3, 0.2, 0.4, 0.6, 0.1, 0.2, 0.1, 0.3, 0.3]);
        var draws = spread.Draws(s_epoch, 20_000, 7);
        var (errors, correlations) = Moments(draws);
        for (var i = 0; i < errors.Length; i++)
            Assert.InRange(errors[i] / spread.StandardErrors[i], 0.98, 1.02);
        for (var i = 0; i < correlations.Length; i++)
            Assert.Equal(spread.Correlations[i], correlations[i], 0.03);
        Assert.Equal(draws.Take(3), spread.Draws(s_epoch, 3, 7));
        Assert.NotEqual(draws[0], spread.Draws(s_epoch, 1, 8)[0]);
    }

    private static double Exponent(IReadOnlyList<Law> laws)
    {
        var exponents = laws.Select(law => law["beta"] / (law["alpha"] + law["beta"])).ToArray();
        var mean = exponents.Average();
        return Math.Sqrt(exponents.Sum(a => (a - mean) * (a - mean)) / (exponents.Length - 1));
    }

    private static (double[] Errors, double[] Correlations) Moments(IReadOnlyList<Law> laws)
    {
        Func<Law, double>[] coefficients = [law => Math.Log(law["E"]), law => Math.Log(law["A"]), law => Math.Log(law["B"]), law => law["alpha"], law => law["beta"]];
        var off = coefficients.Select(coefficient =>
        {
            var values = laws.Select(coefficient).ToArray();
            var mean = values.Average();
            return values.Select(value => value - mean).ToArray();
        }).ToArray();
        var errors = off.Select(values => Math.Sqrt(values.Sum(value => value * value) / (laws.Count - 1))).ToArray();
        return (errors, [.. Enumerable.Range(1, 4).SelectMany(i => Enumerable.Range(0, i).Select(j => off[i].Zip(off[j], (a, b) => a * b).Sum() / (laws.Count - 1) / errors[i] / errors[j]))]);
    }
}
