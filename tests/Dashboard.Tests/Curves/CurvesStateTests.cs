using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Dashboard.Tests.Curves;

public sealed class CurvesStateTests
{
    private static readonly CurvesState s_everything = new()
    {
        Project = "a/b c",
        Filter = "params>1B",
        Runs = ["1", "2", "z"],
        Metrics = ["loss", "eval/pile loss"],
        Axis = CurveAxis.Flops,
        Price = 2.5,
        Devices = 8,
        LogX = true,
        LogY = true,
        Smoothing = SmoothingKind.Window,
        Weight = 0.5,
        Rows = 101,
        Raw = false,
        Zoom = (1e18, 2.5e19),
        PanelZooms = [new PanelZoom(1, -2.5, 1e-7)],
        Whole = true,
        Grouping = CurveGrouping.Columns,
        GroupBy = ["lr", "optimizer"],
        Spread = SpreadKind.Error,
        At = 2e19,
        Reference = "2",
        Comparison = CurveComparison.Ratio,
        Level = 2.75,
        Envelope = true,
        Hidden = ["z"],
        Sort = ReachedColumn.Tokens,
        Descending = true,
        Tab = PageTab.Data,
    };

    [Fact]
    public void The_plain_page_has_a_plain_address() => Assert.Equal("/curves", PageUrls.For(PageUrls.Curves, new CurvesState()));

    [Fact]
    public void Other_pages_link_by_project_runs_and_metrics() =>
        Assert.Equal("/curves?project=P&runs=1.2&metrics=loss", PageUrls.For(PageUrls.Curves, new CurvesState { Project = "P", Runs = ["1", "2"], Metrics = ["loss"] }));

    [Fact]
    public void Everything_comes_back()
    {
        var query = s_everything.ToQuery().ToString();
        Assert.Equal(
            "?project=a%2Fb%20c&filter=params%3E1B&runs=1.2.z&metrics=loss&metrics=eval%2Fpile%20loss&x=flops&price=2.5&devices=8&logx=1&logy=1&smooth=window&weight=0.5&rows=101&raw=0"
            + "&from=1e18&to=2.5e19&y=1%3A-2.5%3A1E-07&whole=1&group=columns&by=lr&by=optimizer&spread=error&at=2e19&reference=2&compare=ratio&loss=2.75&envelope=1&hide=z"
            + "&sort=tokens&descending=1&tab=data",
            query);
        Assert.Equal(query, CurvesState.FromQuery(ViewQuery.Parse(query)).ToQuery().ToString());
        Assert.Equivalent(s_everything, CurvesState.FromQuery(ViewQuery.Parse(query)));
    }

    [Theory]
    [InlineData("?x=parsecs&smooth=9&weight=1&rows=0&spread=x&group=&compare=difference%20&sort=flop&tab=zzz")]
    [InlineData("?from=2&to=1&y=0:2&y=0:2:1&y=a:1:2&y=99:1:2&y=0:NaN:1&weight=-1&rows=1e9&loss=inf&at=x")]
    [InlineData("?from=1&y=::&runs=&metrics=&hide=.....&logx=2&raw=yes")]
    public void What_cannot_be_read_is_its_default(string query) => Assert.Equal("", CurvesState.FromQuery(ViewQuery.Parse(query)).ToQuery().ToString().Replace("?metrics=", "", StringComparison.Ordinal));

    [Fact]
    public void Without_a_price_there_is_no_cost()
    {
        var priced = CurvesState.FromQuery(ViewQuery.Parse("?x=cost&price=2.5&from=10&to=20&sort=cost"));
        Assert.Equal((CurveAxis.Cost, 2.5), (priced.Axis, priced.Price));
        var without = priced.WithPrice(null, null);
        Assert.Equal((CurveAxis.Time, null, ReachedColumn.Listed), (without.Axis, without.Zoom, without.Sort));
        Assert.Equal(CurveAxis.Time, CurvesState.FromQuery(ViewQuery.Parse("?x=cost&price=-1")).Axis);
    }

    [Fact]
    public void A_hundred_runs_fit_into_a_link()
    {
        string[] runs = [.. Enumerable.Range(0, 100).Select(i => FormattableString.Invariant($"abc{i}"))];
        var query = new CurvesState { Runs = runs }.ToQuery().ToString();
        Assert.InRange(query.Length, 600, ViewQuery.MaximumLength);
        Assert.Equal(runs, CurvesState.FromQuery(ViewQuery.Parse(query)).Runs);
    }

    [Fact]
    public void Another_project_drops_what_names_runs_metrics_and_places_of_this_one()
    {
        var other = s_everything.OfProject("other");
        Assert.Equal("?project=other&filter=params%3E1B&x=flops&price=2.5&devices=8&logx=1&logy=1&smooth=window&weight=0.5&rows=101&raw=0&whole=1&spread=error&envelope=1&sort=tokens&descending=1&tab=data", other.ToQuery().ToString());
        Assert.Equal(["1"], new CurvesState { Runs = ["1"] }.OfProject("first").Runs);
    }

    [Theory]
    [InlineData(33181889455.393585, 72968699521.86589, 3.318e10, 7.297e10)]
    [InlineData(3.104562729140001, 4.2076527170059865, 3.105, 4.208)]
    [InlineData(-0.00123456789, 0.0321, -0.00123, 0.0321)]
    [InlineData(1.2345678e-9, 5e3, 1.235e-9, 5000)]
    [InlineData(1234567.1, 1234567.9, 1234567.1, 1234567.9)]
    public void Ends_of_a_zoom_are_as_long_as_they_need_to_be(double low, double high, double roundedLow, double roundedHigh) => Assert.Equal((roundedLow, roundedHigh), CurvesState.Rounded(low, high));

    [Fact]
    public void Lines_are_hidden_and_shown_and_a_pinned_run_is_let_go()
    {
        var state = new CurvesState().WithHidden("a", true).WithHidden("a", true).WithHidden("b", true);
        Assert.Equal(["a", "b"], state.Hidden);
        Assert.Equal(["b"], state.WithHidden("a", false).Hidden);
        var pinned = new CurvesState().WithReference("a") with { Comparison = CurveComparison.Ratio };
        Assert.Equal(("", CurveComparison.Values), (pinned.WithReference(null).Reference, pinned.WithReference(null).Comparison));
    }
}
