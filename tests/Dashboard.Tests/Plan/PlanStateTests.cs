using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;

namespace ScalingDashboard.Dashboard.Tests.Plan;

public class PlanStateTests
{
    [Fact]
    public void Defaults_leave_the_address_bare() => Assert.Equal("/plan", PageUrls.For(PageUrls.Plan, new PlanState()));

    [Fact]
    public void Everything_that_differs_stands_in_the_address()
    {
        var state = new PlanState
        {
            Project = "Ünï & Söhne #1",
            Scenarios =
            [
                new() { Goals = new() { Money = 2e6, Days = 30.5, Loss = 2.1 }, Accelerator = "b200", Format = "fp8", Factor = new(0.84, 0.79, 0.9), Utilization = 0.375, Overhead = 1.2, Power = 900, Pue = 1.3, Price = 5.5, Grid = 0.05, BytesPerParameter = 18 },
                new(),
                new() { Goals = new() },
                new() { Goals = new() { Parameters = 7e9, Tokens = 2e12, ServedTokens = 1e13, UniqueTokens = 4e11, Epochs = 4, Energy = 1.29e6, Carbon = 5.5e5, Accelerators = 512, Flops = 8.4e22 } },
            ],
            Edited = 3,
            Laws = ["kaplan", "hoffmann1"],
            Fits = ["f1", "a&b=c"],
            By = "a&b=c",
            Tab = PageTab.Data,
        };
        var address = PageUrls.For(PageUrls.Plan, state);
        Assert.Equal(
            "/plan?project=%C3%9Cn%C3%AF%20%26%20S%C3%B6hne%20%231&scenarios=4&open=D"
            + "&a.money=2000000&a.days=30.5&a.loss=2.1&a.on=b200&a.format=fp8&a.factor=0.84~0.79~0.9&a.utilization=0.375&a.overhead=1.2&a.power=900&a.pue=1.3&a.price=5.5&a.grid=0.05&a.bytes_per_parameter=18"
            + "&c.goals=none"
            + "&d.flops=8.4e22&d.accelerators=512&d.energy=1290000&d.carbon=550000&d.parameters=7000000000&d.tokens=2000000000000&d.served_tokens=10000000000000&d.unique_tokens=400000000000&d.epochs=4"
            + "&law=kaplan&law=hoffmann1&fit=f1&fit=a%26b%3Dc&by=a%26b%3Dc&tab=data",
            address);
        Assert.Equal(address, PageUrls.For(PageUrls.Plan, PlanState.FromQuery(ViewQuery.Parse(address[5..]))));
    }

    [Theory]
    [InlineData("?scenarios=9&open=Q&a.flops=abc&a.days=-1&a.on=abacus&a.format=fp3&a.utilization=40&a.pue=0&a.factor=0.8~0.9~1&law=newton&by=")]
    [InlineData("?scenarios=0&open=&a.flops=7&a.parameters=NaN&a.loss=99&a.overhead=0.5&tab=7&law=")]
    [InlineData("?a.goals=some&=&%%%&a.=3&d.flops=1e22&open=B")]
    public void Garbage_falls_back_to_defaults(string query) => Assert.Equal("/plan", PageUrls.For(PageUrls.Plan, PlanState.FromQuery(ViewQuery.Parse(query))));

    [Fact]
    public void A_factor_from_another_page_stands_in_the_address() =>
        Assert.Equal("/plan?project=a%20b&a.factor=0.8~0.7~0.9", PageUrls.PlanWith("a b", new ComputeFactor(0.8, 0.7, 0.9)));

