using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>Light and dark, desk and phone, and nothing from anywhere else.</summary>
public sealed class AppearanceJourneys(SampleDashboard dashboard) : BrowserTest<SampleDashboard>(dashboard)
{
    private const string Size = "Compute-optimal size";

    private static readonly BrowserNewContextOptions s_phone = new()
    {
        ViewportSize = new() { Width = 390, Height = 844 },
        IsMobile = true,
        HasTouch = true,
        DeviceScaleFactor = 2,
    };

    [SkippableFact]
    public Task Theme_is_kept_and_the_charts_follow_it() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(SampleDashboard.IsoFlop);
        var root = visit.Page.Locator("html");
        await Expect(root).ToHaveAttributeAsync("data-theme", "light");
        var light = (await visit.PlotAsync(Size)).Trace("3 Parametric").Color;
        var page = await BackgroundAsync(visit);

        await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Theme") }).ClickAsync();
        await Expect(root).ToHaveAttributeAsync("data-theme", "dark");
        var dark = (await visit.PlotAsync(Size, plot => plot.Trace("3 Parametric").Color != light)).Trace("3 Parametric").Color;
        Assert.NotEqual(page, await BackgroundAsync(visit));

        await visit.ReloadAsync();
        await Expect(root).ToHaveAttributeAsync("data-theme", "dark");
        await visit.PlotAsync(Size, plot => plot.Trace("3 Parametric").Color == dark);

        await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Theme") }).ClickAsync();
        await Expect(root).ToHaveAttributeAsync("data-theme", "light");
        await visit.PlotAsync(Size, plot => plot.Trace("3 Parametric").Color == light);
    });

    [SkippableFact]
    public Task Theme_follows_the_system_until_one_is_chosen() => BrowseAsync(
        async visit =>
        {
            await visit.OpenAsync("/help");
            await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        },
        new() { ColorScheme = ColorScheme.Dark });

    [SkippableFact]
    public Task Pages_fit_a_phone_and_the_menu_works() => BrowseAsync(
        async visit =>
        {
            foreach (var address in new[] { "/", SampleDashboard.RunsPage, SampleDashboard.IsoFlop, "/isoflop?published=1", "/import", "/help" })
            {
                await visit.OpenAsync(address);
                await Expect(visit.Page.Locator("p.answer, article.prose").First).ToBeVisibleAsync();
                if (address.StartsWith("/isoflop", StringComparison.Ordinal))
                    await visit.PlotAsync("Compute-optimal tokens");
                var (content, screen) = (await visit.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"), await visit.Page.EvaluateAsync<int>("() => innerWidth"));
                Assert.True(screen == 390 && content <= screen, $"{address} is {content} pixels wide on a screen of {screen}");
            }

            await visit.OpenAsync(SampleDashboard.IsoFlop);
            var navigation = visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" });
            await Expect(navigation.GetByText("Runs")).Not.ToBeInViewportAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).TapAsync();
            await Expect(navigation.GetByText("Runs")).ToBeInViewportAsync();
            await navigation.GetByText("Runs").TapAsync();
            await Expect(visit.Page).ToHaveURLAsync(new Regex("/runs"));
            await Expect(visit.Answer).ToContainTextAsync("72 runs");
            await Expect(navigation.GetByText("Help")).Not.ToBeInViewportAsync();
        },
        s_phone);

    [SkippableFact]
    public Task No_page_asks_another_host_or_breaks_the_content_security_policy() => BrowseAsync(async visit =>
    {
        // Requests elsewhere, violations and console errors fail every test; this one makes sure that every page is met.
        var found = new Queue<string>(["/"]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (found.TryDequeue(out var address))
        {
            var response = await visit.Page.GotoAsync(new Uri(Dashboard.Address, address).AbsoluteUri);
            Assert.Equal(200, response!.Status);
            Assert.Contains("default-src 'self'", (await response.AllHeadersAsync())["content-security-policy"], StringComparison.Ordinal);
            await visit.ReadyAsync();
            await Expect(visit.Page.Locator("p.answer, article.prose").First).ToBeVisibleAsync();
            if (address.StartsWith("/isoflop", StringComparison.Ordinal))
                await visit.PlotAsync(Size);
            foreach (var link in await visit.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('a[href]')].map(link => link.href)"))
            {
                var target = new Uri(link);
                Assert.Equal(Dashboard.Address.Authority, target.Authority);
                // One page of each kind.
                var kind = target.AbsolutePath + Regex.Replace(target.Query, "=[^&]*", "");
                if (!target.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal) && seen.Add(kind))
                    found.Enqueue(target.PathAndQuery);
            }
        }

        foreach (var page in new[] { "/", "/runs", "/isoflop", "/import", "/help" })
            Assert.Contains(seen, kind => kind.Split('?')[0] == page);
        Assert.Contains("/isoflop?published", string.Join(' ', seen), StringComparison.Ordinal);
    });

    private static Task<string> BackgroundAsync(Visit visit) => visit.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
}
