using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>The newcomer's journey, from nothing to the first answer.</summary>
public sealed class OverviewJourneys(DashboardFixture dashboard) : BrowserTest<DashboardFixture>(dashboard)
{
    [SkippableFact]
    public Task From_an_empty_store_to_published_laws_and_the_sample_sweep() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/");
        await Expect(visit.Answer).ToContainTextAsync("No runs yet.");
        await Expect(visit.Page.Locator(".ways section")).ToHaveCountAsync(3);
        await Expect(visit.Page.Locator(".ways").GetByRole(AriaRole.Link, new() { Name = "Upload run results" })).ToHaveAttributeAsync("href", "/import");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Explore published laws" }).ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync("published laws put the best model between");
        var size = await visit.PlotAsync("Compute-optimal size");
        Assert.Equal(6, size.Traces.Count(trace => trace.Mode == "lines"));
        Assert.True(size.Traces.Count(trace => trace.Mode == "markers") >= 20, $"landmark models are missing: {size}");
        Assert.True(size.Has("Chinchilla"), $"{size}");
        await visit.Page.GetByLabel("Target budget").FillAsync("1e25");
        await visit.Page.GetByLabel("Target budget").PressAsync("Enter");
        await Expect(visit.Answer).ToContainTextAsync("At 1e25 FLOP");
        await visit.Page.GetByLabel("Landmark models").UncheckAsync();
        await visit.PlotAsync("Compute-optimal size", plot => !plot.Has("Chinchilla"));

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Runs", Exact = true }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "No runs yet" })).ToBeVisibleAsync();
        await visit.Page.GetByText("Other ways to begin").ClickAsync();

        // A double click loads it once.
        await visit.Page.GetByText("Load the sample sweep").DblClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/isoflop\\?project=Sample"));
        await Expect(visit.Answer).ToContainTextAsync(new Regex("At 5.76e23 FLOP, train [0-9.]+B parameters on [0-9.]+T tokens for a loss of 1.9[0-9] nats per token"));
        var loss = await visit.PlotAsync("Loss at equal compute");
        Assert.Equal(SampleDashboard.Runs, loss.RunIds.Distinct().Count());
        Assert.Equal(9, loss.Named("Parabola at ").Length);
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("^1 Envelope, your runs") })).ToBeVisibleAsync();

        await visit.OpenAsync("/");
        await Expect(visit.Answer).ToContainTextAsync("72 runs in 1 project");
        await Expect(visit.Page.GetByText("Load the sample sweep")).ToHaveCountAsync(0);
    });
}
