using Bunit;
using ScalingDashboard.Dashboard.Components.Pages;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class RunPageTests : StoreTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private const string Sweep = "run,parameters,tokens,loss,lr,opt/name\na,1e9,1e9,3,1e-3,adamw\na,1e9,2e9,2,1e-3,adamw\nb,1e9,1e9,4,3e-4,lion\n=c,1e9,1e9,5,3e-4,lion\n";

    [Fact]
    public async Task Everything_known_of_a_run_is_on_its_page()
    {
        await Temporary.ImportAsync("p", Sweep, "my sweep.csv");
        var run = (await Temporary.Store.RunsAsync("p"))[0];
        var page = Open(run.Id);

        Assert.Equal("a", page.Find("h1").TextContent);
        Assert.Equal("1B parameters on 2B tokens reached a loss of 2 nats per token.", page.Find(".answer").TextContent);
        var metrics = page.FindAll("section")[0].QuerySelectorAll("tbody tr").Select(row => string.Join(" ", row.QuerySelectorAll("th, td").Select(cell => cell.TextContent))).ToArray();
        Assert.Contains("loss 2 3 2 2 3 Curve", metrics);
        Assert.Contains(page.FindAll("section a"), link => link.GetAttribute("href") == $"/curves?project=p&runs={run.Id}&metrics=loss");
        Assert.Equal(["lr1e-3", "opt/nameadamw"], page.FindAll(".config tr").Select(row => row.TextContent));
        var aside = page.Find("aside").TextContent;
        Assert.Contains(run.Sha256, aside, StringComparison.Ordinal);
        Assert.Contains($"Size{Sweep.Length} bytes", aside, StringComparison.Ordinal);
        Assert.Contains("Line3", aside, StringComparison.Ordinal);
        Assert.Equal(["IsoFLOP, Approaches 2 and 3counts", "IsoFLOP, Approach 1counts", "Fitcounts", "Estimatecounts"], page.FindAll(".uses li").Select(use => use.TextContent));
        Assert.Equal("/api/v1/files/" + run.Sha256, page.Find("a[download]").GetAttribute("href"));
    }

    [Fact]
    public async Task The_list_it_was_opened_from_says_what_comes_before_and_after()
    {
        await Temporary.ImportAsync("p", Sweep);
        var runs = await Temporary.Store.RunsAsync("p");
        var page = Open(runs[1].Id, "&sort=loss&descending=1");

        Assert.Contains("2 of 3", page.Find(".run-way").TextContent, StringComparison.Ordinal);
        Assert.Equal($"/run?project=p&id={runs[2].Id}&sort=loss&descending=1", page.Find("a[rel=prev]").GetAttribute("href"));
        Assert.Equal($"/run?project=p&id={runs[0].Id}&sort=loss&descending=1", page.Find("a[rel=next]").GetAttribute("href"));
        Assert.Equal("/runs?project=p&sort=loss&descending=1", page.Find(".run-way a").GetAttribute("href"));

        await page.InvokeAsync(() => Address.NavigateTo(page.Find("a[rel=next]").GetAttribute("href")!));
        page.WaitForAssertion(() => Assert.Equal("a", page.Find("h1").TextContent), s_patience);
        Assert.Empty(page.FindAll("a[rel=next]"));
    }

    [Fact]
    public async Task The_configuration_is_searched_and_copied()
    {
        PageModule.Setup<bool>("copy", _ => true).SetResult(true);
        await Temporary.ImportAsync("p", Sweep);
        var page = Open((await Temporary.Store.RunsAsync("p"))[0].Id, "&search=OPT");
        Assert.Equal(["opt/nameadamw"], page.FindAll(".config tr").Select(row => row.TextContent));

        await page.InvokeAsync(() => page.Find("section input").Input("1e-3"));
        page.WaitForAssertion(() => Assert.Equal(["lr1e-3"], page.FindAll(".config tr").Select(row => row.TextContent)), s_patience);
        await page.InvokeAsync(() => page.FindAll("section button").Single(button => button.TextContent == "Copy as JSON").Click());

        page.WaitForAssertion(() => Assert.Equal("{\n  \"lr\": \"1e-3\",\n  \"opt/name\": \"adamw\"\n}", PageModule.Invocations["copy"].Single().Arguments[0]), s_patience);
    }

    [Fact]
    public async Task Tags_note_exclusion_archive_and_deletion_are_changed_and_undone()
    {
        await Temporary.ImportAsync("p", Sweep);
        var id = (await Temporary.Store.RunsAsync("p"))[1].Id;
        var page = Open(id);

        await page.InvokeAsync(() => page.Find("#run-note").Input("see log"));
        await PressAsync("Save note", ".note-box");
        page.WaitForAssertion(() => Assert.Equal("Note written to 1 run.", page.Find(".toast span").TextContent), s_patience);
        Assert.Equal("see log", (await RowAsync()).Note);
        await UndoAsync();
        page.WaitForAssertion(() => Assert.Equal("", page.Find("#run-note").GetAttribute("value") ?? ""), s_patience);

        await PressAsync("Add a tag");
        await page.InvokeAsync(() => page.Find(".ask input").Input("keep"));
        await PressAsync("Tag");
        page.WaitForAssertion(() => Assert.StartsWith("keep", page.Find(".tag").TextContent, StringComparison.Ordinal), s_patience);
        await page.InvokeAsync(() => page.Find("[aria-label='Take off keep']").Click());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".tag")), s_patience);

        await PressAsync("Exclude");
        await page.InvokeAsync(() => page.Find(".ask input").Input("spike"));
        await page.InvokeAsync(() => page.Find(".ask .primary").Click());
        page.WaitForAssertion(() => Assert.Contains("spike. It counts towards no fit.", page.Find(".warn").TextContent, StringComparison.Ordinal), s_patience);
        Assert.All(page.FindAll(".uses span"), use => Assert.Equal("excluded: spike", use.TextContent));
        await PressAsync("Include again");
        page.WaitForAssertion(() => Assert.DoesNotContain("spike", page.Markup, StringComparison.Ordinal), s_patience);

        await PressAsync("Archive");
        page.WaitForAssertion(() => Assert.Contains("Archived", page.Find(".warn").TextContent, StringComparison.Ordinal), s_patience);
        await UndoAsync();
        page.WaitForAssertion(() => Assert.DoesNotContain(page.FindAll(".warn"), warning => warning.TextContent.StartsWith("Archived", StringComparison.Ordinal)), s_patience);

        await PressAsync("Delete");
        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".warn"), warning => warning.TextContent.StartsWith("Deleted", StringComparison.Ordinal)), s_patience);
        await PressAsync("Bring it back");
        page.WaitForAssertion(() => Assert.DoesNotContain(page.FindAll(".warn"), warning => warning.TextContent.StartsWith("Deleted", StringComparison.Ordinal)), s_patience);

        Task PressAsync(string text, string within = ".bulk") => page.InvokeAsync(() => page.FindAll(within + " button").First(button => button.TextContent.Trim() == text).Click());

        Task UndoAsync()
        {
            page.WaitForElement(".toast", s_patience);
            return page.InvokeAsync(() => page.FindAll(".toast button")[0].Click());
        }

        async Task<Runs.RunRow> RowAsync() => (await Temporary.Store.FindRunsAsync([id]))[0];
    }

    [Fact]
    public async Task Flags_are_explained()
    {
        await Temporary.ImportAsync("p", "run,parameters,flops,loss\na,1e9,6e18,3\n");
        var page = Open((await Temporary.Store.RunsAsync("p"))[0].Id);

        Assert.Equal("InferredTokens inferred from flops. The source does not have this number; it follows from C = 6·N·D.", page.Find(".warn").TextContent);
    }

    [Theory]
    [InlineData("zz")]
    [InlineData("")]
    [InlineData("../x")]
    public async Task A_run_that_never_was_is_said(string id)
    {
        await Temporary.ImportAsync("p", Sweep);

        Assert.Equal("No such run", Open(id).Find("h1").TextContent);
    }

    private IRenderedComponent<RunPage> Open(string id, string more = "")
    {
        Address.NavigateTo($"/run?project=p&id={Uri.EscapeDataString(id)}{more}");
        var page = Render<RunPage>();
        page.WaitForElement("h1", s_patience);
        return page;
    }
}
