using System.Text;
using Microsoft.Data.Sqlite;

namespace ScalingDashboard.Runs.Tests;

/// <summary>A folder of its own for one test, gone when the test ends.</summary>
public sealed class StoreFolder : IDisposable
{
    public const string Project = "sweep";

    public StoreFolder() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "runs-tests-" + Path.GetRandomFileName());

    public StoreLocation Location => new(Path.Combine(Folder, "data", "dashboard.db")) { LockWait = TimeSpan.FromSeconds(1) };

    public Task<RunStore> OpenAsync(TimeProvider? clock = null) => RunStore.OpenAsync(Location, clock ?? TimeProvider.System);

    /// <summary>A connection beside the store's, as another program would have it.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Location.DatabasePath, Pooling = false, DefaultTimeout = 1 }.ToString());
        connection.Open();
        return connection;
    }

    public void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public object? Scalar(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public static Task<StagedFile> StageAsync(RunStore store, string content = "a,b\n1,2\n", string fileName = "runs.csv") =>
        store.StageAsync(new MemoryStream(Encoding.UTF8.GetBytes(content)), fileName, maxBytes: 1 << 20);

    public static async Task<ImportReceipt> ImportAsync(
        RunStore store, IReadOnlyList<ImportedRun> runs, string project = Project, string content = "a,b\n1,2\n")
    {
        var staged = await StageAsync(store, content);
        return await store.ImportAsync(project, staged.Id, "csv", "", runs);
    }

    public static ImportedRun Run(string name, int line = 2, double flops = 6e18, double? budget = null, params ImportedSeries[] series) => new()
    {
        Name = name,
        Line = line,
        Parameters = 1e9,
        Tokens = flops / 6e9,
        Flops = flops,
        Loss = 2.5,
        Budget = budget,
        Series = series,
    };

    public void Dispose()
    {
        // Tests that leave a store open on purpose hold connections in the pool.
        using (var connection = new SqliteConnection($"Data Source={Location.DatabasePath}"))
            SqliteConnection.ClearPool(connection);
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A clock that stands still until it is moved.</summary>
public sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
