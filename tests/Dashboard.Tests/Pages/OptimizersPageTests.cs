using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.Tests.Optimizers;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class OptimizersPageTests : StoreTest, IAsyncLifetime
{
    private const string Race = "?project=race&draws=50";

    private IRenderedComponent<OptimizersPage> Open(string query = "")
    {
        Services.AddSingleton<ProjectCache>();
        Services.AddSingleton<OptimizersService>();
        Address.NavigateTo(PageUrls.Optimizers + query);
        var page = Render<OptimizersPage>();
        Settled(page);
        return page;
    }

    private static void Settled(IRenderedComponent<OptimizersPage> page)
    {
        page.WaitForElement(".answer, .error-panel, .empty-state", TimeSpan.FromSeconds(60));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".busy")), TimeSpan.FromSeconds(60));
    }

    private PlotlySpec Drawn(string figure) => ChartModule.Invocations["draw"].Select(call => (PlotlySpec)call.Arguments[1]!).Last(spec => spec.Layout.UiRevision == figure);

    [Fact]
    public void Without_any_project_it_says_what_to_do_and_shows_what_is_published()
    {
        var page = Open();
        Assert.Equal("How much faster is another optimizer?", page.Find(".empty-state h1").TextContent);
        Assert.Contains("1.47×", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
        Assert.Contains(page.FindAll(".empty-state a"), link => link.GetAttribute("href") == "/optimizers?view=why");
    }

    [Fact]
    public async Task A_race_is_answered_drawn_and_tabulated()
    {
        await Temporary.ImportAsync("race", RaceTable.Jsonl(), "race.jsonl");
        var page = Open(Race);
        Assert.Matches(@"^C-AdamW reaches AdamW's final loss in 0\.8\d*× the steps at 120K parameters", page.Find(".answer").TextContent);
        Assert.Contains("4 seeds", page.Find(".answer .ci").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Speed-up against size", "Loss", "Tuning", "Performance profile"], page.FindAll("figcaption b").Select(title => title.TextContent));
        Assert.Equal(5, page.FindAll(".strip .v").Count);
        Assert.Equal(["Table", "Method", "Data"], page.FindAll("[role=tab]").Select(tab => tab.TextContent));
        Assert.Equal("Who wins where", page.Find("[role=tabpanel] h2").TextContent);
        Assert.StartsWith("/plan?project=race&a.factor=", page.FindAll("a.button").Single(link => link.TextContent.Contains("into a plan", StringComparison.Ordinal)).GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("Fewer than 5 pairs", page.Find(".page-warnings").TextContent, StringComparison.Ordinal);
        Assert.Contains(Drawn("optimizers-loss").Data, trace => trace.Name == "C-AdamW");
    }

    [Fact]
    public async Task Axis_measure_and_size_are_choices_in_the_address()
    {
        await Temporary.ImportAsync("race", RaceTable.Jsonl(), "race.jsonl");
        var page = Open(Race);
        await page.InvokeAsync(() => Radio(page, "Loss against", 2).Change(true));
        page.WaitForAssertion(() => Assert.Equal("Training compute C, FLOP", Drawn("optimizers-loss").Layout.XAxis.Title.Text));
        Assert.EndsWith("&x=flops&draws=50", Address.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => Radio(page, "Speed-up by", 2).Change(true));
        page.WaitForAssertion(() => Assert.Contains("× the time at 120K parameters", page.Find(".answer").TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => page.FindAll("aside select")[2].Change("20000@400000"));
        page.WaitForAssertion(() => Assert.Contains("× the time at 20K parameters", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Contains("size=20000&tokens=400000", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_tab_lists_what_is_not_compared_and_the_method_prints_the_command()
    {
        await Temporary.ImportAsync("race", RaceTable.Jsonl(), "race.jsonl");
        var page = Open(Race + "&tab=data");
        Assert.Contains("lr 0.002 is not the setting compared, lr 0.004", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll("[role=tab]").Single(tab => tab.TextContent == "Method").Click());
        page.WaitForAssertion(() => Assert.Contains("optimizers --project race --baseline adamw --challenger c-adamw --bootstrap 50", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Runs_of_one_optimizer_are_told_so_with_ways_on()
    {
        await Temporary.ImportAsync("race", RaceTable.Jsonl(optimizers: ["adamw"]), "race.jsonl");
        var page = Open("?project=race");
        Assert.Contains("All runs that name an optimizer were trained with AdamW", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Contains(page.FindAll(".answer + .row a"), link => link.GetAttribute("href")!.Contains("view=why", StringComparison.Ordinal));
        Assert.Contains("1.47×", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".error-panel"));
    }

    [Fact]
    public async Task Seeing_why_needs_no_runs_and_follows_the_sliders()
    {
        var page = Open("?view=why");
        Assert.StartsWith("After 120 steps AdamW is at a loss of", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Paths", "Loss and energy"], page.FindAll("figcaption b").Select(title => title.TextContent));
        await page.InvokeAsync(() => Radio(page, "Rule", 2).Change(true));
        page.WaitForAssertion(() => Assert.StartsWith("After 120 steps SGD is at a loss of", page.Find(".answer").TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => page.Find("[aria-label='Learning rate']").Input("5"));
        page.WaitForAssertion(() => Assert.Contains(Drawn("optimizers-paths").Data, trace => trace.Name == "C-SGD"));
        page.WaitForAssertion(() => Assert.Contains("rule=sgd", Address.Uri, StringComparison.Ordinal));
    }

    private static AngleSharp.Dom.IElement Radio(IRenderedComponent<OptimizersPage> page, string group, int index) =>
        page.FindAll("fieldset.segmented").Single(field => field.QuerySelector("legend")!.TextContent == group).QuerySelectorAll("input")[index];
}
