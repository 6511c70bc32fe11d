using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Tests.IsoFlop;

public class IsoFlopStateTests
{
    [Fact]
    public void Defaults_leave_the_address_bare() => Assert.Equal("/isoflop", PageUrls.For(PageUrls.IsoFlop, new IsoFlopState()));

    [Fact]
    public void Everything_that_differs_stands_in_the_address()
    {
        var state = new IsoFlopState
        {
            Project = "Ünï & Söhne #1",
            Where = ["experiment=a=b", "lr=0.1"],
            Target = 1e25,
            Shown = ["3", "epoch"],
            Headline = HeadlineChoice.Two,
            Axis = SizeAxis.Ratio,
            LogX = false,
            LogLoss = true,
            GroupByCompute = true,
            Tolerance = 0.05,
            Within = 4,
            SmoothingRows = 10,
            NonEmbedding = true,
            Landmarks = true,
            Method = FitMethod.VariableProjection,
            Delta = 0.01,
            ExponentLow = 0.1,
            ExponentHigh = 2,
            Draws = 200,
            Seed = 7,
            Excluded = ["2k", "3z"],
            Tab = PageTab.Data,
        };
        var address = PageUrls.For(PageUrls.IsoFlop, state);
        Assert.Equal(
            "/isoflop?project=%C3%9Cn%C3%AF%20%26%20S%C3%B6hne%20%231&where=experiment%3Da%3Db&where=lr%3D0.1&c=1e25&show=3&show=epoch&by=two&x=ratio&logx=0&logloss=1"
            + "&bycompute=1&tolerance=0.05&within=4&smooth=10&nonembedding=1&landmarks=1&method=variableprojection&delta=0.01&low=0.1&high=2&draws=200&seed=7&without=2k&without=3z&tab=data",
            address);
        Assert.Equal(address, PageUrls.For(PageUrls.IsoFlop, IsoFlopState.FromQuery(ViewQuery.Parse(address[8..]))));
    }

    [Theory]
    [InlineData("?c=abc&x=zzz&draws=-5&tolerance=NaN&high=Infinity&method=&tab=7&by=9")]
    [InlineData("?c=-1&c=5&draws=99999999&low=3&high=1&delta=0")]
    [InlineData("?where=nonsense&where==x&where=%20%3Dx&where=+=&where=%00&without=&show=")]
    [InlineData("?%%%&===&&&c")]
    [InlineData("?within=1&logx=maybe&landmarks=yes&published=2")]
    public void Garbage_falls_back_to_defaults(string query)
    {
        var state = IsoFlopState.FromQuery(ViewQuery.Parse(query));
        Assert.Equal(IsoFlopState.DefaultTarget, state.Target);
        Assert.Equal(SizeAxis.N, state.Axis);
        Assert.Equal(1000, state.Draws);
        Assert.Null(state.Within);
        Assert.True(state.ExponentLow < state.ExponentHigh);
        Assert.Empty(state.Where);
        Assert.Empty(state.Excluded);
        Assert.False(state.PublishedOnly);
    }

    [Fact]
    public void A_run_is_left_out_once_and_taken_back()
    {
        var state = new IsoFlopState().Toggle("a").Toggle("b");
        Assert.Equal(["a", "b"], state.Excluded);
        Assert.Equal(["b"], state.Toggle("a").Excluded);
    }

    [Fact]
    public void No_more_runs_are_left_out_than_a_link_holds()
    {
        var state = Enumerable.Range(0, 80).Aggregate(new IsoFlopState(), (current, i) => current.Toggle($"r{i}"));
        Assert.Equal(RunsView.MostExcluded, state.Excluded.Count);
        Assert.Equal(state.Excluded, IsoFlopState.FromQuery(ViewQuery.Parse(state.ToQuery().ToString())).Excluded);
    }
}
