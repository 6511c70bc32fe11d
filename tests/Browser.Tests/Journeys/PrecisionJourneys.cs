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
        var bits = visit.Page.GetByRole(AriaRole.Slider, new() { Name = "Bits in training" });
        while (await bits.GetAttributeAsync("aria-valuetext") != "4")
        {
            var shown = await bits.GetAttributeAsync("aria-valuetext");
            await bits.PressAsync("ArrowLeft");
            await Expect(bits).Not.ToHaveAttributeAsync("aria-valuetext", shown!);
        }

        await Expect(visit.Answer).ToContainTextAsync("In 4 bits, 8B parameters count as 1.53B: it takes 5.24 times the parameters");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/precision\\?w=4&a=4&kv=4$"));
        await visit.ReloadAsync();
        await Expect(visit.Answer).ToContainTextAsync("In 4 bits, 8B parameters count as 1.53B");
    });
}
