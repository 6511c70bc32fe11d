using System.Globalization;
using ScalingDashboard.Browser.Tests.Harness;

namespace ScalingDashboard.Benchmarks;

/// <summary>How long the page of curves takes from a click elsewhere in the app to 100 curves of 10,000 rows that are painted. Wants Chromium.</summary>
internal static class DrawBenchmark
{
    private const int Runs = 100;
    private const int Looks = 12;

    // Clicks a link to the address and waits until every line is in the page and painted; when, in milliseconds after the click.
    private const string Open = """
        async ([address, lines]) => {
          const link = Object.assign(document.createElement('a'), { href: address, textContent: 'curves' });
          document.querySelector('main').append(link);
          performance.clearResourceTimings();
          const start = performance.now();
          const seen = { url: 0, figure: 0 };
          link.click();
          return await new Promise(resolve => {
            const look = () => {
              if (!seen.url && location.pathname === '/curves') seen.url = performance.now() - start;
              const plot = document.querySelector('figure .plot');
              if (plot && !seen.figure) seen.figure = performance.now() - start;
              const drawn = document.querySelectorAll('figure .scatterlayer .trace .lines path.js-line').length;
              if (drawn < lines && performance.now() - start < 30000) return requestAnimationFrame(look);
              // After the frame that holds them.
              requestAnimationFrame(() => setTimeout(() => {
                const end = performance.now() - start;
                const series = performance.getEntriesByType('resource').find(one => one.name.includes('/api/v1/series'));
                resolve([seen.url, seen.figure, series ? series.startTime - start : NaN, series ? series.responseEnd - start : NaN, drawn < lines ? NaN : end]);
              }));
            };
            requestAnimationFrame(look);
          });
        }
        """;

    /// <summary>Prints a table; the budget is 1 s.</summary>
    internal static Task RunAsync() => BrowserBenchmark.RunAsync(
        async (folder, store) =>
        {
            var log = Path.Combine(folder, "draw.csv");
            await IngestBenchmarks.WriteCurvesAsync(log, Runs);
            await ServerProcess.RunCommandAsync("import", log, "--project", "draw", "--store", store);
        },
        MeasureAsync);

    private static async Task MeasureAsync(Uri server, IPage page)
    {
        Console.WriteLine($"{Runs} curves of 10,000 rows, {Environment.ProcessorCount} cores, {Chromium.ExecutablePath}, ms after the click");
        Console.WriteLine();
        Console.WriteLine("| look | address | chart | series asked | series there | painted |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        // All that pass a filter: without one, the last 20 are shown.
        var address = new Uri(server, "/curves?project=draw&filter=run").ToString();
        foreach (var (name, sameTab) in new[] { ("a new tab", false), ("the same tab", true) })
        {
            var looks = new List<double[]>();
            for (var i = 0; i < Looks; i++)
            {
                if (sameTab)
                    await page.ClickAsync("nav a:text-is('Help')");
                else
                    await page.GotoAsync(new Uri(server, "/help").ToString());
                await page.WaitForSelectorAsync("html[data-interactive]");
                await page.WaitForTimeoutAsync(1500);
                looks.Add(await page.EvaluateAsync<double[]>(Open, new object[] { address, Runs }));
            }

            if (!sameTab)
                Print("first of the process", looks[0]);
            var sorted = looks.Skip(1).OrderBy(look => look[^1]).ToArray();
            Print($"{name}, least", sorted[0]);
            Print($"{name}, median", sorted[sorted.Length / 2]);
            Print($"{name}, most", sorted[^1]);
        }
    }

    private static void Print(string look, double[] marks) =>
        Console.WriteLine($"| {look} | {string.Join(" | ", marks.Select(mark => mark.ToString("F0", CultureInfo.InvariantCulture)))} |");
}
