using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>Two people at once, and a server that dies.</summary>
public sealed class ResilienceJourneys(SampleDashboard dashboard) : BrowserTest<SampleDashboard>(dashboard)
{
    private const string Loss = "Loss at equal compute";

    [SkippableFact]
    public Task What_one_tab_excludes_shows_in_the_other_after_a_reload() => BrowseAsync(async visit =>
    {
        var other = await visit.AnotherVisitorAsync();
        await visit.OpenAsync(SampleDashboard.RunsPage);
        await other.OpenAsync(SampleDashboard.IsoFlop);
        var answer = await other.Answer.InnerTextAsync();

        await visit.Page.Locator("tbody input[type=checkbox]").First.CheckAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Exclude", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "diverged" }).ClickAsync();
        await Expect(visit.Toast).ToContainTextAsync("1 run excluded: diverged.");

        await other.ReloadAsync();
        await other.PlotAsync(Loss, plot => plot.Has("Excluded"));
        await Expect(other.Answer).Not.ToHaveTextAsync(answer);
        await visit.Toast.GetByText("Undo").ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync("72 runs of 72 count");
        await other.ReloadAsync();
        await Expect(other.Answer).ToHaveTextAsync(answer);
    });

    [SkippableFact]
    public Task A_killed_server_loses_nothing_and_the_page_says_what_to_do() => BrowseAsync(async visit =>
    {
        // What the browser and Blazor write down when the server is gone.
        foreach (var complaint in new[] { "ERR_CONNECTION", "WebSocket closed", "Failed to fetch", "'Connected' State", "reconnect" })
            visit.Allow(complaint);
        await visit.OpenAsync(SampleDashboard.RunsPage);
        await visit.Page.Locator("tbody input[type=checkbox]").Nth(5).CheckAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Tag", Exact = true }).ClickAsync();
        await visit.Page.GetByLabel("New tag").FillAsync("before the crash");
        await visit.Page.GetByLabel("New tag").PressAsync("Enter");
        await Expect(visit.Toast).ToContainTextAsync("1 run tagged");
        await visit.OpenAsync(SampleDashboard.IsoFlop + "&c=1e22");
        await Expect(visit.Answer).ToContainTextAsync("At 1e22 FLOP, train");
        var answer = await visit.Answer.InnerTextAsync();

        await Dashboard.RestartAsync(() => Expect(visit.Page.GetByText("The connection to the server is lost")).ToBeVisibleAsync());

        await visit.Page.GetByText("The server was restarted.").WaitForAsync();
        await visit.Page.Locator("#components-reconnect-modal").GetByRole(AriaRole.Button, new() { Name = "Reload" }).ClickAsync();
        await Expect(visit.Page.GetByText("The connection to the server is lost")).ToBeHiddenAsync();
        await Expect(visit.Answer).ToHaveTextAsync(answer);
        await Expect(visit.Page).ToHaveURLAsync(new Regex("c=1e22"));
        await visit.OpenAsync(SampleDashboard.RunsPage);
        await Expect(visit.Answer).ToContainTextAsync("72 runs of 72 count");
        await Expect(visit.Page.Locator("span.tag")).ToHaveTextAsync("before the crash");
    });
}
