using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Dashboard.Links;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class LabPageTests : StoreTest
{
    private const string Tiny = "?size=1x16&tokens=1K&seed=1&context=16&batch=4&rows=4&held_out=8&vocabulary=5&successors=3";
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private IRenderedComponent<LabPage> Open(string query)
    {
        if (Services.All(service => service.ServiceType != typeof(LabService)))
        {
            Services.AddSingleton(new DashboardOptions { StorePath = Temporary.DatabasePath });
            Services.AddSingleton<CurvesService>();
            Services.AddSingleton<LabService>();
        }

        Address.NavigateTo(PageUrls.Lab + query);
        var page = Render<LabPage>();
        page.WaitForElement(".answer, .error-panel");
        return page;
    }

    private async Task EndedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (Services.GetRequiredService<LabService>().Current is not null)
            await Task.Delay(20, patience.Token);
    }

    private static string Answer(IRenderedComponent<LabPage> page) => page.Find(".answer").TextContent.Trim();

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<LabPage> page, string text) => page.FindAll("button").Single(button => button.TextContent == text);

    private static AngleSharp.Dom.IElement Field(IRenderedComponent<LabPage> page, string label) => page.FindAll("label.field").Single(field => field.TextContent.Trim() == label).QuerySelector("input")!;

    [Fact]
    public async Task The_time_is_told_before_the_start_and_what_is_typed_stands_in_the_address()
    {
        var page = Open(Tiny);
        page.WaitForAssertion(() => Assert.Matches(@"^2 runs would take about \d+ s here \(\d+ s to \d+ s on ", Answer(page)));
        Assert.Equal(["2", "3.15K", "1K"], page.FindAll(".strip .v").Take(3).Select(value => value.TextContent));
        Assert.False(Button(page, "Start").HasAttribute("disabled"));
        await page.InvokeAsync(() => Field(page, "Seeds").Change("1..3"));
        page.WaitForAssertion(() => Assert.StartsWith("6 runs would take", Answer(page), StringComparison.Ordinal));
        Assert.Contains("&seed=1..3&", Address.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find("input[aria-label=c-lion]").Change(true));
        page.WaitForAssertion(() => Assert.StartsWith("9 runs would take", Answer(page), StringComparison.Ordinal));
        Assert.Contains("&optimizer=adamw%2Cc-adamw%2Cc-lion&", Address.Uri, StringComparison.Ordinal);
        Assert.Equal(9, page.FindAll("[role=tabpanel] tbody tr").Count);
    }

    [Theory]
    [InlineData("&heads=5", "width 16 is not a multiple of heads 5")]
    [InlineData("&lr=fast", "Learning rates: 'fast' is not a number above zero.")]
    [InlineData("&batch=4000&size=20x4096", "GB of memory")]
    public void What_cannot_be_trained_is_told_in_place_of_a_start(string more, string words)
    {
        var page = Open(more.Contains("batch", StringComparison.Ordinal) ? "?" + more : Tiny + more);
        Assert.StartsWith("Nothing can be trained like this", Answer(page), StringComparison.Ordinal);
        Assert.Contains(words, Answer(page), StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent == "Start");
    }

    [Fact]
    public async Task A_race_is_started_watched_to_its_end_and_compared()
    {
        var page = Open(Tiny);
        page.WaitForAssertion(() => Assert.False(Button(page, "Start").HasAttribute("disabled")));
        await page.InvokeAsync(() => Button(page, "Start").Click());
        page.WaitForAssertion(() => Assert.Contains("&job=", Address.Uri, StringComparison.Ordinal));
        await EndedAsync();
        Clock.Advance(s_look);
        page.WaitForAssertion(() => Assert.StartsWith("All 2 runs ended (lowest: 1x16-1Ktok-", Answer(page), StringComparison.Ordinal));
        page.WaitForAssertion(() =>
        {
            var drawn = (PlotlySpec)ChartModule.Invocations["draw"][^1].Arguments[1]!;
            Assert.Equal(["1x16-1Ktok-adamw-lr0.008-s1", "1x16-1Ktok-c-adamw-lr0.008-s1"], drawn.Data.Select(trace => trace.Name));
        });
        Assert.StartsWith("/curves?project=Lab%201&runs=", page.FindAll("a.button").Single(link => link.TextContent == "Curves").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal(["ended", "ended"], page.FindAll("[role=tabpanel] tbody td.text").Select(cell => cell.TextContent));
        Assert.Equal(2, (await Temporary.Store.RunsAsync("Lab 1")).Count);
        // The form is kept: once more would be another project.
        await page.InvokeAsync(() => Field(page, "Seeds").Change("2"));
        page.WaitForAssertion(() => Assert.StartsWith("2 runs would take", Answer(page), StringComparison.Ordinal));
        Assert.DoesNotContain("job=", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_survives_its_page_and_is_cancelled_and_gone_on_with_from_another()
    {
        var page = Open(Tiny.Replace("1K", "20M", StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.False(Button(page, "Start").HasAttribute("disabled")));
        await page.InvokeAsync(() => Button(page, "Start").Click());
        page.WaitForAssertion(() => Assert.StartsWith("0 of 2 runs ended, about ", Answer(page), StringComparison.Ordinal));
        var job = new Uri(Address.Uri).Query;

        var other = Open(Tiny);
        Assert.Contains("A training runs here, into Lab 1: running, 0 of 2 runs ended.", other.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.True(Button(other, "Start").HasAttribute("disabled"));
        Assert.EndsWith(job[job.IndexOf("job=", StringComparison.Ordinal)..], other.Find(".notice a").GetAttribute("href"), StringComparison.Ordinal);

        var watched = Open(job);
        await watched.InvokeAsync(() => Button(watched, "Cancel the training").Click());
        watched.WaitForAssertion(() => Assert.StartsWith("Stopped at 0 of 2 runs; it can go on from there", Answer(watched), StringComparison.Ordinal));
        await watched.InvokeAsync(() => Button(watched, "Go on").Click());
        watched.WaitForAssertion(() => Assert.StartsWith("0 of 2 runs ended, about ", Answer(watched), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_is_uploaded_and_no_text_is_refused()
    {
        var page = Open(Tiny);
        var text = await Temporary.StageAsync(string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 600)), "cats.txt");
        await page.InvokeAsync(() => page.FindComponent<UploadBox>().Instance.StagedAsync([text.Id]));
        page.WaitForAssertion(() => Assert.Contains("&text=cats.txt&sha=", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("not known", page.FindAll(".strip .v")[4].TextContent));
        await page.InvokeAsync(() => Button(page, "Use the synthetic language instead").Click());
        page.WaitForAssertion(() => Assert.EndsWith("nats", page.FindAll(".strip .v")[4].TextContent, StringComparison.Ordinal));
        var empty = await Temporary.StageAsync("tiny", "short.txt");
        await page.InvokeAsync(() => page.FindComponent<UploadBox>().Instance.StagedAsync([empty.Id]));
        page.WaitForAssertion(() => Assert.Contains("short.txt has 4 bytes.", page.Find(".error-panel").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void A_training_that_is_gone_is_said_to_be()
    {
        var page = Open("?job=20200101-000000-abcdef");
        Assert.Contains("No such training", page.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".answer"));
    }
}
