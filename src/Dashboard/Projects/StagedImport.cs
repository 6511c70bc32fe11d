using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>From a staged upload to runs of a project: the same for pages, requests and samples.</summary>
public static class StagedImport
{
    /// <summary>Reads the table without storing anything.</summary>
    /// <exception cref="IngestException">The file cannot be read as a whole.</exception>
    /// <exception cref="StoreException">The file is no longer staged.</exception>
    public static Task<SweepTable> ReadAsync(RunStore store, StagedFile file, ColumnMapping mapping, CancellationToken cancellationToken) =>
        // Parsing keeps a thread busy; it must not be the one of a page.
        Task.Run(
            async () =>
            {
                await using var content = store.OpenStaged(file.Id);
                return await SweepTableReader.ReadAsync(content, file.FileName, new SweepTableOptions { Mapping = mapping }, cancellationToken);
            },
            cancellationToken);

    /// <summary>Reads the table and adds its runs to the project, all or none.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public static async Task<(SweepTable Table, ImportReceipt Receipt)> ImportAsync(
        RunStore store, string project, StagedFile file, ColumnMapping mapping, CancellationToken cancellationToken)
    {
        var table = await ReadAsync(store, file, mapping, cancellationToken);
        return (table, await store.ImportAsync(project, file.Id, table.Format, table.Mapping.ToString(), table.Runs, cancellationToken));
    }
}
