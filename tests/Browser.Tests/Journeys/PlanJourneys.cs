using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>The planner's journey: four what-ifs side by side, sent to a teammate.</summary>
public sealed class PlanJourneys(DashboardFixture dashboard) : BrowserTest<DashboardFixture>(dashboard)
{
    [SkippableFact]
    public Task Four_scenarios_are_shared_and_a_dragged_slider_changes_the_sentence() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/plan");
        await Expect(visit.Answer).ToContainTextAsync("Train 72.4B parameters on 1.33T tokens with 5.76e23 FLOP");

        // B: another budget, C: a loss in 30 days, D: an over-trained model.
        await CopyAsync(visit, "B");
        await TypeAsync(visit, "Compute, FLOP", "1e22", "b.flops=1e22", "1e22 FLOP");
        await CopyAsync(visit, "C");
        await TypeAsync(visit, "Compute, FLOP", "", "c.accelerators=1024(&|$)", "Not enough is given");
        await TypeAsync(visit, "Loss, nats per token", "2.0", "c.loss=2", "to reach 2.00 nats per token");
        await CopyAsync(visit, "D");
        await TypeAsync(visit, "Loss, nats per token", "", "d.accelerators=1024(&|$)", "Not enough is given");
        await TypeAsync(visit, "Parameters", "8", "d.accelerators=1024(&|$)", "Not enough is given");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take 8B" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("d.parameters=8000000000"));
        await TypeAsync(visit, "Tokens", "15T", "d.tokens=15000000000000", "Train 8B parameters on 15T tokens");
        await visit.PlotAsync("Loss against compute", plot => "ABCD".All(letter => plot.Has($"Scenario {letter}")));

        var slider = visit.Page.GetByRole(AriaRole.Slider, new() { Name = "Tokens", Exact = true });
        var before = await visit.Answer.InnerTextAsync();
        await slider.PressAsync("ArrowRight");
        await Expect(visit.Answer).Not.ToHaveTextAsync(before);
        await Expect(visit.Answer).ToContainTextAsync("Train 8B parameters on 16T tokens");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("d.tokens=16000000000000"));

        var other = await visit.AnotherVisitorAsync();
        await other.OpenAsync(visit.Page.Url);
        await Expect(other.Answer).ToHaveTextAsync(await visit.Answer.InnerTextAsync());
        var cells = await visit.Page.Locator(".compared td").AllTextContentsAsync();
        Assert.True(cells.Count > 30);
        await Expect(other.Page.Locator(".compared td")).ToHaveTextAsync(cells);
        var (mine, theirs) = (await visit.PlotAsync("Size against data"), await other.PlotAsync("Size against data"));
        foreach (var letter in "ABCD")
            Assert.Equal(mine.Trace($"Scenario {letter}").Y, theirs.Trace($"Scenario {letter}").Y);
    });

    private static async Task CopyAsync(Visit visit, string letter)
    {
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = $"Scenario {letter} by each law" })).ToBeVisibleAsync();
    }

    private static async Task TypeAsync(Visit visit, string label, string text, string url, string answer)
    {
        var field = visit.Page.GetByRole(AriaRole.Textbox, new() { Name = label, Exact = true });
        await field.FillAsync(text);
        await field.PressAsync("Enter");
        await Expect(visit.Page).ToHaveURLAsync(new Regex(url));
        await Expect(visit.Answer).ToContainTextAsync(answer);
    }
}
