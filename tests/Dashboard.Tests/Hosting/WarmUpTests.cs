using ScalingDashboard.Dashboard.Hosting;

namespace ScalingDashboard.Dashboard.Tests.Hosting;

public class WarmUpTests
{
    [Fact]
    public void The_recipes_take_the_made_up_sweep() => WarmUp.Run(CancellationToken.None);

    [Fact]
    public void It_stops_with_the_server() => Assert.ThrowsAny<OperationCanceledException>(() => WarmUp.Run(new CancellationToken(canceled: true)));
}
