using System.Diagnostics;
using System.Globalization;
using System.Text;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Benchmarks;

/// <summary>How long the run browser takes on a project of 100,000 runs, and how much memory.</summary>
internal static class RunBrowserBenchmark
{
    private const int Runs = 100_000;
    private const string Project = "large";

    internal static async Task RunAsync()
    {
        var folder = Environment.GetEnvironmentVariable("BENCHMARK_STORE") ?? Path.Combine(Path.GetTempPath(), "runs-benchmark-" + Path.GetRandomFileName());
        var fresh = !File.Exists(Path.Combine(folder, "s.db"));
        await using (var store = await RunStore.OpenAsync(new StoreLocation(Path.Combine(folder, "s.db")), TimeProvider.System))
        {
            if (fresh)
                await FillAsync(store);
        }

        await using (var store = await RunStore.OpenAsync(new StoreLocation(Path.Combine(folder, "s.db")), TimeProvider.System))
        {
            var before = GC.GetTotalMemory(true);
            var watch = Stopwatch.StartNew();
            var projects = await store.ProjectsAsync();
            Console.WriteLine($"projects {watch.ElapsedMilliseconds} ms");
            for (var i = 0; i < 4; i++)
            {
                watch.Restart();
                var table1 = await store.TableAsync(Project);
                Console.WriteLine($"table {watch.ElapsedMilliseconds} ms, {table1.Count}, keys {table1.Config.Count}");
            }
            var table = await store.TableAsync(Project);
            Console.WriteLine($"memory {(GC.GetTotalMemory(true) - before) / 1e6:F1} MB");
            watch.Restart();
            var ranks = table.Names.Ranks.Length;
            Console.WriteLine($"name ranks {watch.ElapsedMilliseconds} ms");
            watch.Restart();
            var names = await store.MetricNamesAsync(table);
            Console.WriteLine($"metric names {watch.ElapsedMilliseconds} ms: {string.Join(", ", names)}");
            watch.Restart();
            var metric = await store.MetricAsync(table, "eval_loss");
            Console.WriteLine($"metric {watch.ElapsedMilliseconds} ms");
            string[] ids = [.. Enumerable.Range(0, table.Count).Select(table.Id)];
            watch.Restart();
            await store.TagAsync(ids, "bulk");
            Console.WriteLine($"tag {watch.ElapsedMilliseconds} ms");
            watch.Restart();
            await store.SetNotesAsync([.. ids.Select(id => KeyValuePair.Create<string, string?>(id, "note"))]);
            Console.WriteLine($"notes {watch.ElapsedMilliseconds} ms");
            watch.Restart();
            await store.TableAsync(Project);
            Console.WriteLine($"table {watch.ElapsedMilliseconds} ms");
            watch.Restart();
            await store.UntagAsync(ids, "bulk");
            Console.WriteLine($"untag {watch.ElapsedMilliseconds} ms");
            watch.Restart();
            await store.ArchiveAsync(ids);
            await store.UnarchiveAsync(ids);
            Console.WriteLine($"archive+un {watch.ElapsedMilliseconds} ms");
            await store.SetNotesAsync([.. ids.Select(id => KeyValuePair.Create<string, string?>(id, null))]);
            watch.Restart();
            await store.SeriesAsync(ids[..1000], ["loss", "tokens"]);
            Console.WriteLine($"series of 1000 {watch.ElapsedMilliseconds} ms");
            watch.Restart();
            await store.RunsAsync(Project);
            Console.WriteLine($"RunsAsync {watch.ElapsedMilliseconds} ms");
            GC.KeepAlive(metric);
        }
    }

    private static async Task FillAsync(RunStore store)
    {
        var random = new Random(1);
        string[] optimizers = ["adamw", "lion", "muon", "sgd"];
        for (var part = 0; part < 10; part++)
        {
            var staged = await store.StageAsync(new MemoryStream(Encoding.UTF8.GetBytes($"part {part}")), $"part{part}.csv", 1 << 20);
            var runs = new List<ImportedRun>();
            for (var i = part * Runs / 10; i < (part + 1) * Runs / 10; i++)
            {
                var n = 1e7 * Math.Pow(1000, random.NextDouble());
                var d = n * 20 * Math.Pow(10, random.NextDouble() - 0.5);
                var steps = Enumerable.Range(1, 40).Select(step => step * 100.0).ToArray();
                var loss = steps.Select(step => 1.8 + 400 * Math.Pow(n, -0.34) + 2000 * Math.Pow(d * step / 4000, -0.37) + 0.01 * random.NextDouble()).ToArray();
                runs.Add(new ImportedRun
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
                });
            }

            await store.ImportAsync(Project, staged.Id, "benchmark", "", runs);
        }
    }
}
