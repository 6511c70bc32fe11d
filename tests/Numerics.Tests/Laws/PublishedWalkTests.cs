using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Laws;

public class PublishedWalkTests
{
    [Fact]
    public void Five_steps_down_from_Kaplan_to_Chinchilla()
    {
        Assert.Equal([0.835, 0.706, 0.602, 0.571, 0.497], PublishedWalk.Steps.Select(step => step.ParameterExponent));
        Assert.All(PublishedWalk.Steps, step => Assert.InRange(step.ParameterExponent, step.Low95, step.High95));
    }
}
