using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs.Tests.Storage;

public class RunIdTests
{
    [Theory]
    [InlineData(1, "1")]
    [InlineData(35, "z")]
    [InlineData(36, "10")]
    [InlineData(4_738_381_338_321_616_895, "zzzzzzzzzzzz")]
    public void A_key_and_its_id_are_one(long key, string id)
    {
        Assert.Equal(id, RunId.FromKey(key));
        Assert.True(RunId.TryGetKey(id, out var read));
        Assert.Equal(key, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("01")]
    [InlineData("A")]
    [InlineData("-1")]
    [InlineData("1 ")]
    [InlineData("{id}")]
    [InlineData("1000000000000")]
    public void Anything_else_is_no_id(string? text) => Assert.False(RunId.TryGetKey(text, out _));
}
