using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components;
using ScalingDashboard.Dashboard.Components.Charts;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Tests.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class CurvesPageTests : StoreTest
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    private Task<ImportReceipt> ImportAsync(string? csv = null) => Temporary.ImportAsync(CurveTable.Project, csv ?? CurveTable.Seeds());

    private IRenderedComponent<CurvesPage> Open(string query)
    {
        if (Services.All(service => service.ServiceType != typeof(CurvesService)))
            Services.AddSingleton<CurvesService>();
        Address.NavigateTo(PageUrls.Curves + query);
        var page = Render<CurvesPage>();
        page.WaitForElement(".answer, .error-panel, .empty-state");
        // A chart is drawn after it was rendered.
        page.WaitForAssertion(() => Assert.True(ChartModule.Invocations["draw"].Count >= page.FindAll("figure").Count));
        return page;
    }

    private PlotlySpec LastDrawn() => (PlotlySpec)ChartModule.Invocations["draw"][^1].Arguments[1]!;

    private static string Cell(IRenderedComponent<CurvesPage> page, int row) => page.FindAll(".curve-legend tbody tr")[row].Children[1].TextContent;

    private static Task Choose(IRenderedComponent<CurvesPage> page, string group, string choice) => page.InvokeAsync(() =>
        page.FindAll("fieldset").Single(field => field.QuerySelector("legend")?.TextContent == group).QuerySelectorAll("label").Single(label => label.TextContent.Trim() == choice).QuerySelector("input")!.Change(true));

    [Fact]
    public async Task Answers_which_run_ends_lowest_with_its_curves_and_values_below()
    {
        await ImportAsync();
        var page = Open("?project=curves");
        Assert.Equal("large-1 is lowest at the end: 1.9767 nats per token at step 120 (its last logged value; 6 runs shown, which end there).", page.Find(".answer").TextContent.Trim());
        Assert.Equal(["6", "72", "1.9767", "1.9767–2.1967", "0"], page.FindAll(".strip .v").Select(value => value.TextContent));
        Assert.Equal(6, LastDrawn().Data.Count);
        Assert.StartsWith("/api/v1/series?runs=", LastDrawn().Source!.Url, StringComparison.Ordinal);
        Assert.Equal("At the end of each run", page.Find(".reading").TextContent);
        Assert.Equal("2.1767", Cell(page, 0));
        Assert.Contains("What it took to reach loss", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
        Assert.Equal(6, page.FindAll(".reached tbody tr").Count);
    }

    [Fact]
    public async Task Another_axis_is_in_the_address_and_takes_the_zoom_along()
    {
        await ImportAsync();
        var page = Open("?project=curves&from=15&to=55");
        await Choose(page, "Horizontal axis", "Tokens");
        page.WaitForAssertion(() => Assert.EndsWith("/curves?project=curves&x=tokens&from=20000000&to=50000000", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("Tokens D", LastDrawn().Layout.XAxis.Title.Text));
        Assert.Contains("120M tokens", page.Find(".answer").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_price_brings_the_axis_of_cost_and_its_column()
    {
        await ImportAsync();
        var page = Open("?project=curves&loss=2.5");
        Assert.DoesNotContain("Cost", page.Find(".inspector fieldset").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => Input(page, "Price of a device").Change("2"));
        page.WaitForAssertion(() => Assert.EndsWith("&price=2&loss=2.5", Address.Uri, StringComparison.Ordinal));
        await page.InvokeAsync(() => Input(page, "Devices").Change("8"));
        await Choose(page, "Horizontal axis", "Cost");
        page.WaitForAssertion(() => Assert.Equal("Cost, $", LastDrawn().Layout.XAxis.Title.Text));
        // 12 rows of a tenth of an hour, of 8 devices at $2.
        Assert.Contains("at $19.2", page.Find(".answer").TextContent, StringComparison.Ordinal);
        // 2.01 + 2/row = 2.5 a tenth of the way from row 4 to row 5.
        Assert.Equal("$6.56", page.FindAll(".reached tbody tr")[0].Children[5].ChildNodes[0].TextContent);
    }

    private static AngleSharp.Dom.IElement Input(IRenderedComponent<CurvesPage> page, string label) =>
        page.FindAll(".inspector .field").Single(field => field.TextContent.Contains(label, StringComparison.Ordinal)).QuerySelector("input")!;

    [Fact]
    public async Task A_zoom_is_in_the_address_without_filling_the_history_and_a_double_click_ends_it()
    {
        await ImportAsync();
        var page = Open("?project=curves");
        var entries = Address.History.Count;
        await page.InvokeAsync(() => page.FindComponent<Chart>().Instance.ZoomedAsync([30.123456789, 90], [2.1, 2.5]));
        page.WaitForAssertion(() => Assert.Contains("&from=30.12&to=90&y=0%3A2.1%3A2.5", Address.Uri, StringComparison.Ordinal));
        Assert.Equal((entries, true), (Address.History.Count, Address.History.First().Options.ReplaceHistoryEntry));
        page.WaitForAssertion(() => Assert.Contains("from=30.12&to=90", LastDrawn().Source!.Url, StringComparison.Ordinal));
        Assert.Equal([30.12, 90], LastDrawn().Layout.XAxis.Range!);
        Clock.Advance(s_look);
        await page.InvokeAsync(() => page.FindComponent<Chart>().Instance.ZoomedAsync(null, null));
        page.WaitForAssertion(() => Assert.EndsWith("/curves?project=curves", Address.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_values_under_the_mouse_stand_in_the_list_until_it_is_gone()
    {
        await ImportAsync();
        var page = Open("?project=curves&x=tokens");
        var chart = page.FindComponent<Chart>().Instance;
        await page.InvokeAsync(() => chart.PointingAsync(2e7));
        page.WaitForAssertion(() => Assert.Equal("At 20M tokens", page.Find(".reading").TextContent));
        Assert.Equal("3.01", Cell(page, 0));
        await page.InvokeAsync(() => chart.PointingAsync(null));
        page.WaitForAssertion(() => Assert.Equal("2.1767", Cell(page, 0)));
        // Typed, the place is part of the link.
        await page.InvokeAsync(() => page.Find(".curve-legend input[type=text]").Change("20M"));
        page.WaitForAssertion(() => Assert.Equal("3.01", Cell(page, 0)));
        Assert.EndsWith("&at=20000000", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pinned_run_is_compared_with()
    {
        var ids = (await ImportAsync()).Added.Select(run => run.Id).ToArray();
        var page = Open("?project=curves");
        await page.InvokeAsync(() => page.Find("button[aria-label='Pin small-1 as the reference']").Click());
        page.WaitForAssertion(() => Assert.Contains($"&reference={ids[0]}", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("2.1867+0.01, ×1.005", Cell(page, 1)));
        Assert.Contains("×1", page.FindAll(".reached tbody tr")[1].TextContent, StringComparison.Ordinal);
        await Choose(page, "Draw", "Difference");
        page.WaitForAssertion(() => Assert.Equal("+0.01", Cell(page, 1)));
        Assert.Equal("loss less that of small-1", page.Find("figcaption b").TextContent);
        await page.InvokeAsync(() => page.Find("button[aria-label='Unpin small-1']").Click());
        page.WaitForAssertion(() => Assert.EndsWith("/curves?project=curves", Address.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_is_hidden_without_asking_for_numbers_again()
    {
        var ids = (await ImportAsync()).Added.Select(run => run.Id).ToArray();
        var page = Open("?project=curves");
        var url = LastDrawn().Source!.Url;
        await page.InvokeAsync(() => page.FindAll(".curve-legend tbody input")[3].Change(false));
        page.WaitForAssertion(() => Assert.EndsWith($"&hide={ids[3]}", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.StartsWith("large-2 is lowest", page.Find(".answer").TextContent.Trim(), StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.False(LastDrawn().Data[3].Visible));
        Assert.Equal(url, LastDrawn().Source!.Url);
    }

    [Fact]
    public async Task Runs_are_chosen_by_a_filter_or_one_by_one()
    {
        var ids = (await ImportAsync()).Added.Select(run => run.Id).ToArray();
        var page = Open("?project=curves");
        await page.InvokeAsync(() => page.Find("input[type=search]").Input("large"));
        page.WaitForAssertion(() => Assert.Equal(3, LastDrawn().Data.Count));
        Assert.Contains("3 runs that pass the filter.", page.Find(".run-picker p").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll(".run-list input")[0].Change(false));
        page.WaitForAssertion(() => Assert.Contains($"&runs={ids[4]}.{ids[5]}", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal(2, LastDrawn().Data.Count));
        await page.InvokeAsync(() => page.FindAll(".run-picker button").Single(button => button.TextContent == "Show those that pass").Click());
        page.WaitForAssertion(() => Assert.Equal(3, LastDrawn().Data.Count));
        await page.InvokeAsync(() => page.Find("input[type=search]").Input("params>zzz"));
        page.WaitForAssertion(() => Assert.Contains("is not a number to compare", page.Find(".run-picker .error").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_metrics_are_several_panels_over_the_same_axis()
    {
        await ImportAsync();
        var page = Open("?project=curves&metrics=loss&x=time");
        await page.InvokeAsync(() => page.Find("select[aria-label='Add a metric']").Change("tokens"));
        page.WaitForAssertion(() => Assert.Equal(["loss", "tokens"], page.FindAll("figcaption b").Select(title => title.TextContent)));
        Assert.EndsWith("&metrics=loss&metrics=tokens&x=time", Address.Uri, StringComparison.Ordinal);
        Assert.Equal(["Run", "loss, nats per token", "tokens", "Reference"], page.FindAll(".curve-legend th[scope=col]").Select(header => header.TextContent));
        await page.InvokeAsync(() => page.Find("button[aria-label='Take away loss']").Click());
        page.WaitForAssertion(() => Assert.Equal(["tokens"], page.FindAll("figcaption b").Select(title => title.TextContent)));
    }

    [Fact]
    public async Task The_smoothing_slider_replaces_the_address_while_it_is_dragged()
    {
        await ImportAsync();
        var page = Open("?project=curves");
        await Choose(page, "Smoothing", "Average");
        page.WaitForAssertion(() => Assert.Equal(12, LastDrawn().Data.Count));
        await page.InvokeAsync(() => page.Find("input[type=range]").Input("1"));
        page.WaitForAssertion(() => Assert.EndsWith("&smooth=average&weight=0.5", Address.Uri, StringComparison.Ordinal));
        Assert.True(Address.History.First().Options.ReplaceHistoryEntry);
        page.WaitForAssertion(() => Assert.Contains("moving average of weight 0.5", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Contains("smoothed curve (moving average of weight 0.5)", page.Find(".reached p").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seeds_are_drawn_as_bands()
    {
        await ImportAsync();
        var page = Open("?project=curves&group=seed");
        Assert.Equal("parameters 400000000 (×3) is lowest at the end: 1.9867 nats per token at step 120 (±0.01 standard deviation, n = 3; mean of the last values, not smoothed; 6 runs shown, which end there).", page.Find(".answer").TextContent.Trim());
        Assert.Equal(4, LastDrawn().Data.Count);
        Assert.Equal(2, page.FindAll(".curve-legend tbody tr").Count);
    }

    [Fact]
    public async Task The_loss_to_reach_is_typed_and_who_never_reaches_it_is_said()
    {
        await ImportAsync();
        var page = Open("?project=curves");
        await page.InvokeAsync(() => page.Find(".reached input").Change("2.1"));
        page.WaitForAssertion(() => Assert.EndsWith("&loss=2.1", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("not reached; its lowest is 2.1767", page.FindAll(".reached tbody tr")[0].Children[1].TextContent));
        Assert.Equal("69", page.FindAll(".reached tbody tr")[3].Children[1].ChildNodes[0].TextContent);
        await page.InvokeAsync(() => page.FindAll(".reached th button").Single(button => button.TextContent == "FLOP").Click());
        page.WaitForAssertion(() => Assert.Equal("ascending", page.FindAll(".reached th[scope=col]")[3].GetAttribute("aria-sort")));
        Assert.StartsWith("large-1", page.Find(".reached tbody th").TextContent.Trim(), StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll(".reached button").Single(button => button.TextContent == "CSV").Click());
        page.WaitForAssertion(() => Assert.Equal(["loss-reached.csv", "text/csv"], PageModule.Invocations["save"].Single().Arguments.Take(2)));
    }

    [Fact]
    public async Task The_envelope_brings_its_axis_along_and_leads_to_approach_1()
    {
        await ImportAsync();
        var page = Open("?project=curves");
        await page.InvokeAsync(() => page.FindAll("details .check input")[1].Change(true));
        page.WaitForAssertion(() => Assert.EndsWith("/curves?project=curves&x=flops&envelope=1", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("Envelope", LastDrawn().Data[^1].Name));
        Assert.Equal("/isoflop?project=curves&by=one", page.Find("details a").GetAttribute("href"));
    }

    [Fact]
    public async Task A_run_that_grows_is_drawn_on_without_a_reload()
    {
        await ImportAsync();
        var page = Open("?project=curves");
        var keys = LastDrawn().Source!.Lines;
        await ImportAsync(CurveTable.Long(30));
        Clock.Advance(s_look);
        page.WaitForAssertion(() => Assert.Equal(7, LastDrawn().Data.Count));
        // What did not change is not fetched again.
        Assert.Equal(keys, LastDrawn().Source!.Lines.Take(6));
        Assert.Contains("long", page.Find(".curve-legend").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_what_is_gone_says_so()
    {
        var ids = (await ImportAsync()).Added.Select(run => run.Id).ToArray();
        await Temporary.Store.DeleteAsync([ids[0]]);
        var page = Open($"?project=curves&runs={ids[0]}.{ids[1]}&metrics=loss&metrics=nothing");
        Assert.Equal("1 run named by this link is not in this project: deleted, or of another one. No run of this project has a curve of nothing.", page.Find(".notice").TextContent);
        Assert.Single(LastDrawn().Data);
        var unknown = Open("?project=other");
        Assert.Contains("There is no project “other”", unknown.Find(".error-panel").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_curves_the_page_says_what_to_do()
    {
        Assert.Contains("No curves yet", Open("").Find(".empty-state").TextContent, StringComparison.Ordinal);
        await Temporary.ImportAsync("sweep", TemporaryStore.Sweep);
        Assert.Contains("No curves in sweep", Open("?project=sweep").Find(".empty-state").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_lack_the_axis_are_listed_with_the_reason()
    {
        await Temporary.ImportAsync(CurveTable.Project, "run,step,loss\na,1,4\na,2,3\n", "bare.csv");
        var page = Open("?project=curves&x=flops&tab=data");
        Assert.Equal("No run is drawn (the tab Data says why).", page.Find(".answer").TextContent.Trim());
        Assert.Contains("Not drawn, because its log has neither flops nor tokens: a.", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
    }
}
