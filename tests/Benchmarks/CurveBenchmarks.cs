using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Benchmarks;

/// <summary>How long curves take from the store to what a browser draws, and how much room they need.</summary>
internal static class CurveBenchmarks
{
    private const int Million = 1_000_000;
    private const int Runs = 100;
    private const int RowsOfRun = 10_000;
    private const string Project = "curves";

    // What a notebook does: the average by a compiled filter, extremes of equal buckets by reshaping.
    private const string Notebook = """
        import time
        import numpy as np
        from scipy.signal import lfilter

        n = 1_000_000
        x = np.arange(1, n + 1, dtype=float)
        y = 2 + 8 / np.sqrt(x) + np.random.default_rng(1).normal(0, 0.02, n)

        def average():
            return lfilter([0.01], [1, -0.99], y) / (1 - 0.99 ** x)

        def decimate():
            s = average()
            b = s.reshape(1000, -1)
            rows = np.sort(np.concatenate([b.argmin(1), b.argmax(1)]) + np.tile(np.arange(1000) * b.shape[1], 2))
            return x[rows], s[rows]

        def median(f):
            f()
            t = []
            for _ in range(15):
                start = time.perf_counter(); f(); t.append(time.perf_counter() - start)
            return sorted(t)[7]

        print(np.__version__, median(average), median(decimate))
        """;

