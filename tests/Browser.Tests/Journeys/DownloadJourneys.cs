using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>From the chart into a paper or a notebook.</summary>
public sealed class DownloadJourneys(SampleDashboard dashboard) : BrowserTest<SampleDashboard>(dashboard)
{
    private const string Loss = "Loss at equal compute";

    [SkippableFact]
    public Task Picture_as_png_has_the_resolution_of_print() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.IsoFlop);

        var (name, png) = await DownloadAsync(visit, Loss, "PNG");

        Assert.Equal("loss-at-equal-compute.png", name);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        Assert.InRange(BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), 2690, 2710);
        Assert.InRange(BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)), 1790, 1810);
        Assert.True(png.Length > 30_000, $"{png.Length} bytes hold no chart");

        var (_, wide) = await DownloadAsync(visit, Loss, "PNG", "Wide, 1400 × 800");
        Assert.InRange(BinaryPrimitives.ReadInt32BigEndian(wide.AsSpan(16)), 4190, 4210);
    });

    [SkippableFact]
    public Task Picture_as_svg_needs_no_web_font_and_carries_its_title() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.IsoFlop);

        var (name, bytes) = await DownloadAsync(visit, Loss, "SVG");

        Assert.Equal("loss-at-equal-compute.svg", name);
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        var svg = XDocument.Parse(text).Root!;
        Assert.Equal(("900", "600"), (svg.Attribute("width")?.Value, svg.Attribute("height")?.Value));
        Assert.Contains(Loss, svg.Value, StringComparison.Ordinal);
        Assert.Contains("Parameters N", svg.Value, StringComparison.Ordinal);
        Assert.Contains("Arial", text, StringComparison.Ordinal);
        foreach (var foreign in new[] { "Inter", "@font-face", "woff", "var(--", "--seq", "javascript:" })
            Assert.DoesNotContain(foreign, text, StringComparison.Ordinal);

        var (_, column) = await DownloadAsync(visit, Loss, "SVG", "Paper column, 85 mm");
        Assert.Equal("321", XDocument.Parse(System.Text.Encoding.UTF8.GetString(column)).Root!.Attribute("width")?.Value);
    });

    [SkippableFact]
    public Task Numbers_as_csv_and_json_are_the_ones_drawn() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.IsoFlop);
        var plot = await visit.PlotAsync(Loss);
        var points = plot.Traces.Where(trace => trace.Ids.Length > 0).ToArray();

        var (csvName, csv) = await DownloadAsync(visit, Loss, "CSV");
        Assert.Equal("loss-at-equal-compute.csv", csvName);
        var lines = System.Text.Encoding.UTF8.GetString(csv).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("trace,x,y,low,high,label", lines[0]);
        foreach (var trace in points)
        {
            var rows = lines.Where(line => line.StartsWith(trace.Name + ",", StringComparison.Ordinal)).Select(line => line.Split(',')).ToArray();
            Assert.Equal(trace.X, rows.Select(row => (double?)double.Parse(row[1], CultureInfo.InvariantCulture)));
            Assert.Equal(trace.Y, rows.Select(row => (double?)double.Parse(row[2], CultureInfo.InvariantCulture)));
        }

        var (jsonName, json) = await DownloadAsync(visit, Loss, "JSON");
        Assert.Equal("loss-at-equal-compute.json", jsonName);
        using var document = JsonDocument.Parse(json);
        Assert.Equal(Loss, document.RootElement.GetProperty("title").GetString());
        Assert.Equal(plot.Traces.Select(trace => trace.Name), document.RootElement.GetProperty("traces").EnumerateArray().Select(trace => trace.GetProperty("name").GetString()));
        Assert.Equal(SampleDashboard.Runs, points.Sum(trace => trace.X.Length));
    });

    [SkippableFact]
    public Task Every_chart_can_be_downloaded() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.IsoFlop);
        foreach (var (title, file) in new[]
        {
            ("Compute-optimal size", "compute-optimal-size.png"), ("Loss against compute", "loss-against-compute.png"), ("Compute-optimal tokens", "compute-optimal-tokens.png"),
        })
        {
            await visit.PlotAsync(title);
            var (name, content) = await DownloadAsync(visit, title, "PNG");
            Assert.Equal(file, name);
            Assert.True(content.Length > 20_000, $"{title}: {content.Length} bytes hold no chart");
        }
    });

    private static async Task<(string Name, byte[] Content)> DownloadAsync(Visit visit, string chart, string format, string? size = null)
    {
        await visit.PlotAsync(chart);
        var figure = visit.Page.Locator("figure", new() { Has = visit.Page.Locator("figcaption b", new() { HasTextString = chart }) });
        await figure.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
        if (size is not null)
            await figure.GetByLabel("Picture size").SelectOptionAsync(size);
        var download = await visit.Page.RunAndWaitForDownloadAsync(
            () => figure.GetByRole(AriaRole.Button, new() { Name = format, Exact = true }).ClickAsync());
        await Expect(figure.GetByRole(AriaRole.Group, new() { Name = "Download" })).ToHaveCountAsync(0);
        var path = await download.PathAsync();
        return (download.SuggestedFilename, await File.ReadAllBytesAsync(path));
    }
}
