using ScalingDashboard.Browser.Tests.Harness;

namespace ScalingDashboard.Benchmarks;

/// <summary>What benchmarks in a browser begin and end with: a server over a store of its own, and a tab of 1280 by 720 pixels. Wants Chromium.</summary>
internal static class BrowserBenchmark
{
    /// <param name="fill">Gets an empty folder and the path of the store to be, before the server starts.</param>
    /// <param name="measure">Gets where the server listens, and the tab.</param>
    internal static async Task RunAsync(Func<string, string, Task> fill, Func<Uri, IPage, Task> measure)
    {
        if (Chromium.ExecutablePath is null)
        {
            Console.WriteLine(Chromium.Absent);
            return;
        }

        var folder = Directory.CreateTempSubdirectory("browser-benchmark-").FullName;
        try
        {
            var store = Path.Combine(folder, "s.db");
            await fill(folder, store);
            await using var server = await ServerProcess.StartAsync(store);
            var browser = await Chromium.AcquireAsync();
            try
            {
                await measure(server.Address, await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 720 } }));
            }
            finally
            {
                await Chromium.ReleaseAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
