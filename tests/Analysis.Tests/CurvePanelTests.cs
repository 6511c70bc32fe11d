using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

public class CurvePanelTests
{
    private static readonly CurveSmoothing s_average = new(SmoothingKind.Average, 0.5);

    private static PanelRun Run(string id, params double[] losses) => Run(id, [.. losses.Select((_, i) => 10.0 * i)], losses);

    private static PanelRun Run(string id, double[] steps, double[] losses) => new(id, new RunCurve(
        new ImportedSeries("loss", steps, losses),
        new RunAxes(1e8, new ImportedSeries("tokens", steps, [.. steps.Select(step => step * 1e6)]), null, new ImportedSeries("seconds", steps, [.. steps.Select(step => step * 36)]))));

    private static CurveTrace[] Traces(PanelRun run, CurveOptions options, PanelRun? reference = null) => [.. CurvePanelRecipe.OfRun(run, reference, options)];

    [Fact]
    public void A_run_is_its_line_and_behind_a_smoothed_one_what_was_logged()
    {
        var line = Assert.Single(Traces(Run("a", 4, 3, 2), new CurveOptions { Raw = true }));
        Assert.Equal((CurveTraceKind.Line, 3, 0), (line.Kind, line.Total, line.NonPositive));
        Assert.Equal([4, 3, 2], line.Y);
        var smoothed = Traces(Run("a", 4, 3, 2), new CurveOptions { Raw = true, Smoothing = s_average, Axis = CurveAxis.Tokens });
        Assert.Equal([CurveTraceKind.Raw, CurveTraceKind.Line], smoothed.Select(trace => trace.Kind));
        Assert.Equal([0, 1e7, 2e7], smoothed[1].X);
        Assert.Equal(4, smoothed[1].Y[0]);
        Assert.Equal(2 + 4.0 / 7, smoothed[1].Y[2], 1e-12);
    }

    [Fact]
    public void Logarithmic_axes_leave_out_what_is_not_positive_and_count_it()
    {
        var run = Run("a", 4, 0, -1, 2);
        Assert.Equal(1, Traces(run, new CurveOptions { LogX = true })[0].NonPositive);
        var y = Traces(run, new CurveOptions { LogY = true })[0];
        Assert.Equal([0, 30], y.X);
        Assert.Equal(2, y.NonPositive);
        var both = Traces(run, new CurveOptions { LogX = true, LogY = true })[0];
        Assert.Equal([30], both.X);
        Assert.Equal(3, both.NonPositive);
    }

    [Fact]
    public void What_is_not_finite_is_a_gap_and_a_mark()
    {
        var traces = Traces(Run("a", 4, double.NaN, 2, double.PositiveInfinity), new CurveOptions());
        Assert.Equal([CurveTraceKind.Line, CurveTraceKind.NotFinite], traces.Select(trace => trace.Kind));
        Assert.Equal([4, double.NaN, 2, double.NaN], traces[0].Y);
        Assert.Equal([10, 30], traces[1].X);
        Assert.Equal([double.NaN, double.PositiveInfinity], traces[1].Y);
        Assert.Single(Traces(Run("a", 4, double.NaN, 2, 3), new CurveOptions { Low = 15, High = 30 }));
    }

    [Fact]
    public void A_comparison_is_with_the_reference_at_the_same_x()
    {
        var reference = Run("r", [0, 20], [4, 2]);
        var run = Run("a", [0, 10, 20, 30], [5, 4, 3, 2]);
        Assert.Equal([1, 1, 1, double.NaN], Traces(run, new CurveOptions { Comparison = CurveComparison.Difference, Raw = true, Smoothing = CurveSmoothing.None }, reference)[0].Y);
        Assert.Equal([1.25, 4.0 / 3, 1.5, double.NaN], Traces(run, new CurveOptions { Comparison = CurveComparison.Ratio }, reference)[0].Y);
        Assert.Equal([0, 0], Traces(reference, new CurveOptions { Comparison = CurveComparison.Difference }, reference)[0].Y);
        Assert.Equal([5, 4, 3, 2], Traces(run, new CurveOptions { Comparison = CurveComparison.Difference })[0].Y);
        // What was logged is not compared with a smoothed reference.
        Assert.Single(Traces(run, new CurveOptions { Comparison = CurveComparison.Difference, Raw = true, Smoothing = s_average }, reference));
    }

    [Fact]
    public void A_long_run_is_decimated_and_its_window_is_drawn_finer()
    {
        var random = new Random(1);
        var losses = Enumerable.Range(0, 100_000).Select(i => 2 + 3 / Math.Sqrt(1 + i) + 0.1 * random.NextDouble()).ToArray();
        losses[31_415] = 9;
        var all = Traces(Run("a", losses), new CurveOptions { Points = 400 })[0];
        Assert.Equal(100_000, all.Total);
        Assert.InRange(all.X.Length, 300, 400);
        Assert.Contains(9, all.Y);
        var part = Traces(Run("a", losses), new CurveOptions { Points = 400, Low = 310_000, High = 320_000 })[0];
        Assert.Equal(1001, part.Total);
        Assert.InRange(part.X.Count(x => x is >= 310_000 and <= 320_000), 300, 400);
    }

