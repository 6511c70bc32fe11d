using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Growth;
using ScalingDashboard.Dashboard.Links;

namespace ScalingDashboard.Dashboard.Tests.Growth;

public sealed class GrowthStateTests
{
    [Fact]
    public void The_address_is_readable_and_gives_the_same_state()
    {
        var state = new GrowthState
        {
            Project = "a & b", Where = ["family=tiny"], View = GrowthView.Schedule, Operator = "ligo", Size = 50e3, Charge = true, ByTime = true, LogX = true, Published = true, Tensor = "query",
            Sizes = [1e8, 1e9, 1e10], TokensPerParameter = 40, Law = "hoffmann-3", Factor = new ComputeFactor(0.6, 0.5, 0.7), FirstPaid = true, Count = 8, Draws = 200, Seed = 3, Excluded = ["x"], Tab = PageTab.Method,
        };
        state = state with { Law = TrainingLaw.Published[0].Key };
        var text = state.ToQuery().ToString();
        var again = GrowthState.FromQuery(ViewQuery.Parse(text));
        Assert.Equal(text, again.ToQuery().ToString());
        Assert.Equal([1e8, 1e9, 1e10], again.Sizes);
        Assert.Equal((state.Factor, state.Size, state.Charge, state.View, state.Count, state.Law), (again.Factor, again.Size, again.Charge, again.View, again.Count, again.Law));
        Assert.Contains("view=schedule&operator=ligo&size=50000&charge=1&time=1", text, StringComparison.Ordinal);
        Assert.Equal("", new GrowthState().ToQuery().ToString());
    }

    [Theory]
    [InlineData("?view=nothing&size=-3&factor=abc&count=0&law=none&on=none&sizes=10B,1B&ratio=-1&draws=x")]
    [InlineData("?sizes=1B&factor=0.5~0.9~0.4&sizes=2")]
    public void Nonsense_falls_back(string query)
    {
        var state = GrowthState.FromQuery(ViewQuery.Parse(query));
        Assert.Equal(new GrowthState().Sizes, state.Sizes);
        Assert.Equal((GrowthView.Savings, null, null, 64, 1000), (state.View, state.Size, state.Factor, state.Count, state.Draws));
    }

    [Theory]
    [InlineData("1B, 10B", new[] { 1e9, 1e10 })]
    [InlineData("100M → 1B → 7B", new[] { 1e8, 1e9, 7e9 })]
    [InlineData("10B 1B", null)]
    [InlineData("1B", null)]
    [InlineData("1B, many", null)]
    [InlineData("1,2,3,4,5,6,7,8,9", null)]
    public void Sizes_are_read_as_they_are_typed(string text, double[]? expected) => Assert.Equal(expected, GrowthState.ParseSizes(text));
}
