using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Lab;
using ScalingDashboard.Lab.Sweeps;

namespace ScalingDashboard.Dashboard.Tests.Lab;

public sealed class LabStateTests
{
    private const string Sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void A_small_race_is_the_bare_address()
    {
        var state = LabState.FromQuery(ViewQuery.Empty);
        Assert.Equal("/lab", PageUrls.For(PageUrls.Lab, state));
        Assert.Equal(12, state.Sweep().Runs().Count);
        Assert.Equal(["adamw", "c-adamw"], state.Optimizers);
    }

    [Fact]
    public void What_is_chosen_stands_in_the_address()
    {
        var state = LabState.FromQuery(ViewQuery.Empty).With(SweepText.Size, " 2x16, 50K ").WithOptimizer("adamw", false).WithOptimizer("muon", true).WithLength(SweepText.Flops).With(SweepText.Bits, "none,w4")
            with { Project = "a & b", TextName = "é?.txt", TextSha256 = Sha, Job = "20261129-1", Tab = PageTab.Data };
        var address = PageUrls.For(PageUrls.Lab, state);
        Assert.Equal($"/lab?project=a%20%26%20b&size=2x16%2C%2050K&flops=3e9%2C1e10%2C3e10&optimizer=c-adamw%2Cmuon&bits=none%2Cw4&text=%C3%A9%3F.txt&sha={Sha}&job=20261129-1&tab=data", address);
        var again = LabState.FromQuery(ViewQuery.Parse(new Uri(new Uri("http://a"), address).Query));
        Assert.Equal(address, PageUrls.For(PageUrls.Lab, again));
        Assert.Equal((LengthUnit.Flops, 48), (again.Sweep().LengthUnit, again.Sweep().Runs().Count));
        Assert.Equal(256, again.Sweep().Language.Tokens);
    }

    [Fact]
    public void What_makes_no_sense_falls_back_or_is_told()
    {
        // Two lengths: one counts. A text without its hash is none.
        var state = LabState.FromQuery(ViewQuery.Parse("?tokens=1M&flops=1e10&text=a.txt&sha=..&tab=nowhere&unknown=1"));
        Assert.Equal("/lab?flops=1e10", PageUrls.For(PageUrls.Lab, state));
        Assert.Equal(
            "Sizes: 'large' is not a size such as 25K or 2x64.",
            Assert.Throws<LabException>(() => LabState.FromQuery(ViewQuery.Parse("?size=large")).Sweep()).Message);
    }
}
