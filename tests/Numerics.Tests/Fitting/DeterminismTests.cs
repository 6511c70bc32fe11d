using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

/// <summary>The same bits on every core count: a fit that has all cores against fits inside a loop, each of which has one.</summary>
public class DeterminismTests
{
    private static readonly ChinchillaLaw s_law = new(1.8, 480, 2100, 0.35, 0.37);

    [Theory]
    [InlineData(FitMethod.Huber, IntervalKind.BiasCorrected)]
    [InlineData(FitMethod.Huber, IntervalKind.AdjustedProfile)]
    [InlineData(FitMethod.VariableProjection, IntervalKind.Percentile)]
    [InlineData(FitMethod.Squared, IntervalKind.Profile)]
    [InlineData(FitMethod.LogSquared, IntervalKind.Delta)]
    [InlineData(FitMethod.ScaledHuber, IntervalKind.Percentile)]
    [InlineData(FitMethod.AbsoluteDeviation, IntervalKind.BiasCorrected)]
    public void Fit_draws_and_intervals_have_the_same_bits_on_all_cores_and_on_one(FitMethod method, IntervalKind kind)
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.01, 3);
        AssertSame(() => Bits(FitPoints.From(parameters, tokens, losses), method, kind, draws: 40));
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.LogSquared)]
    public void So_have_fits_of_more_points_than_one_thread_sums(FitMethod method)
    {
        const int count = 20_000;
        var random = new Random(4);
        double[] parameters = [.. Enumerable.Range(0, count).Select(i => 1e7 * Math.Pow(1000, i % 141 / 141.0))];
        double[] tokens = [.. Enumerable.Range(0, count).Select(i => parameters[i] * Math.Pow(1000, i / (double)count))];
        double[] losses = [.. Enumerable.Range(0, count).Select(i => s_law.Loss(parameters[i], tokens[i]) * (1 + 0.01 * (random.NextDouble() - 0.5)))];
        AssertSame(() => Bits(FitPoints.From(parameters, tokens, losses), method, IntervalKind.Percentile, draws: 2));
    }

    private static void AssertSame(Func<long[]> fit)
    {
        var outside = fit();
        var inside = new long[2][];
        Cores.For(inside.Length, i => inside[i] = fit());
        Assert.Equal(outside, inside[0]);
        Assert.Equal(outside, inside[1]);
        Assert.Equal(outside, fit());
    }

    /// <summary>Every number that comes of the fit, bit by bit.</summary>
    private static long[] Bits(FitPoints points, FitMethod method, IntervalKind kind, int draws)
    {
        var options = new FitOptions { Method = method };
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
        Assert.Equal(FitStatus.Converged, fit.Status);
        var bootstrap = BootstrapDraws.Run(points, fit, options, draws, 5);
        var intervals = LawIntervals.For(kind, fit, points, options, bootstrap).Of([law => law["alpha"], law => law.ParameterExponent, law => law.Optimum(1e24).Loss]);
        double[] numbers =
        [
            .. fit.Law.Coefficients, fit.Objective, fit.Scale, fit.ConditionNumber,
            .. bootstrap.Laws.SelectMany(law => law.Coefficients.ToArray()),
            .. intervals.SelectMany(interval => interval is null ? [] : new[] { interval.StandardError, interval.Low80, interval.High80, interval.Low95, interval.High95 }),
        ];
        return [.. numbers.Select(BitConverter.DoubleToInt64Bits)];
    }
}