    internal static async Task RunAsync()
    {
        var (steps, losses) = Curve(Million, 1);
        var average = new CurveSmoothing(SmoothingKind.Average, 0.99);
        var smoothed = average.Apply(losses);
        var pyramid = new CurveExtremes(smoothed);
        var part = new CurveWindow(250_000, 750_000, false);
        var logarithmic = new CurveWindow(null, null, true);
        var windowOfRun = WindowOfRun(steps, losses, average);

        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, a curve of 1,000,000 rows, 2,000 points drawn");
        Console.WriteLine();
        Console.WriteLine("| what | here | budget | NumPy, SciPy | factor |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        var notebook = await ScipyReference.OutputAsync("import numpy, scipy.signal", Notebook);
        var fields = notebook?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Row("moving average, bias-corrected", Median(15, () => average.Apply(losses)), null, Field(1));
        Row("mean of 101 rows", Median(15, () => new CurveSmoothing(SmoothingKind.Window, 101).Apply(losses)), null);
        Row("average, pyramid and whole curve decimated", Median(15, () => Decimation.Rows(steps, default, 2000, new CurveExtremes(average.Apply(losses)))), null, Field(2));
        Row("window decimated, pyramid built", Median(15, () => Decimation.Rows(steps, part, 2000, new CurveExtremes(smoothed))), 0.015);
        Row("window decimated, with the pyramid", Median(50, () => Decimation.Rows(steps, part, 2000, pyramid)), 0.005);
        Row("whole curve decimated on a logarithmic axis, with the pyramid", Median(50, () => Decimation.Rows(steps, logarithmic, 2000, pyramid)), 0.005);
        Row("window of a run against tokens, with its line as logged", Median(50, () => windowOfRun()), 0.005);
        await StoreAsync(average);
        Console.WriteLine();
        Console.WriteLine(fields is null ? "No SciPy found; see the other table." : $"NumPy {fields[0]}: scipy.signal.lfilter, and extremes of 1,000 equal buckets by reshaping, which needs a length that they divide and a linear axis.");

        double? Field(int index) => fields is null ? null : double.Parse(fields[index], CultureInfo.InvariantCulture);
    }

    private static Func<CurveTrace[]> WindowOfRun(double[] steps, double[] losses, CurveSmoothing average)
    {
        var run = new PanelRun("a", new RunCurve(new ImportedSeries("loss", steps, losses), new RunAxes(1e8, new ImportedSeries("tokens", steps, Array.ConvertAll(steps, step => step * 524_288)), null, null)));
        var options = new CurveOptions { Axis = CurveAxis.Tokens, Smoothing = average, Raw = true, Low = 1.3e11, High = 3.9e11 };
        return () => [.. CurvePanelRecipe.OfRun(run, null, options)];
    }

    /// <summary>100 runs of 10,000 rows, from an empty memory to the bytes for the browser.</summary>
    private static async Task StoreAsync(CurveSmoothing average)
    {
        var folder = Directory.CreateTempSubdirectory("curve-benchmarks-").FullName;
        try
        {
            var location = new StoreLocation(Path.Combine(folder, "s.db"));
            long before, after;
            IReadOnlyList<string> ids;
            await using (var store = await RunStore.OpenAsync(location, TimeProvider.System))
            {
                before = new FileInfo(location.DatabasePath).Length;
                ids = await ImportAsync(store);
            }

            SqliteConnection.ClearAllPools();
            after = new FileInfo(location.DatabasePath).Length;
            await using (var store = await RunStore.OpenAsync(location, TimeProvider.System))
            {
                var request = new CurveRequest { Runs = ids, Metric = "loss", Options = new CurveOptions { Axis = CurveAxis.Tokens, Smoothing = average, Points = CurveOptions.PointsOf(Runs) } };
                var zoomed = request with { Options = request.Options with { Low = 1e9, High = 3e9 } };
                var everyRun = new CurvesState { Project = Project, Filter = "run", Axis = CurveAxis.Tokens, Smoothing = SmoothingKind.Average, Weight = average.Strength };
                var (cold, warm, write, page, figure) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
                for (var i = 0; i < 9; i++)
                {
                    using var service = new CurvesService(store, new RunTables(store), new CurveReadings(store));
                    CurvePanel? panel = null;
                    cold.Add(await SecondsAsync(async () => panel = await service.PanelAsync(request, CancellationToken.None)));
                    warm.Add(await SecondsAsync(() => service.PanelAsync(zoomed, CancellationToken.None)));
                    write.Add(await SecondsAsync(() => Task.FromResult(SeriesBlock.Write(panel!.Traces))));
                    CurvesView? view = null;
                    page.Add(await SecondsAsync(async () => view = await service.ViewAsync(everyRun with { Axis = CurveAxis.Flops }, CancellationToken.None)));
                    figure.Add(Seconds(() => JsonSerializer.Serialize(PlotlySpec.From(CurveFigures.Panel(view!.Panels[0], everyRun, 0, "", CurveFigures.Range(view.Panels, everyRun)), 380))));
                }

                Row("100 runs × 10,000 rows: read, smoothed, decimated, nothing in memory", cold.Order().ElementAt(4), null);
                Row("100 runs × 10,000 rows: another window", warm.Order().ElementAt(4), null);
                Row("their block of bytes written", write.Order().ElementAt(4), null);
                Row("what the page of them shows after a click on another axis", page.Order().ElementAt(4), null);
                Row("its figure as the browser gets it", figure.Order().ElementAt(4), null);
            }

            var perPoint = (after - before) / (double)(Runs * RowsOfRun);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| SQLite file, loss logged to 6 decimals with its tokens | {perPoint:F1} bytes a row | 12 bytes | | |"));
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<string>> ImportAsync(RunStore store)
    {
        var runs = Enumerable.Range(0, Runs).Select(i =>
        {
            var (steps, losses) = Curve(RowsOfRun, i);
            return new ImportedRun
            {
                Name = $"run {i}", Line = i + 2, Parameters = 1e8, Tokens = steps[^1] * 524_288, Flops = null, Loss = losses[^1],
                Series = [new ImportedSeries("loss", steps, losses), new ImportedSeries("tokens", steps, Array.ConvertAll(steps, step => step * 524_288))],
            };
        }).ToArray();
        var staged = await store.StageAsync(new MemoryStream(Encoding.UTF8.GetBytes("generated")), "generated.csv", 1 << 10);
        return [.. (await store.ImportAsync(Project, staged.Id, "generated", "", runs)).Added.Select(run => run.Id)];
    }

    /// <summary>A loss that falls and scatters, as logs print it.</summary>
    private static (double[] Steps, double[] Losses) Curve(int rows, int seed)
    {
        var random = new Random(seed);
        var (steps, losses) = (new double[rows], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            // Sum of twelve uniform numbers: near enough to normal.
            var noise = -6.0;
            for (var k = 0; k < 12; k++)
                noise += random.NextDouble();
            (steps[i], losses[i]) = (i + 1, Math.Round(2 + 8 / Math.Sqrt(i + 1) + 0.02 * noise, 6));
        }

        return (steps, losses);
    }

    private static void Row(string what, double seconds, double? budget, double? there = null) => Console.WriteLine(
        $"| {what} | {Duration(seconds)} | {(budget is { } most ? Duration(most) : "")} | {(there is { } other ? Duration(other) : "")} | {(there is { } slower ? $"{Quantity.Significant(slower / seconds, 2)}×" : "")} |");

    private static string Duration(double seconds) => $"{Quantity.Significant(seconds * 1000, 3)} ms";

    private static double Median(int times, Action action)
    {
        action();
        return Enumerable.Range(0, times).Select(_ => Seconds(action)).Order().ElementAt(times / 2);
    }

    private static double Seconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> SecondsAsync(Func<Task> action)
    {
        var watch = Stopwatch.StartNew();
        await action();
        return watch.Elapsed.TotalSeconds;
    }
}
