using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>The teammate's journey: the address is the view.</summary>
public sealed class LinkJourneys(SampleDashboard dashboard) : BrowserTest<SampleDashboard>(dashboard)
{
    private static readonly string[] s_charts = ["Loss at equal compute", "Compute-optimal size", "Loss against compute", "Compute-optimal tokens"];

    [SkippableFact]
    public Task A_shared_link_shows_the_same_answer_and_charts_to_somebody_else() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.IsoFlop);
        await SetTargetAsync(visit, "2e22");
        await visit.ChooseAsync("Horizontal axis", "D/N");
        await visit.Page.GetByLabel("Kaplan").UncheckAsync();
        // A redraw between pointing and clicking would forget what is pointed at.
        await visit.PlotAsync(s_charts[3], plot => plot.Named("Kaplan").Length == 0);
        var run = (await visit.PlotAsync(s_charts[0], plot => plot.X.Title.StartsWith("Tokens per", StringComparison.Ordinal))).RunIds[3];
        await visit.ClickPointAsync(s_charts[0], run);
        await Expect(visit.Page).ToHaveURLAsync(new Regex("without="));
        await visit.PlotAsync(s_charts[0], plot => plot.Has("Excluded"));

        var link = await visit.ShareAsync();
        Assert.Equal(visit.Page.Url, link);
        await visit.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await Expect(visit.Page.GetByText("Copied. Anyone who can open this dashboard sees the same chart.")).ToBeVisibleAsync();
        Assert.Equal(link, await visit.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));

        var other = await visit.AnotherVisitorAsync();
        await other.OpenAsync(link);
        await Expect(other.Answer).ToHaveTextAsync(await visit.Answer.InnerTextAsync());
        Assert.Equal(link, other.Page.Url);
        foreach (var chart in s_charts)
        {
            var mine = await visit.PlotAsync(chart);
            var theirs = await other.PlotAsync(chart);
            Assert.Equal(mine.Traces.Select(trace => trace.Name), theirs.Traces.Select(trace => trace.Name));
            foreach (var (left, right) in mine.Traces.Zip(theirs.Traces))
            {
                Assert.Equal(left.X, right.X);
                Assert.Equal(left.Y, right.Y);
            }

            Assert.Equal(mine.X, theirs.X);
        }
    });

    [SkippableFact]
    public Task Back_and_forward_walk_the_states_and_reload_keeps_them() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.IsoFlop);
        var first = (visit.Page.Url, Answer: await visit.Answer.InnerTextAsync());
        await SetTargetAsync(visit, "1e22");
        await Expect(visit.Answer).ToContainTextAsync("At 1e22 FLOP");
        var second = (visit.Page.Url, Answer: await visit.Answer.InnerTextAsync());
        await visit.ChooseAsync("Horizontal axis", "D");
        await visit.PlotAsync(s_charts[0], plot => plot.X.Title == "Tokens D");
        var third = visit.Page.Url;

        await visit.Page.GoBackAsync();
        await visit.PlotAsync(s_charts[0], plot => plot.X.Title == "Parameters N");
        Assert.Equal(second.Url, visit.Page.Url);
        await Expect(visit.Answer).ToHaveTextAsync(second.Answer);
        await visit.Page.GoBackAsync();
        await Expect(visit.Answer).ToHaveTextAsync(first.Answer);
        await Expect(visit.Page.GetByLabel("Target budget")).ToHaveValueAsync("5.76e23 FLOP");
        Assert.Equal(first.Url, visit.Page.Url);
        await visit.Page.GoForwardAsync();
        await Expect(visit.Answer).ToHaveTextAsync(second.Answer);
        await visit.Page.GoForwardAsync();
        await visit.PlotAsync(s_charts[0], plot => plot.X.Title == "Tokens D");
        Assert.Equal(third, visit.Page.Url);

        await visit.ReloadAsync();
        await Expect(visit.Answer).ToHaveTextAsync(second.Answer);
        await visit.PlotAsync(s_charts[0], plot => plot.X.Title == "Tokens D");
        Assert.Equal(third, visit.Page.Url);
    });

    [SkippableTheory]
    [InlineData("/isoflop?c=abc&x=zzz&without=%00&draws=-5&tolerance=1e999&tab=&by=9&seed=x&show=nobody&project=sample")]
    [InlineData("/isoflop?project=sample&c=5.76e23&c=1&low=9&high=1&delta=-1&where=&where==&%ZZ=%ZZ&&&=")]
    [InlineData("/isoflop?project=sample&without=%F0%9F%92%A5&without=%3Cscript%3Ealert(1)%3C/script%3E&show=%22%27%3E")]
    [InlineData("/runs?project=sample&sort=zzz&descending=7&filter=%00%22%3Cb%3E(((%5C&run=%2e%2e%2f")]
    [InlineData("/runs?project=sample&filter=loss%3D..&excluded=maybe")]
    [InlineData("/help?nothing=at#all")]
    public Task A_garbled_link_takes_defaults(string address) => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(address);

        await Expect(visit.Page.Locator("p.answer, article.prose").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".error-panel")).ToHaveCountAsync(0);
        await AssertAliveAsync(visit);
    });

    [SkippableTheory]
    [InlineData("/isoflop?project=nobody", "No such project")]
    [InlineData("/isoflop?project=sample&where=nonsense%3D1", "The filter fits no column")]
    [InlineData("/isoflop?project=sample&where=parameters%3D1", "No runs are left")]
    [InlineData("/runs?project=no%3Cb%3Ebody", "No such project")]
    [InlineData("/import?staged=..%2f..%2fetc%2fpasswd&map=loss", "This upload is no longer here")]
    [InlineData("/import?staged=%00&project=%00", "This upload is no longer here")]
    public Task A_link_to_what_is_not_there_says_so(string address, string message) => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(address);

        await Expect(visit.Page.Locator(".error-panel b").First).ToHaveTextAsync(message);
        await AssertAliveAsync(visit);
    });

    [SkippableFact]
    public Task The_way_out_of_a_broken_filter_leads_to_all_runs() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.IsoFlop + "&where=nonsense%3D1&c=1e22");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Remove the filter" }).ClickAsync();

        await Expect(visit.Answer).ToContainTextAsync("At 1e22 FLOP, train");
        await Expect(visit.Page).Not.ToHaveURLAsync(new Regex("where="));
    });

    [SkippableFact]
    public Task An_unknown_address_is_a_page_that_leads_on() => BrowseAsync(async visit =>
    {
        visit.Allow("404 (Not Found)");
        await visit.OpenAsync("/nowhere/at/all?x=1");

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no page at this address" })).ToBeVisibleAsync();
        await visit.Page.GetByText("Go to the overview").ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync("72 runs in 1 project");
    });

    private static async Task SetTargetAsync(Visit visit, string budget)
    {
        await visit.Page.GetByLabel("Target budget").FillAsync(budget);
        await visit.Page.GetByLabel("Target budget").PressAsync("Enter");
        await Expect(visit.Answer).ToContainTextAsync($"At {budget} FLOP");
    }

    /// <summary>The page still hears clicks.</summary>
    private static async Task AssertAliveAsync(Visit visit)
    {
        await Expect(visit.Page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await Expect(visit.Page.GetByLabel("Link to this view")).ToBeVisibleAsync();
    }
}
