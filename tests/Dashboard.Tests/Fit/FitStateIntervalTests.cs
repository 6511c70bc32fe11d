using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public class FitStateIntervalTests
{
    [Theory]
    [InlineData(IntervalKind.Percentile)]
    [InlineData(IntervalKind.BiasCorrected)]
    [InlineData(IntervalKind.Profile)]
    [InlineData(IntervalKind.Delta)]
    public void The_kind_of_interval_is_in_the_address(IntervalKind kind)
    {
        var state = new FitState { Intervals = kind };
        Assert.Equal(kind, FitState.FromQuery(state.ToQuery()).Intervals);
        Assert.Equal(kind, state.Options.Intervals);
        Assert.Equal(kind != IntervalKind.Percentile, state.ToQuery().ToString().Contains("interval=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, 2, "1–2")]
    [InlineData(double.NaN, 2, "up to 2")]
    [InlineData(1, double.NaN, "from 1")]
    [InlineData(double.NaN, double.NaN, "open")]
    public void Open_ends_are_words(double low, double high, string words) =>
        Assert.Equal(words, IsoFlopWords.Range(low, high, value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
