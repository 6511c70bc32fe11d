using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Lab;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Numerics.Optimizers;

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
    public void Everything_about_a_step_can_be_chosen()
    {
        var state = LabState.FromQuery(ViewQuery.Parse("?optimizer=adamw,c-lion&beta1=0.8&beta2=0.99&epsilon=1e-6&epsilon_placement=plain&mask_scaling=mean&weight_decay=0.05&decay_order=after&decay_mask=cautious"));
        var chosen = new OptimizerOptions
        {
            Rule = OptimizerRule.AdamW, Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-6, EpsilonPlacement = EpsilonPlacement.Plain, WeightDecay = 0.05, DecayOrder = DecayOrder.After, CautiousDecay = true,
        };
        OptimizerOptions[] optimizers = [.. state.Sweep().Runs().Select(run => run.Training.Optimizer).Distinct()];
        Assert.Equal([chosen, chosen with { Rule = OptimizerRule.Lion, Caution = MaskScaling.ClampedMean }], optimizers);
    }

    [Fact]
    public void What_is_usual_of_each_optimizer_holds_unless_said()
    {
        OptimizerOptions[] optimizers = [.. LabState.FromQuery(ViewQuery.Parse("?optimizer=adamw,c-lion")).Sweep().Runs().Select(run => run.Training.Optimizer).Distinct()];
        Assert.Equal([(0.9, 0.95, null), (0.95, 0.98, (MaskScaling?)MaskScaling.CountPlusOne)], optimizers.Select(one => (one.Beta1, one.Beta2, one.Caution)));
        Assert.All(optimizers, one => Assert.Equal((0.1, DecayOrder.Before, false), (one.WeightDecay, one.DecayOrder, one.CautiousDecay)));
    }

    [Theory]
    [InlineData("?mask_scaling=half", "Scale of a cautious mask: 'half' is not one of count, mean.")]
    [InlineData("?beta1=-1", "β₁: '-1' is not a number that is not negative.")]
    public void A_choice_that_is_none_is_told(string query, string message) =>
        Assert.Equal(message, Assert.Throws<LabException>(() => LabState.FromQuery(ViewQuery.Parse(query)).Sweep()).Message);

    [Fact]
    public void A_share_of_the_past_of_one_is_refused() =>
        Assert.Contains("beta2 is 1; it is a share of the past, 0 to below 1.", LabState.FromQuery(ViewQuery.Parse("?beta2=1")).Sweep().Runs()[0].Problems());

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
