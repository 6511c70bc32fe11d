using AngleSharp.Dom;
using Bunit;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Components.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Pages;

/// <summary>What the page of runs can do beyond listing them.</summary>
public sealed class RunBrowserTests : StoreTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private const string Sweep = "run,parameters,flops,loss,lr,seed\na1,1e8,6e18,3.5,1e-3,1\na2,1e8,6e18,3.3,1e-3,2\nb1,1e8,6e18,2.9,3e-4,1\nc1,8e8,6e18,3.1,3e-4,1\n";

    [Fact]
    public async Task Runs_are_archived_shown_and_taken_out_each_with_an_undo()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p");
        await ClickAsync(page, "input[aria-label='Select a2']");

        await PressAsync(page, "Archive");
        page.WaitForAssertion(() => Assert.Equal("a1, b1, c1", Names(page)), s_patience);
        Assert.Equal("3 runs of 3 count towards the fits (none is excluded, 3 flagged; 1 archived).", page.Find(".answer").TextContent);
        Assert.Equal(3, (await Temporary.Store.ObservationsAsync("p")).Count);
        await UndoAsync(page);
        page.WaitForAssertion(() => Assert.Equal("a1, a2, b1, c1", Names(page)), s_patience);

        await ClickAsync(page, "input[aria-label='Select a2']");
        await PressAsync(page, "Archive");
        page.WaitForAssertion(() => Assert.Equal("a1, b1, c1", Names(page)), s_patience);
        var since = (await Temporary.Store.FindRunsAsync([await IdAsync("a2")]))[0].Archived;
        await page.InvokeAsync(() => page.FindAll(".run-filter .check input")[1].Change(true));
        page.WaitForAssertion(() => Assert.Equal("a1, a2, b1, c1", Names(page)), s_patience);
        Assert.Contains("archived=1", Address.Uri, StringComparison.Ordinal);
        Assert.StartsWith("archived ", page.Find("tr.archived .status").TextContent, StringComparison.Ordinal);
        await ClickAsync(page, "input[aria-label='Select a2']");
        await PressAsync(page, "Take out of archive");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("tr.archived")), s_patience);
        await UndoAsync(page);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tr.archived")), s_patience);
        Assert.Equal(since, (await Temporary.Store.FindRunsAsync([await IdAsync("a2")]))[0].Archived);
    }

    [Fact]
    public async Task Notes_are_written_found_and_put_back()
    {
        await Temporary.ImportAsync("p", Sweep);
        await Temporary.Store.SetNotesAsync([new(await IdAsync("a1"), "mine")]);
        var page = Open("?project=p");
        await ClickAsync(page, "input[aria-label='Select a1']");
        await PressAsync(page, "Note");
        Assert.Equal("mine", page.Find(".ask textarea").GetAttribute("value"));
        await PressAsync(page, "Note");
        await ClickAsync(page, "input[aria-label='Select b1']");
        await PressAsync(page, "Note");
        Assert.Equal("", page.Find(".ask textarea").GetAttribute("value") ?? "");
        Assert.Contains("in place of 1 note there", page.Find(".ask label").TextContent, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.Find(".ask textarea").Input("power <cut>"));
        await PressAsync(page, "Write note");
        page.WaitForAssertion(() => Assert.Equal("Note written to 2 runs.", page.Find(".toast span").TextContent), s_patience);
        await page.InvokeAsync(() => page.Find("input[type=search]").Input("note:cut"));
        page.WaitForAssertion(() => Assert.Equal("a1, b1", Names(page)), s_patience);

        await UndoAsync(page);
        page.WaitForAssertion(() => Assert.Equal("", Names(page)), s_patience);
        Assert.Equal(["mine", null, null, null], (await Temporary.Store.RunsAsync("p")).Select(run => run.Note));
    }

    [Fact]
    public async Task Undo_takes_back_what_this_visitor_did_and_not_what_another_did_before()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p");
        await ClickAsync(page, "thead input");
        // Somebody else, after this page was drawn.
        await Temporary.Store.TagAsync([await IdAsync("a1")], "keep");

        await PressAsync(page, "Tag");
        await page.InvokeAsync(() => page.Find(".ask input").Input("keep"));
        await page.InvokeAsync(() => page.Find(".ask .primary").Click());
        page.WaitForAssertion(() => Assert.Equal("3 runs tagged “keep”.", page.Find(".toast span").TextContent), s_patience);
        await UndoAsync(page);

        page.WaitForAssertion(() => Assert.Single(page.FindAll("span.tag")), s_patience);
        Assert.Equal(["keep"], (await Temporary.Store.RunsAsync("p"))[0].Tags);
    }

    [Fact]
    public async Task Keys_move_select_open_and_clear()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p&filter=1");

        await KeyAsync(page, "ArrowDown");
        Assert.Equal("a1", page.Find("tr.cursor a").TextContent);
        Assert.Equal(page.Find("tr.cursor").Id, page.Find("table").GetAttribute("aria-activedescendant"));
        await KeyAsync(page, " ");
        Assert.Equal("1 run selected", page.Find(".bulk b").TextContent);
        await KeyAsync(page, "ArrowDown", shift: true);
        await KeyAsync(page, "ArrowDown", shift: true);
        Assert.Equal("3 runs selected", page.Find(".bulk b").TextContent);
        await KeyAsync(page, "ArrowUp", shift: true);
        Assert.Equal("2 runs selected", page.Find(".bulk b").TextContent);
        await KeyAsync(page, "x");
        Assert.Equal("a1", page.Find("tr.selected a").TextContent);
        await KeyAsync(page, "All");
        Assert.Equal("4 runs selected", page.Find(".bulk b").TextContent);
        await KeyAsync(page, "Escape");
        Assert.Empty(page.FindAll("tr.selected"));
        await KeyAsync(page, "End");
        Assert.Equal("c1", page.Find("tr.cursor a").TextContent);
        await KeyAsync(page, "ArrowDown");
        await KeyAsync(page, "PageUp");
        await KeyAsync(page, "ArrowUp");
        Assert.Equal("a1", page.Find("tr.cursor a").TextContent);
        await KeyAsync(page, "Enter");
        Assert.Equal($"http://localhost/run?project=p&id={await IdAsync("a1")}&filter=1", Address.Uri);
    }

    [Fact]
    public async Task Runs_are_grouped_by_all_but_the_seed_and_open()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p&columns=loss");

        await PressAsync(page, "Group", ".run-tools");
        await page.InvokeAsync(() => page.Find(".menu .check input").Change(true));
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("tr.group").Count), s_patience);
        Assert.EndsWith("group=all-but-seed", Address.Uri, StringComparison.Ordinal);
        Assert.Contains("but for seed, taken as the seed.", page.Find(".filter-note").TextContent, StringComparison.Ordinal);
        Assert.Contains("Taken as the seed: seed.", page.Find(".menu").TextContent, StringComparison.Ordinal);
        Assert.Equal(["lr · N", "Runs", "Loss, lastmean", "Loss, laststandard deviation", "Loss, laststandard error"], page.FindAll("thead th").Skip(1).Select(head => head.TextContent));
        Assert.Equal(["1e-3 · 100Mcompare", "2", "3.4", "0.14", "0.1"], Cells(page, 0));
        Assert.Equal(["3e-4 · 100M", "1", "2.9", "–", "–"], Cells(page, 1));

        await page.InvokeAsync(() => page.FindAll("thead button").Single(button => button.TextContent.StartsWith("Loss, last", StringComparison.Ordinal) && button.ParentElement!.TextContent.Contains("error", StringComparison.Ordinal)).Click());
        page.WaitForAssertion(() => Assert.Contains("sort=loss&by=error", Address.Uri, StringComparison.Ordinal), s_patience);
        await ClickAsync(page, "tr.group button.link");
        page.WaitForAssertion(() => Assert.Equal("a2, a1", string.Join(", ", page.FindAll("tr.member td:nth-child(2) a").Select(link => link.TextContent))), s_patience);
        await ClickAsync(page, "tr.group input");
        Assert.Equal("2 runs selected", page.Find(".bulk b").TextContent);
    }

    [Fact]
    public async Task Columns_are_added_moved_and_summarised()
    {
        await ImportCurvesAsync();
        var page = Open("?project=p&columns=loss");
        await PressAsync(page, "Columns", ".run-tools");
        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".menu button"), button => button.TextContent == "acc"), s_patience);

        await PressAsync(page, "acc", ".menu");
        page.WaitForAssertion(() => Assert.Equal(["2", "0.4"], Cells(page, 0).Skip(1)), s_patience);
        await page.InvokeAsync(() => page.Find("select[aria-label='Value of loss']").Change("Max"));
        page.WaitForAssertion(() => Assert.Equal(["3", "0.4"], Cells(page, 0).Skip(1)), s_patience);
        await page.InvokeAsync(() => page.Find("[aria-label='Move acc, last to the left']").Click());
        page.WaitForAssertion(() => Assert.Equal(["Run", "acc, last", "Loss, max"], page.FindAll("thead button").Select(head => head.TextContent)), s_patience);
        Assert.EndsWith("columns=last%28acc%29&columns=max%28loss%29", Address.Uri, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.Find("select[aria-label='Value of loss']").Change("At"));
        page.WaitForAssertion(() => Assert.Equal("Loss at 1B tokens", page.FindAll("thead button")[2].TextContent), s_patience);
        page.WaitForAssertion(() => Assert.Equal(["0.4", "3"], Cells(page, 0).Skip(1)), s_patience);
        await page.InvokeAsync(() => page.Find("input[aria-label='At how many']").Change("2B"));
        page.WaitForAssertion(() => Assert.Equal(["0.2", "3.25"], Cells(page, 1).Skip(1)), s_patience);
        await page.InvokeAsync(() => page.Find("select[aria-label='Value of loss']").Change("Smoothed"));
        page.WaitForAssertion(() => Assert.Equal("Loss, EMA 0.99", page.FindAll("thead button")[2].TextContent), s_patience);
        page.WaitForAssertion(() => Assert.Equal("2.497", Cells(page, 0)[2]), s_patience);
        await page.InvokeAsync(() => page.Find("[aria-label='Take acc, last away']").Click());
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("thead button").Count), s_patience);
    }

    [Fact]
    public async Task A_view_is_saved_replaced_and_deleted_each_with_an_undo_and_opens_by_its_link()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p&sort=loss");
        await PressAsync(page, "Views", ".run-tools");
        await page.InvokeAsync(() => page.Find(".menu input").Input(" best <first> "));
        await PressAsync(page, "Save", ".menu");

        page.WaitForAssertion(() => Assert.Equal("View “best <first>” saved.", page.Find(".toast span").TextContent), s_patience);
        page.WaitForAssertion(() => Assert.Contains("View: best <first>", page.Find(".run-tools").TextContent, StringComparison.Ordinal), s_patience);
        await UndoAsync(page);
        page.WaitForAssertion(() => Assert.DoesNotContain("View: ", page.Find(".run-tools").TextContent, StringComparison.Ordinal), s_patience);
        Assert.Empty(await Temporary.Store.ViewsAsync("p"));

        await Temporary.Store.SaveViewAsync("p", "low", "?project=p&filter=b1");
        await PressAsync(page, "Views", ".run-tools");
        Assert.Equal("/runs?project=p&filter=b1", page.WaitForElement(".menu a", s_patience).GetAttribute("href"));
        await page.InvokeAsync(() => page.Find(".menu input").Input("low"));
        Assert.Contains("it is replaced", page.Find(".menu").TextContent, StringComparison.Ordinal);
        await PressAsync(page, "Replace", ".menu");
        page.WaitForAssertion(() => Assert.Equal("View “low” replaced.", page.Find(".toast span").TextContent), s_patience);
        Assert.Equal("?project=p&sort=loss", Assert.Single(await Temporary.Store.ViewsAsync("p")).Query);
        await UndoAsync(page);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".toast")), s_patience);
        Assert.Equal("?project=p&filter=b1", Assert.Single(await Temporary.Store.ViewsAsync("p")).Query);

        await PressAsync(page, "Views", ".run-tools");
        page.WaitForElement("[aria-label='Delete the view low']", s_patience);
        await page.InvokeAsync(() => page.Find("[aria-label='Delete the view low']").Click());
        page.WaitForAssertion(() => Assert.Equal("View “low” deleted.", page.Find(".toast span").TextContent), s_patience);
        Assert.Empty(await Temporary.Store.ViewsAsync("p"));
        await UndoAsync(page);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".toast")), s_patience);
        Assert.Single(await Temporary.Store.ViewsAsync("p"));
    }

    [Fact]
    public async Task Configurations_of_selected_runs_are_compared_at_an_address()
    {
        await Temporary.ImportAsync("p", Sweep);
        var (a, b) = (await IdAsync("a1"), await IdAsync("b1"));
        var page = Open("?project=p");
        await ClickAsync(page, "input[aria-label='Select a1']");
        await ClickAsync(page, "input[aria-label='Select b1']");
        Assert.Equal($"/runs?project=p&show=compare&compare={a}&compare={b}", page.FindAll(".bulk a").Single().GetAttribute("href"));

        page = Open($"?project=p&show=compare&compare={a}&compare={b}&compare=gone");
        page.WaitForElement("table.comparison", s_patience);
        Assert.Equal("lr", Assert.Single(page.FindAll("tbody th")).TextContent);
        Assert.Equal("3e-4", Assert.Single(page.FindAll(".differs")).TextContent);
        Assert.Contains("1 run of this link is not in the project any more.", page.Find(".muted").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll(".check input")[^1].Change(false));
        page.WaitForAssertion(() => Assert.Equal(["N", "D", "C, FLOP", "lr", "seed"], page.FindAll("tbody th").Select(head => head.TextContent)), s_patience);
    }

    [Fact]
    public async Task The_scatter_draws_the_runs_in_view_and_a_point_opens_its_run()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p&filter=1&show=scatter&x=config(lr)&color=config(seed)&xscale=log");
        var chart = page.WaitForElement("figure", s_patience);
        Assert.Contains("Loss, last against lr", chart.TextContent, StringComparison.Ordinal);
        Assert.Contains("4 runs", chart.TextContent, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.FindAll(".scatter-axes select")[0].Change("parameters"));
        page.WaitForAssertion(() => Assert.Contains("Loss, last against N", page.Find("figure").TextContent, StringComparison.Ordinal), s_patience);
        Assert.Contains("x=parameters&color=config%28seed%29", Address.Uri, StringComparison.Ordinal);
        var id = await IdAsync("b1");
        await page.FindComponent<Components.Charts.Chart>().Instance.PointClickedAsync(id);
        Assert.Equal($"http://localhost/run?project=p&id={id}&filter=1", Address.Uri);
    }

    [Fact]
    public async Task The_table_is_saved_as_it_is_shown()
    {
        await Temporary.ImportAsync("p", Sweep);
        var page = Open("?project=p&columns=loss&sort=loss&filter=1e-3");

        await PressAsync(page, "CSV", ".run-tools");

        page.WaitForAssertion(() => Assert.Equal("runs.csv", PageModule.Invocations["save"].Single().Arguments[0]), s_patience);
    }

    /// <summary>Two runs with curves of loss, tokens and an accuracy.</summary>
    private async Task ImportCurvesAsync()
    {
        var staged = await Temporary.StageAsync();
        await Temporary.Store.ImportAsync("p", staged.Id, "log", "", [Run("a", [1e9, 2e9], [3, 2], [0.1, 0.4]), Run("b", [1e9, 3e9], [4, 2.5], [0.3, 0.2])]);

        static ImportedRun Run(string name, double[] tokens, double[] loss, double[] accuracy) => new()
        {
            Name = name, Line = name[0], Parameters = 1e9, Tokens = tokens[^1], Flops = 6e9 * tokens[^1], Loss = loss[^1],
            Series = [new("loss", [1, 2], loss), new("tokens", [1, 2], tokens), new("acc", [1, 2], accuracy)],
        };
    }

    private IRenderedComponent<RunsPage> Open(string query)
    {
        Address.NavigateTo("/runs" + query);
        var page = Render<RunsPage>();
        page.WaitForElement("h1, .error-panel, tbody a, .none, tr.group, figure, .comparison", s_patience);
        return page;
    }

    private async Task<string> IdAsync(string run) => (await Temporary.Store.RunsAsync("p", includeDeleted: true)).Single(row => row.Name == run).Id;

    private static Task KeyAsync(IRenderedComponent<RunsPage> page, string key, bool shift = false) => page.FindComponent<RunGrid>().Instance.KeyAsync(key, shift);

    private static Task ClickAsync(IRenderedComponent<RunsPage> page, string element) => page.InvokeAsync(() => page.Find(element).Click());

    private static Task PressAsync(IRenderedComponent<RunsPage> page, string text, string within = ".bulk") =>
        page.InvokeAsync(() => page.FindAll(within + " button").First(button => button.TextContent.Trim() == text).Click());

    private static Task UndoAsync(IRenderedComponent<RunsPage> page)
    {
        page.WaitForElement(".toast", s_patience);
        return page.InvokeAsync(() => page.FindAll(".toast button")[0].Click());
    }

    private static string Names(IRenderedComponent<RunsPage> page) => string.Join(", ", page.FindAll("tbody td a").Select(link => link.TextContent));

    private static string[] Cells(IRenderedComponent<RunsPage> page, int row) => [.. page.FindAll("tbody tr[aria-rowindex]")[row].QuerySelectorAll("td").Skip(1).Select(cell => cell.TextContent)];
}
