using ScalingDashboard.Numerics.Optimizers.Speedup;

namespace ScalingDashboard.Numerics.Tests.Optimizers.Speedup;

public sealed class TimeToTargetTests
{
    private static readonly double[] s_steps = [0, 100, 200, 300, 400];
    private static readonly double[] s_base = [5, 4, 3.5, 3.2, 3];

    [Fact]
    public void The_first_crossing_lies_between_logged_points()
    {
        var reached = TimeToTarget.Of(s_steps, s_base, [0, 150, 350], [5, 3.4, 2.9])!;
        Assert.Equal(TargetReach.Reached, reached.Reach);
        Assert.Equal(3, reached.Target);
        Assert.Equal(400, reached.Baseline.X);
        Assert.Equal(150 + 200 * 0.4 / 0.5, reached.Challenger.X, 9);
        Assert.Equal(310.0 / 400, reached.Ratio, 12);
        Assert.Equal(400.0 / 310, reached.Speedup, 12);
    }

    [Fact]
    public void One_that_never_gets_there_is_compared_at_its_own_final_loss()
    {
        var never = TimeToTarget.Of(s_steps, s_base, s_steps, [5, 4.2, 3.8, 3.5, 3.35])!;
        Assert.Equal(TargetReach.Never, never.Reach);
        Assert.Equal(3.35, never.Target);
        Assert.Equal(250, never.Baseline.X, 9);
        Assert.Equal(400 / 250.0, never.Ratio, 9);
    }

    [Fact]
    public void Swapping_the_two_inverts_the_ratio()
    {
        double[] other = [5, 4.1, 3.4, 3.1, 2.9];
        var (one, two) = (TimeToTarget.Of(s_steps, s_base, s_steps, other)!, TimeToTarget.Of(s_steps, other, s_steps, s_base)!);
        Assert.Equal(TargetReach.Reached, one.Reach);
        Assert.Equal(TargetReach.Never, two.Reach);
        Assert.Equal(1, one.Ratio * two.Ratio, 12);
    }

    [Fact]
    public void At_once_says_nothing_of_how_soon()
    {
        var atOnce = TimeToTarget.Of(s_steps, s_base, [0, 100], [2.9, 2.5])!;
        Assert.Equal(TargetReach.AtOnce, atOnce.Reach);
        Assert.True(double.IsNaN(atOnce.Ratio));
    }

    [Fact]
    public void A_baseline_that_never_falls_below_its_first_loss_says_nothing_either() =>
        Assert.Equal(TargetReach.AtOnce, TimeToTarget.Of(s_steps, [3, 4, 5, 6, 7], s_steps, s_base)!.Reach);

    [Fact]
    public void A_curve_that_goes_up_again_counts_by_its_first_crossing()
    {
        var bumpy = TimeToTarget.Of(s_steps, s_base, s_steps, [5, 2.9, 3.6, 3.3, 3.1])!;
        Assert.Equal(TargetReach.Reached, bumpy.Reach);
        Assert.Equal(100 * 2 / 2.1, bumpy.Challenger.X, 9);
    }

    [Fact]
    public void Values_that_are_not_finite_are_passed_over()
    {
        var gaps = TimeToTarget.Of(s_steps, [5, 4, 3.5, 3, double.NaN], s_steps, [5, double.NaN, 3, 2.9, double.PositiveInfinity])!;
        Assert.Equal(3, gaps.Target);
        Assert.Equal(200.0 / 300, gaps.Ratio, 12);
    }

    [Fact]
    public void Without_a_finite_loss_there_is_no_comparison() => Assert.Null(TimeToTarget.Of(s_steps, s_base, s_steps, [.. s_steps.Select(_ => double.NaN)]));
}
