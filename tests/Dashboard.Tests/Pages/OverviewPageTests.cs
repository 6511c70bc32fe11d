using Bunit;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class OverviewPageTests : StoreTest
{
    private readonly string _sample = Path.GetTempFileName();

    protected override Samples Samples => new(_sample);

    protected override void Dispose(bool disposing)
    {
        File.Delete(_sample);
        base.Dispose(disposing);
    }

    [Fact]
    public void An_empty_store_shows_three_ways_on()
    {
        var page = Open();

        Assert.StartsWith("No runs yet.", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Equal("Load the sample sweep", page.Find(".ways button").TextContent);
        Assert.Equal(["Upload run results /import", "Explore published laws /isoflop"], page.FindAll(".ways a").Select(link => $"{link.TextContent} {link.GetAttribute("href")}"));
    }

    [Fact]
    public async Task The_sample_is_loaded_by_one_click_and_shown()
    {
        await File.WriteAllTextAsync(_sample, TemporaryStore.Sweep);
        var page = Open();
        var button = page.Find(".ways button");

        // Both clicks are sent before the page is drawn again.
        await Task.WhenAll(button.ClickAsync(new()), button.ClickAsync(new()));

        Assert.Equal("http://localhost/isoflop?project=Sample%3A%20Chinchilla-like%20sweep", Address.Uri);
        Assert.Single(Address.History);
        Assert.Equal(2, Assert.Single(await Temporary.Store.ProjectsAsync()).Runs);
    }

    [Fact]
    public async Task A_sample_that_cannot_be_loaded_is_said()
    {
        var page = Open();

        await page.InvokeAsync(() => page.Find(".ways button").Click());

        page.WaitForAssertion(() => Assert.Contains("is empty", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.False(page.Find(".ways button").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Projects_are_listed_with_their_links()
    {
        await Temporary.ImportAsync("a & b");
        await Temporary.ImportAsync("c", "parameters,tokens,loss,budget\n1e8,2e9,3,1e18\n");
        var page = Open();

        Assert.Equal("3 runs in 2 projects (the largest spent 1.92e19 FLOP).", page.Find(".answer").TextContent);
        Assert.Equal(["a & b", "c"], page.FindAll("tbody th").Select(cell => cell.TextContent));
        Assert.Equal(["2", "–", "1.2e18–1.92e19"], page.FindAll("tbody tr:first-child td").Take(3).Select(cell => cell.TextContent));
        Assert.Equal(["/runs?project=a%20%26%20b", "/isoflop?project=a%20%26%20b"], page.FindAll("tbody tr:first-child td a").Select(link => link.GetAttribute("href")));
        Assert.Contains(page.FindAll("a"), link => link.GetAttribute("href")!.StartsWith("/isoflop?published=1", StringComparison.Ordinal));
    }

    private IRenderedComponent<OverviewPage> Open()
    {
        var page = Render<OverviewPage>();
        page.WaitForElement(".answer", TimeSpan.FromSeconds(20));
        return page;
    }
}
