using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components.Web;
using ScalingDashboard.Dashboard.Components.Pages;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class RunsPageTests : StoreTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private const string Sweep = "run,parameters,flops,loss,optimizer\na,1e8,6e18,3.5,adamw\nb,2e8,6e18,3.2,adamw\nc,4e8,6e18,2.9,lion\nd,8e8,6e18,3.1,lion\n";

    [Fact]
    public void Without_projects_says_what_to_do()
    {
        var page = Open("");

        Assert.Equal("No runs yet", page.Find("h1").TextContent);
        Assert.Equal("/import", page.Find("a.primary").GetAttribute("href"));
    }

    [Fact]
    public async Task An_unknown_project_is_said_and_the_others_are_offered()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=%3Cgone%3E");

        Assert.Contains("There is no project “<gone>”", page.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Equal("/runs?project=p", page.Find(".error-panel a").GetAttribute("href"));
    }

    [Fact]
    public async Task Without_a_project_the_one_imported_to_last_is_shown()
    {
        await Temporary.ImportAsync("first", Sweep);
        await Temporary.ImportAsync("second", Sweep);
        var page = Open("");

        page.WaitForAssertion(() => Assert.Equal("http://localhost/runs?project=second", Address.Uri), s_patience);
    }

    [Fact]
    public async Task A_run_that_grows_is_read_again_without_a_reload()
    {
        var live = new Runs.LiveLines { Lines = 1, Series = [new("loss", [1], [3.5])], Config = [], Names = new Dictionary<string, string>() };
        var state = await Temporary.Store.AppendAsync("p", "base", 0, "1\n"u8.ToArray(), live);
        var page = Open("?project=p");
        Assert.Contains("3.5", page.Find("tr[aria-selected]").TextContent, StringComparison.Ordinal);

        await Temporary.Store.AppendAsync("p", "base", state.Offset, "2\n"u8.ToArray(), live with { Series = [new("loss", [2], [2.25])] });
        Clock.Advance(ScalingDashboard.Dashboard.Projects.ProjectChanges.Interval);
        page.WaitForAssertion(() => Assert.Contains("2.25", page.Find("tr[aria-selected]").TextContent, StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public async Task Runs_are_listed_with_their_numbers()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p");

        Assert.Equal("4 runs of 4 count towards the fits (none is excluded, 4 flagged).", page.Find(".answer").TextContent);
        Assert.Equal(["a", "100M", "10B", "6e18", "3.5", "–", "", "tokens inferred from flops", "1", "counts"], page.Find("tr[aria-selected]").QuerySelectorAll("td").Skip(1).Select(cell => cell.TextContent));
    }

    [Theory]
    [InlineData("?project=p&sort=loss&filter=lion", "c, d")]
    [InlineData("?project=p&sort=loss&descending=1", "a, b, d, c")]
    [InlineData("?project=p&sort=nonsense&descending=maybe&excluded=&run=%00%FF", "a, b, c, d")]
    public async Task The_address_says_what_is_shown(string query, string expected)
    {
        await Temporary.ImportAsync("p", Sweep);

        Assert.Equal(expected, Names(Open(query)));
    }

    [Fact]
    public async Task Filter_and_order_go_into_the_address()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p");

        await page.InvokeAsync(() => page.Find("input[type=search]").Input("params>1.5e8"));
        page.WaitForAssertion(() => Assert.Equal("b, c, d", Names(page)), s_patience);
        Assert.Equal("3 of 4 shown", page.Find(".filter-note").TextContent.Trim());
        await page.InvokeAsync(() => Header(page, "Loss").Click());
        page.WaitForAssertion(() => Assert.Equal("c, d, b", Names(page)), s_patience);
        Assert.Equal("ascending", page.Find("th[aria-sort]").GetAttribute("aria-sort"));
        await page.InvokeAsync(() => Header(page, "Loss").Click());
        page.WaitForAssertion(() => Assert.Equal("b, d, c", Names(page)), s_patience);
        Assert.Equal("http://localhost/runs?project=p&filter=params%3E1.5e8&sort=loss&descending=1", Address.Uri);
        await page.InvokeAsync(() => Header(page, "Loss").Click());
        page.WaitForAssertion(() => Assert.Equal("b, c, d", Names(page)), s_patience);
    }

    [Fact]
    public async Task A_filter_that_means_nothing_is_said()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p&filter=params%3Emany%20speed%3D3");

        Assert.Equal("“many” is not a number to compare params with; write it like 1B or 6e18. No run has a column “speed”.", page.Find(".filter-note").TextContent.Trim());
        await page.InvokeAsync(() => page.Find(".none button").Click());
        page.WaitForAssertion(() => Assert.Equal("a, b, c, d", Names(page)), s_patience);
    }

    [Fact]
    public async Task Shift_selects_a_range_and_exclusion_holds_with_its_reason_until_undone()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p");
        await page.InvokeAsync(() => Box(page, "b").Click());
        await page.InvokeAsync(() => Box(page, "d").Click(new MouseEventArgs { ShiftKey = true }));
        Assert.Equal("3 runs selected", page.Find(".bulk b").TextContent);

        await page.InvokeAsync(() => Button(page, "Exclude").Click());
        await page.InvokeAsync(() => Button(page, "diverged").Click());

        page.WaitForAssertion(() => Assert.Equal("1 run of 4 counts towards the fits (3 runs excluded, 4 flagged).", page.Find(".answer").TextContent), s_patience);
        Assert.Equal("excluded: diverged", page.Find("tr.excluded .status").TextContent);
        Assert.Equal(["diverged"], (await Temporary.Store.RunsAsync("p")).Select(row => row.ExclusionReason).OfType<string>().Distinct());
        Assert.Equal("3 runs excluded: diverged.", page.Find(".toast span").TextContent);

        await page.InvokeAsync(() => page.Find(".check input").Change(false));
        page.WaitForAssertion(() => Assert.Equal("a", Names(page)), s_patience);
        await page.InvokeAsync(() => page.FindAll(".toast button")[0].Click());
        page.WaitForAssertion(() => Assert.Equal("a, b, c, d", Names(page)), s_patience);
        Assert.All(await Temporary.Store.RunsAsync("p"), row => Assert.Null(row.ExclusionReason));
    }

    [Fact]
    public async Task Undo_brings_an_earlier_reason_back()
    {
        await Temporary.ImportAsync("p", Sweep);
        await Temporary.Store.ExcludeAsync([(await Temporary.Store.RunsAsync("p"))[0].Id], "unfinished");
        var page = Open("?project=p");
        await page.InvokeAsync(() => Box(page, "a").Click());

        await page.InvokeAsync(() => Button(page, "Include again").Click());
        page.WaitForElement(".toast", s_patience);
        Assert.Null((await Temporary.Store.RunsAsync("p"))[0].ExclusionReason);
        await page.InvokeAsync(() => page.FindAll(".toast button")[0].Click());

        page.WaitForElement("tr.excluded", s_patience);
        Assert.Equal("unfinished", (await Temporary.Store.RunsAsync("p"))[0].ExclusionReason);
    }

    [Fact]
    public async Task A_reason_and_a_tag_can_be_typed()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p");
        await page.InvokeAsync(() => Box(page, "c").Click());

        await page.InvokeAsync(() => Button(page, "Tag").Click());
        Assert.True(page.Find(".ask .primary").HasAttribute("disabled"));
        await page.InvokeAsync(() => page.Find(".ask input").Input("best <seed>"));
        await page.InvokeAsync(() => page.Find(".ask input").KeyDown("Enter"));
        page.WaitForElement(".tag", s_patience);
        Assert.Equal("best <seed>", page.Find(".tag").TextContent);
        await page.InvokeAsync(() => Button(page, "Exclude").Click());
        await page.InvokeAsync(() => page.Find(".ask input").Input("power cut"));
        await page.InvokeAsync(() => page.Find(".ask .primary").Click());

        page.WaitForElement("tr.excluded", s_patience);
        var row = (await Temporary.Store.RunsAsync("p"))[2];
        Assert.Equal(["best <seed>"], row.Tags);
        Assert.Equal("power cut", row.ExclusionReason);

        await page.InvokeAsync(() => Button(page, "Tag").Click());
        await page.InvokeAsync(() => page.Find("[aria-label='Take off best <seed>']").Click());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".tag")), s_patience);
    }

    [Fact]
    public async Task Deleted_runs_come_back_by_undo()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p");
        await page.InvokeAsync(() => page.Find("thead input").Click());
        Assert.Equal("4 runs selected", page.Find(".bulk b").TextContent);

        await page.InvokeAsync(() => Button(page, "Delete").Click());
        page.WaitForAssertion(() => Assert.Equal("No runs in p", page.Find("h1").TextContent), s_patience);
        await page.InvokeAsync(() => page.FindAll(".toast button")[0].Click());

        page.WaitForAssertion(() => Assert.Equal("a, b, c, d", Names(page)), s_patience);
    }

    [Fact]
    public async Task A_filter_takes_hidden_runs_out_of_the_selection()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p");
        await page.InvokeAsync(() => page.Find("thead input").Click());

        await page.InvokeAsync(() => page.Find("input[type=search]").Input("lion"));

        page.WaitForAssertion(() => Assert.Equal("2 runs selected", page.Find(".bulk b").TextContent), s_patience);
    }

    [Fact]
    public async Task Details_stand_in_the_address_with_configuration_and_source()
    {
        await Temporary.ImportAsync("p", Sweep, "my sweep.csv");
        var row = (await Temporary.Store.RunsAsync("p"))[2];
        var page = Open("?project=p&run=" + row.Id);

        Assert.Equal("/runs?project=p&run=" + row.Id, page.FindAll("tbody a")[2].GetAttribute("href"));
        var detail = page.Find("aside");
        Assert.Equal("c", detail.QuerySelector("h2")!.TextContent);
        Assert.Contains("optimizerlion", detail.TextContent, StringComparison.Ordinal);
        Assert.Contains("tokens inferred from flops", detail.TextContent, StringComparison.Ordinal);
        var file = detail.QuerySelector("a[download]")!;
        Assert.Equal(("my sweep.csv", "/api/v1/files/" + row.Sha256), (file.TextContent, file.GetAttribute("href")));
        Assert.Equal("/runs?project=p", detail.QuerySelector(".head a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task A_link_to_a_deleted_run_names_it_and_can_bring_it_back()
    {
        await Temporary.ImportAsync("p", Sweep);
        var row = (await Temporary.Store.RunsAsync("p"))[1];
        await Temporary.Store.DeleteAsync([row.Id]);
        var page = Open("?project=p&run=" + row.Id);
        Assert.Contains("The run “b” was deleted on", page.Find(".link-notice").TextContent, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.Find(".link-notice button").Click());

        page.WaitForAssertion(() => Assert.Equal("b", page.Find("aside h2").TextContent), s_patience);
        Assert.Empty(page.FindAll(".link-notice"));
    }

    [Fact]
    public async Task A_failing_store_is_said_and_the_runs_stay()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p");
        await page.InvokeAsync(() => Box(page, "a").Click());
        await page.InvokeAsync(() => Button(page, "Tag").Click());
        await page.InvokeAsync(() => page.Find(".ask input").Input("line\tbreak"));

        await page.InvokeAsync(() => page.Find(".ask .primary").Click());

        page.WaitForAssertion(() => Assert.Contains("control character", page.Find("[role=alert]").TextContent, StringComparison.Ordinal), s_patience);
        Assert.Equal("a, b, c, d", Names(page));
    }

    private IRenderedComponent<RunsPage> Open(string query)
    {
        Address.NavigateTo("/runs" + query);
        var page = Render<RunsPage>();
        // The table asks the browser how much of it can be seen, and only then draws its rows.
        page.WaitForElement("h1, .error-panel, tbody a, .none", s_patience);
        return page;
    }

    private static string Names(IRenderedComponent<RunsPage> page) => string.Join(", ", page.FindAll("tbody td a").Select(link => link.TextContent));

    private static IElement Box(IRenderedComponent<RunsPage> page, string run) => page.Find($"input[aria-label='Select {run}']");

    private static IElement Button(IRenderedComponent<RunsPage> page, string text) => page.FindAll(".bulk button").First(button => button.TextContent.Trim() == text);

    private static IElement Header(IRenderedComponent<RunsPage> page, string text) => page.FindAll("thead button").Single(button => button.TextContent.StartsWith(text, StringComparison.Ordinal));
}
