using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Tests.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class LawIntervalsTests
{
    private const double Cutoff80 = 1.6423744151498165;
    private const double Cutoff95 = 3.841458820694124;
    private static readonly ChinchillaLaw s_law = new(1.8, 480, 2100, 0.35, 0.37);
    private static readonly LawForm s_power = LawForms.Find("power")!;

    private static readonly Func<Law, double>[] s_quantities =
    [
        .. LawForms.Chinchilla.Parameters.Select(parameter => (Func<Law, double>)(law => law[parameter.Key])),
        law => law.ParameterExponent,
        law => law.TokenExponent,
        law => law.Optimum(1e24).Parameters,
        law => law.Optimum(1e24).Loss,
    ];

    private static (FitPoints Points, LawFit Fit) Noisy(int seed, FitOptions options, double sigma = 0.01)
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, sigma, seed);
        var points = FitPoints.From(parameters, tokens, losses);
        return (points, LawFitter.Fit(LawForms.Chinchilla, points, options));
    }

    private static IReadOnlyList<Interval?> Intervals(IntervalKind kind, FitPoints points, LawFit fit, FitOptions options, BootstrapDraws draws, params Func<Law, double>[] quantities) =>
        LawIntervals.For(kind, fit, points, options, draws).Of(quantities);

    [Fact]
    public void Percentiles_are_those_of_the_draws_and_within_their_range()
    {
        var options = new FitOptions();
        var (points, fit) = Noisy(1, options);
        var draws = BootstrapDraws.Run(points, fit, options, 100, 0);
        var intervals = Intervals(IntervalKind.Percentile, points, fit, options, draws, s_quantities);
        for (var k = 0; k < s_quantities.Length; k++)
        {
            var values = draws.Laws.Select(s_quantities[k]).ToArray();
            Assert.Equal(Interval.Of(values), intervals[k]);
            Assert.InRange(intervals[k]!.Low95, values.Min(), intervals[k]!.Low80);
            Assert.InRange(intervals[k]!.High95, intervals[k]!.High80, values.Max());
        }
    }

    [Fact]
    public void Without_bias_and_acceleration_bca_is_the_percentile()
    {
        // Symmetric around the estimate, and a symmetric jackknife.
        double[] draws = [.. Enumerable.Range(-500, 1001).Select(i => i * 0.01)], jackknife = [-1, -0.5, 0.5, 1];
        var (bca, percentile) = (BiasCorrectedBootstrap.Of(0, draws, jackknife)!, Interval.Of(draws)!);
        Assert.Equal(percentile.StandardError, bca.StandardError);
        Assert.Equal(percentile.Low80, bca.Low80, 1e-9);
        Assert.Equal(percentile.High80, bca.High80, 1e-9);
        Assert.Equal(percentile.Low95, bca.Low95, 1e-9);
        Assert.Equal(percentile.High95, bca.High95, 1e-9);
    }

    [Fact]
    public void Bias_and_acceleration_move_the_quantiles_as_Efron_says()
    {
        // Draws uniform on 0..1: a quantile is its probability.
        double[] draws = [.. Enumerable.Range(0, 100_001).Select(i => i / 100_000.0)], jackknife = [0, 0, 0, 1];
        // Σd³ = 3·(1/4)³ − (3/4)³ = −3/8, Σd² = 3/4; the share below the estimate 0.6.
        var (z0, a) = (Normal.InvCDF(0, 1, 0.6), -0.375 / (6 * Math.Pow(0.75, 1.5)));
        var bca = BiasCorrectedBootstrap.Of(0.6, draws, jackknife)!;
        Assert.Equal(Shifted(0.1), bca.Low80, 1e-4);
        Assert.Equal(Shifted(0.9), bca.High80, 1e-4);
        Assert.Equal(Shifted(0.025), bca.Low95, 1e-4);
        Assert.Equal(Shifted(0.975), bca.High95, 1e-4);
        Assert.True(bca.Low80 > 0.11);

        double Shifted(double p)
        {
            var z = z0 + Normal.InvCDF(0, 1, p);
            return Normal.CDF(0, 1, z0 + z / (1 - a * z));
        }
    }

    [Fact]
    public void Bca_is_not_defined_where_its_corrections_are_not()
    {
        double[] draws = [1, 2, 3, 4], jackknife = [1, 2, 4];
        Assert.NotNull(BiasCorrectedBootstrap.Of(2.5, draws, jackknife));
        Assert.Null(BiasCorrectedBootstrap.Of(0.5, draws, jackknife));
        Assert.Null(BiasCorrectedBootstrap.Of(4.5, draws, jackknife));
        Assert.Null(BiasCorrectedBootstrap.Of(2.5, draws, [3, 3, 3]));
        Assert.Null(BiasCorrectedBootstrap.Of(2.5, draws, [1, 2, double.NaN]));
        Assert.Null(BiasCorrectedBootstrap.Of(2.5, [], jackknife));
    }

    [Fact]
    public void The_jackknife_leaves_out_points_blocks_or_groups_of_many_points()
    {
        var options = new FitOptions { Method = FitMethod.LogSquared };
        var (points, fit) = Line(900, 0.05, 1);
        var draws = BootstrapDraws.Run(points, fit, options, 200, 0);
        // Nine hundred points in groups, or in as many blocks, each with two or three points.
        var grouped = LawIntervals.For(IntervalKind.BiasCorrected, fit, points, options, draws).Of([law => law["gamma"]])[0]!;
        var blocks = Enumerable.Range(0, 900).Select(i => i % BiasCorrectedBootstrap.MostUnits).ToArray();
        var blocked = LawIntervals.For(IntervalKind.BiasCorrected, fit, points, options, draws, blocks).Of([law => law["gamma"]])[0]!;
        Assert.Equal(blocked.Low95, grouped.Low95, 0.25 * grouped.StandardError);
        Assert.Equal(blocked.High95, grouped.High95, 0.25 * grouped.StandardError);
    }

    // ln L = ln K − γ ln C is a straight line: with n points, residual sum R and Q = Σ(ln C − mean)²
    //   profile: n·ln(R(γ)/R) = χ², R(γ) = R + Q(γ − γ̂)²  ⇒  γ̂ ± √(R(e^(χ²/n) − 1)/Q)
    //   delta, HC1: standard error √(n/(n − 2)·Σ x²r²)/Q, on the logarithm of γ
    [Theory]
    [InlineData(20, 0.03)]
    [InlineData(200, 0.1)]
    public void A_straight_line_has_its_closed_forms(int count, double sigma)
    {
        var options = new FitOptions { Method = FitMethod.LogSquared };
        var (points, fit) = Line(count, sigma, 3);
        var x = points.Centred(LawInput.Flops).AsSpan(0, count).ToArray();
        var residuals = LawFitter.Residuals(fit, points, options);
        var (q, r) = (x.Sum(value => value * value), residuals.Sum(value => value * value));
        var gamma = fit.Law["gamma"];
        Func<Law, double>[] quantities = [law => law["gamma"], law => law["K"], law => law.Optimum(1e24).Loss];

        var profile = Intervals(IntervalKind.Profile, points, fit, options, BootstrapDraws.None, quantities);
        AssertEnds(gamma, HalfWidth(Cutoff80, 1 / q), HalfWidth(Cutoff95, 1 / q), profile[0]!, value => value);
        Assert.Equal(HalfWidth(1, 1 / q), profile[0]!.StandardError, 1e-4 * HalfWidth(1, 1 / q));
        // ln K at ln C = 0 and ln L at 1e24 are a + bx: variance 1/n + x²/Q.
        foreach (var (k, at) in new[] { (1, 0.0), (2, Math.Log(1e24)) })
        {
            var unit = 1.0 / count + Math.Pow(at - points.MeanLog(LawInput.Flops), 2) / q;
            AssertEnds(Math.Log(quantities[k](fit.Law)), HalfWidth(Cutoff80, unit), HalfWidth(Cutoff95, unit), profile[k]!, Math.Log);
        }

        var delta = Intervals(IntervalKind.Delta, points, fit, options, BootstrapDraws.None, quantities)[0]!;
        var error = Math.Sqrt(count / (count - 2.0) * x.Select((value, i) => Math.Pow(value * residuals[i], 2)).Sum()) / q;
        Assert.Equal(error, delta.StandardError, 1e-6 * error);
        AssertEnds(Math.Log(gamma), Math.Sqrt(Cutoff80) * error / gamma, Math.Sqrt(Cutoff95) * error / gamma, delta, Math.Log);

        double HalfWidth(double cutoff, double variance) => Math.Sqrt(r * (Math.Exp(cutoff / count) - 1) * variance);

        static void AssertEnds(double middle, double half80, double half95, Interval interval, Func<double, double> scale)
        {
            Assert.Equal(middle - half80, scale(interval.Low80), 1e-4 * half80);
            Assert.Equal(middle + half80, scale(interval.High80), 1e-4 * half80);
            Assert.Equal(middle - half95, scale(interval.Low95), 1e-4 * half95);
            Assert.Equal(middle + half95, scale(interval.High95), 1e-4 * half95);
        }
    }

    // With E held at an end of its interval the likelihood is the cut-off below the best. Held by bounds: another way through the code.
    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.ScaledHuber)]
    [InlineData(FitMethod.AbsoluteDeviation)]
    [InlineData(FitMethod.LogSquared)]
    [InlineData(FitMethod.VariableProjection)]
    public void The_ends_of_a_profile_satisfy_the_likelihood_equation(FitMethod method)
    {
        // The likelihood of Huber is that of scaled Huber.
        var options = new FitOptions { Method = method == FitMethod.Huber ? FitMethod.ScaledHuber : method };
        var (points, fit) = Noisy(4, new FitOptions { Method = method });
        var interval = Intervals(IntervalKind.Profile, points, fit, new FitOptions { Method = method }, BootstrapDraws.None, law => law["E"])[0]!;
        var best = NegativeLog(0, double.PositiveInfinity);
        Assert.Equal(Cutoff80, 2 * (Held(interval.Low80) - best), 0.01);
        Assert.Equal(Cutoff80, 2 * (Held(interval.High80) - best), 0.01);
        Assert.Equal(Cutoff95, 2 * (Held(interval.Low95) - best), 0.01);
        Assert.Equal(Cutoff95, 2 * (Held(interval.High95) - best), 0.01);

        double Held(double e) => NegativeLog(e * (1 - 1e-12), e * (1 + 1e-12));

        double NegativeLog(double low, double high)
        {
            var bounded = LawFitter.Fit(LawForms.Chinchilla, points, options with { IrreducibleLow = low, IrreducibleHigh = high });
            return method switch
            {
                FitMethod.Huber or FitMethod.ScaledHuber => bounded.Objective,
                FitMethod.AbsoluteDeviation => points.Count * Math.Log(bounded.Objective),
                _ => 0.5 * points.Count * Math.Log(bounded.Objective),
            };
        }
    }

    // A straight line through many points, where the profile is a parabola: least absolute deviation has the standard error 1/(2 f(0) √Q), with the density
    // of the residuals at zero f(0) = 1/(√(2π) σ) for Gaussian noise and 1/(2b) for Laplace; by its own likelihood alone it would be σ/√Q and b/√Q.
    [Theory]
    [InlineData(FitMethod.AbsoluteDeviation, false)]
    [InlineData(FitMethod.AbsoluteDeviation, true)]
    [InlineData(FitMethod.ScaledHuber, false)]
    [InlineData(FitMethod.Huber, false)]
    [InlineData(FitMethod.Huber, true)]
    public void Robust_profiles_are_as_wide_as_the_residuals_ask_for(FitMethod method, bool laplace)
    {
        const double scale = 0.05;
        var options = new FitOptions { Method = method };
        var (points, fit) = Line(3000, scale, 11, options, laplace);
        var x = points.Centred(LawInput.Flops).AsSpan(0, points.Count).ToArray();
        var expected = (laplace ? 1 : Math.Sqrt(Math.PI / 2)) * scale / Math.Sqrt(x.Sum(value => value * value));
        var profile = Intervals(IntervalKind.AdjustedProfile, points, fit, options, BootstrapDraws.None, law => law["gamma"])[0]!;
        Assert.Equal(1, profile.StandardError / expected, 0.1);
        Assert.Equal(1, (profile.High95 - profile.Low95) / (2 * 1.96 * expected), 0.1);
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.AbsoluteDeviation)]
    [InlineData(FitMethod.VariableProjection)]
    public void All_kinds_are_of_a_size_and_hold_the_estimate_inside(FitMethod method)
    {
        var options = new FitOptions { Method = method };
        var (points, fit) = Noisy(5, options, 0.003);
        var draws = BootstrapDraws.Run(points, fit, options, 200, 0);
        var all = Enum.GetValues<IntervalKind>().Select(kind => Intervals(kind, points, fit, options, draws, s_quantities)).ToArray();
        for (var k = 0; k < s_quantities.Length; k++)
        {
            var estimate = s_quantities[k](fit.Law);
            var percentile = all[0][k]!;
            foreach (var interval in all.Select(intervals => intervals[k]!))
            {
                Assert.InRange(interval.Low80, interval.Low95, interval.High80);
                Assert.InRange(interval.High80, interval.Low80, interval.High95);
                Assert.InRange(estimate, interval.Low95, interval.High95);
                Assert.InRange(interval.StandardError / percentile.StandardError, 0.3, 3);
            }
        }
    }

    [Theory]
    [InlineData(IntervalKind.BiasCorrected)]
    [InlineData(IntervalKind.Profile)]
    [InlineData(IntervalKind.Delta)]
    public void One_after_the_other_or_all_at_once_gives_the_same_numbers(IntervalKind kind)
    {
        var options = new FitOptions();
        var (points, fit) = Noisy(6, options);
        var draws = BootstrapDraws.Run(points, fit, options, 60, 0);
        var together = Intervals(kind, points, fit, options, draws, s_quantities);
        for (var k = 0; k < s_quantities.Length; k++)
            Assert.Equal(Intervals(kind, points, fit, options, draws, s_quantities[k])[0], together[k]);
    }

    [Theory]
    [InlineData(IntervalKind.BiasCorrected)]
    [InlineData(IntervalKind.Profile)]
    public void Cancelling_stops_it(IntervalKind kind)
    {
        var options = new FitOptions();
        var (points, fit) = Noisy(7, options);
        var draws = BootstrapDraws.Run(points, fit, options, 20, 0);
        using var source = new CancellationTokenSource();
        var calls = 0;
        // Cancelled from inside, once it is under way.
        Assert.ThrowsAny<OperationCanceledException>(() => LawIntervals.For(kind, fit, points, options, draws, null, source.Token).Of(
            [law =>
            {
                if (Interlocked.Increment(ref calls) == 30)
                    source.Cancel();
                return law["alpha"];
            }, law => law["beta"]], source.Token));
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void An_irreducible_loss_that_may_be_zero_has_an_open_lower_end(FitMethod method)
    {
        // Hardly any irreducible loss, much noise.
        var law = new ChinchillaLaw(0.3, 20, 60, 0.12, 0.15);
        var (parameters, tokens, losses) = Generators.Noisy(law, 0.02, 8);
        var points = FitPoints.From(parameters, tokens, losses);
        var options = new FitOptions { Method = method };
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
        var e = Intervals(IntervalKind.Profile, points, fit, options, BootstrapDraws.None, of => of["E"])[0]!;
        Assert.True(double.IsNaN(e.Low95));
        Assert.True(double.IsFinite(e.High95) && e.High95 > fit.Law["E"]);
    }

    [Fact]
    public void Points_on_the_law_leave_no_width()
    {
        foreach (var kind in new[] { IntervalKind.Profile, IntervalKind.Delta })
        {
            var options = new FitOptions { Method = FitMethod.VariableProjection };
            var points = Generators.Points(s_law);
            var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
            var alpha = Intervals(kind, points, fit, options, BootstrapDraws.None, law => law["alpha"])[0]!;
            Assert.Equal(s_law.Alpha, alpha.Low95, 1e-6);
            Assert.Equal(s_law.Alpha, alpha.High95, 1e-6);
        }
    }

    [Fact]
    public void What_the_runs_cannot_tell_has_no_interval()
    {
        double[] parameters = [1e8, 2e8, 4e8, 8e8, 1.6e9, 3.2e9, 6.4e9];
        var points = FitPoints.From(parameters, [.. parameters.Select(n => 20 * n)], [.. parameters.Select(n => s_law.Loss(n, 20 * n))]);
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, new());
        foreach (var kind in Enum.GetValues<IntervalKind>())
            Assert.All(Intervals(kind, points, fit, new(), BootstrapDraws.None, s_quantities), Assert.Null);
    }

    [Fact]
    public void Every_law_has_intervals_of_every_kind()
    {
        foreach (var form in LawForms.All)
        {
            // Refits of seven coefficients to absolute values take long.
            var options = new FitOptions { Method = form.Key == "repeated" ? FitMethod.LogSquared : FitMethod.Huber };
            var points = FormSamples.Points(form, 0.01, 9);
            var fit = LawFitter.Fit(form, points, options);
            var draws = BootstrapDraws.Run(points, fit, options, 40, 0);
            var key = form.Parameters[^1].Key;
            foreach (var kind in Enum.GetValues<IntervalKind>())
            {
                var interval = LawIntervals.For(kind, fit, points, options, draws).Of([law => law[key]])[0];
                Assert.True(interval is not null && interval.Low80 < interval.High80, $"{form.Key} {kind}: {interval}");
            }
        }
    }

    [SkippableFact]
    public void The_profiles_of_the_replication_surround_its_coefficients()
    {
        var points = SharedPoints.Chinchilla240();
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, new());
        var intervals = Intervals(IntervalKind.Profile, points, fit, new(), BootstrapDraws.None, s_quantities);
        double[] published = [1.816864, 482.0057, 2085.4342, 0.347813, 0.365854];
        for (var k = 0; k < published.Length; k++)
            Assert.InRange(published[k], intervals[k]!.Low80, intervals[k]!.High80);
    }

    private static (FitPoints Points, LawFit Fit) Line(int count, double sigma, int seed) => Line(count, sigma, seed, new FitOptions { Method = FitMethod.LogSquared }, false);

    private static (FitPoints Points, LawFit Fit) Line(int count, double scale, int seed, FitOptions options, bool laplace)
    {
        var random = new Random(seed);
        var law = FormSamples.Law(s_power);
        LawPoint[] runs = [.. Enumerable.Range(0, count).Select(i => new LawPoint(double.NaN, double.NaN, 1e18 * Math.Pow(10, 5.0 * random.NextDouble())))];
        var points = FitPoints.From(runs, [.. runs.Select(run => law.Predict(run) * Math.Exp(laplace ? Laplace.Sample(random, 0, scale) : Normal.Sample(random, 0, scale)))]);
        return (points, LawFitter.Fit(s_power, points, options));
    }
}
