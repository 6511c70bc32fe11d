using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Numerics.Tests.Curves;

public class CurveBandTests
{
    private static readonly double[] s_steps = [0, 10, 20];

    [Fact]
    public void Mean_deviation_error_and_range_of_three_seeds()
    {
        (double[], double[])[] seeds = [(s_steps, [4, 3, 2]), (s_steps, [5, 3, 2.2]), (s_steps, [6, 3, 2.7])];
        var deviation = CurveBand.Of(seeds, SpreadKind.Deviation);
        Assert.Equal(s_steps, deviation.X);
        Assert.Equal([5, 3, 2.3], deviation.Mean.Select(mean => Math.Round(mean, 12)));
        Assert.Equal([3, 3, 3], deviation.Runs);
        Assert.Equal((4, 6), (deviation.Low[0], deviation.High[0]));
        Assert.Equal(1 / Math.Sqrt(3), CurveBand.Of(seeds, SpreadKind.Error).High[0] - 5, 1e-12);
        var range = CurveBand.Of(seeds, SpreadKind.Range);
        Assert.Equal((2, 2.7), (range.Low[2], range.High[2]));
    }

    [Fact]
    public void Runs_of_other_steps_meet_at_every_x_and_none_is_continued_beyond_its_end()
    {
        var band = CurveBand.Of([(s_steps, [4, 3, 2]), ([5, 15, 40], [4, 3, 1])], SpreadKind.Deviation);
        Assert.Equal([0, 5, 10, 15, 20, 40], band.X);
        Assert.Equal([1, 2, 2, 2, 2, 1], band.Runs);
        Assert.Equal([4, 3.75, 3.25, 2.75, 2.3, 1], band.Mean.Select(mean => Math.Round(mean, 12)));
        Assert.True(double.IsNaN(band.Low[0]));
        Assert.Equal((4, 4), (CurveBand.Of([(s_steps, [4, 3, 2])], SpreadKind.Range).Low[0], CurveBand.Of([(s_steps, [4, 3, 2])], SpreadKind.Range).High[0]));
    }

    [Fact]
    public void What_is_not_finite_does_not_count_and_neither_does_what_lies_beside_it()
    {
        var band = CurveBand.Of([(s_steps, [4, double.NaN, 2]), ([0, 5, 20], [4, 4, 4])], SpreadKind.Range);
        Assert.Equal([0, 5, 10, 20], band.X);
        Assert.Equal([2, 1, 1, 2], band.Runs);
        Assert.Equal([4, 4, 4, 3], band.Mean);
        Assert.Empty(CurveBand.Of([([0, 1], [double.NaN, double.PositiveInfinity])], SpreadKind.Deviation).X);
    }

    [Theory]
    [InlineData(-1, double.NaN)]
    [InlineData(0, 4)]
    [InlineData(2.5, 3.5)]
    [InlineData(5, 2)]
    [InlineData(7.5, 1.5)]
    [InlineData(10, 1)]
    [InlineData(11, double.NaN)]
    public void Values_between_rows_are_on_the_line(double x, double expected)
    {
        double[] xs = [0, 5, 5, 10];
        double[] ys = [4, 3, 2, 1];
        Assert.Equal(expected, CurveInterpolation.At(xs, ys, x));
        Assert.Equal([expected], CurveInterpolation.At(xs, ys, [x]));
    }

    [Fact]
    public void A_level_is_reached_between_the_rows_around_it()
    {
        double[] steps = [0, 10, 20, 30, 40];
        double[] loss = [5, 4, double.NaN, 2, 2.5];
        Assert.Equal(new FirstCrossing(20, 10, 30), FirstCrossing.Of(steps, loss, 3));
        Assert.Equal(new FirstCrossing(10, 0, 10), FirstCrossing.Of(steps, loss, 4));
        Assert.Equal(new FirstCrossing(30, 10, 30), FirstCrossing.Of(steps, loss, 2));
        Assert.Null(FirstCrossing.Of(steps, loss, 1.9));
        var already = FirstCrossing.Of(steps, loss, 6)!.Value;
        Assert.Equal((0, 0, true), (already.X, already.Until, double.IsNaN(already.After)));
        Assert.Null(FirstCrossing.Of([0, 1], [double.NaN, double.NegativeInfinity], 3));
    }
}
