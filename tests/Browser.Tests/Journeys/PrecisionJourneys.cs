using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>What few bits cost: asked of the published law, and of runs.</summary>
public sealed class PrecisionJourneys(DashboardFixture dashboard) : BrowserTest<DashboardFixture>(dashboard)
{
    [SkippableFact]
    public Task Dragging_the_bits_changes_sentence_chart_and_address() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/precision");
        await Expect(visit.Answer).ToContainTextAsync("In 8 bits, 8B parameters count as");
        // Where the loss that few bits cost is drawn, and this model in it.
        var before = (await visit.PlotAsync("Loss lost to the bits", plot => plot.Has("This model"))).Trace("This model");
        Assert.Equal(8, before.X[0]);
        var bits = visit.Page.GetByRole(AriaRole.Slider, new() { Name = "Bits in training" });
        while (await bits.GetAttributeAsync("aria-valuetext") != "4")
        {
            var shown = await bits.GetAttributeAsync("aria-valuetext");
            await bits.PressAsync("ArrowLeft");
            await Expect(bits).Not.ToHaveAttributeAsync("aria-valuetext", shown!);
        }

        await Expect(visit.Answer).ToContainTextAsync("In 4 bits, 8B parameters count as 1.53B: it takes 5.24 times the parameters");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/precision\\?w=4&a=4&kv=4$"));
        var dragged = (await visit.PlotAsync("Loss lost to the bits", plot => plot.Has("This model") && plot.Trace("This model").X[0] == 4)).Trace("This model");
        Assert.True(dragged.Y[0] > 10 * before.Y[0]);
        await visit.PlotAsync("Effective parameters", plot => plot.Traces.Any(trace => trace.X.Contains(4) && trace.Y.Any(share => Math.Abs((share ?? 0) - 0.191) < 1e-3)));
        await visit.ReloadAsync();
        await Expect(visit.Answer).ToContainTextAsync("In 4 bits, 8B parameters count as 1.53B");
    });
}
