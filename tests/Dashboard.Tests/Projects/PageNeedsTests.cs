using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Projects;

public class PageNeedsTests
{
    [Fact]
    public void What_a_run_lacks_is_said_for_every_page()
    {
        var bare = Run([("lr", "1e-3")], points: 1);
        var needs = Needs(bare);
        Assert.Equal(["IsoFLOP and Fit", "IsoFLOP, Approach 1", "Curves", "Estimate", "Precision", "Optimizers", "Growth"], needs.Keys);
        Assert.Equal(1, needs["IsoFLOP and Fit"].Ready);
        Assert.Equal([("no metric over steps", 1)], needs["Curves"].Missing);
        Assert.Equal([("no column of number formats, such as precision or weight_bits", 1)], needs["Precision"].Missing);
        Assert.Equal([("no curve of loss over steps", 1), ("no column optimizer", 1)], needs["Optimizers"].Missing);
        Assert.Equal([("no curve of loss over steps", 1), ("no column grown_from", 1)], needs["Growth"].Missing);
    }

    [Fact]
    public void A_run_that_has_it_all_is_ready_for_every_page() =>
        Assert.All(Needs(Run([("weight_bits", "8"), ("optimizer", "lion"), ("grown_from", "small")])).Values, page => Assert.Equal((1, 0), (page.Ready, page.Missing.Count)));

    [Fact]
    public void Runs_from_scratch_count_beside_grown_ones()
    {
        Assert.Equal(2, Needs(Run([]), Run([("grown_from", "small")]))["Growth"].Ready);
        Assert.Equal((0, ("no column grown_from", 2)), (Needs(Run([]), Run([]))["Growth"].Ready, Needs(Run([]), Run([]))["Growth"].Missing.Single()));
    }

    private static Dictionary<string, PageNeeds> Needs(params ImportedRun[] runs) => PageNeeds.Of(runs).ToDictionary(page => page.Page);

    private static ImportedRun Run((string Column, string Value)[] config, int points = 2)
    {
        double[] steps = [.. Enumerable.Range(1, points)];
        return new()
        {
            Name = "a",
            Line = 2,
            Parameters = 1e8,
            Tokens = 2e9,
            Flops = 1.2e18,
            Loss = 3,
            Family = "f",
            Config = [.. config.Select(cell => KeyValuePair.Create(cell.Column, cell.Value))],
            Flags = [],
            Series = [new("loss", steps, steps), new("tokens", steps, steps)],
        };
    }
}
