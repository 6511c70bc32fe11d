namespace ScalingDashboard.Analysis.Tests;

public sealed class GroupStatisticsTests
{
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
