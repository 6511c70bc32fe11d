using Microsoft.Data.Sqlite;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Crashes;

/// <summary>A store in a folder of its own that other processes write to and are killed.</summary>
internal sealed class CrashedStore : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dashboard-crashes-").FullName;

    internal string Path => System.IO.Path.Combine(_folder, "store", "s.db");

    /// <summary>A log of whole runs, each with the same number of steps: what it holds follows from its name.</summary>
    internal static string Log(string name, int runs, int steps) =>
        "run,step,loss\n" + string.Concat(Enumerable.Range(0, runs).SelectMany(run => Enumerable.Range(1, steps).Select(step => FormattableString.Invariant($"{name}-{run},{step},{Loss(run, step)}\n"))));

    internal string File(string name, string content)
    {
        var path = System.IO.Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Opens what the killed process left, after the database has checked itself.</summary>
    internal async Task<RunStore> OpenAsync()
    {
        await using (var connection = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA integrity_check";
            Assert.Equal("ok", await check.ExecuteScalarAsync());
        }

        return await RunStore.OpenAsync(new StoreLocation(Path), TimeProvider.System);
    }

    /// <summary>The logs of a project, after checking that each of them is there whole.</summary>
    internal static async Task<IReadOnlySet<string>> WholeLogsAsync(RunStore store, string project, int runs, int steps)
    {
        var rows = await store.RunsAsync(project);
        var series = await store.SeriesAsync(rows.Select(row => row.Id), ["loss"]);
        foreach (var row in rows)
        {
            var curve = Assert.Single(series[row.Id]);
            var number = int.Parse(row.Name[(row.Name.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(Enumerable.Range(1, steps).Select(step => (double)step), curve.Steps);
            Assert.Equal(Enumerable.Range(1, steps).Select(step => Loss(number, step)), curve.Values);
        }

        var logs = rows.GroupBy(row => row.Name[..row.Name.LastIndexOf('-')]).ToArray();
        Assert.All(logs, log => Assert.Equal(runs, log.Count()));
        return logs.Select(log => log.Key).ToHashSet(StringComparer.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static double Loss(int run, int step) => 3 + run + 1.0 / step;
}
