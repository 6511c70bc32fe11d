using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Tests.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class LeastAbsoluteVertexTests
{
    private static readonly FitOptions s_options = new() { Method = FitMethod.AbsoluteDeviation };

    [Theory]
    [InlineData("chinchilla")]
    [InlineData("tied")]
    [InlineData("kaplan")]
    [InlineData("compute")]
    [InlineData("power")]
    public void As_many_residuals_vanish_as_there_are_coefficients_and_every_way_leads_up(string key)
    {
        var form = LawForms.Find(key)!;
        var points = FormSamples.Points(form, 0.01, 21);
        var fit = LawFitter.Fit(form, points, s_options);
        Assert.Equal(FitStatus.Converged, fit.Status);
        Assert.Equal(form.Parameters.Count, LawFitter.Residuals(fit, points, s_options).Count(residual => Math.Abs(residual) < 1e-12));

        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var size = Math.Pow(10, -3 - 6 * random.NextDouble());
            double[] beside = [.. fit.Theta.Select(value => value + size * (random.NextDouble() - 0.5))];
            Assert.True(Sum(form, points, beside) > fit.Objective, $"{size:E1}");
        }
    }

    [Fact]
    public void Draws_end_in_vertices_too()
    {
        var form = LawForms.Find("kaplan")!;
        var points = FormSamples.Points(form, 0.01, 22);
        var fit = LawFitter.Fit(form, points, s_options);
        var scratch = points.ScratchForDraws();
        var random = new Random(2);
        for (var draw = 0; draw < 20; draw++)
        {
            var times = new int[points.Count];
            for (var i = 0; i < times.Length; i++)
                times[random.Next(times.Length)]++;
            points.Draw(times, scratch);
            var refitted = fit with { Theta = LawFitter.Refit(fit, scratch, s_options)! };
            Assert.Equal(4, LawFitter.Residuals(refitted, scratch, s_options).Count(residual => Math.Abs(residual) < 1e-12));
        }
    }

    [Fact]
    public void Outside_the_box_and_where_too_few_points_differ_there_is_none()
    {
        var form = LawForms.Chinchilla;
        var points = FormSamples.Points(form, 0.01, 23);
        var fit = LawFitter.Fit(form, points, s_options);
        var theta = (double[])fit.Theta.Clone();
        Assert.True(LeastAbsoluteVertex.TryReach(form, points, s_options, theta, CancellationToken.None));
        Assert.False(LeastAbsoluteVertex.TryReach(form, points, s_options with { ExponentHigh = 0.9 * fit.Law["alpha"] }, theta, CancellationToken.None));
        var four = points.Take([0, 1, 2, 3]);
        Assert.False(LeastAbsoluteVertex.TryReach(form, four, s_options, theta, CancellationToken.None));
        Assert.Equal(fit.Theta, theta);
    }

    private static double Sum(LawForm form, FitPoints points, double[] theta)
    {
        var residuals = new double[points.Count];
        new JetObjective(form, points, s_options, 1).Residuals(theta, residuals, default);
        return residuals.Sum(Math.Abs);
    }
}
