using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Charts;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Dashboard.Projects;
using static ScalingDashboard.Dashboard.Tests.Fit.Documents;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class PlanPageTests : StoreTest
{
    private static readonly SavedFitDocument s_surface = Document() with
    {
        Parameters = [new("E", 1.8169, "nats per token", null), new("A", 482, "", null), new("B", 2085.4, "", null), new("alpha", 0.3478, "", null), new("beta", 0.3659, "", null)],
        Draws = [[1.8, 460, 2000, 0.345, 0.364], [1.83, 500, 2200, 0.35, 0.368]],
        FlopsRange = [1e18, 1e21],
    };

    private IRenderedComponent<PlanPage> Open(string query = "")
    {
        if (Services.All(service => service.ServiceType != typeof(PlanService)))
        {
            Services.AddSingleton<PlanService>();
            Services.AddSingleton<IReadOnlyList<LandmarkModel>>([]);
        }

        Address.NavigateTo(PageUrls.Plan + query);
        var page = Render<PlanPage>();
        page.WaitForElement(".answer");
        return page;
    }

    private static AngleSharp.Dom.IElement Field(IRenderedComponent<PlanPage> page, string label) =>
        page.FindAll("aside .asked label").First(field => field.TextContent.Trim().StartsWith(label, StringComparison.Ordinal)).QuerySelector("input")!;

    [Fact]
    public void Works_without_a_project_by_published_laws()
    {
        var page = Open();
        Assert.StartsWith("Train 72.4B parameters on 1.33T tokens with 5.76e23 FLOP", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Loss against compute", "Size against data", "Cost of another size", "Training and serving"], page.FindAll("figcaption b").Select(title => title.TextContent));
        Assert.Equal(5, page.FindAll(".strip .v").Count);
        Assert.Equal("= 72.4B", Field(page, "Parameters").GetAttribute("placeholder"));
        Assert.Equal(3, page.FindAll(".plan-table tbody tr").Count);
        Assert.Equal(PageUrls.Plan, new Uri(Address.Uri).AbsolutePath);
    }

    [Fact]
    public async Task A_typed_goal_changes_the_address_and_the_answer_and_an_emptied_one_is_solved_again()
    {
        var page = Open();
        await page.InvokeAsync(() => Field(page, "Parameters").Change("7B"));
        page.WaitForAssertion(() => Assert.StartsWith("Train 7B parameters on 13.7T tokens", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("/plan?a.flops=5.76e23&a.accelerators=1024&a.parameters=7000000000", Address.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => Field(page, "Parameters").Change(""));
        page.WaitForAssertion(() => Assert.StartsWith("Train 72.4B parameters", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("/plan", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unit_that_looks_wrong_is_asked_about_and_one_click_takes_what_was_meant()
    {
        var page = Open();
        await page.InvokeAsync(() => Field(page, "Parameters").Change("7"));
        Assert.Contains("7 parameters? Write 7B if that was meant.", page.Find(".asked .error").TextContent, StringComparison.Ordinal);
        Assert.StartsWith("Train 72.4B parameters", page.Find(".answer").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find(".asked .error button").Click());
        page.WaitForAssertion(() => Assert.StartsWith("Train 7B parameters", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".asked .error"));
    }

    [Fact]
    public async Task A_dragged_slider_replaces_the_address_and_the_answer_follows()
    {
        var page = Open();
        var before = page.Find(".answer").TextContent;
        var entries = Address.History.Count;
        await page.InvokeAsync(() => page.FindAll("input[type=range]")[0].Input("60"));
        page.WaitForAssertion(() => Assert.NotEqual(before, page.Find(".answer").TextContent));
        Assert.Contains("a.flops=1e24", Address.Uri, StringComparison.Ordinal);
        Assert.True(Address.History.First().Options.ReplaceHistoryEntry);
        Assert.Equal(entries, Address.History.Count);
    }

    [Fact]
    public async Task Scenarios_are_copied_compared_opened_and_removed()
    {
        var page = Open();
        await page.InvokeAsync(() => Button(page, "Copy").Click());
        page.WaitForAssertion(() => Assert.Contains("scenarios=2&open=B", Address.Uri, StringComparison.Ordinal));
        await page.InvokeAsync(() => Field(page, "Compute").Change("1e22"));
        page.WaitForAssertion(() => Assert.Contains("b.flops=1e22", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("1e22 FLOP, 1,024 accelerators", page.FindAll(".compared tbody tr")[0].QuerySelectorAll("td")[1].TextContent));
        Assert.Equal("5.76e23 FLOP, 1,024 accelerators", page.FindAll(".compared tbody tr")[0].QuerySelectorAll("td")[0].TextContent);
        // A click on a scenario in a chart opens it.
        await page.InvokeAsync(() => page.FindComponents<Chart>()[0].Instance.PointClickedAsync("A"));
        page.WaitForAssertion(() => Assert.StartsWith("Train 72.4B", page.Find(".answer").TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => Button(page, "Remove").Click());
        page.WaitForAssertion(() => Assert.EndsWith("/plan?a.flops=1e22&a.accelerators=1024", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".compared")));
    }

    [Fact]
    public void Goals_that_contradict_each_other_are_said_in_the_headline_and_kept_in_the_fields()
    {
        var page = Open("?a.flops=5.76e23&a.parameters=7e10&a.tokens=1.4e12");
        Assert.StartsWith("Contradictory: 70B parameters and 1.4T tokens take 5.88e23 FLOP", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Equal("70B", Field(page, "Parameters").GetAttribute("value"));
        Assert.Empty(page.FindAll(".strip"));
    }

    [Fact]
    public async Task Saved_fits_of_the_project_are_offered_and_answer_with_intervals()
    {
        await Temporary.ImportAsync("sweep");
        await Temporary.Store.SaveFitAsync("sweep", s_surface.ToNewFit("mine", null, ""));
        await Temporary.Store.SaveFitAsync("sweep", Document().ToNewFit("odd", null, ""));
        var page = Open("?project=sweep");
        var offered = page.FindAll("aside .check").Take(2).ToArray();
        Assert.True(offered.Single(label => label.TextContent.Contains("odd v1", StringComparison.Ordinal)).QuerySelector("input")!.HasAttribute("disabled"));
        await page.InvokeAsync(() => page.FindAll("aside .check").Single(label => label.TextContent.Contains("mine v1", StringComparison.Ordinal)).QuerySelector("input")!.Change(true));
        page.WaitForAssertion(() => Assert.Contains("by mine v1; 2.8 decades of compute beyond its runs", page.Find(".answer .ci").TextContent, StringComparison.Ordinal));
        Assert.Contains("80 %: ", page.Find(".answer .ci").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("/plan?project=sweep&fit=f1", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_link_names_and_is_not_there_is_said()
    {
        var page = Open("?project=gone&fit=f7");
        Assert.Contains("There is no project “gone” in this store; published laws answer.", page.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 saved fit named by this link is not in this store.", page.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.StartsWith("Train 72.4B parameters", page.Find(".answer").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_measured_utilization_is_offered()
    {
        await Temporary.ImportAsync("logs", "run,parameters,tokens,loss,seconds,gpus\na,1e9,1e10,3,20000,8\n");
        var page = Open("?project=logs");
        Assert.Contains("Your logs: 38 % on 1 run.", page.Find(".measured").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find(".measured button").Click());
        page.WaitForAssertion(() => Assert.Contains("a.utilization=0.379", Address.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Assumptions_stand_with_their_sources_and_go_back_to_the_default()
    {
        var page = Open("?a.price=2.5&tab=data");
        var table = page.Find(".assumptions").TextContent;
        Assert.Contains("$2.50 an hour", table, StringComparison.Ordinal);
        Assert.Contains("set by you", table, StringComparison.Ordinal);
        Assert.Contains("arXiv 2104.10350", table, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find(".assumptions button").Click());
        page.WaitForAssertion(() => Assert.Contains("list price read 2026-09-20", page.Find(".assumptions").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("/plan?tab=data", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bits_are_given_and_solved_for()
    {
        var page = Open("?a.flops=1e23&a.parameters=8B&law=kumar");
        await page.InvokeAsync(() => Radio(page, "Solved for").Change(true));
        page.WaitForAssertion(() => Assert.Contains("in 11.3 bits with 1e23 FLOP", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("/plan?a.flops=1e23&a.parameters=8000000000&a.bits=solve&law=kumar", Address.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => Radio(page, "Given").Change(true));
        page.WaitForAssertion(() => Assert.Contains("in 16 bits with 1e23 FLOP", page.Find(".answer").TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => Field(page, "Bits of weights").Change("8"));
        page.WaitForAssertion(() => Assert.Contains("In 8 bits 8B parameters count as 6.62B (N_eff/N = 0.828).", page.Find(".spread").TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => Radio(page, "Not counted").Change(true));
        page.WaitForAssertion(() => Assert.DoesNotContain("bits", page.Find(".answer").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_own_accelerator_is_described_stands_in_the_table_and_counts()
    {
        var page = Open("?a.flops=1e22&a.accelerators=64&tab=data");
        await page.InvokeAsync(() => page.Find("select[aria-label='Accelerator']").Change("own"));
        page.WaitForAssertion(() => Assert.Contains("My accelerator", page.Find(".answer").TextContent, StringComparison.Ordinal));
        var before = page.Find(".strip .v").TextContent;
        await page.InvokeAsync(() => page.Find("input[aria-label='Name of the accelerator']").Change("Chip"));
        page.WaitForAssertion(() => Assert.Contains("64 Chip", page.Find(".answer").TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => Field(page, "BF16 dense peak").Change("2000"));
        page.WaitForAssertion(() => Assert.NotEqual(before, page.Find(".strip .v").TextContent));
        await page.InvokeAsync(() => Field(page, "Price of an accelerator-hour").Change("1.5"));
        page.WaitForAssertion(() => Assert.Contains("at $1.5 an hour", page.Find(".strip").TextContent, StringComparison.Ordinal));
        var row = page.Find(".accelerators tr.own");
        Assert.Contains("yours", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("2000", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("1.50", row.TextContent, StringComparison.Ordinal);
        var address = Address.Uri[Address.Uri.IndexOf('?', StringComparison.Ordinal)..];
        Assert.Equal(page.Find(".answer").TextContent, Open(address).Find(".answer").TextContent);
    }

    [Fact]
    public async Task Another_accelerator_and_format_are_solved_with()
    {
        var page = Open();
        await page.InvokeAsync(() => page.Find("select[aria-label='Accelerator']").Change("b200"));
        page.WaitForAssertion(() => Assert.Contains("B200 SXM 180 GB", page.Find(".answer").TextContent, StringComparison.Ordinal));
        var before = page.Find(".strip .v").TextContent;
        await page.InvokeAsync(() => page.Find("select[aria-label='Number format']").Change("fp8"));
        page.WaitForAssertion(() => Assert.NotEqual(before, page.Find(".strip .v").TextContent));
        Assert.EndsWith("/plan?a.on=b200&a.format=fp8", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void The_method_names_growth_per_ten_times_the_compute()
    {
        var method = Open("?tab=method").Find("[role=tabpanel]").TextContent;
        Assert.Contains("×5.37", method, StringComparison.Ordinal);
        Assert.Contains("×1.86", method, StringComparison.Ordinal);
        Assert.Contains("×5.5 and D ×1.8", method, StringComparison.Ordinal);
        Assert.Contains("×3.16", method, StringComparison.Ordinal);
    }

    private static AngleSharp.Dom.IElement Radio(IRenderedComponent<PlanPage> page, string text) => page.FindAll("aside label").Single(label => label.TextContent.Trim() == text).QuerySelector("input")!;

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<PlanPage> page, string text) => page.FindAll("aside button").Single(button => button.TextContent.Trim() == text);
}
