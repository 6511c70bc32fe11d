using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Growth;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.Tests.Growth;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class GrowthPageTests : StoreTest, IAsyncLifetime
{
    private const string Grown = "?project=grown&draws=50";

    private IRenderedComponent<GrowthPage> Open(string query = "")
    {
        Services.AddSingleton<ProjectCache>();
        Services.AddSingleton<GrowthService>();
        Address.NavigateTo(PageUrls.Growth + query);
        var page = Render<GrowthPage>();
        page.WaitForElement(".answer, .error-panel, .empty-state", TimeSpan.FromSeconds(60));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".busy")), TimeSpan.FromSeconds(60));
        return page;
    }

    private PlotlySpec Drawn(string figure) => ChartModule.Invocations["draw"].Select(call => (PlotlySpec)call.Arguments[1]!).Last(spec => spec.Layout.UiRevision == figure);

    [Fact]
    public void Without_any_project_it_says_what_to_do_and_shows_what_is_published()
    {
        var page = Open();
        Assert.Equal("What does growing a trained model save?", page.Find(".empty-state h1").TextContent);
        Assert.Contains("44.7 %", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
        Assert.Contains(page.FindAll(".empty-state a"), link => link.GetAttribute("href") == "/growth?view=schedule");
    }

    [Fact]
    public async Task Grown_runs_are_answered_drawn_and_tabulated()
    {
        await Temporary.ImportAsync(GrownTable.Project, GrownTable.Jsonl(), "grown.jsonl");
        var page = Open(Grown);
        Assert.StartsWith("Growing by LiGO, 20K → 50K parameters, saves 45.0 % of the FLOP", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Equal(["FLOP saved", "Loss"], page.FindAll("figcaption b").Select(title => title.TextContent));
        Assert.Equal(5, page.FindAll(".strip .v").Count);
        Assert.Equal("Savings by operator", page.Find("[role=tabpanel] h2").TextContent);
        Assert.StartsWith("/plan?project=grown&a.factor=0.55", page.FindAll("a.button").Single(link => link.TextContent.Contains("into a plan", StringComparison.Ordinal)).GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains(Drawn("growth-loss").Data, trace => trace.Name == "Scratch");
    }

    [Fact]
    public async Task Operator_and_accounting_are_choices_in_the_address()
    {
        await Temporary.ImportAsync(GrownTable.Project, GrownTable.Jsonl(), "grown.jsonl");
        var page = Open(Grown);
        await page.InvokeAsync(() => page.Find("[aria-label=Operator]").Change("stack"));
        page.WaitForAssertion(() => Assert.StartsWith("Growing by StackBERT", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Contains("operator=stack", Address.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll("aside input[type=checkbox]")[0].Change(true));
        page.WaitForAssertion(() => Assert.Contains("the small model is charged", page.Find(".answer").TextContent, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains("costs", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Contains("charge=1", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operator_is_seen_as_heat_maps()
    {
        await Temporary.ImportAsync(GrownTable.Project, GrownTable.Jsonl(), "grown.jsonl");
        var page = Open(Grown + "&view=operator");
        Assert.StartsWith("At the moment of growth LiGO, 20K → 50K parameters, changes what the model says by 0.02 nats per token", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.StartsWith("(95 %: ", page.Find(".answer .ci").TextContent, StringComparison.Ordinal);
        Assert.Contains("Stream expanded, after learning", page.FindAll("figcaption b").Select(title => title.TextContent));
    }

    [Fact]
    public void A_schedule_needs_no_runs_and_says_what_is_no_schedule()
    {
        var page = Open("?view=schedule");
        Assert.StartsWith("Growing 1B → 10B takes ", page.Find(".answer").TextContent, StringComparison.Ordinal);
        page.InvokeAsync(() => page.Find("[aria-label=Sizes]").Change("10B, 1B"));
        page.WaitForAssertion(() => Assert.Contains("is no schedule", page.Find("aside [role=alert]").TextContent, StringComparison.Ordinal));
        page.InvokeAsync(() => page.Find("[aria-label=Sizes]").Change("100M, 1B, 7B"));
        page.WaitForAssertion(() => Assert.StartsWith("Growing 100M → 1B → 7B takes ", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Contains("sizes=", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_were_not_grown_are_told_so_with_ways_on()
    {
        await Temporary.ImportAsync("plain", "run,parameters,step,tokens,loss\na,1000,1,10,3\na,1000,2,20,2\n", "plain.csv");
        var page = Open("?project=plain");
        Assert.Contains("No run says that it was grown", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Contains(page.FindAll(".answer + .row a"), link => link.GetAttribute("href")!.Contains("view=schedule", StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".error-panel"));
    }
}
