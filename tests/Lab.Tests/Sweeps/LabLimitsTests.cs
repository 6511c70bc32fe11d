using ScalingDashboard.Lab.Sweeps;

namespace ScalingDashboard.Lab.Tests.Sweeps;

public sealed class LabLimitsTests
{
    private static readonly LabLimits s_limits = new(Hours: 1, Bytes: 4e9);

    [Fact]
    public void A_model_beyond_the_memory_is_refused_with_what_it_needs()
    {
        // N = 40·12·4096² + 128·4096 = 8.05e9: weights, gradient and two moments alone are 129 GB.
        var runs = new SweepOptions { Sizes = [ModelSize.Of(40, 4096)] }.Runs();
        Assert.InRange(SweepEstimate.Bytes(runs[0].Training), 129e9, 145e9);
        Assert.Contains("more than the limit of 4 GB", s_limits.Problem(runs, 1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_beyond_the_time_is_refused_without_being_measured()
    {
        var runs = new SweepOptions { LengthUnit = LengthUnit.Flops, Lengths = [1e17] }.Runs();
        Assert.Contains("at least 2.89 days, more than the limit of 60 min", s_limits.Problem(runs, 1), StringComparison.Ordinal);
        Assert.Null(s_limits.Problem(new SweepOptions().Runs(), 1));
    }

    [Fact]
    public void An_estimate_beyond_the_time_is_refused()
    {
        Assert.Contains("about 2 h", s_limits.Problem(new SweepEstimate(new Dictionary<string, double>(), 7200)), StringComparison.Ordinal);
        Assert.Null(s_limits.Problem(new SweepEstimate(new Dictionary<string, double>(), 3599)));
    }

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(89, "89 s")]
    [InlineData(600, "10 min")]
    [InlineData(9000, "2.5 h")]
    [InlineData(864000, "10 days")]
    public void Times_are_read_by_people(double seconds, string text) => Assert.Equal(text, LabLimits.Time(seconds));

    [Fact]
    public void What_is_done_costs_nothing_more()
    {
        using var folder = new LabTestFolder();
        var runs = LabTestFolder.Sweep.Runs();
        var there = new Dictionary<string, LabCheckpoint> { [runs[0].Name] = new(runs[0], [], Ended: true, Diverged: false) };
        var estimate = new SweepTimer(TimeProvider.System).Estimate(runs, there, folder.Lab, 2, CancellationToken.None);
        Assert.Equal(0, estimate.Seconds[runs[0].Name]);
        Assert.All(runs.Skip(1), run => Assert.True(estimate.Seconds[run.Name] > 0));
        // Three runs on two threads: longer than the longest, shorter than all.
        Assert.InRange(estimate.Wall, estimate.Seconds.Values.Max(), estimate.Seconds.Values.Sum());
    }
}
