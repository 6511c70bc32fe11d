using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>A fit from the first look to the link that a teammate opens.</summary>
public sealed class FitJourneys(SampleDashboard dashboard) : BrowserTest<SampleDashboard>(dashboard)
{
    private const string Losses = "Equal loss";
    private const string Compute = "Loss against compute";

    [SkippableFact]
    public Task A_fit_is_made_judged_without_its_most_influential_run_saved_compared_and_shared() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/fit?project=sample&draws=50");
        await Expect(visit.Answer).ToContainTextAsync("At 5.76e23 FLOP, this law trains");
        var answer = await visit.Answer.InnerTextAsync();
        await visit.PlotAsync(Compute, plot => plot.Has("Fit") && plot.Has("Fit, 80 %") && plot.Has("Target"));
        await visit.PlotAsync("Fitted against measured", plot => plot.RunIds.Length == SampleDashboard.Runs);
        var all = await visit.PlotAsync(Losses, plot => plot.Has("Efficient frontier") && plot.Has("Frontier, 80 %") && plot.RunIds.Length == SampleDashboard.Runs);

        // The largest model stands alone at the top.
        var points = all.Trace("Points");
        var run = points.Ids[Array.IndexOf(points.Y, points.Y.Max())];
        await visit.ClickPointAsync(Losses, run);
        await Expect(visit.Page).ToHaveURLAsync(new Regex($"without={run}(&|$)"));
        await visit.PlotAsync(Losses, plot => plot.Has("Excluded") && !plot.RunIds.Contains(run));
        await Expect(visit.Answer).Not.ToHaveTextAsync(answer);
        await visit.Toast.GetByText("Undo").ClickAsync();
        await Expect(visit.Answer).ToHaveTextAsync(answer);

        await visit.Page.GetByRole(AriaRole.Tab, new() { Name = "Diagnostics" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Prediction of the largest budgets" })).ToBeVisibleAsync();
        var influence = visit.Page.GetByRole(AriaRole.Table).Filter(new() { HasText = "Most influential runs" });
        var bending = await influence.GetByRole(AriaRole.Rowheader).First.InnerTextAsync();
        await influence.GetByRole(AriaRole.Button, new() { Name = "Exclude" }).First.ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("without="));
        await Expect(visit.Answer).Not.ToHaveTextAsync(answer);
        await visit.Page.GetByText("1 point excluded, 1 without a reason").ClickAsync();
        var why = visit.Page.GetByLabel($"Why {bending} is excluded");
        await why.FillAsync("loss spike");
        await why.PressAsync("Tab");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("why=[^&]*loss%20spike"));
        await visit.Page.GetByRole(AriaRole.Tab, new() { Name = "Diagnostics" }).ClickAsync();
        await Expect(visit.Page.GetByText($"1 run: {bending} (loss spike).")).ToBeVisibleAsync();

        await visit.Page.GetByLabel("Method", new() { Exact = true }).SelectOptionAsync("Least squares on log loss");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("method=logsquared"));
        await visit.Page.GetByLabel("Law", new() { Exact = true }).SelectOptionAsync("Chinchilla, α = β");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("law=tied"));
        await Expect(visit.Page.GetByText("a = 0.500", new() { Exact = true }).First).ToBeVisibleAsync();

        await visit.Page.GetByRole(AriaRole.Tab, new() { Name = "Saved" }).ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("tied");
        await visit.Page.GetByText("Save the fit").ClickAsync();
        await Expect(visit.Page.GetByText("Saved as tied v1.")).ToBeVisibleAsync();

        await visit.Page.GetByLabel("Law", new() { Exact = true }).SelectOptionAsync("Chinchilla");
        await Expect(visit.Page).Not.ToHaveURLAsync(new Regex("law=tied"));
        await visit.Page.GetByLabel("Lay over tied v1").CheckAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("fits="));
        await visit.PlotAsync(Compute, plot => plot.Has("tied v1"));
        await Expect(visit.Page.GetByRole(AriaRole.Columnheader, new() { Name = "this view" })).ToBeVisibleAsync();

        await visit.Page.GetByLabel("Recompute tied v1").ClickAsync();
        await Expect(visit.Page.GetByText("Nothing changed: same runs, same options, same code, same numbers.")).ToBeVisibleAsync();
        var link = await visit.ShareAsync();
        Assert.Matches("without=.*why=", link);

        var other = await visit.AnotherVisitorAsync();
        await other.OpenAsync(link);
        await Expect(other.Answer).ToHaveTextAsync(await visit.Answer.InnerTextAsync());
        await Expect(other.Page.GetByText("Nothing changed: same runs, same options, same code, same numbers.")).ToBeVisibleAsync();
        var (mine, theirs) = (await visit.PlotAsync(Compute, plot => plot.Has("tied v1")), await other.PlotAsync(Compute, plot => plot.Has("tied v1")));
        Assert.Equal(mine.Traces.Select(trace => trace.Name), theirs.Traces.Select(trace => trace.Name));
        Assert.Equal(mine.Trace("Fit").Y, theirs.Trace("Fit").Y);
    });
}
