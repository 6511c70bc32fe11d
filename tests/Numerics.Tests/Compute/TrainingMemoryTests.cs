using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Numerics.Tests.Compute;

public class TrainingMemoryTests
{
    [Theory]
    [InlineData("fp32", 16)]
    [InlineData("tf32", 16)]
    [InlineData("bf16", 16)]
    [InlineData("fp8", 15)]
    [InlineData("fp4", 14.5)]
    public void Every_parameter_takes_weight_gradient_and_optimizer_states(string format, double bytes) =>
        Assert.Equal(bytes, TrainingMemory.BytesPerParameter(NumberFormat.Find(format)!));

    // ZeRO, §3.1: GPT-2 of 1.5B parameters needs at least 24 GB for its states.
    [Fact]
    public void The_papers_example() => Assert.Equal(24e9, 1.5e9 * TrainingMemory.BytesPerParameter(NumberFormat.Find("fp16")!));

    [Fact]
    public void States_are_split_evenly()
    {
        Assert.Equal(35, TrainingMemory.LeastAccelerators(175e9, 16, 80e9));
        Assert.Equal(36, TrainingMemory.LeastAccelerators(175e9 + 1, 16, 80e9));
    }
}
