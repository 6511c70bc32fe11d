using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

/// <summary>Intervals hold the truth about as often as they say. Benchmarks count over 1,000 sweeps and all methods.</summary>
public class CoverageTests
{
    private const int Sweeps = 200;
    private const int Draws = 200;
    private static readonly ChinchillaLaw s_truth = new(1.8, 480, 2100, 0.35, 0.37);

    [Theory]
    [InlineData(IntervalKind.Percentile)]
    [InlineData(IntervalKind.BiasCorrected)]
    [InlineData(IntervalKind.Profile)]
    [InlineData(IntervalKind.Delta)]
    public void Intervals_hold_the_truth_as_often_as_they_say(IntervalKind kind)
    {
        var options = new FitOptions { Method = FitMethod.LogSquared };
        (Func<Law, double> Of, double Truth)[] quantities = [(law => law.ParameterExponent, s_truth.ParameterExponent), (law => law["alpha"], s_truth.Alpha)];
        int[] held80 = new int[quantities.Length], held95 = new int[quantities.Length];
        for (var seed = 0; seed < Sweeps; seed++)
        {
            var (parameters, tokens, losses) = Generators.Noisy(s_truth, 0.005, 5000 + seed);
            var points = FitPoints.From(parameters, tokens, losses);
            var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
            var draws = kind is IntervalKind.Percentile or IntervalKind.BiasCorrected ? BootstrapDraws.Run(points, fit, options, Draws, seed) : BootstrapDraws.None;
            var intervals = LawIntervals.For(kind, fit, points, options, draws).Of([.. quantities.Select(quantity => quantity.Of)]);
            for (var k = 0; k < quantities.Length; k++)
            {
                var interval = intervals[k]!;
                held80[k] += interval.Low80 <= quantities[k].Truth && quantities[k].Truth <= interval.High80 ? 1 : 0;
                held95[k] += interval.Low95 <= quantities[k].Truth && quantities[k].Truth <= interval.High95 ? 1 : 0;
            }
        }

        Assert.All(held80, count => AssertBinomial(0.8, count));
        Assert.All(held95, count => AssertBinomial(0.95, count));
    }

    // The central 99.9 % of a binomial with the share that the interval promises.
    private static void AssertBinomial(double share, int count)
    {
        var binomial = new Binomial(share, Sweeps);
        var low = Enumerable.Range(0, Sweeps + 1).First(k => binomial.CumulativeDistribution(k) >= 0.0005);
        var high = Enumerable.Range(0, Sweeps + 1).First(k => binomial.CumulativeDistribution(k) >= 0.9995);
        Assert.InRange(count, low, high);
    }
}
