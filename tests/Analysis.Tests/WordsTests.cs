namespace ScalingDashboard.Analysis.Tests;

public class WordsTests
{
    [Theory]
    [InlineData(0, "0 runs")]
    [InlineData(1, "1 run")]
    [InlineData(1200, "1,200 runs")]
    public void Counts(int count, string words) => Assert.Equal(words, Words.Count(count, "run"));

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a b", "a and b")]
    [InlineData("a b c", "a, b and c")]
    [InlineData("a b c d e", "a, b, c, d and e")]
    [InlineData("a b c d e f", "a, b, c, d and 2 more")]
    public void Lists(string items, string words) =>
        Assert.Equal(words, Words.List(items.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void Lists_as_many_as_asked_for() => Assert.Equal("a and 2 more", Words.List(["a", "b", "c"], 2));
}
