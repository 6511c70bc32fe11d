using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class BootstrapDrawsTests
{
    private static readonly ChinchillaLaw s_law = new(1.8, 480, 2100, 0.35, 0.37);

    private static (FitPoints Points, LawFit Fit) Noisy(int seed, FitOptions options)
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.01, seed);
        var points = FitPoints.From(parameters, tokens, losses);
        return (points, LawFitter.Fit(LawForms.Chinchilla, points, options));
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void The_same_seed_gives_the_same_draws_and_another_seed_others(FitMethod method)
    {
        var options = new FitOptions { Method = method };
        var (points, fit) = Noisy(1, options);
        var first = BootstrapDraws.Run(points, fit, options, 50, 7);
        Assert.Equal(first.Laws, BootstrapDraws.Run(points, fit, options, 50, 7).Laws);
        Assert.NotEqual(first.Laws, BootstrapDraws.Run(points, fit, options, 50, 8).Laws);
        Assert.Equal(first.Laws.Take(20), BootstrapDraws.Run(points, fit, options, 20, 7).Laws);
    }

    [Fact]
    public void Eighty_percent_intervals_cover_the_truth_about_as_often_as_they_say()
    {
        var options = new FitOptions { Method = FitMethod.VariableProjection };
        var covered = 0;
        const int sweeps = 100;
        for (var seed = 0; seed < sweeps; seed++)
        {
            var (points, fit) = Noisy(1000 + seed, options);
            var a = Interval.Of(BootstrapDraws.Run(points, fit, options, 100, 0).Laws.Select(law => law.ParameterExponent))!;
            if (a.Low80 <= s_law.ParameterExponent && s_law.ParameterExponent <= a.High80)
                covered++;
        }

        Assert.InRange(covered, 65, 92);
    }

    [Fact]
    public void Each_draw_reaches_the_optimum_a_global_search_finds()
    {
        var options = new FitOptions();
        var (points, fit) = Noisy(2, options);
        var laws = BootstrapDraws.Run(points, fit, options, 20, 0).Laws;
        for (var draw = 0; draw < 20; draw++)
        {
            var times = new int[points.Count];
            var generator = new DrawGenerator(0, draw);
            for (var i = 0; i < times.Length; i++)
                times[generator.Next(times.Length)]++;
            var resampled = points.ScratchForDraws();
            points.Draw(times, resampled);
            Assert.Equal(LawFitter.Fit(LawForms.Chinchilla, resampled, options).Law["alpha"], laws[draw]["alpha"], 1e-5);
        }
    }

    [Fact]
    public void A_draw_of_fewer_points_than_parameters_counts_as_failed()
    {
        double[] parameters = [1e8, 2e8, 7e8, 1e9, 3e9, 2e8], tokens = [2e9, 8e9, 2e10, 1.5e10, 5e10, 3e9];
        var points = FitPoints.From(parameters, tokens, [.. parameters.Select((n, i) => s_law.Loss(n, tokens[i]) * (1 + 0.002 * (i % 3)))]);
        var options = new FitOptions();
        var underdetermined = Enumerable.Range(0, 100).Count(draw =>
        {
            var generator = new DrawGenerator(0, draw);
            return Enumerable.Range(0, points.Count).Select(_ => generator.Next(points.Count)).Distinct().Count() < LawForms.Chinchilla.Parameters.Count;
        });
        var bootstrap = BootstrapDraws.Run(points, LawFitter.Fit(LawForms.Chinchilla, points, options), options, 100, 0);
        Assert.InRange(underdetermined, 50, 99);
        Assert.InRange(bootstrap.Failed, underdetermined, 100);
        Assert.Equal(100, bootstrap.Laws.Count + bootstrap.Failed);
    }

    [Fact]
    public void Cancelling_stops_it()
    {
        var (points, fit) = Noisy(3, new());
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => BootstrapDraws.Run(points, fit, new(), 1000, 0, cancellationToken: source.Token));
    }

    [Fact]
    public void No_draws_give_no_interval()
    {
        var (points, fit) = Noisy(4, new());
        Assert.Empty(BootstrapDraws.Run(points, fit, new(), 0, 0).Laws);
        Assert.Null(Interval.Of([]));
    }

    [Fact]
    public void Quantiles_interpolate_linearly_as_numpy_does()
    {
        // numpy.quantile(range(11), [.1, .9, .025, .975]) and std(ddof=1)
        var interval = Interval.Of(Enumerable.Range(0, 11).Select(i => (double)i))!;
        Assert.Equal(1, interval.Low80, 1e-12);
        Assert.Equal(9, interval.High80, 1e-12);
        Assert.Equal(0.25, interval.Low95, 1e-12);
        Assert.Equal(9.75, interval.High95, 1e-12);
        Assert.Equal(3.3166247903554, interval.StandardError, 1e-12);
    }

    [Fact]
    public void Draws_are_uniform()
    {
        var counts = new int[10];
        for (var draw = 0; draw < 1000; draw++)
        {
            var generator = new DrawGenerator(5, draw);
            for (var i = 0; i < 100; i++)
                counts[generator.Next(10)]++;
        }

        // 10,000 expected in each; five standard deviations of a binomial are 474.
        Assert.All(counts, count => Assert.InRange(count, 9526, 10474));
    }
}
