using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>From nothing to which small models to train, and what the cut changes.</summary>
public sealed class EstimateJourneys(DashboardFixture dashboard) : BrowserTest<DashboardFixture>(dashboard)
{
    [SkippableFact]
    public Task From_an_empty_store_to_the_map_a_cell_another_cut_and_a_shared_link() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/estimate");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Which small models should I train?" })).ToBeVisibleAsync();
        await visit.Page.GetByText("Load the sample families").ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/estimate\\?project=Sample"));
        await Expect(visit.Answer).ToContainTextAsync("amber-70B");
        // Eight counts of models, ten shares.
        var map = await visit.PlotAsync("ARE map", plot => plot.Has("ARE") && plot.Trace("ARE") is { X.Length: 10, Y.Length: 8, Ids.Length: 80 });
        await visit.PlotAsync("ARE against compute spent", plot => plot.Has("Pareto front") && plot.Trace("Plans").X.Length == 360);
        await visit.PlotAsync("Loss of the target", plot => plot.Has("Predicted"));

        await visit.ClickPointAsync("ARE map", Assert.Single(map.Trace("ARE").Ids, id => id == "0|3|0.5"));
        await Expect(visit.Answer).ToContainTextAsync("The 3 smallest models to 50 %");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("models=3&share=0.5"));

        await visit.Page.GetByLabel("Models", new() { Exact = true }).SelectOptionAsync("5");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("models=5"));
        await Expect(visit.Answer).ToContainTextAsync("The 5 smallest models to 50 %");
        var answer = await visit.Answer.InnerTextAsync();
        var cut = visit.Page.GetByLabel("Minimum tokens, earlier ones are cut");
        await cut.FillAsync("0");
        await cut.PressAsync("Enter");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("mintokens=0"));
        await Expect(visit.Answer).Not.ToHaveTextAsync(answer);
        await Expect(visit.Answer).ToContainTextAsync("The 5 smallest models to 50 %");

        var link = await visit.ShareAsync();
        Assert.Matches("mintokens=0.*models=5", link);
        var other = await visit.AnotherVisitorAsync();
        await other.OpenAsync(link);
        await Expect(other.Answer).ToHaveTextAsync(await visit.Answer.InnerTextAsync());
        var theirs = await other.PlotAsync("ARE map", plot => plot.Has("ARE"));
        Assert.Equal((await visit.PlotAsync("ARE map")).Trace("ARE").Ids, theirs.Trace("ARE").Ids);
    });
}
