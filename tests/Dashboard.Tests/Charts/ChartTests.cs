using Bunit;
using Microsoft.JSInterop;
using ScalingDashboard.Dashboard.Components.Charts;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Tests.Figures;

namespace ScalingDashboard.Dashboard.Tests.Charts;

public sealed class ChartTests : ComponentTest
{
    private static Figure Figure() =>
        PlotlySpecTests.Example(PlotlySpecTests.Line("law", [1e20, 1e22], [1e9, 1e10])) with { Title = "A <b>title</b>", Subtitle = "nats per token" };

    private PlotlySpec LastDrawn() => (PlotlySpec)ChartModule.Invocations["draw"][^1].Arguments[1]!;

    [Fact]
    public void Draws_the_figure_once_however_often_it_is_rendered()
    {
        var figure = Figure();
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, figure));
        chart.Render();
        chart.Render(parameters => parameters.Add(c => c.Figure, figure));
        Assert.Single(ChartModule.Invocations["draw"]);
        Assert.Equal("law", LastDrawn().Data[0].Name);
    }

    [Fact]
    public void Draws_again_when_the_figure_is_another()
    {
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        chart.Render(parameters => parameters.Add(c => c.Figure, PlotlySpecTests.Example()));
        Assert.Equal(2, ChartModule.Invocations["draw"].Count);
        Assert.Empty(LastDrawn().Data);
    }

    [Fact]
    public void Says_what_is_drawn()
    {
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        Assert.Equal("A <b>title</b>", chart.Find("figcaption b").TextContent);
        Assert.Equal("nats per token", chart.Find("figcaption .subtitle").TextContent);
        Assert.Equal("An example.", chart.Find(".plot").GetAttribute("aria-label"));
    }

    [Fact]
    public async Task A_clicked_point_reports_its_id()
    {
        string? clicked = null;
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()).Add(c => c.OnPointClick, id => clicked = id));
        Assert.IsType<DotNetObjectReference<Chart>>(ChartModule.Invocations["draw"][0].Arguments[2]);
        await chart.Instance.PointClickedAsync("r7");
        Assert.Equal("r7", clicked);
    }

    [Fact]
    public async Task A_zoom_by_hand_is_told_as_ranges()
    {
        ChartZoom? zoom = null;
        double? pointed = 1;
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()).Add(c => c.OnZoom, zoomed => zoom = zoomed).Add(c => c.OnPointing, x => pointed = x));
        Assert.IsType<DotNetObjectReference<Chart>>(ChartModule.Invocations["draw"][0].Arguments[2]);
        await chart.Instance.ZoomedAsync([1e18, 2e18], null);
        Assert.Equal(new ChartZoom(new AxisRange(1e18, 2e18), null), zoom);
        await chart.Instance.ZoomedAsync([2, 1], [double.NaN, 1]);
        Assert.Equal(new ChartZoom(null, null), zoom);
        await chart.Instance.PointingAsync(7);
        Assert.Equal(7, pointed);
        await chart.Instance.PointingAsync(null);
        Assert.Null(pointed);
    }

    [Fact]
    public void Nobody_listening_costs_no_round_trip()
    {
        Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        Assert.Null(ChartModule.Invocations["draw"][0].Arguments[2]);
    }

    [Theory]
    [InlineData("Small", "PNG", "png", 900, 600)]
    [InlineData("Wide", "SVG", "svg", 1400, 800)]
    [InlineData("PaperColumn", "SVG", "svg", 321, 240)]
    public void Pictures_have_the_chosen_size(string size, string button, string format, int width, int height)
    {
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        chart.Find("button[aria-label=Download]").Click();
        chart.Find(".downloads select").Change(size);
        chart.FindAll(".downloads button").Single(b => b.TextContent == button).Click();
        var arguments = ChartModule.Invocations["image"].Single().Arguments;
        Assert.Equal([format, width, height], arguments.Skip(1).Take(3));
        Assert.Equal("example." + format, arguments[5]);
        Assert.Equal(size == "PaperColumn" ? null : "A &lt;b&gt;title&lt;/b&gt;", arguments[6]);
        Assert.Empty(chart.FindAll(".downloads"));
    }

    [Theory]
    [InlineData("CSV", "example.csv", "text/csv")]
    [InlineData("JSON", "example.json", "application/json")]
    public void Numbers_are_saved_under_the_figures_name(string button, string file, string type)
    {
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        chart.Find("button[aria-label=Download]").Click();
        chart.FindAll(".downloads button").Single(b => b.TextContent == button).Click();
        Assert.Equal([file, type], PageModule.Invocations["save"].Single().Arguments.Take(2));
    }

    [Fact]
    public async Task Leaving_lets_go_of_the_chart()
    {
        Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        await DisposeComponentsAsync();
        Assert.Single(ChartModule.Invocations["dispose"]);
    }

    [Fact]
    public async Task Leaving_after_the_connection_is_lost_is_quiet()
    {
        ChartModule.SetupVoid("dispose", _ => true).SetException(new JSDisconnectedException("gone"));
        Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        await DisposeComponentsAsync();
        Assert.Single(ChartModule.Invocations["dispose"]);
    }

    [Fact]
    public void A_picture_that_cannot_be_saved_says_so()
    {
        ChartModule.SetupVoid("image", _ => true).SetException(new JSException("the chart library did not load\nat stack"));
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        chart.Find("button[aria-label=Download]").Click();
        chart.FindAll(".downloads button").Single(b => b.TextContent == "PNG").Click();
        chart.WaitForAssertion(() => Assert.Contains("the chart library did not load.", chart.Find("[role=alert]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leaving_a_chart_whose_script_failed_is_quiet()
    {
        ChartModule.SetupVoid("draw", _ => true).SetException(new JSException("the script did not load"));
        ChartModule.SetupVoid("dispose", _ => true).SetException(new JSException("the script did not load"));
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        chart.WaitForElement("[role=alert]");
        await DisposeComponentsAsync();
        Assert.Single(ChartModule.Invocations["dispose"]);
    }

    [Fact]
    public void A_chart_that_cannot_be_drawn_says_so()
    {
        ChartModule.SetupVoid("draw", _ => true).SetException(new JSException("the chart library did not load\nat stack"));
        var chart = Render<Chart>(parameters => parameters.Add(c => c.Figure, Figure()));
        chart.WaitForAssertion(() => Assert.Contains("the chart library did not load. The numbers", chart.Find("[role=alert]").TextContent, StringComparison.Ordinal));
    }
}
