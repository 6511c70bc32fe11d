using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Harness;

/// <summary>One tab in a profile of its own, and everything in it that a user should never meet.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private const float Patience = 30_000;
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(40);

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly IBrowser _browser;
    private readonly IBrowserContext _context;
    private readonly BrowserNewContextOptions? _profile;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<string> _complaints;
    private readonly Uri _address;
    private readonly List<Visit> _others = [];
    private readonly List<string> _expected = [];

    private Visit(IBrowser browser, IBrowserContext context, IPage page, Uri address, BrowserNewContextOptions? profile, ConcurrentQueue<string> complaints)
    {
        (_browser, _context, Page, _address, _profile, _complaints) = (browser, context, page, address, profile, complaints);
        page.Console += (_, message) => Hear(message.Type, $"{message.Text} {message.Location}");
        page.PageError += (_, error) => Hear("error", error);
        context.Request += (_, request) =>
        {
            if (request.Url.StartsWith("http", StringComparison.Ordinal) && !request.Url.StartsWith(address.AbsoluteUri, StringComparison.Ordinal))
                Hear("error", $"request to another host: {request.Url}");
        };
    }

    internal IPage Page { get; }

    /// <summary>The sentence at the top of a page.</summary>
    internal ILocator Answer => Page.Locator("p.answer");

    internal ILocator Toast => Page.Locator(".toast");

    /// <summary>Console errors (which a violated content security policy is too), script errors, requests to other hosts.</summary>
    internal IEnumerable<string> Complaints =>
        _complaints.Where(complaint => !_expected.Exists(text => complaint.Contains(text, StringComparison.Ordinal)));

    internal static async Task<Visit> StartAsync(IBrowser browser, Uri address, BrowserNewContextOptions? profile) =>
        await StartAsync(browser, address, profile, new());

    /// <summary>Part of a console error that the test brings about.</summary>
    internal void Allow(string complaint) => _expected.Add(complaint);

    /// <summary>Opens an address of the dashboard and waits until clicks are heard.</summary>
    internal async Task OpenAsync(string address)
    {
        await Page.GotoAsync(new Uri(_address, address).AbsoluteUri);
        await ReadyAsync();
    }

    internal async Task ReloadAsync()
    {
        await Page.ReloadAsync();
        await ReadyAsync();
    }

    internal Task ReadyAsync() => Expect(Page.Locator("html[data-interactive]")).ToHaveCountAsync(1);

    /// <summary>Somebody else, who shares nothing with this visitor but the server.</summary>
    internal async Task<Visit> AnotherVisitorAsync()
    {
        var other = await StartAsync(_browser, _address, _profile, _complaints);
        _others.Add(other);
        return other;
    }

    /// <summary>Waits until the chart of this title is drawn and is as it should be.</summary>
    /// <param name="title">Title above the chart.</param>
    /// <param name="isRight">Condition.</param>
    internal async Task<Plot> PlotAsync(string title, Func<Plot, bool>? isRight = null)
    {
        Plot? plot = null;
        await EventuallyAsync(
            async () =>
            {
                plot = await Plot.ReadAsync(Page, title);
                return plot is not null && (isRight is null || isRight(plot));
            },
            () => plot is null ? $"no chart “{title}” is drawn" : $"the chart “{title}” is not as expected: {plot}");
        return plot!;
    }

    /// <summary>Waits for a condition that the browser cannot watch by itself.</summary>
    internal static async Task EventuallyAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var deadline = Environment.TickCount64 + (long)Patience;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < deadline, otherwise());
            await Task.Delay(s_pollInterval);
        }
    }

    /// <summary>Chooses one of a few that stand side by side.</summary>
    internal Task ChooseAsync(string group, string choice) =>
        Page.GetByRole(AriaRole.Group, new() { Name = group }).GetByLabel(choice, new() { Exact = true }).CheckAsync();

    /// <summary>The link that the Share control offers.</summary>
    // Not by way of the clipboard: tabs of tests that run at the same time have the same one.
    internal async Task<string> ShareAsync()
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        var field = Page.GetByLabel("Link to this view");
        var link = await field.InputValueAsync();
        await field.PressAsync("Escape");
        await Expect(field).ToBeHiddenAsync();
        return link;
    }

    /// <summary>Clicks a point, or a cell of a map, of a chart.</summary>
    /// <param name="title">Title above the chart.</param>
    /// <param name="id">Run of the point, or id of the cell.</param>
    internal async Task ClickPointAsync(string title, string id)
    {
        await Page.Locator("figure", new() { HasText = title }).First.ScrollIntoViewIfNeededAsync();
        var at = JsonSerializer.Deserialize<double[]>(await Page.EvaluateAsync<string>(
            Plot.Find + """
            ([title, id]) => {
              const plot = find(title), { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect();
              for (const trace of plot.data) {
                const ids = trace.customdata ?? [], row = trace.type === 'heatmap' ? ids.findIndex(cells => cells.includes(id)) : ids.indexOf(id);
                if (row < 0) continue;
                const column = trace.type === 'heatmap' ? ids[row].indexOf(id) : row;
                return JSON.stringify([box.left + xaxis._offset + xaxis.d2p(trace.x[column]), box.top + yaxis._offset + yaxis.d2p(trace.y[row])]);
              }
              return '[]';
            }
            """,
            new[] { title, id }))!;
        Assert.True(at.Length == 2, $"no point of the run {id} in “{title}”");
        await Page.Mouse.MoveAsync((float)at[0], (float)at[1]);
        string? hovered = null;
        await EventuallyAsync(
            async () => (hovered = await Page.EvaluateAsync<string?>(Plot.Find + "title => find(title)._hoverdata?.[0]?.customdata ?? null", title)) == id,
            () => $"the mouse is over the run {hovered}, not {id}");
        await Page.Mouse.DownAsync();
        await Page.Mouse.UpAsync();
    }

    /// <summary>Takes a picture of the tab and writes down what it logged.</summary>
    /// <returns>Where they are.</returns>
    internal async Task<string> SaveEvidenceAsync(string name, string serverLog)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "failures")).FullName;
        var stem = Path.Combine(folder, name);
        await File.WriteAllLinesAsync(stem + ".log", [Page.Url, .. _log, "server:", serverLog]);
        try
        {
            await Page.ScreenshotAsync(new() { Path = stem + ".png", FullPage = true });
        }
        catch (Exception exception) when (exception is PlaywrightException or TimeoutException)
        {
            return $"{stem}.log (no picture: {exception.Message})";
        }

        return $"{stem}.png and .log";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var other in _others)
            await other.DisposeAsync();
        await _context.CloseAsync();
    }

    private static async Task<Visit> StartAsync(IBrowser browser, Uri address, BrowserNewContextOptions? profile, ConcurrentQueue<string> complaints)
    {
        var context = await browser.NewContextAsync(profile ?? new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(Patience);
        SetDefaultExpectTimeout(Patience);
        return new Visit(browser, context, await context.NewPageAsync(), address, profile, complaints);
    }

    private void Note(string text) => _log.Enqueue(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(_start).TotalSeconds:F2} s {text}"));

    private void Hear(string type, string text)
    {
        Note($"{type}: {text}");
        if (type == "error")
            _complaints.Enqueue(text);
    }
}
