using Microsoft.EntityFrameworkCore;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs;

// Files on disk that are watched and read again when they grow. Of each only the last version is kept.
public sealed partial class RunStore
{
    /// <summary>The sources that were read into a project, with the version each had then.</summary>
    public Task<IReadOnlyDictionary<string, string>> WatchedAsync(string project, CancellationToken cancellationToken = default) =>
        ReadAsync<IReadOnlyDictionary<string, string>>(
            async context => (await context.Uploads
                .Where(upload => upload.Project!.Name == project && upload.Source != null)
                .Select(upload => new { upload.Source, upload.SourceVersion })
                .ToListAsync(cancellationToken))
                .ToDictionary(upload => upload.Source!, upload => upload.SourceVersion ?? ""),
            cancellationToken);

    /// <summary>
    /// Stores the runs read from a staged copy of a watched source in place of those it had, all or none. A run keeps its id, tags and exclusion, and the count of
    /// parameters a user has given it; a deleted one stays deleted; one the source no longer has stays as it is.
    /// </summary>
    /// <param name="project">Made when it is new.</param>
    /// <param name="stagedId">The copy.</param>
    /// <param name="source">What tells the source apart, for good.</param>
    /// <param name="version">What <see cref="WatchedAsync"/> is to return for it.</param>
    /// <param name="format">As of <see cref="ImportAsync"/>.</param>
    /// <param name="mapping">As of <see cref="ImportAsync"/>.</param>
    /// <param name="runs">All runs of the source.</param>
    /// <param name="signature">As of <see cref="ImportAsync"/>.</param>
    /// <param name="cancellationToken">Ends the work; nothing was stored.</param>
    /// <returns>The runs that are new, and the names of those that were there.</returns>
    public async Task<ImportReceipt> ImportWatchedAsync(
        string project, string stagedId, string source, string version, string format, string mapping, IReadOnlyList<ImportedRun> runs, string? signature = null,
        CancellationToken cancellationToken = default)
    {
        var name = CheckedText(project, "The project's name", 100);
        var repeatedLines = await Task.Run(() => RunImport.Check(runs), cancellationToken);
        var staged = _files.Staged(stagedId);
        var import = new FileImport(staged, format, mapping, signature, runs, repeatedLines) { Source = source, SourceVersion = version };
        var (receipt, superseded) = await WriteAsync(
            async context =>
            {
                _files.Keep(staged);
                return await RunImport.UpdateAsync(context, name, NewStamp(), import, _clock.GetUtcNow(), cancellationToken);
            },
            cancellationToken);
        _files.DiscardStaged(stagedId);
        if (superseded is not null)
            await RemoveUnusedAsync(superseded);
        return receipt;
    }

    /// <summary>Removes a file that no import has any more. In a write, so that none begins to use it meanwhile; and after the one that ceased to.</summary>
    private Task<bool> RemoveUnusedAsync(string sha256) =>
        WriteAsync(
            async context =>
            {
                if (await context.Uploads.AnyAsync(upload => upload.Sha256 == sha256))
                    return false;
                _files.Remove(sha256);
                return true;
            },
            CancellationToken.None);
}
