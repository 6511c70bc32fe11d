using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>From a staged upload to runs of a project: the same for pages, requests and samples.</summary>
public static class StagedImport
{
    /// <summary>Reads the runs without storing anything.</summary>
    /// <exception cref="IngestException">The file cannot be read as a whole.</exception>
    /// <exception cref="StoreException">The file is no longer staged.</exception>
    public static Task<LogImport> ReadAsync(RunStore store, StagedFile file, LogImportOptions options, CancellationToken cancellationToken) =>
        // Parsing keeps a thread busy; it must not be the one of a page.
        Task.Run(
            async () =>
            {
                using var source = LogSource.Open(file.FileName, () => store.OpenStaged(file.Id));
                return await CountedModels.ReadAsync(source, options, cancellationToken);
            },
            cancellationToken);

    /// <summary>Reads the runs and adds them to the project, all or none.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public static async Task<(LogImport Import, ImportReceipt Receipt)> ImportAsync(
        RunStore store, string project, StagedFile file, LogImportOptions options, CancellationToken cancellationToken)
    {
        var import = await ReadAsync(store, file, options, cancellationToken);
        var signature = await SignatureAsync(store, file, cancellationToken);
        return (import, await store.ImportAsync(project, file.Id, import.Format, import.Mapping.ToString(), import.Runs, signature, cancellationToken));
    }

    /// <summary>How the columns of a file like this one were mapped when it was last imported into the project; empty when none was.</summary>
    public static async Task<ColumnMapping> RememberedAsync(RunStore store, string project, StagedFile file, CancellationToken cancellationToken) =>
        await SignatureAsync(store, file, cancellationToken) is { } signature && await store.MappingAsync(project, signature, cancellationToken) is { } mapping
            ? ColumnMapping.Parse(mapping.Length == 0 ? [] : [mapping])
            : ColumnMapping.Empty;

    /// <summary>Hash of the names of the file's columns; null where it is no table.</summary>
    internal static Task<string?> SignatureAsync(RunStore store, StagedFile file, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                using var source = LogSource.Open(file.FileName, () => store.OpenStaged(file.Id));
                return await LogImport.SignatureAsync(source, cancellationToken);
            },
            cancellationToken);
}
