using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

public class RunCurveTests
{
    private static readonly double[] s_steps = [0, 10, 20, 30];

    private static ImportedSeries Series(string metric, double[] steps, params double[] values) => new(metric, steps, values);

    [Fact]
    public void Tokens_are_taken_at_the_step_and_between_steps_on_the_line()
    {
        var axes = new RunAxes(null, Series("tokens", [0, 10, 30], 0, 100, 500), null, null);
        Assert.Equal([0, 100, 300, 500], axes.At(CurveAxis.Tokens, s_steps));
        Assert.Equal([double.NaN, 50, double.NaN], axes.At(CurveAxis.Tokens, [-1, 5, 31]));
        Assert.Same(s_steps, axes.At(CurveAxis.Step, s_steps));
    }

    [Fact]
    public void Tokens_and_flops_follow_from_each_other_once_the_size_is_known()
    {
        var tokens = Series("tokens", [0, 10, 20], 0, 100, double.NaN);
        var flops = Series("flops", [20, 30], 6e3, 12e3);
        Assert.Equal([0, 100, 200, 400], new RunAxes(5, tokens, flops, null).At(CurveAxis.Tokens, s_steps));
        Assert.Equal([0, 3e3, 6e3, 12e3], new RunAxes(5, tokens, flops, null).At(CurveAxis.Flops, s_steps));
        Assert.Equal([0, 100, double.NaN, double.NaN], new RunAxes(null, tokens, flops, null).At(CurveAxis.Tokens, s_steps));
        Assert.Equal([0, 3000, double.NaN, double.NaN], new RunAxes(5, tokens, null, null).At(CurveAxis.Flops, s_steps));
    }

    [Fact]
    public void Cost_is_hours_times_devices_times_the_price()
    {
        var seconds = Series("seconds", s_steps, 0, 3600, 7200, 9000);
        var priced = new RunAxes(null, null, null, seconds, new RunPrice(2.5, 8));
        Assert.Equal([0, 20, 40, 50], priced.At(CurveAxis.Cost, s_steps));
        Assert.Null(priced.Lacks(CurveAxis.Cost));
        var uncounted = new RunAxes(null, null, null, seconds, new RunPrice(2.5, null));
        Assert.Equal("its log does not tell on how many devices it ran, and no number is given", uncounted.Lacks(CurveAxis.Cost));
        Assert.All(uncounted.At(CurveAxis.Cost, s_steps), dollars => Assert.True(double.IsNaN(dollars)));
        Assert.Equal("its log has no wall time", new RunAxes(null, null, null, null, new RunPrice(2.5, 8)).Lacks(CurveAxis.Cost));
    }

    [Fact]
    public void A_run_says_which_axis_it_lacks_and_why()
    {
        var tokens = Series("tokens", s_steps, 1, 2, 3, 4);
        var nothing = new RunAxes(5, null, null, null);
        Assert.Equal([null, "its log has neither tokens nor flops", "its log has neither flops nor tokens", "its log has no wall time", "its log has no wall time"], Enum.GetValues<CurveAxis>().Select(nothing.Lacks));
        Assert.Equal("its log has no flops, and without a parameter count none follow from tokens", new RunAxes(null, tokens, null, null).Lacks(CurveAxis.Flops));
        Assert.Equal("its log has no tokens, and without a parameter count none follow from flops", new RunAxes(null, null, tokens, null).Lacks(CurveAxis.Tokens));
        var all = new RunAxes(5, tokens, null, tokens);
        Assert.All(Enum.GetValues<CurveAxis>().Except([CurveAxis.Cost]), axis => Assert.Null(all.Lacks(axis)));
        Assert.Equal("no price is given", all.Lacks(CurveAxis.Cost));
        Assert.NotNull(new RunAxes(null, Series("tokens", [0, 1], double.NaN, double.NaN), null, null).Lacks(CurveAxis.Tokens));
    }

    [Fact]
    public void Wall_time_is_in_hours_and_a_clock_that_starts_again_leaves_rows_out()
    {
        var curve = new RunCurve(Series("loss", s_steps, 4, 3, 2, 1), new RunAxes(null, null, null, Series("seconds", s_steps, 0, 7200, 3600, 7200)));
        var rows = curve.Over(CurveAxis.Time, CurveSmoothing.None);
        Assert.Equal([0, 2, 2], rows.X);
        Assert.Equal([4, 3, 1], rows.Y);
        Assert.Equal((1, 0), (curve.WithoutX(CurveAxis.Time), curve.WithoutX(CurveAxis.Step)));
    }

    [Fact]
    public void Smoothing_comes_before_rows_are_left_out()
    {
        var curve = new RunCurve(Series("loss", s_steps, 4, 3, 2, 1), new RunAxes(null, Series("tokens", [10, 20], 1, 2), null, null));
        var rows = curve.Over(CurveAxis.Tokens, new CurveSmoothing(SmoothingKind.Window, 3));
        Assert.Equal([1, 2], rows.X);
        Assert.Equal([3, 2], rows.Y);
        Assert.Equal([3.5, 3, 2, 1.5], curve.Smoothed(new CurveSmoothing(SmoothingKind.Window, 3)));
    }

    [Fact]
    public void A_repeated_step_goes_with_its_repetition()
    {
        var axes = new RunAxes(null, Series("tokens", [5, 5, 6], 1, 2, 3), null, null);
        Assert.Equal([1, 2, 3], axes.At(CurveAxis.Tokens, [5, 5, 6]));
        Assert.Equal([1, 2, 2, 3], axes.At(CurveAxis.Tokens, [5, 5, 5, 6]));
    }

    [Fact]
    public void What_was_asked_for_last_is_kept_and_what_is_asked_for_now_is_given()
    {
        var curve = new RunCurve(Series("loss", s_steps, 4, 3, 2, 1), new RunAxes(1, Series("tokens", s_steps, 1, 2, 3, 4), null, null));
        var ema = new CurveSmoothing(SmoothingKind.Average, 0.5);
        Assert.Same(curve.Over(CurveAxis.Tokens, ema), curve.Over(CurveAxis.Tokens, ema));
        Assert.Equal([0, 10, 20, 30], curve.Over(CurveAxis.Step, ema).X);
        Assert.Equal([6, 12, 18, 24], curve.Over(CurveAxis.Flops, CurveSmoothing.None).X);
        Assert.Equal([4, 3, 2, 1], curve.Over(CurveAxis.Tokens, CurveSmoothing.None).Y);
        Assert.Equal([1, 2, 3, 4], curve.Over(CurveAxis.Tokens, CurveSmoothing.None).X);
    }
}
