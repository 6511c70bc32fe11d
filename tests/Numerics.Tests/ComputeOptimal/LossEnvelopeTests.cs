using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.ComputeOptimal;

public class LossEnvelopeTests
{
    private static readonly ChinchillaLaw s_law = new(1.8, 480, 2100, 0.35, 0.37);

    private static TrainingCurve Curve(double parameters, params double[] flops) =>
        new(parameters, flops, [.. flops.Select(c => s_law.Loss(parameters, c / (6 * parameters)))]);

    /// <summary>Ideal curves of many sizes over a wide range of compute.</summary>
    private static TrainingCurve[] Family(int sizes) =>
        [.. Enumerable.Range(0, sizes).Select(i => Curve(
            1e7 * Math.Pow(1e4, i / (sizes - 1.0)),
            [.. Enumerable.Range(0, 200).Select(k => 1e16 * Math.Pow(1e8, k / 199.0))]))];

    [Fact]
    public void The_winners_follow_the_law_behind_the_curves()
    {
        var envelope = LossEnvelope.Fit(Family(120), 0, 0, 0)!;
        Assert.Equal(s_law.ParameterExponent, envelope.InteriorLine!.ParameterExponent, 0.01);
        Assert.Equal(1, envelope.Line.ParameterExponent + envelope.Line.TokenExponent, 1e-12);
        Assert.Equal(LossEnvelope.Levels, envelope.Points.Count);
        Assert.All(envelope.Points.Where(p => p.IsInterior), p => Assert.Equal(1, p.Parameters / s_law.Optimum(p.Flops).Parameters, 0.1));
    }

    [Fact]
    public void The_envelope_is_never_above_any_curve()
    {
        var curves = Family(8);
        foreach (var point in LossEnvelope.Fit(curves, 0, 0, 0)!.Points)
            Assert.All(curves, curve => Assert.True(point.Loss <= s_law.Loss(curve.Parameters, point.Flops / (6 * curve.Parameters)) + 1e-3));
    }

    [Fact]
    public void Nothing_is_extrapolated_beyond_a_run()
    {
        var envelope = LossEnvelope.Fit([Curve(1e8, 1e17, 2e17, 1e18), Curve(1e9, 1e20, 1e21)], 0, 0, 0)!;
        Assert.Equal(0, envelope.Points[0].Winner);
        Assert.Equal(1, envelope.Points[^1].Winner);
        Assert.Contains(envelope.Points, point => point.Winner == -1 && point.Flops is > 1e18 and < 1e20);
        Assert.Null(envelope.InteriorLine);
    }

    [Fact]
    public void Smoothing_takes_a_spike_out_and_leaves_a_flat_curve_alone()
    {
        double[] flops = [.. Enumerable.Range(0, 41).Select(k => 1e18 * Math.Pow(10, k / 40.0))];
        double[] flat = [.. flops.Select(_ => 3.0)];
        double[] spiked = [.. flat];
        spiked[20] = 1.5;
        Assert.All(LossEnvelope.Fit([new(1e8, flops, flat)], 10, 0, 0)!.Points, point => Assert.Equal(3, point.Loss, 1e-9));
        Assert.Equal(1.5, LossEnvelope.Fit([new(1e8, flops, spiked)], 0, 0, 0)!.Points.Min(point => point.Loss), 0.05);
        // The spike keeps its share of the window, 1/Σ exp(−½(j/2.5)²) over |j| ≤ 5.
        var share = 1 / Enumerable.Range(-5, 11).Sum(j => Math.Exp(-0.5 * j * j / 6.25));
        Assert.Equal(3 - 1.5 * share, LossEnvelope.Fit([new(1e8, flops, spiked)], 10, 0, 0)!.Points.Min(point => point.Loss), 0.01);
    }

    [Fact]
    public void Ties_go_to_the_first_run()
    {
        double[] flops = [1e18, 1e19];
        var envelope = LossEnvelope.Fit([new(2e8, flops, [3, 2.5]), new(1e8, flops, [3, 2.5])], 0, 0, 0)!;
        Assert.All(envelope.Points, point => Assert.Equal(0, point.Winner));
    }

    [Fact]
    public void Losses_are_interpolated_in_log_log()
    {
        var envelope = LossEnvelope.Fit([new(1e8, [1e18, 1e20], [4, 1])], 0, 0, 0)!;
        var middle = envelope.Points.MinBy(point => Math.Abs(Math.Log(point.Flops / 1e19)));
        Assert.Equal(2, middle.Loss, 0.002);
    }

    [Fact]
    public void Runs_with_one_checkpoint_have_no_curve()
    {
        Assert.Null(LossEnvelope.Fit([Curve(1e8, 1e18), Curve(1e9, 1e19)], 0, 10, 0));
        Assert.Equal(1, LossEnvelope.Fit([Curve(1e8, 1e18, 1e19), Curve(1e9, 1e19)], 0, 0, 0)!.Curves);
    }

    [Fact]
    public void Resampling_runs_is_repeatable()
    {
        var curves = Family(10);
        var first = LossEnvelope.Fit(curves, 0, 40, 3)!;
        Assert.Equal(first.Draws, LossEnvelope.Fit(curves, 0, 40, 3)!.Draws);
        Assert.True(first.Draws.Distinct().Count() > 10);
        Assert.Equal(40, first.Draws.Count + first.Failed);
    }
}
