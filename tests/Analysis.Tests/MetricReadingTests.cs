namespace ScalingDashboard.Analysis.Tests;

public sealed class MetricReadingTests
{
    [Fact]
    public void The_smoothed_end_of_a_constant_is_the_constant()
    {
        Assert.Equal(2.5, MetricReading.SmoothedLast([2.5], 0.99), 12);
        Assert.Equal(2.5, MetricReading.SmoothedLast([2.5, 2.5, 2.5], 0.9), 12);
    }

    [Fact]
    public void The_smoothed_end_weighs_by_age()
    {
        // Weights 0.25, 0.5, 1 of 4, 3, 1.
        Assert.Equal((0.25 * 4 + 0.5 * 3 + 1) / 1.75, MetricReading.SmoothedLast([4, 3, 1], 0.5), 12);
        Assert.Equal((0.25 * 4 + 0.5 * 3 + 1) / 1.75, MetricReading.SmoothedLast([4, double.NaN, 3, double.PositiveInfinity, 1, double.NaN], 0.5), 12);
        Assert.Equal(double.NaN, MetricReading.SmoothedLast([double.NaN], 0.5));
        Assert.Equal(double.NaN, MetricReading.SmoothedLast([], 0.5));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(1.5, 3.5)]
    [InlineData(3, 2)]
    [InlineData(5, 0)]
    [InlineData(6, -1)]
    [InlineData(0.9, double.NaN)]
    [InlineData(6.1, double.NaN)]
    public void A_curve_is_read_off_between_its_points_and_not_beyond(double place, double expected) =>
        Assert.Equal(expected, MetricReading.At([1, 2, double.NaN, 4, 4.5, 6], [4, 3, 7, 1, double.NaN, -1], place), 12);

    [Fact]
    public void Repeated_places_give_the_first_value() => Assert.Equal(3, MetricReading.At([1, 2, 2, 3], [4, 3, 9, 1], 2));

    [Fact]
    public void Another_curve_is_found_at_other_steps()
    {
        Assert.Equal([double.NaN, 10, 15, 20, 50, double.NaN], MetricReading.AtSteps([0, 1, 1.5, 2, 5, 6], [1, 2, 5], [10, 20, 50]));
        Assert.Equal([double.NaN], MetricReading.AtSteps([1], [], []));
    }

    [Fact]
    public void Deviation_and_error_are_those_of_a_sample()
    {
        var seeds = GroupStatistics.Of([2, 4, 4, 4, 5, 5, 7, 9, double.NaN]);
        Assert.Equal((8, 5), (seeds.Count, seeds.Mean));
        Assert.Equal(Math.Sqrt(32 / 7.0), seeds.Deviation, 12);
        Assert.Equal(Math.Sqrt(32 / 7.0 / 8), seeds.Error, 12);
        var one = GroupStatistics.Of([3]);
        Assert.Equal((1, 3), (one.Count, one.Mean));
        Assert.True(double.IsNaN(one.Deviation) && double.IsNaN(one.Error));
        Assert.Equal(0, GroupStatistics.Of([]).Count);
        Assert.True(double.IsNaN(GroupStatistics.Of([double.NaN]).Mean));
    }
}
