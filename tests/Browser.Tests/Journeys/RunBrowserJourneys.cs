using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>A project of 120 runs: two optimizers, twelve learning rates, five seeds.</summary>
public sealed class SeedDashboard : DashboardFixture
{
    internal const string RunsPage = "/runs?project=seeds";

    protected override Task FillAsync()
    {
        var table = new StringBuilder("run,parameters,tokens,loss,optimizer,lr,seed\n");
        for (var run = 0; run < 120; run++)
            table.Append(CultureInfo.InvariantCulture, $"run {run},1e8,2e9,{3 + run % 7 * 0.01 + run / 10 * 0.1:F2},{(run < 60 ? "adamw" : "lion")},{(run / 5 % 12 + 1) * 1e-4:F4},{run % 5}\n");
        return ImportAsync(TemporaryFile("seeds.csv", Encoding.UTF8.GetBytes(table.ToString())), "seeds");
    }
}

/// <summary>From a filter to a link that shows a colleague the same table.</summary>
public sealed class RunBrowserJourneys(SeedDashboard dashboard) : BrowserTest<SeedDashboard>(dashboard)
{
    [SkippableFact]
    public Task Runs_are_filtered_selected_by_keys_tagged_grouped_and_shown_to_a_colleague() => BrowseAsync(async visit =>
    {
        var page = visit.Page;
        await visit.OpenAsync(SeedDashboard.RunsPage);
        await page.GetByLabel("Filter", new() { Exact = true }).FillAsync("optimizer=adamw");
        await Expect(page.Locator("#filter-note")).ToHaveTextAsync("60 of 120 shown");

        // One key after the other has been answered: the selection is what a person would see.
        var grid = page.GetByRole(AriaRole.Grid);
        var selected = page.GetByRole(AriaRole.Toolbar, new() { Name = "Selected runs" }).Locator("b");
        await grid.FocusAsync();
        await grid.PressAsync("ArrowDown");
        await Expect(page.Locator("tr.cursor a")).ToHaveTextAsync("run 0");
        await grid.PressAsync("Space");
        await Expect(selected).ToHaveTextAsync("1 run selected");
        await grid.PressAsync("Shift+ArrowDown");
        await Expect(selected).ToHaveTextAsync("2 runs selected");
        await grid.PressAsync("Escape");
        await Expect(selected).ToHaveCountAsync(0);
        await grid.PressAsync("End");
        await Expect(page.Locator("tr.cursor a")).ToHaveTextAsync("run 59");
        await Expect(page.Locator("tr.cursor")).ToBeInViewportAsync();
        await grid.PressAsync("Control+a");
        await Expect(selected).ToHaveTextAsync("60 runs selected");

        await page.GetByRole(AriaRole.Button, new() { Name = "Tag", Exact = true }).ClickAsync();
        await page.GetByLabel("New tag").FillAsync("mine");
        await page.GetByLabel("New tag").PressAsync("Enter");
        await Expect(visit.Toast).ToContainTextAsync("60 runs tagged “mine”.");
        await page.GetByLabel("Filter", new() { Exact = true }).FillAsync("tag:mine");
        await Expect(page.Locator("#filter-note")).ToHaveTextAsync("60 of 120 shown");

        await page.GetByRole(AriaRole.Button, new() { Name = "Group runs" }).ClickAsync();
        await page.GetByLabel("Everything but the seed").CheckAsync();
        await Expect(page.Locator("#filter-note")).ToContainTextAsync("12 groups of the same family, size and configuration but for seed, taken as the seed.");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByLabel("Everything but the seed")).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Saved views" }).ClickAsync();
        await page.GetByLabel("Save this view as").FillAsync("by rate");
        await page.GetByLabel("Save this view as").PressAsync("Enter");
        await Expect(visit.Toast).ToContainTextAsync("View “by rate” saved.");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Saved views" })).ToHaveTextAsync("View: by rate");
        await page.GetByRole(AriaRole.Button, new() { Name = "Saved views" }).ClickAsync();
        var link = await page.GetByRole(AriaRole.Link, new() { Name = "by rate" }).GetAttributeAsync("href");

        var table = page.Locator(".runs-table tbody tr.group");
        await Expect(table).ToHaveCountAsync(12);
        var colleague = await visit.AnotherVisitorAsync();
        await colleague.OpenAsync(link!);
        await Expect(colleague.Page).ToHaveURLAsync(new Regex("group=all-but-seed"));
        await Expect(colleague.Page.Locator(".runs-table tbody tr.group")).ToHaveTextAsync([.. await table.AllTextContentsAsync()]);
    });
}
