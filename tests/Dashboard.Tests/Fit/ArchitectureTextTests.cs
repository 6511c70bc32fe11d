using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public class ArchitectureTextTests
{
    private static readonly Architecture s_shape = new() { Layers = 12, Width = 768, FeedForwardWidth = 2048, Heads = 12, Vocabulary = 50257, Sequence = 1024 };

    [Fact]
    public void What_is_written_is_read_again()
    {
        Assert.Equal("32-4096-11008-32-128-32000-4096-g", ArchitectureText.Write(ArchitectureText.Default));
        Assert.Equal("12-768-2048-12-0-50257-1024-t-g", ArchitectureText.Write(s_shape with { TiedEmbeddings = true, GatedFeedForward = true }));
        foreach (var shape in new[] { s_shape, s_shape with { KeySize = 64 }, s_shape with { TiedEmbeddings = true }, s_shape with { GatedFeedForward = true }, s_shape with { TiedEmbeddings = true, GatedFeedForward = true } })
            Assert.Equal(shape, ArchitectureText.Read(ArchitectureText.Write(shape)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12-768-2048-12-0-50257")]
    [InlineData("12-768-2048-12-0-50257-1024-x")]
    [InlineData("12-768-2048-12-0-50257-1024-g-t")]
    [InlineData("0-768-2048-12-0-50257-1024")]
    [InlineData("12-768-2048-12-0-50257-1e12")]
    [InlineData("12-NaN-2048-12-0-50257-1024")]
    [InlineData("12-768-2048-12--3-50257-1024")]
    public void Anything_else_is_the_default(string? text) => Assert.Equal(ArchitectureText.Default, ArchitectureText.Read(text));
}