    [Fact]
    public void Bits_given_or_solved_for_stand_in_the_address()
    {
        foreach (var (goals, query) in new[] { (new TrainingGoals { Flops = 1e22, Bits = 8 }, "?a.flops=1e22&a.bits=8"), (new() { Flops = 1e22, SolvesBits = true }, "?a.flops=1e22&a.bits=solve"), (new() { LifeFlops = 1e24, Parameters = 8e9 }, "?a.parameters=8000000000&a.life_flops=1e24") })
        {
            Assert.Equal(PageUrls.Plan + query, PageUrls.For(PageUrls.Plan, new PlanState { Scenarios = [new() { Goals = goals }] }));
            Assert.Equal(goals, PlanState.FromQuery(ViewQuery.Parse(query)).Scenarios[0].Goals);
        }

        Assert.False(PlanState.FromQuery(ViewQuery.Parse("?a.flops=1e22&a.bits=99")).Scenarios[0].Goals.CountsBits);
        Assert.Equal(new TrainingGoals { Bits = 8 }, new TrainingGoals { SolvesBits = true }.With(TrainingQuantity.Bits, 8));
    }

    [Fact]
    public void An_own_accelerator_starts_as_the_one_at_hand_and_stands_in_the_address()
    {
        var own = new ScenarioState { Accelerator = "v100", Price = 3 }.On("own");
        Assert.Equal(("My accelerator", 3, 300.0), (own.Own!.Name, own.Price, own.Power));
        Assert.Equal(125, own.Own["fp16"]);
        own = own.With(own.Own.Named("Chip: a~b").With("fp8", 250).With("fp32", null));
        Assert.Equal("Chip  a b~memory:16~fp16:125~fp8:250", own.Own!.Text);
        var address = PageUrls.For(PageUrls.Plan, new PlanState { Scenarios = [own with { Format = "fp8" }] });
        Assert.Equal("/plan?a.own=Chip%20%20a%20b~memory%3A16~fp16%3A125~fp8%3A250&a.format=fp8&a.power=300&a.price=3", address);
        var read = PlanState.FromQuery(ViewQuery.Parse(address[5..])).Scenarios[0];
        Assert.Equal(own.Own, read.Own);
        var scenario = read.ToScenario();
        Assert.Equal((true, 250e12, 16e9, 3.0, 300.0), (scenario.Accelerator.IsOwn, scenario.Assume(AssumptionKind.Peak).Value, scenario.Accelerator.MemoryBytes, scenario.Rates.PricePerHour, scenario.Rates.PowerWatts));
        Assert.Equal("FP8 without sparsity, as you described it", scenario.Assume(AssumptionKind.Peak).Source);
        // A format without a peak goes; another accelerator takes its place.
        Assert.Equal("", read.With(read.Own!.With("fp8", null)).Format);
        Assert.Null(read.On("h100-sxm").Own);
        // The last peak and the memory stay.
        Assert.Equal("x~memory:8~fp4:10", new OwnAccelerator("x~memory:8~fp4:10").With("fp4", null).With("memory", null).Text);
        Assert.Equal("fp4", new OwnAccelerator("x~memory:8~fp4:10").ToAccelerator().UsualFormat.Key);
    }

    [Theory]
    [InlineData("", "the name comes first")]
    [InlineData("memory:8~fp8:3", "the name comes first")]
    [InlineData("x~fp8:3", "the memory is missing")]
    [InlineData("x~memory:8", "there is no peak in any format")]
    [InlineData("x~memory:8~fp9:3", "“fp9:3” is none of memory:NUMBER, fp32:NUMBER")]
    [InlineData("x~memory:8~fp8:-3", "“fp8:-3” has no number from 0.001 to 10000000")]
    [InlineData("a name that is much longer than a name should be~memory:8~fp8:3", "longer than 40 letters")]
    public void An_accelerator_that_cannot_be_read_says_what_to_write(string text, string words)
    {
        Assert.Null(OwnAccelerator.Parse(text, out var problem));
        Assert.Contains(words, problem!, StringComparison.Ordinal);
        Assert.EndsWith("Write it like My chip~memory:96~bf16:400~fp8:800, with GB and dense peaks in 10¹² FLOP/s.", problem!, StringComparison.Ordinal);
        Assert.Null(PlanState.FromQuery(ViewQuery.Empty.With("a.own", text)).Scenarios[0].Own);
    }

