using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class LawFitterTests
{
    private static readonly ChinchillaLaw s_law = new(1.8, 480, 2100, 0.35, 0.37);

    private static FitOptions Options(FitMethod method) => new() { Method = method };

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void Recovers_the_law_of_a_noise_free_sweep(FitMethod method) =>
        Prop.ForAll(Generators.Law, law =>
        {
            var fit = LawFitter.Fit(LawForms.Chinchilla, Generators.Points(law), Options(method));
            return fit.Status == FitStatus.Converged
                && Near(fit.Law["alpha"], law.Alpha) && Near(fit.Law["beta"], law.Beta) && Near(fit.Law["E"], law.E)
                && Near(fit.Law["A"], law.A, 1e-4) && Near(fit.Law["B"], law.B, 1e-4);
        }).Check(Generators.Config);

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void Order_of_points_does_not_matter(FitMethod method)
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.01, 3);
        var straight = LawFitter.Fit(LawForms.Chinchilla, FitPoints.From(parameters, tokens, losses), Options(method));
        Array.Reverse(parameters);
        Array.Reverse(tokens);
        Array.Reverse(losses);
        var reversed = LawFitter.Fit(LawForms.Chinchilla, FitPoints.From(parameters, tokens, losses), Options(method));
        Assert.Equal(straight.Law["alpha"], reversed.Law["alpha"], 1e-8);
        Assert.Equal(straight.Objective, reversed.Objective, straight.Objective * 1e-9);
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void Units_of_parameters_and_tokens_only_rescale_the_coefficients(FitMethod method)
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.01, 4);
        var counts = LawFitter.Fit(LawForms.Chinchilla, FitPoints.From(parameters, tokens, losses), Options(method));
        var billions = LawFitter.Fit(
            LawForms.Chinchilla, FitPoints.From([.. parameters.Select(n => n / 1e9)], [.. tokens.Select(d => d / 1e9)], losses), Options(method));
        Assert.Equal(counts.Law["alpha"], billions.Law["alpha"], 1e-8);
        Assert.Equal(counts.Law["beta"], billions.Law["beta"], 1e-8);
        Assert.Equal(1, counts.Law["A"] / (billions.Law["A"] * Math.Pow(1e9, counts.Law["alpha"])), 1e-6);
    }

    [Fact]
    public void More_parameters_or_tokens_never_raise_the_fitted_loss()
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.02, 5);
        var law = LawFitter.Fit(LawForms.Chinchilla, FitPoints.From(parameters, tokens, losses), new()).Law;
        for (var n = 1e7; n < 1e12; n *= 3)
        {
            Assert.True(Loss(3 * n, 1e10) < Loss(n, 1e10));
            Assert.True(Loss(1e9, 3 * n) < Loss(1e9, n));
        }

        double Loss(double parameters, double tokens) => law.Predict(new LawPoint(parameters, tokens, double.NaN));
    }

    [Fact]
    public void Finds_the_optimum_of_all_of_Hoffmanns_4500_starts()
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.02, 6);
        var points = FitPoints.From(parameters, tokens, losses);
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, new());
        var objective = LawFitter.Final(LawForms.Chinchilla, points, new());
        var best = double.PositiveInfinity;
        double[] exponents = [0, 0.5, 1, 1.5, 2], offsets = [-1, -0.5, 0, 0.5, 1], logs = [0, 5, 10, 15, 20, 25];
        foreach (var alpha in exponents)
        {
            foreach (var beta in exponents)
            {
                foreach (var e in offsets)
                {
                    foreach (var a in logs)
                    {
                        foreach (var b in logs)
                        {
                            double[] theta = [a - alpha * points.MeanLog(LawInput.Parameters), alpha, b - beta * points.MeanLog(LawInput.Tokens), beta, e];
                            var end = BoundedNewton.Minimise(objective, theta, 400, 1e-13);
                            if (end.Value < best)
                                best = end.Value;
                        }
                    }
                }
            }
        }

        Assert.True(fit.Objective <= best * (1 + 1e-8), $"{fit.Objective:R} is above {best:R}");
    }

    [Fact]
    public void A_few_wild_points_hardly_move_the_huber_fit_but_do_move_least_squares()
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.002, 7);
        losses[3] *= 1.6;
        losses[17] *= 1.4;
        var points = FitPoints.From(parameters, tokens, losses);
        Assert.Equal(s_law.Alpha, LawFitter.Fit(LawForms.Chinchilla, points, Options(FitMethod.Huber)).Law["alpha"], 0.02);
        Assert.True(Math.Abs(LawFitter.Fit(LawForms.Chinchilla, points, Options(FitMethod.VariableProjection)).Law["alpha"] - s_law.Alpha) > 0.02);
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void Designs_that_cannot_tell_the_terms_apart_are_not_identifiable(FitMethod method)
    {
        double[] parameters = [1e8, 2e8, 4e8, 8e8, 1.6e9, 3.2e9, 6.4e9];
        AssertNotIdentifiable(parameters, [.. parameters.Select(n => 20 * n)], n => s_law.Loss(n, 20 * n));
        AssertNotIdentifiable(parameters, [.. parameters.Select(n => 1e21 / n)], n => s_law.Loss(n, 1e21 / n));
        AssertNotIdentifiable([1e8, 1e8, 1e8, 1e8, 1e8, 1e8], [1e9, 2e9, 4e9, 8e9, 16e9, 32e9], _ => 3);
        AssertNotIdentifiable(parameters, [1e10, 3e9, 8e9, 1e11, 5e10, 2e9, 4e9], _ => 3);

        void AssertNotIdentifiable(double[] n, double[] d, Func<double, double> loss)
        {
            var fit = LawFitter.Fit(LawForms.Chinchilla, FitPoints.From(n, d, [.. n.Select(loss)]), Options(method));
            Assert.Equal(FitStatus.NotIdentifiable, fit.Status);
            Assert.NotEmpty(fit.Explanation);
        }
    }

    [Fact]
    public void A_law_without_an_irreducible_loss_ends_at_its_bound()
    {
        var law = new ChinchillaLaw(0, 20, 60, 0.1, 0.15);
        var fit = LawFitter.Fit(LawForms.Chinchilla, Generators.Points(law), Options(FitMethod.VariableProjection));
        Assert.Equal(FitStatus.AtBound, fit.Status);
        Assert.Equal(0, fit.Law["E"]);
        Assert.Equal(law.Alpha, fit.Law["alpha"], 1e-6);
    }

    [Fact]
    public void An_exponent_outside_the_bounds_asked_for_ends_on_the_bound()
    {
        var fit = LawFitter.Fit(LawForms.Chinchilla, Generators.Points(s_law), new FitOptions { ExponentHigh = 0.3 });
        Assert.Equal(FitStatus.AtBound, fit.Status);
        Assert.True(fit.Law["alpha"] <= 0.3 && fit.Law["beta"] <= 0.3);
        Assert.Contains("bound", fit.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Four_points_are_too_few()
    {
        var fit = LawFitter.Fit(LawForms.Chinchilla, FitPoints.From([1e8, 1e9, 1e8, 1e9], [1e9, 1e9, 1e10, 1e10], [4, 3.5, 3.4, 3]), new());
        Assert.Equal(FitStatus.TooFewPoints, fit.Status);
        Assert.True(double.IsNaN(fit.Law["alpha"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Points_that_have_no_logarithm_are_refused(double loss) =>
        Assert.Throws<ArgumentException>(() => FitPoints.From([1e8], [1e9], [loss]));

    private static bool Near(double actual, double expected, double tolerance = 1e-5) => Math.Abs(actual / expected - 1) < tolerance;

    // Nine times the same points have the optimum of one time: of few it is found as a vertex, of many with a wider δ from a sample, to a few parts in a million.
    [Fact]
    public void A_sum_with_corners_has_the_same_optimum_over_many_points_as_over_few()
    {
        const int count = 1_000;
        var random = new Random(6);
        var law = new ChinchillaLaw(1.8, 480, 2100, 0.35, 0.37);
        double[] parameters = [.. Enumerable.Range(0, count).Select(i => 1e7 * Math.Pow(1000, i % 55 / 55.0))];
        double[] tokens = [.. Enumerable.Range(0, count).Select(i => parameters[i] * Math.Pow(1000, i / (double)count))];
        double[] losses = [.. Enumerable.Range(0, count).Select(i => law.Loss(parameters[i], tokens[i]) * (1 + 0.01 * (random.NextDouble() - 0.5)))];
        var options = new FitOptions { Method = FitMethod.AbsoluteDeviation };
        var few = LawFitter.Fit(LawForms.Chinchilla, FitPoints.From(parameters, tokens, losses), options);
        var many = LawFitter.Fit(LawForms.Chinchilla, FitPoints.From(Nine(parameters), Nine(tokens), Nine(losses)), options);
        Assert.Equal(FitStatus.Converged, few.Status);
        Assert.Equal(FitStatus.Converged, many.Status);
        Assert.Equal(1, many.Objective / (9 * few.Objective), 5e-6);
        Assert.Equal(few.Law.ParameterExponent, many.Law.ParameterExponent, 1e-3);
        Assert.Equal(few.Law.Optimum(1e22).Loss, many.Law.Optimum(1e22).Loss, 1e-4);

        static double[] Nine(double[] values) => [.. Enumerable.Range(0, 9).SelectMany(_ => values)];
    }
}
