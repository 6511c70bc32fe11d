using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>From a form to real runs: a small race of optimizers, trained by the server.</summary>
public sealed class LabJourneys(DashboardFixture dashboard) : BrowserTest<DashboardFixture>(dashboard)
{
    // A busy machine trains slowly.
    private const float Patience = 120_000;

    [SkippableFact]
    public Task A_race_is_started_watched_to_its_end_and_its_curves_are_looked_at() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/lab?size=1x16&tokens=2K&seed=1&context=16&batch=4&rows=4&held_out=8&vocabulary=5&successors=3");
        await Expect(visit.Answer).ToContainTextAsync("2 runs would take about", new() { Timeout = Patience });
        var rates = visit.Page.GetByLabel("Learning rates", new() { Exact = true });
        await rates.FillAsync("0.004,0.008");
        await rates.PressAsync("Enter");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("lr=0.004%2C0.008"));
        await Expect(visit.Answer).ToContainTextAsync("4 runs would take about", new() { Timeout = Patience });

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("job="), new() { Timeout = Patience });
        await Expect(visit.Answer).ToContainTextAsync("All 4 runs ended (lowest: 1x16-2Ktok-", new() { Timeout = Patience });
        var drawn = await visit.PlotAsync("loss", plot => plot.Named("1x16-2Ktok-adamw").Length > 0 && plot.Named("1x16-2Ktok-c-adamw").Length > 0);
        Assert.Equal("Training compute C, FLOP", drawn.X.Title);
        await Expect(visit.Page.GetByRole(AriaRole.Tabpanel).GetByText("ended", new() { Exact = true })).ToHaveCountAsync(4);

        // Somebody else opens the link, and goes on to the curves.
        var teammate = await visit.AnotherVisitorAsync();
        await teammate.OpenAsync(new Uri(visit.Page.Url).PathAndQuery);
        await Expect(teammate.Answer).ToHaveTextAsync(await visit.Answer.InnerTextAsync());
        await teammate.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Curves", Exact = true }).ClickAsync();
        await Expect(teammate.Answer).ToContainTextAsync("is lowest at the end");
        await teammate.PlotAsync("loss", plot => plot.Named("1x16-2Ktok-c-adamw").Length > 0 && plot.Traces.Any(trace => trace.X.Length == 4));

        // And the race is compared, with a link that says the same to both.
        await visit.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Optimizers", Exact = true }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/optimizers\\?project="));
        await Expect(visit.Answer).ToContainTextAsync("C-AdamW");
        await Expect(visit.Answer).ToContainTextAsync("no interval");
        await teammate.OpenAsync(await visit.ShareAsync());
        await Expect(teammate.Answer).ToHaveTextAsync(await visit.Answer.InnerTextAsync());
    });
}
