using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

/// <summary>Intervals hold the truth about as often as they say. Benchmarks count over 1,000 sweeps, for all methods and kinds.</summary>
public class CoverageTests
{
    private const int Sweeps = 200;
    private static readonly ChinchillaLaw s_truth = new(1.8, 480, 2100, 0.35, 0.37);

    private static readonly (Func<Law, double> Of, double Truth)[] s_quantities =
        [(law => law.ParameterExponent, s_truth.ParameterExponent), (law => law["alpha"], s_truth.Alpha)];

    // Each end of a profile is a search of its own.
    private static readonly (Func<Law, double> Of, double Truth)[] s_one = s_quantities[..1];

    // The percentiles of the draws are the default of every method. Robust methods are refitted to draws with points twice and thrice, through which they
    // can run, and scatter more than they do over new sweeps: their percentiles hold the truth more often than they say.
    [Theory]
    [InlineData(FitMethod.LogSquared, 200, false)]
    [InlineData(FitMethod.Squared, 200, false)]
    [InlineData(FitMethod.VariableProjection, 200, false)]
    [InlineData(FitMethod.Huber, 40, true)]
    [InlineData(FitMethod.ScaledHuber, 30, true)]
    [InlineData(FitMethod.AbsoluteDeviation, 30, true)]
    public void Default_intervals_hold_the_truth_at_least_as_often_as_they_say(FitMethod method, int draws, bool mayHoldMore) =>
        AssertHold(Count(IntervalKind.Percentile, method, draws, s_quantities), mayHoldMore);

    [Theory]
    [InlineData(IntervalKind.BiasCorrected, FitMethod.LogSquared)]
    [InlineData(IntervalKind.BiasCorrected, FitMethod.Huber)]
    [InlineData(IntervalKind.Profile, FitMethod.LogSquared)]
    [InlineData(IntervalKind.AdjustedProfile, FitMethod.Huber)]
    [InlineData(IntervalKind.Delta, FitMethod.LogSquared)]
    [InlineData(IntervalKind.Delta, FitMethod.Huber)]
    public void Other_intervals_hold_the_truth_as_often_as_they_say(IntervalKind kind, FitMethod method) =>
        AssertHold(Count(kind, method, kind == IntervalKind.BiasCorrected ? 150 : 0, kind is IntervalKind.Profile or IntervalKind.AdjustedProfile ? s_one : s_quantities), mayHoldMore: false);

    private static (int[] Eighty, int[] NinetyFive) Count(IntervalKind kind, FitMethod method, int draws, (Func<Law, double> Of, double Truth)[] quantities)
    {
        var options = new FitOptions { Method = method };
        int[] held80 = new int[quantities.Length], held95 = new int[quantities.Length];
        for (var seed = 0; seed < Sweeps; seed++)
        {
            var (parameters, tokens, losses) = Generators.Noisy(s_truth, 0.005, 5000 + seed);
            var points = FitPoints.From(parameters, tokens, losses);
            var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
            var intervals = LawIntervals.For(kind, fit, points, options, BootstrapDraws.Run(points, fit, options, draws, seed)).Of([.. quantities.Select(quantity => quantity.Of)]);
            for (var k = 0; k < quantities.Length; k++)
            {
                var (interval, truth) = (intervals[k]!, quantities[k].Truth);
                held80[k] += interval.Low80 <= truth && truth <= interval.High80 ? 1 : 0;
                held95[k] += interval.Low95 <= truth && truth <= interval.High95 ? 1 : 0;
            }
        }

        return (held80, held95);
    }

    // The central 99.9 % of a binomial with the share that the interval promises.
    private static void AssertHold((int[] Eighty, int[] NinetyFive) held, bool mayHoldMore)
    {
        Assert.All(held.Eighty, count => AssertBinomial(0.8, count));
        Assert.All(held.NinetyFive, count => AssertBinomial(0.95, count));

        void AssertBinomial(double share, int count)
        {
            var binomial = new Binomial(share, Sweeps);
            var low = Enumerable.Range(0, Sweeps + 1).First(k => binomial.CumulativeDistribution(k) >= 0.0005);
            var high = mayHoldMore ? Sweeps : Enumerable.Range(0, Sweeps + 1).First(k => binomial.CumulativeDistribution(k) >= 0.9995);
            Assert.InRange(count, low, high);
        }
    }
}