    [Fact]
    public void A_format_that_the_accelerator_has_no_peak_in_is_dropped()
    {
        Assert.Equal("", PlanState.FromQuery(ViewQuery.Parse("?a.on=v100&a.format=fp8")).Scenarios[0].Format);
        Assert.Equal("fp8", PlanState.FromQuery(ViewQuery.Parse("?a.format=fp8")).Scenarios[0].Format);
        var moved = new ScenarioState { Format = "fp8", Price = 3, Power = 650, Utilization = 0.5 }.On("v100");
        Assert.Equal(("v100", "", null, null, 0.5), (moved.Accelerator, moved.Format, moved.Price, moved.Power, moved.Utilization));
        Assert.Equal("fp16", moved.ToScenario().Format.Key);
    }

    [Fact]
    public void A_copy_opens_behind_the_last_and_removing_opens_the_one_before()
    {
        var state = new PlanState().With(new ScenarioState { Goals = new() { Loss = 2 } }).WithCopy();
        Assert.Equal((2, 1), (state.Scenarios.Count, state.Edited));
        Assert.Equal(state.Scenarios[0], state.Scenarios[1]);
        state = state.With(state.Scenarios[1].With(TrainingQuantity.Loss, 1.9)).WithCopy().WithCopy().WithCopy();
        Assert.Equal(4, state.Scenarios.Count);
        state = (state with { Edited = 0 }).WithoutEdited();
        Assert.Equal((3, 0, 1.9), (state.Scenarios.Count, state.Edited, state.Scenarios[0].Goals.Loss));
        Assert.Equal(new PlanState().Scenarios[0], new PlanState().WithoutEdited().Scenarios[0]);
    }

    [Fact]
    public void One_law_stays_and_the_answer_does_not_rest_on_one_that_was_taken_away()
    {
        var one = new PlanState { Laws = ["epoch"], By = "epoch" };
        Assert.Equal(["epoch"], one.WithLaw("epoch", false).Laws);
        Assert.Equal("", one.WithLaw("kaplan", true).WithLaw("epoch", false).By);
        Assert.Equal(["f1"], one.WithFit("f1", true).WithLaw("epoch", false).Fits);
    }

    [Fact]
    public void Four_full_scenarios_fit_an_address()
    {
        var full = new ScenarioState
        {
            Goals = new() { Flops = 5.7612345678e23, Parameters = 7.123456789e10, Tokens = 1.4123456789e12, Loss = 1.912345678, Days = 30.123456789, Accelerators = 1024, Money = 2123456.789, Energy = 1234567.891, Carbon = 543210.9876, ServedTokens = 1.23456789e13, UniqueTokens = 4.3210987e11, Epochs = 4.5 },
            Accelerator = "h100-pcie",
            Format = "fp8",
            Utilization = 0.3789,
            Overhead = 1.234,
            Power = 678.9,
            Pue = 1.234,
            Price = 3.4567,
            Grid = 0.1234,
            BytesPerParameter = 17.5,
        };
        var state = new PlanState { Project = new string('p', 100), Scenarios = [full, full, full, full], Edited = 2, Laws = [.. TrainingLaw.Published.Select(law => law.Key)], Fits = ["f123456", "f223456", "f323456"], By = "f123456" };
        var address = PageUrls.For(PageUrls.Plan, state);
        Assert.True(address.Length < 2500);
        Assert.Equal(address, PageUrls.For(PageUrls.Plan, PlanState.FromQuery(ViewQuery.Parse(address[5..]))));
    }

    [Fact]
    public void Every_worked_example_has_an_address_of_its_own()
    {
        var addresses = PlanPresets.All.Select(preset => PageUrls.For(PageUrls.Plan, preset.State)).ToArray();
        Assert.Equal(addresses.Length, addresses.Distinct().Count());
        Assert.All(addresses, address => Assert.Equal(address, PageUrls.For(PageUrls.Plan, PlanState.FromQuery(ViewQuery.Parse(address[5..])))));
        Assert.Contains("/plan?a.flops=3.14e23&a.accelerators=10000&a.parameters=175000000000&a.on=v100&a.utilization=0.1968&a.overhead=1&a.power=330&a.pue=1.1&a.grid=0.429&law=kaplan&law=epoch", addresses);
    }
}
