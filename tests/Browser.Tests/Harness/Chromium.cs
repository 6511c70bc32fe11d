
namespace ScalingDashboard.Browser.Tests.Harness;

/// <summary>The one browser of all tests, started by the first that needs it and closed with the last.</summary>
internal static class Chromium
{
    internal const string Absent = "no Chromium: install chromium or google-chrome, or name one in the environment variable CHROMIUM";

    // The one without windows first: it starts and draws in half the time.
    private static readonly string[] s_names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly string[] s_arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        // Every window would draw, unseen, a popup of its address bar, with a process of its own. The switch takes the place of Playwright's; the last three are from there.
        "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,HttpsUpgrades,PaintHolding,Translate",
    ];

    private static readonly SemaphoreSlim s_gate = new(1);
    private static IPlaywright? s_playwright;
    private static IBrowser? s_browser;
    private static int s_users;

    /// <summary>Path of an installed Chromium; null where there is none.</summary>
    internal static string? ExecutablePath { get; } = Find();

    internal static async Task<IBrowser> AcquireAsync()
    {
        await s_gate.WaitAsync();
        try
        {
            s_playwright ??= await Playwright.CreateAsync();
            s_browser ??= await s_playwright.Chromium.LaunchAsync(new() { ExecutablePath = ExecutablePath, Args = s_arguments });
            s_users++;
            return s_browser;
        }
        finally
        {
            s_gate.Release();
        }
    }

    internal static async Task ReleaseAsync()
    {
        await s_gate.WaitAsync();
        try
        {
            if (--s_users > 0)
                return;
            await s_browser!.CloseAsync();
            s_playwright!.Dispose();
            (s_browser, s_playwright) = (null, null);
        }
        finally
        {
            s_gate.Release();
        }
    }

    private static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return new[] { Environment.GetEnvironmentVariable("CHROMIUM") }
            .Concat(s_names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))))
            .FirstOrDefault(File.Exists);
    }
}
