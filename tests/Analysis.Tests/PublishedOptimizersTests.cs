namespace ScalingDashboard.Analysis.Tests;

/// <summary>What follows from the published losses, beside what was worked out from them elsewhere, and the printed gains.</summary>
public sealed class PublishedOptimizersTests
{
    [Theory]
    [InlineData("c-adamw", 130e6, 0, 0.99)]
    [InlineData("c-adamw", 130e6, 2, 1.17)]
    [InlineData("c-adamw", 520e6, 0, 1.07)]
    [InlineData("c-adamw", 520e6, 3, 1.05)]
    [InlineData("muon", 300e6, 1, 1.20)]
    [InlineData("soap", 520e6, 2, 1.29)]
    [InlineData("lion", 520e6, 1, 0.92)]
    public void Effective_data_of_the_independent_study(string optimizer, double parameters, int place, double speedup)
    {
        var found = PublishedOptimizers.Speedups.Where(one => one.Measure == SpeedupMeasure.EffectiveData && one.Challenger == optimizer && one.Parameters.Equals(parameters)).ToArray();
        Assert.Equal(speedup, found[place].Value, 0.006);
    }

    // Table 2 prints gains of 0.33, 0.10, 1.00 and 0.32 %.
    [Fact]
    public void Gains_in_perplexity_are_those_printed() => Assert.Equal(
        [0.33, 0.11, 1.0, 0.35], PublishedOptimizers.Perplexities[0].Rows.Select(row => Math.Round(100 * (1 - row.Challenger / row.Baseline), 2)), (printed, computed) => Math.Abs(printed - computed) < 0.011);

    [Fact]
    public void Every_number_has_a_source()
    {
        Assert.All(PublishedOptimizers.Speedups, one => Assert.Contains("arXiv", one.Source, StringComparison.Ordinal));
        Assert.All(PublishedOptimizers.Perplexities, table => Assert.Contains("arXiv", table.Source, StringComparison.Ordinal));
    }
}
