using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Benchmarks;

/// <summary>How long the run browser takes on a project of 100,000 runs with 20 settings and three curves each, and how much memory.</summary>
internal static class RunBrowserBenchmark
{
    private const int Runs = 100_000;
    private const string Project = "large";

    /// <summary>A store of its own; in the folder that the environment variable BENCHMARK_STORE names it is kept for the next time.</summary>
    internal static async Task RunAsync()
    {
        var kept = Environment.GetEnvironmentVariable("BENCHMARK_STORE");
        var folder = kept ?? Path.Combine(Path.GetTempPath(), "runs-benchmark-" + Path.GetRandomFileName());
        var database = Path.Combine(folder, "s.db");
        try
        {
            if (!File.Exists(database))
            {
                await using var store = await RunStore.OpenAsync(new StoreLocation(database), TimeProvider.System);
                await FillAsync(store);
            }

            await MeasureAsync(database);
        }
        finally
        {
            if (kept is null)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string database)
    {
        await using var store = await RunStore.OpenAsync(new StoreLocation(database), TimeProvider.System);
        var options = new DashboardOptions { Urls = ["http://127.0.0.1:0"], StorePath = database };
        await using var app = DashboardServer.Build(options, store);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        var (tables, readings) = (app.Services.GetRequiredService<RunTables>(), app.Services.GetRequiredService<CurveReadings>());

        Console.WriteLine($"{Words(Runs)} runs, 20 settings, 3 curves of 40 points; {Environment.ProcessorCount} cores");
        Console.WriteLine();
        Console.WriteLine("| what | first | median of 9 | budget |");
        Console.WriteLine("|---|---:|---:|---:|");
        var memory = GC.GetTotalMemory(true);
        var watch = Stopwatch.StartNew();
        await store.ProjectsAsync();
        var columns = await tables.ReadAsync(Project, default);
        var shown = await ArrangeAsync(new RunsState { Project = Project });
        Row("first page, cold: projects, table, arrangement", [watch.Elapsed.TotalMilliseconds], "2 s");
        var tableMemory = GC.GetTotalMemory(true) - memory;

        foreach (var (what, query) in new[]
        {
            ("filter params>1B loss<3", "filter=params%3E1B%20loss%3C3"),
            ("filter by a word", "filter=node-17"),
            ("filter by a setting and a tag", "filter=optimizer%3Dmuon%20lr%3C5e-4%20tag%3Akeep"),
            ("filter min(eval_loss)<2.5", "filter=min(eval_loss)%3C2.5"),
            ("sort by loss", "sort=loss&descending=1"),
            ("sort by name", "sort=run"),
            ("sort by a metric's smallest value", "sort=min(eval_loss)"),
            ("sort by a setting", "sort=config(lr)"),
            ("filter and sort", "filter=optimizer%3Dlion&sort=flops"),
            ("group by two settings, sorted by standard error", "group=config(optimizer)&group=config(lr)&sort=loss&by=error"),
            ("group by all but the seed", "group=all-but-seed&but=run_id&but=host&but=commit"),
        })
            await RowAsync($"{what}, over HTTP, 50 rows", () => client.GetStringAsync(new Uri($"/api/v1/projects/{Project}/runs?{query}&limit=50", UriKind.Relative)), "200 ms");

        var scatter = await ArrangeAsync(new RunsState { Project = Project, Show = RunsPresentation.Scatter, Color = RunColumn.Of(RunField.Family) });
        await RowAsync("scatter of all runs, thinned to 5,000", () => Task.FromResult(RunScatterFigures.Scatter(columns.Table, scatter.Rows, scatter.Values(scatter.State.X), scatter.Values(scatter.State.Y), scatter.Values(scatter.State.Color!))), null);
        await RowAsync("CSV of all runs", () => Task.FromResult(RunCsv.Write(shown)), null);
        await RowAsync("metric names", () => store.MetricNamesAsync(columns.Table), null);

        int[] all = [.. Enumerable.Range(0, Runs)];
        var edits = new RunEdits(store, columns.Table, all);
        await RowAsync("tag all, and show them again", async () =>
        {
            await edits.Tag("bulk").Make();
            columns = await tables.ReadAsync(Project, default);
            return await ArrangeAsync(new RunsState { Project = Project });
        }, "2 s", times: 3, () => edits.Tag("bulk").Undo());
        await RowAsync("note on all", () => edits.Note("looked at").Make(), null, times: 3, () => edits.Note("looked at").Undo());
        await RowAsync("archive all", () => edits.Archive().Make(), null, times: 3, () => edits.Archive().Undo());

        columns = await tables.ReadAsync(Project, default);
        var at = (RunColumn.MetricColumn)RunColumn.Parse("at(1e9 tokens, loss)")!;
        await RowAsync("read all at 1B tokens, in the background", async () =>
        {
            await readings.ReadAsync(columns, at, all, new Progress<int>(), default);
            return 0;
        }, null, times: 0);

        memory = GC.GetTotalMemory(true);
        var visitor = await ArrangeAsync(new RunsState { Project = Project, Sort = RunColumn.Loss });
        var lines = new RunLineCollection(visitor, new HashSet<int>());
        var selection = new RunSelection();
        selection.MoveTo(visitor);
        var visitorMemory = GC.GetTotalMemory(true) - memory;
        GC.KeepAlive((visitor, lines, selection));
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Memory: {tableMemory / 1e6:F1} MB for the table, once for all visitors; {visitorMemory / 1e6:F2} MB for each visitor who looks at it."));
        await app.StopAsync();

        Task<RunArrangement> ArrangeAsync(RunsState state) => RunArrangement.OfAsync(columns, readings, state, default);
    }

    private static async Task RowAsync<T>(string what, Func<Task<T>> action, string? budget, int times = 9, Func<Task>? after = null)
    {
        var measured = new List<double>();
        for (var i = 0; i <= times; i++)
        {
            var watch = Stopwatch.StartNew();
            await action();
            measured.Add(watch.Elapsed.TotalMilliseconds);
            if (after is not null)
                await after();
        }

        Row(what, measured, budget);
    }

    private static void Row(string what, List<double> measured, string? budget) =>
        Console.WriteLine($"| {what} | {Milliseconds(measured[0])} | {(measured.Count > 1 ? Milliseconds(measured.Skip(1).Order().ElementAt((measured.Count - 1) / 2)) : "")} | {budget} |");

    private static string Milliseconds(double value) => Quantity.Significant(value, 3) + " ms";

    private static string Words(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static async Task FillAsync(RunStore store)
    {
        var random = new Random(1);
        string[] optimizers = ["adamw", "lion", "muon", "sgd"];
        double[] steps = [.. Enumerable.Range(1, 40).Select(step => step * 100.0)];
        for (var part = 0; part < 10; part++)
        {
            var staged = await store.StageAsync(new MemoryStream(Encoding.UTF8.GetBytes($"part {part}")), $"part{part}.csv", 1 << 20);
            var runs = Enumerable.Range(part * Runs / 10, Runs / 10).Select(i =>
            {
                var n = 1e7 * Math.Pow(1000, random.NextDouble());
                var d = n * 20 * Math.Pow(10, random.NextDouble() - 0.5);
                double[] loss = [.. steps.Select(step => 1.8 + 400 * Math.Pow(n, -0.34) + 2000 * Math.Pow(d * step / 4000, -0.37) + 0.01 * random.NextDouble())];
                return new ImportedRun
                {
                    Name = $"sweep-{i / 1000}-lr{i % 7}-run-{i}",
                    Line = i,
                    Parameters = n,
                    Tokens = d,
                    Flops = 6 * n * d,
                    Loss = loss[^1],
                    Budget = Math.Pow(10, 18 + i % 9 * 0.5),
                    Family = i % 3 == 0 ? "wide" : "deep",
                    Flags = i % 50 == 0 ? [$"diverged: loss is not finite from step {i} on"] : [],
                    Config =
                    [
                        new("optimizer", optimizers[i % 4]), new("lr", (1e-4 * (1 + i % 13)).ToString("R", CultureInfo.InvariantCulture)), new("seed", $"{i % 5}"),
                        new("weight_decay", $"0.{i % 3}"), new("warmup", $"{i % 4 * 500}"), new("batch_size", $"{256 << i % 4}"), new("beta1", "0.9"), new("beta2", i % 2 == 0 ? "0.95" : "0.99"),
                        new("schedule", i % 2 == 0 ? "cosine" : "wsd"), new("layers", $"{8 + i % 24}"), new("width", $"{512 + 64 * (i % 32)}"), new("heads", $"{8 + i % 8}"),
                        new("dataset", i % 6 == 0 ? "fineweb" : "dclm"), new("tokenizer", "llama"), new("precision", "bf16"), new("gpus", $"{8 << i % 5}"), new("host", $"node-{i % 300}"),
                        new("run_id", $"{random.NextInt64():x16}"), new("commit", $"{i / 900:x8}"), new("clip", "1.0"),
                    ],
                    Series = [new("loss", steps, loss), new("tokens", steps, [.. steps.Select(step => d * step / 4000)]), new("eval_loss", [.. steps.Where((_, at) => at % 4 == 3)], [.. loss.Where((_, at) => at % 4 == 3)])],
                };
            }).ToArray();
            await store.ImportAsync(Project, staged.Id, "benchmark", "", runs);
        }
    }
}
