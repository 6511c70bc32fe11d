using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>A server with three runs that are too long to be drawn row by row.</summary>
public sealed class CurvesDashboard : DashboardFixture
{
    internal const string Project = "long";
    internal const string Growing = "growing";
    internal const int Rows = 20_000;

    protected override async Task FillAsync()
    {
        await ImportAsync(TemporaryFile("long.csv", Table(1, 3)), Project);
        await ImportAsync(TemporaryFile("first.csv", Table(1, 1)), Growing);
    }

    /// <summary>Runs first to last: loss 2 + 0.1·run + 5/√row and a spike, a million tokens a row.</summary>
    internal static byte[] Table(int first, int last)
    {
        var text = new StringBuilder("run,parameters,step,tokens,loss\n");
        for (var run = first; run <= last; run++)
        {
            for (var row = 1; row <= Rows; row++)
            {
                var loss = row == 12_345 ? 9 : 2 + 0.1 * run + 5 / Math.Sqrt(row) + 0.02 * Math.Sin(row);
                text.Append(CultureInfo.InvariantCulture, $"long-{run},1e8,{row},{row * 1e6},{loss:F5}\n");
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

/// <summary>From long logs to the part of a curve that is looked at, for others too, and while they grow.</summary>
public sealed class CurvesJourneys(CurvesDashboard dashboard) : BrowserTest<CurvesDashboard>(dashboard)
{
    [SkippableFact]
    public Task A_teammate_sees_the_part_of_the_curves_that_was_looked_at() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/curves?project=" + CurvesDashboard.Project);
        await Expect(visit.Answer).ToContainTextAsync("long-1 is lowest at the end");
        var all = await visit.PlotAsync("loss", plot => plot.Traces.Length == 3 && plot.Traces.All(trace => trace.X.Length > 500));
        // Decimated, and the spike of one row is there.
        Assert.All(all.Traces, trace => Assert.InRange(trace.X.Length, 500, 2000));
        Assert.All(all.Traces, trace => Assert.Equal(9, trace.Y.Max()!.Value, 1e-5));

        await visit.ChooseAsync("Horizontal axis", "Tokens");
        await visit.Page.GetByRole(AriaRole.Group, new() { Name = "Logarithmic" }).GetByLabel("horizontal").CheckAsync();
        await visit.Page.GetByRole(AriaRole.Group, new() { Name = "Logarithmic" }).GetByLabel("vertical").CheckAsync();
        var logarithmic = await visit.PlotAsync("loss", plot => plot is { X: { Type: "log", Title: "Tokens D" }, Y.Type: "log" } && plot.Traces.All(trace => trace.X.Length > 500));
        await Expect(visit.Page.Locator("figcaption .subtitle")).ToContainTextAsync("of 60,000 points");

        // The zoom of a mouse, as the chart tells it: the part is asked for again, finer, and stands in the address.
        await visit.Page.EvaluateAsync(Plot.Find + "() => Plotly.relayout(find('loss'), { 'xaxis.range[0]': 9.9, 'xaxis.range[1]': 10 })");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("from=.*to="));
        var zoomed = await visit.PlotAsync("loss", plot => Within(plot) > 2 * Within(logarithmic));
        Assert.Equal((9.9, 10), (Math.Round(zoomed.X.Low, 2), Math.Round(zoomed.X.High, 2)));

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Pin long-2 as the reference" }).ClickAsync();
        await visit.ChooseAsync("Draw", "Difference");
        var difference = await visit.PlotAsync("loss less that of long-2", plot => plot.Y.Type == "linear" && Within(plot) > 0);
        Assert.Equal(-0.1, difference.Trace("long-1").Y.First(y => y is not null)!.Value, 1e-3);

        // The link alone, for somebody else.
        var teammate = await visit.AnotherVisitorAsync();
        await teammate.OpenAsync(new Uri(visit.Page.Url).PathAndQuery);
        var same = await teammate.PlotAsync("loss less that of long-2", plot => Within(plot) == Within(difference));
        Assert.Equal(difference.X, same.X);
        Assert.Equal(difference.Trace("long-3").Y, same.Trace("long-3").Y);
        Assert.Equal(await visit.Answer.TextContentAsync(), await teammate.Answer.TextContentAsync());
    });

    [SkippableFact]
    public Task A_run_that_another_program_adds_appears_without_a_reload() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/curves?project=" + CurvesDashboard.Growing);
        var before = await visit.PlotAsync("loss", plot => plot.Has("long-1") && plot.Trace("long-1").X.Length > 500);
        Assert.Single(before.Traces);
        await Dashboard.ImportAsync(Dashboard.TemporaryFile("more.csv", CurvesDashboard.Table(4, 4)), CurvesDashboard.Growing);
        var after = await visit.PlotAsync("loss", plot => plot.Has("long-4") && plot.Trace("long-4").X.Length > 500);
        Assert.Equal(before.Trace("long-1").Y, after.Trace("long-1").Y);
        await Expect(visit.Page.Locator(".curve-legend")).ToContainTextAsync("long-4");
    });

    /// <summary>Points between 10^9.9 and 10^10 tokens.</summary>
    private static int Within(Plot plot) => plot.Traces.Sum(trace => trace.X.Count(x => x is >= 7.95e9 and <= 1e10));
}