    [Fact]
    public void Seeds_are_a_mean_with_a_band()
    {
        var group = new PanelGroup("g", [Run("a", 4, 3, 2), Run("b", 5, 3, 0)]);
        var band = CurvePanelRecipe.OfGroup(group, new CurveOptions { Spread = SpreadKind.Range });
        Assert.Equal([4.5, 3, 1], band.Y);
        Assert.Equal([4, 3, 0], band.Low!);
        Assert.Equal([5, 3, 2], band.High!);
        Assert.Equal([2, 2, 2], band.Runs!);
        Assert.Equal(0, band.NonPositive);
        var negative = new PanelGroup("g", [Run("a", 4, -3, 2), Run("b", 5, 1, 0)]);
        Assert.Equal((1, 2), (CurvePanelRecipe.OfGroup(negative, new CurveOptions { LogY = true }).NonPositive, CurvePanelRecipe.OfGroup(negative, new CurveOptions { LogY = true, LogX = true }).NonPositive));
    }

    [Theory]
    [InlineData(1, 2000)]
    [InlineData(20, 2000)]
    [InlineData(40, 1000)]
    [InlineData(100, 400)]
    [InlineData(1000, 200)]
    public void Many_lines_share_the_points_of_a_figure(int lines, int points) => Assert.Equal(points, CurveOptions.PointsOf(lines));

    [Fact]
    public void A_run_is_summed_up_by_its_last_and_its_lowest_value()
    {
        var summary = CurveSummary.Of(Run("a", 4, 2, 3, double.NaN), CurveAxis.Tokens, CurveSmoothing.None)!;
        Assert.Equal(("a", 3, 2e7, 2, 1e7, 4), (summary.Run, summary.Last, summary.LastX, summary.Lowest, summary.LowestX, summary.Rows));
        Assert.Null(summary.Scatter);
        Assert.Null(CurveSummary.Of(Run("a", double.NaN), CurveAxis.Step, CurveSmoothing.None));
    }

    [Fact]
    public void The_scatter_is_that_of_the_logged_values_around_the_smoothed_ones_at_the_end()
    {
        var losses = Enumerable.Range(0, 400).Select(i => i < 300 ? 50.0 : i % 2 == 0 ? 2.1 : 1.9).ToArray();
        Assert.Equal(0.1, CurveSummary.Of(Run("a", losses), CurveAxis.Step, new CurveSmoothing(SmoothingKind.Window, 41))!.Scatter!.Value, 0.02);
        Assert.Null(CurveSummary.Of(Run("a", 3, 2, 1), CurveAxis.Step, s_average)!.Scatter);
    }

    [Fact]
    public void What_a_loss_took_is_read_off_at_its_first_crossing()
    {
        var reached = LossReached.Of(Run("a", 4, 3, 2), CurveSmoothing.None, 2.5);
        Assert.Equal((true, 15, 1.5e7, 6e8 * 1.5e7, 0.15), (reached.Reached, reached.Step, reached.Tokens, reached.Flops, reached.Hours));
        Assert.Equal((10, 20), reached.Rows);
        var never = LossReached.Of(Run("a", 4, 3, 2), CurveSmoothing.None, 1.5);
        Assert.Equal((false, 2, null, null), (never.Reached, never.Lowest, never.Step, never.Flops));
        // Later: a smoothed curve lags.
        Assert.True(LossReached.Of(Run("a", 4, 3, 2, 1), s_average, 2.5).Step > 15);
        var bare = new PanelRun("b", new RunCurve(new ImportedSeries("loss", [0, 10], [4, 2]), new RunAxes(null, null, null, null)));
        Assert.Equal((5, null, null, null), (LossReached.Of(bare, CurveSmoothing.None, 3).Step, LossReached.Of(bare, CurveSmoothing.None, 3).Tokens, LossReached.Of(bare, CurveSmoothing.None, 3).Flops, LossReached.Of(bare, CurveSmoothing.None, 3).Hours));
    }

    [Theory]
    [InlineData(2.3412, 2.35)]
    [InlineData(2.35, 2.35)]
    [InlineData(11.201, 11.3)]
    [InlineData(-0.5061, -0.506)]
    [InlineData(1.2345e-13, 1.24e-13)]
    [InlineData(0, 0)]
    public void Every_run_reaches_the_loss_that_is_asked_for_first(double worst, double expected)
    {
        var level = LossReached.Default([Run("a", 40, worst), Run("b", 40, worst - 1), Run("c", double.NaN)], CurveSmoothing.None)!.Value;
        Assert.Equal(expected, level);
        Assert.True(level >= worst);
        Assert.Null(LossReached.Default([Run("c", double.NaN)], CurveSmoothing.None));
    }
}
