namespace ScalingDashboard.Runs.Tests;

public sealed class LossDivergenceTests
{
    [Fact]
    public void A_loss_that_ends_far_above_its_lowest_has_diverged()
    {
        var loss = Curve(400, step => step < 200 ? 3 + 8.0 / (1 + step) : 7);
        Assert.Equal("diverged: the loss ends at 7, 2.3 times its lowest, 3.04 up to step 199 (medians of 20 rows)", LossDivergence.Of(loss));
        // In a short log, medians of five rows.
        Assert.Equal("diverged: the loss ends at 7, 2.3 times its lowest, 3 up to step 14 (medians of 5 rows)", LossDivergence.Of(Curve(20, step => step < 15 ? 3 : 7)));
    }

    [Theory]
    // A run that learns, one that comes back from a spike, one that ends within a spike, one that ends a little higher.
    [InlineData(400, 3, 1, 0)]
    [InlineData(400, 3, 2.5, 50)]
    [InlineData(400, 3, 2.5, 5)]
    [InlineData(400, 3, 4.4, 0)]
    // Too short to tell.
    [InlineData(19, 3, 9, 0)]
    [InlineData(0, 3, 9, 0)]
    public void What_comes_back_or_ends_near_its_lowest_has_not(int rows, double before, double after, int spike) =>
        Assert.Null(LossDivergence.Of(Curve(rows, step => step < rows / 2 ? before : step >= rows - spike && step < rows - spike / 2 ? 50 : after)));

    [Fact]
    public void Noise_of_single_rows_is_no_rise()
    {
        var random = new Random(1);
        Assert.Null(LossDivergence.Of(Curve(100, step => step < 50 ? random.NextDouble() : 0.4 + random.NextDouble())));
        Assert.Null(LossDivergence.Of(Curve(100, step => step < 50 ? -3 : 3)));
        Assert.Null(LossDivergence.Of(Curve(100, _ => double.NaN)));
    }

    private static ImportedSeries Curve(int rows, Func<int, double> loss)
    {
        int[] steps = [.. Enumerable.Range(0, rows)];
        return new("loss", Array.ConvertAll(steps, step => (double)step), Array.ConvertAll(steps, step => loss(step)));
    }
}
