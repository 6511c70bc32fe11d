using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>Looking after runs: find, tag, leave out, delete.</summary>
public sealed class RunsJourneys(SampleDashboard dashboard) : BrowserTest<SampleDashboard>(dashboard)
{
    [SkippableFact]
    public Task Runs_are_sorted_and_filtered_and_the_address_says_how() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.RunsPage);
        await Expect(visit.Answer).ToHaveTextAsync("72 runs of 72 count towards the fits (none is excluded).");

        await visit.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Loss" }).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Loss" })).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("sort=loss"));
        var rising = await LossesAsync(visit, losses => losses.SequenceEqual(losses.Order()));
        await visit.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Loss" }).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Loss" })).ToHaveAttributeAsync("aria-sort", "descending");
        var falling = await LossesAsync(visit, losses => losses.SequenceEqual(losses.OrderDescending()));
        Assert.True(falling[0] > rising[0]);

        var filter = visit.Page.GetByLabel("Filter", new() { Exact = true });
        await filter.PressSequentiallyAsync("budget=6e18 loss<3.1");
        await Expect(visit.Page.Locator("#filter-note")).ToContainTextAsync(" of 72 shown");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("filter=budget%3D6e18%20loss%3C3\\.1"));
        await Expect(filter).ToHaveValueAsync("budget=6e18 loss<3.1");
        var kept = await LossesAsync(visit, losses => losses.Length is >= 1 and <= 7 && losses.All(loss => loss < 3.1));

        await visit.ReloadAsync();
        await Expect(filter).ToHaveValueAsync("budget=6e18 loss<3.1");
        await LossesAsync(visit, losses => losses.SequenceEqual(kept));

        await filter.FillAsync("params>huge");
        await Expect(visit.Page.Locator("#filter-note .error")).ToContainTextAsync("“huge” is not a number");
        await filter.FillAsync("no such run");
        await visit.Page.GetByText("Show all 72").ClickAsync();
        await Expect(filter).ToHaveValueAsync("");
    });

    [SkippableFact]
    public Task Runs_are_tagged_and_found_by_tag() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.RunsPage);
        await SelectAsync(visit, 0);
        await SelectAsync(visit, 2);
        await Expect(visit.Page.GetByText("2 runs selected")).ToBeVisibleAsync();

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Tag", Exact = true }).ClickAsync();
        await visit.Page.GetByLabel("New tag").FillAsync("keep <me>");
        await visit.Page.GetByLabel("New tag").PressAsync("Enter");
        await Expect(visit.Toast).ToContainTextAsync("2 runs tagged “keep <me>”.");
        await Expect(visit.Page.Locator("span.tag")).ToHaveTextAsync(["keep <me>", "keep <me>"]);

        await visit.ReloadAsync();
        await visit.Page.GetByLabel("Filter", new() { Exact = true }).FillAsync("tag:\"keep <me>\"");
        await Expect(visit.Page.Locator("#filter-note")).ToHaveTextAsync("2 of 72 shown");

        await visit.Page.GetByLabel("Select all shown runs").CheckAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Tag", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take off keep <me>" }).ClickAsync();
        await Expect(visit.Toast).ToContainTextAsync("taken off 2 runs.");
        await Expect(visit.Page.GetByText("No run passes the filter.")).ToBeVisibleAsync();
        await visit.Toast.GetByText("Undo").ClickAsync();
        await Expect(visit.Page.Locator("#filter-note")).ToHaveTextAsync("2 of 72 shown");
    });

    [SkippableFact]
    public Task An_excluded_run_no_longer_counts_for_anybody() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.IsoFlop);
        var answer = await visit.Answer.InnerTextAsync();
        await visit.OpenAsync(SampleDashboard.RunsPage + "&sort=loss");
        await SelectAsync(visit, 0);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Exclude", Exact = true }).ClickAsync();
        await visit.Page.GetByLabel("Another reason").FillAsync("restarted twice");
        await visit.Page.GetByLabel("Exclude", new() { Exact = true }).GetByRole(AriaRole.Button, new() { Name = "Exclude", Exact = true }).ClickAsync();
        await Expect(visit.Toast).ToContainTextAsync("1 run excluded: restarted twice.");

        await visit.ReloadAsync();
        await Expect(visit.Answer).ToContainTextAsync("71 runs of 72 count towards the fits (1 run excluded).");
        await Expect(visit.Page.GetByText("excluded: restarted twice")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Show excluded").UncheckAsync();
        await Expect(visit.Page.Locator("#filter-note")).ToHaveTextAsync("71 of 72 shown");
        await visit.Page.GetByLabel("Show excluded").CheckAsync();
        await Expect(visit.Page.Locator("#filter-note")).ToHaveTextAsync("");

        var other = await visit.AnotherVisitorAsync();
        await other.OpenAsync(SampleDashboard.IsoFlop + "&tab=data");
        await Expect(other.Answer).ToContainTextAsync("At 5.76e23 FLOP, train");
        await Expect(other.Answer).Not.ToHaveTextAsync(answer);
        await Expect(other.Page.GetByRole(AriaRole.Tabpanel)).ToContainTextAsync("71 runs of 72 take part");

        await visit.Page.Locator("tr.excluded input[type=checkbox]").CheckAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Include again" }).ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync("72 runs of 72 count");
        await other.ReloadAsync();
        await Expect(other.Answer).ToHaveTextAsync(answer);
    });

    [SkippableFact]
    public Task Deleted_runs_come_back_with_undo() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.RunsPage);
        var names = await NamesAsync(visit);
        await SelectAsync(visit, 1);
        await visit.Page.Locator("tbody input[type=checkbox]").Nth(3).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(visit.Page.GetByText("3 runs selected")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(visit.Toast).ToContainTextAsync("3 runs deleted.");
        await Expect(visit.Answer).ToContainTextAsync("69 runs of 69");
        Assert.DoesNotContain(names[2], await NamesAsync(visit));

        await visit.Toast.GetByText("Undo").ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync("72 runs of 72");
        Assert.Equal(names, await NamesAsync(visit));
    });

    [SkippableFact]
    public Task Details_of_a_run_are_an_address_and_lead_to_its_file() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.RunsPage);
        const string name = "6e18 size 1";
        var first = visit.Page.Locator("tbody a").First;
        await Expect(first).ToHaveTextAsync(name);
        await first.ClickAsync();
        var details = visit.Page.GetByRole(AriaRole.Complementary, new() { Name = "Details of the run" });
        await Expect(details.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync(name);
        await Expect(visit.Page).ToHaveURLAsync(new Regex("run="));

        var download = await visit.Page.RunAndWaitForDownloadAsync(() => details.GetByRole(AriaRole.Link, new() { Name = "sweep.csv" }).ClickAsync());
        Assert.Equal("sweep.csv", download.SuggestedFilename);
        var path = await download.PathAsync();
        Assert.Equal(await File.ReadAllBytesAsync(Repository.Sample("chinchilla-sweep/sweep.csv")), await File.ReadAllBytesAsync(path));

        await visit.ReloadAsync();
        await Expect(details).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Close the details").ClickAsync();
        await Expect(details).ToHaveCountAsync(0);
        await visit.Page.GoBackAsync();
        await Expect(details).ToBeVisibleAsync();
    });

    private static Task SelectAsync(Visit visit, int row) => visit.Page.Locator("tbody input[type=checkbox]").Nth(row).CheckAsync();

    /// <summary>The losses in the table once they are as they should be; its rows follow its head a moment later.</summary>
    private static async Task<double[]> LossesAsync(Visit visit, Func<double[], bool> expected)
    {
        double[] losses = [];
        await Visit.EventuallyAsync(async () => expected(losses = await LossesAsync(visit)), () => $"The losses in the table are {string.Join(", ", losses)}.");
        return losses;
    }

    private static async Task<double[]> LossesAsync(Visit visit)
    {
        await Expect(visit.Page.Locator("tbody tr td:nth-child(6)").First).ToBeVisibleAsync();
        return [.. (await visit.Page.Locator("tbody tr td:nth-child(6)").AllInnerTextsAsync()).Select(SampleDashboard.Number)];
    }

    private static async Task<string[]> NamesAsync(Visit visit)
    {
        await Expect(visit.Page.Locator("tbody a").First).ToBeVisibleAsync();
        return [.. await visit.Page.Locator("tbody a").AllInnerTextsAsync()];
    }
}
