using ScalingDashboard.Dashboard.Plan;

namespace ScalingDashboard.Dashboard.Tests.Plan;

public sealed class MeasuredUtilizationTests : IAsyncLifetime
{
    private TemporaryStore _temporary = null!;

    public async Task InitializeAsync() => _temporary = await TemporaryStore.OpenAsync();

    public async Task DisposeAsync() => await _temporary.DisposeAsync();

    private Task<MeasuredUtilization> MeasureAsync() => MeasuredUtilization.ReadAsync(_temporary.Store, "p", CancellationToken.None);

    // 6e19 FLOP in 1,000 s on 8 accelerators are 7.5e15 FLOP/s each; the second run is half as fast.
    [Fact]
    public async Task Seconds_and_a_count_of_accelerators_give_the_speed()
    {
        await _temporary.ImportAsync("p", "run,parameters,tokens,loss,seconds,gpus\na,1e9,1e10,3,1000,8\nb,1e9,1e10,3,2000,8\nc,1e9,1e10,3,,8\n");
        var measured = await MeasureAsync();
        Assert.Equal([7.5e15, 3.75e15], measured.FlopsPerSecond);
        Assert.Equal(0, measured.RunsWithoutCount);
        Assert.Equal(0.5625, measured.Against(1e16)!.Value.Median, 12);
        Assert.Equal("56 % on 2 runs (80 % of them 41 %–71 %)", measured.Text(1e16));
        // More than the peak: these runs were on another accelerator.
        Assert.Null(measured.Text(1e15));
    }

    [Fact]
    public async Task The_last_moment_of_a_curve_counts()
    {
        await _temporary.ImportAsync("p", "run,step,parameters,tokens,loss,seconds,world_size\na,1,1e9,5e9,3.2,500,4\na,2,1e9,1e10,3,1000,4\n");
        Assert.Equal([1.5e16], (await MeasureAsync()).FlopsPerSecond);
    }

    [Fact]
    public async Task Without_the_count_nothing_is_offered_but_said()
    {
        await _temporary.ImportAsync("p", "run,parameters,tokens,loss,seconds\na,1e9,1e10,3,1000\n");
        var measured = await MeasureAsync();
        Assert.Equal((0, 1), (measured.FlopsPerSecond.Count, measured.RunsWithoutCount));
        Assert.Null(measured.Text(1e15));
    }

    [Fact]
    public async Task Runs_without_times_say_nothing()
    {
        await _temporary.ImportAsync("p", "run,parameters,tokens,loss,gpus\na,1e9,1e10,3,8\n");
        Assert.Equal((0, 0), ((await MeasureAsync()).FlopsPerSecond.Count, (await MeasureAsync()).RunsWithoutCount));
    }
}
