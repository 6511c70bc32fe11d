using System.Globalization;

namespace ScalingDashboard.Benchmarks;

/// <summary>How long a page takes from a slider that moved to charts that are painted, over the circuit and in the browser. Wants Chromium.</summary>
internal static class DragBenchmark
{
    private const int Drags = 25;
    private const int Warming = 5;

    // The first word that changes, and the last chart that is drawn again and painted, in milliseconds after the slider moved; then the next drag.
    private const string Drag = """
        async ([label, drags]) => {
          let last = 0, said = 0;
          new MutationObserver(() => { said ||= performance.now(); }).observe(document.body, { subtree: true, childList: true, characterData: true });
          const painted = () => requestAnimationFrame(() => setTimeout(() => { last = performance.now(); }));
          for (const plot of document.querySelectorAll('.js-plotly-plot')) plot.on('plotly_afterplot', painted);
          const quiet = () => new Promise(resolve => setTimeout(resolve, 400));
          const times = [];
          for (let i = 0; i < drags; i++) {
            const slider = document.querySelector(`input[type=range][aria-label="${label}"]`);
            const middle = Math.round((Number(slider.min) + Number(slider.max)) / 2);
            slider.value = String(middle + (i % 2 ? 1 : -1) * (1 + i % 3));
            const start = performance.now();
            last = said = 0;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            // A busy machine draws late: a drag ends when nothing was drawn for a while.
            do await quiet(); while ((last === 0 || performance.now() - last < 1000) && performance.now() - start < 8000);
            times.push(last === 0 ? [1e9, 1e9] : [said - start, last - start]);
          }
          return times;
        }
        """;

    /// <summary>Prints a table; the budget is 100 ms. The least of a busy machine tells more than its median.</summary>
    internal static Task RunAsync() => BrowserBenchmark.RunAsync((_, _) => Task.CompletedTask, MeasureAsync);

    private static async Task MeasureAsync(Uri server, IPage page)
    {
        Console.WriteLine($"A drag until the charts are painted, {Environment.ProcessorCount} cores, {Drags} drags, in ms");
        Console.WriteLine();
        Console.WriteLine("| page | slider | text, least | text, median | charts, least | charts, median | charts, 90 % |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|---:|");
        foreach (var (path, slider) in new[]
        {
            ("/plan", "Compute, FLOP"), ("/plan?scenarios=4&open=D&law=epoch&law=hoffmann3&law=kaplan", "Compute, FLOP"), ("/plan?a.flops=1e23&a.bits=8&a.accelerators=1024", "Bits of weights, activations and KV cache"),
            ("/precision", "Bits in training"), ("/precision?view=budget", "Budget, slider"), ("/precision?view=served", "Bits after training"),
        })
        {
            await page.GotoAsync(new Uri(server, path).ToString());
            await page.WaitForSelectorAsync(".js-plotly-plot .main-svg");
            // The circuit is there once the page has answered a change.
            await page.WaitForTimeoutAsync(2000);
            var times = (await page.EvaluateAsync<double[][]>(Drag, new object[] { slider, Drags })).Skip(Warming).ToArray();
            double[] text = [.. times.Select(pair => pair[0]).Order()], charts = [.. times.Select(pair => pair[1]).Order()];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {path} | {slider} | {text[0]:F0} | {text[text.Length / 2]:F0} | {charts[0]:F0} | {charts[charts.Length / 2]:F0} | {charts[(int)(0.9 * charts.Length)]:F0} |"));
        }
    }
}
