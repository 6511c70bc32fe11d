using System.Text;
using Microsoft.Data.Sqlite;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests;

/// <summary>A real store in a folder of its own, gone when the test ends.</summary>
public sealed class TemporaryStore : IAsyncDisposable
{
    /// <summary>Three runs; the second has its loss in words and is left out.</summary>
    public const string Sweep = "run,parameters,tokens,loss,optimizer\nsmall,1e8,2e9,3.5,adamw\nodd,2e8,2e9,bad,adamw\nlarge,4e8,8e9,2.9,lion\n";

    private readonly string _folder;

    private TemporaryStore(string folder, RunStore store) => (_folder, Store) = (folder, store);

    public RunStore Store { get; }

    public string DatabasePath => Location(_folder).DatabasePath;

    public static async Task<TemporaryStore> OpenAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), "dashboard-tests-" + Path.GetRandomFileName());
        return new TemporaryStore(folder, await RunStore.OpenAsync(Location(folder), TimeProvider.System));
    }

    public Task<StagedFile> StageAsync(string content = Sweep, string fileName = "sweep.csv") =>
        Store.StageAsync(new MemoryStream(Encoding.UTF8.GetBytes(content)), fileName, 1 << 20);

    public async Task<ImportReceipt> ImportAsync(string project, string content = Sweep, string fileName = "sweep.csv") =>
        (await StagedImport.ImportAsync(Store, project, await StageAsync(content, fileName), new LogImportOptions(), default)).Receipt;

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={DatabasePath}"))
            SqliteConnection.ClearPool(connection);
        Directory.Delete(_folder, recursive: true);
    }

    private static StoreLocation Location(string folder) => new(Path.Combine(folder, "dashboard.db"));
}
