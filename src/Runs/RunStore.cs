using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs;

/// <summary>The runs of all projects, the files they came from and the fits saved from them. Safe to use from many threads; writes go one after the other.</summary>
/// <remarks>
/// Whatever a method returns has been committed to disk. Every method throws <see cref="StoreException"/> with words for the user
/// when the disk, the database or what was asked stands in the way.
/// An upload that was acknowledged waits in the staging folder until it is imported, a day at least, also over a crash; an import is one transaction
/// and acknowledged behind it. So there is no half-imported state to take up again: after a crash the file is either still staged, to be confirmed
/// once more, or its runs are all there.
/// </remarks>
public sealed partial class RunStore : IAsyncDisposable
{
    /// <summary>Most characters of a note.</summary>
    public const int LongestNote = 2_000;

    private static readonly TimeSpan s_stagedFor = TimeSpan.FromDays(1);

    private readonly StoreLocation _location;
    private readonly TimeProvider _clock;
    private readonly string _connectionString;
    private readonly DbContextOptions<StoreContext> _options;
    private readonly UploadFiles _files;
#pragma warning disable CA2213 // Never disposed: a writer that waits while the store closes would wait for ever.
    private readonly SemaphoreSlim _writer = new(1, 1);
#pragma warning restore CA2213
    private volatile bool _disposed;

    private RunStore(StoreLocation location, TimeProvider clock)
    {
        _location = location;
        _clock = clock;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = location.DatabasePath,
            DefaultTimeout = Math.Max(1, (int)location.LockWait.TotalSeconds),
        }.ToString();
        _options = StoreContext.Options(_connectionString);
        _files = new UploadFiles(location);
    }

    /// <summary>Opens a store, making folder and database when they are missing and bringing an older database up to date.</summary>
    public static async Task<RunStore> OpenAsync(StoreLocation location, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        var store = new RunStore(location, clock);
        try
        {
            store._files.CreateFolders();
            await Task.Run(() => store.PrepareDatabaseAsync(cancellationToken), cancellationToken);
            store._files.RemoveStagedBefore(clock.GetUtcNow() - s_stagedFor);
            return store;
        }
        catch (Exception failure)
        {
            store.Release();
            if (StoreFailure.Explain(failure, location.DatabasePath) is { } explained)
                throw explained;
            throw;
        }
    }

    /// <summary>Takes an upload in and hashes it; it waits under its id, also over a restart, for up to a day.</summary>
    /// <exception cref="UploadTooLargeException">There are more than <paramref name="maxBytes"/> bytes.</exception>
    public Task<StagedFile> StageAsync(Stream content, string fileName, long maxBytes, CancellationToken cancellationToken = default) =>
        _files.StageAsync(content, fileName, maxBytes, cancellationToken);

    /// <summary>Begins an upload that comes in pieces under an id the client made; begun already, says how far it is.</summary>
    /// <exception cref="UploadTooLargeException">It has more than <paramref name="maxBytes"/> bytes.</exception>
    /// <exception cref="OffsetException">The id belongs to another file.</exception>
    public Task<UploadState> BeginUploadAsync(string id, string fileName, long length, long maxBytes, CancellationToken cancellationToken = default) =>
        _files.BeginAsync(id, fileName, length, maxBytes, cancellationToken);

    /// <summary>How far an upload in pieces is, or null. Any text may be asked for.</summary>
    public UploadState? FindUpload(string? id) => _files.FindUpload(id);

    /// <summary>Adds bytes to an upload in pieces; with the last one it is staged under its id. What arrived before the content failed is kept.</summary>
    /// <exception cref="OffsetException">The upload does not end at <paramref name="offset"/>, or another caller is writing to it.</exception>
    public Task<UploadState> ContinueUploadAsync(string id, long offset, Stream content, CancellationToken cancellationToken = default) =>
        _files.ContinueAsync(id, offset, content, cancellationToken);

    /// <summary>The staged file with this id, or null. Any text may be asked for.</summary>
    public StagedFile? FindStaged(string? id) => _files.FindStaged(id);

    /// <summary>All staged files, the last that arrived first: what was received and is not imported, also before a crash.</summary>
    public IReadOnlyList<StagedFile> AllStaged() => _files.AllStaged();

    /// <summary>The bytes of a staged file.</summary>
    public Stream OpenStaged(string id) => _files.OpenStaged(id);

    /// <summary>Removes a staged file, or an upload that is not all there; false when there is none with this id.</summary>
    public bool DiscardStaged(string id) => _files.DiscardStaged(id);

    /// <summary>The bytes of an imported file as they were uploaded, or null. Any text may be asked for.</summary>
    public Stream? OpenUpload(string? sha256) => _files.OpenKept(sha256);

    /// <summary>The name an imported file had when it was last imported, or null. Any text may be asked for.</summary>
    public Task<string?> UploadNameAsync(string sha256, CancellationToken cancellationToken = default) =>
        ReadAsync(
            context => context.Uploads.Where(upload => upload.Sha256 == sha256).OrderByDescending(upload => upload.Id)
                .Select(upload => (string?)upload.FileName).FirstOrDefaultAsync(cancellationToken),
            cancellationToken);

    /// <summary>
    /// Stores the runs read from a staged file, all or none, and keeps the file; makes the project when it is new.
    /// A run that this file already has in the project (same name, same line, not deleted) is left as it is.
    /// After a failure the staged file is still there.
    /// </summary>
    /// <param name="format">Name of the reader that read the file.</param>
    /// <param name="mapping">How its columns were mapped, as the reader writes it.</param>
    /// <param name="signature">Hash of the names of its columns, under which <see cref="MappingAsync"/> finds the mapping again; null for none.</param>
    public async Task<ImportReceipt> ImportAsync(
        string project, string stagedId, string format, string mapping, IReadOnlyList<ImportedRun> runs, string? signature = null,
        CancellationToken cancellationToken = default)
    {
        var name = CheckedText(project, "The project's name", 100);
        // The runs may be made as they are gone through.
        var repeatedLines = await Task.Run(() => RunImport.Check(runs), cancellationToken);
        var staged = _files.Staged(stagedId);
        var receipt = await WriteAsync(
            async context =>
            {
                _files.Keep(staged);
                return await RunImport.AddAsync(context, name, NewStamp(), new FileImport(staged, format, mapping, signature, runs, repeatedLines), _clock.GetUtcNow(), cancellationToken);
            },
            cancellationToken);
        _files.DiscardStaged(stagedId);
        return receipt;
    }

    /// <summary>How the columns of the last import with this signature were mapped; null when the project has none.</summary>
    public Task<string?> MappingAsync(string project, string signature, CancellationToken cancellationToken = default) =>
        ReadAsync(
            context => context.Uploads.Where(upload => upload.Project!.Name == project && upload.Signature == signature).OrderByDescending(upload => upload.Id)
                .Select(upload => (string?)upload.Mapping).FirstOrDefaultAsync(cancellationToken),
            cancellationToken);

    /// <summary>Gives live runs that have no count of parameters one; tokens or flops that are missing follow from C = 6ND when they are read. Null takes the count away, to undo that.</summary>
    public Task<int> SetParametersAsync(IEnumerable<string> ids, double? parameters, CancellationToken cancellationToken = default) =>
        parameters is { } count && !(double.IsFinite(count) && count > 0)
            ? throw new StoreInputException("The count of parameters is not a number above zero. Write it like 124M or 1.24e8.")
            : ChangeAsync(
                ids,
                keys => $"""
                    UPDATE Runs SET Parameters = {parameters}
                    WHERE Id IN (SELECT value FROM json_each({keys})) AND DeletedTicks IS NULL AND (Parameters IS NULL) <> ({parameters} IS NULL)
                    """,
                cancellationToken);

    /// <summary>All projects, by name.</summary>
    public Task<IReadOnlyList<ProjectRow>> ProjectsAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(context => RunQueries.ProjectsAsync(context, cancellationToken), cancellationToken);

    /// <summary>The live runs of a project in the order they were added, or also the deleted and archived ones; none when there is no such project.</summary>
    public Task<IReadOnlyList<RunRow>> RunsAsync(string project, bool includeDeleted = false, CancellationToken cancellationToken = default) =>
        ReadAsync(
            context => RunQueries.RowsAsync(
                context,
                context.Runs.Where(run => run.Project!.Name == project && (includeDeleted || (run.DeletedTicks == null && run.ArchivedTicks == null))),
                cancellationToken),
            cancellationToken);

    /// <summary>The runs of a project as columns, archived ones too, deleted ones not; without rows when there is no such project.</summary>
    public Task<RunTable> TableAsync(string project, CancellationToken cancellationToken = default) =>
        ReadAsync(context => RunTableQuery.TableAsync(context, project, cancellationToken), cancellationToken);

    /// <summary>Names of all metrics of the runs of a table, in natural order.</summary>
    public Task<IReadOnlyList<string>> MetricNamesAsync(RunTable table, CancellationToken cancellationToken = default) =>
        ReadAsync(context => RunTableQuery.MetricNamesAsync(context, table, cancellationToken), cancellationToken);

    /// <summary>What is known of one metric of all runs of a table without reading curves.</summary>
    public Task<MetricValues> MetricAsync(RunTable table, string metric, CancellationToken cancellationToken = default) =>
        ReadAsync(context => RunTableQuery.MetricAsync(context, table, metric, cancellationToken), cancellationToken);

    /// <summary>The runs with these ids, archived and deleted ones too; an unknown or malformed id is left out.</summary>
    public Task<IReadOnlyList<RunRow>> FindRunsAsync(IEnumerable<string> ids, CancellationToken cancellationToken = default)
    {
        var keys = Keys(ids);
        return ReadAsync(
            context => RunQueries.RowsAsync(
                context,
                context.Runs.FromSqlInterpolated($"SELECT * FROM Runs WHERE Id IN (SELECT value FROM json_each({keys}))"),
                cancellationToken),
            cancellationToken);
    }

    /// <summary>The last row of each live run that is not archived and has parameters, tokens, flops and loss; excluded ones included with their reason.</summary>
    public Task<IReadOnlyList<Observation>> ObservationsAsync(string project, CancellationToken cancellationToken = default) =>
        ReadAsync(context => RunQueries.ObservationsAsync(context, project, cancellationToken), cancellationToken);

    /// <summary>
    /// Every checkpoint of the live runs of <see cref="ObservationsAsync"/> that have a series <c>loss</c> and one of <c>tokens</c>, <c>flops</c>; run after run, by step.
    /// A missing one of the two follows from C = 6ND. Checkpoints whose loss, tokens or flops is not positive and finite are left out.
    /// The line is that of the run.
    /// </summary>
    public Task<IReadOnlyList<Observation>> CheckpointsAsync(string project, CancellationToken cancellationToken = default) =>
        ReadAsync(context => RunQueries.CheckpointsAsync(context, project, cancellationToken), cancellationToken);

    /// <summary>Which curves a run has, by metric; none for an unknown run.</summary>
    public Task<IReadOnlyList<SeriesSummary>> MetricsAsync(string runId, CancellationToken cancellationToken = default) =>
        ReadAsync(context => RunQueries.MetricsAsync(context, runId, cancellationToken), cancellationToken);

    /// <summary>The file a run was read from, as it was imported for this run; null for an unknown run.</summary>
    public Task<SourceFile?> SourceAsync(string runId, CancellationToken cancellationToken = default) =>
        ReadAsync(context => RunQueries.SourceAsync(context, runId, cancellationToken), cancellationToken);

    /// <summary>
    /// A short text that is another one after every change to the project's runs, their exclusions, tags, notes or archiving, by whichever process;
    /// empty for an unknown project. Read it before what is cached under it.
    /// </summary>
    public Task<string> StampAsync(string project, CancellationToken cancellationToken = default) =>
        ReadAsync(
            async context => await context.Projects.Where(p => p.Name == project).Select(p => p.Stamp).SingleOrDefaultAsync(cancellationToken) ?? "",
            cancellationToken);

    /// <summary>The stamps of those of the projects that are there.</summary>
    public Task<IReadOnlyDictionary<string, string>> StampsAsync(IReadOnlyCollection<string> projects, CancellationToken cancellationToken = default) =>
        ReadAsync<IReadOnlyDictionary<string, string>>(
            async context => await context.Projects.Where(project => projects.Contains(project.Name)).ToDictionaryAsync(project => project.Name, project => project.Stamp, cancellationToken),
            cancellationToken);

    /// <summary>Leaves live runs out of every fit, for everyone. Like all commands: returns how many runs changed; unknown ids change nothing.</summary>
    public Task<int> ExcludeAsync(IEnumerable<string> ids, string reason, CancellationToken cancellationToken = default)
    {
        var text = CheckedText(reason, "The reason", 500);
        return ChangeAsync(
            ids,
            keys => $"""
                UPDATE Runs SET ExclusionReason = {text}
                WHERE Id IN (SELECT value FROM json_each({keys})) AND DeletedTicks IS NULL AND ExclusionReason IS NOT {text}
                """,
            cancellationToken);
    }

    /// <summary>Lets excluded runs count again.</summary>
    public Task<int> IncludeAsync(IEnumerable<string> ids, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            ids,
            keys => $"""
                UPDATE Runs SET ExclusionReason = NULL
                WHERE Id IN (SELECT value FROM json_each({keys})) AND DeletedTicks IS NULL AND ExclusionReason IS NOT NULL
                """,
            cancellationToken);

    /// <summary>Takes runs out of the project; they can come back by <see cref="UndeleteAsync"/>, and links to them can still name them.</summary>
    public Task<int> DeleteAsync(IEnumerable<string> ids, CancellationToken cancellationToken = default)
    {
        var now = _clock.GetUtcNow().UtcTicks;
        return ChangeAsync(
            ids,
            keys => $"UPDATE Runs SET DeletedTicks = {now} WHERE Id IN (SELECT value FROM json_each({keys})) AND DeletedTicks IS NULL",
            cancellationToken);
    }

    /// <summary>Brings deleted runs back, except those whose file was imported again since: their successors are there already.</summary>
    public Task<int> UndeleteAsync(IEnumerable<string> ids, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            ids,
            keys => $"""
                UPDATE Runs SET DeletedTicks = NULL WHERE Id IN (
                    SELECT max(gone.Id) FROM Runs gone JOIN Uploads source ON source.Id = gone.UploadId
                    WHERE gone.Id IN (SELECT value FROM json_each({keys})) AND gone.DeletedTicks IS NOT NULL
                    AND NOT EXISTS (
                        SELECT 1 FROM Runs live JOIN Uploads again ON again.Id = live.UploadId
                        WHERE live.ProjectId = gone.ProjectId AND live.Name = gone.Name AND live.Line = gone.Line
                        AND live.DeletedTicks IS NULL AND again.Sha256 = source.Sha256)
                    GROUP BY gone.ProjectId, source.Sha256, gone.Name, gone.Line)
                """,
            cancellationToken);

    /// <summary>Hides live runs from lists and fits, for everyone, until <see cref="UnarchiveAsync"/>.</summary>
    /// <param name="since">When they were archived: now, or the moment that an undo puts back.</param>
    public Task<int> ArchiveAsync(IEnumerable<string> ids, DateTimeOffset? since = null, CancellationToken cancellationToken = default)
    {
        var ticks = (since ?? _clock.GetUtcNow()).UtcTicks;
        return ChangeAsync(
            ids,
            keys => $"""
                UPDATE Runs SET ArchivedTicks = {ticks}
                WHERE Id IN (SELECT value FROM json_each({keys})) AND DeletedTicks IS NULL AND ArchivedTicks IS NULL
                """,
            cancellationToken);
    }

    /// <summary>Shows archived runs again.</summary>
    public Task<int> UnarchiveAsync(IEnumerable<string> ids, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            ids,
            keys => $"""
                UPDATE Runs SET ArchivedTicks = NULL
                WHERE Id IN (SELECT value FROM json_each({keys})) AND DeletedTicks IS NULL AND ArchivedTicks IS NOT NULL
                """,
            cancellationToken);

    /// <summary>Gives live runs a note each, in place of the one they have; null or blank takes it away.</summary>
    public Task<int> SetNotesAsync(IReadOnlyCollection<KeyValuePair<string, string?>> notes, CancellationToken cancellationToken = default)
    {
        var given = new List<object?[]>(notes.Count);
        foreach (var (id, note) in notes)
        {
            if (RunId.TryGetKey(id, out var key))
                given.Add([key, CheckedNote(note)]);
        }

        var pairs = JsonSerializer.Serialize(given);
        return ChangeAsync(
            notes.Select(pair => pair.Key),
            _ => $"""
                UPDATE Runs SET Note = given.Note
                FROM (SELECT json_extract(value, '$[0]') AS Id, json_extract(value, '$[1]') AS Note FROM json_each({pairs})) AS given
                WHERE Runs.Id = given.Id AND Runs.DeletedTicks IS NULL AND Runs.Note IS NOT given.Note
                """,
            cancellationToken);
    }

    /// <summary>Puts a tag on runs.</summary>
    public Task<int> TagAsync(IEnumerable<string> ids, string tag, CancellationToken cancellationToken = default)
    {
        var text = CheckedText(tag, "The tag", 60);
        return ChangeAsync(
            ids,
            keys => $"INSERT OR IGNORE INTO RunTags (RunId, Tag) SELECT Id, {text} FROM Runs WHERE Id IN (SELECT value FROM json_each({keys}))",
            cancellationToken);
    }

    /// <summary>Takes a tag off runs.</summary>
    public Task<int> UntagAsync(IEnumerable<string> ids, string tag, CancellationToken cancellationToken = default)
    {
        var text = CheckedText(tag, "The tag", 60);
        return ChangeAsync(
            ids,
            keys => $"DELETE FROM RunTags WHERE Tag = {text} AND RunId IN (SELECT value FROM json_each({keys}))",
            cancellationToken);
    }

    /// <summary>Waits for a write under way, moves the write-ahead log into the database and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        await _writer.WaitAsync();
        if (!_disposed)
        {
            _disposed = true;
            await using (var context = new StoreContext(_options))
                await context.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)");
            Release();
        }

        _writer.Release();
    }

    private async Task PrepareDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var context = new StoreContext(_options);
        var database = context.Database;
        await database.OpenConnectionAsync(cancellationToken);
        var known = database.GetMigrations().ToList();
        var applied = (await database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        if (applied.Except(known).FirstOrDefault() is { } newer)
        {
            throw new StoreException(
                $"The database {_location.DatabasePath} was written by a newer version of this program (it has the change {newer}). " +
                "Use that version, or choose another database with --store.");
        }

        if (applied.Count == 0 && await HasForeignTablesAsync(context, cancellationToken))
        {
            throw new StoreException(
                $"The database {_location.DatabasePath} belongs to another program. Choose another file with --store.");
        }

        await database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        if (applied.Count < known.Count)
            await database.MigrateAsync(cancellationToken);
        // A file that may only be read opens, and even begins to write, without complaint.
        if (SQLitePCL.raw.sqlite3_db_readonly(((SqliteConnection)database.GetDbConnection()).Handle, "main") != 0)
            throw new SqliteException("attempt to write a readonly database", SQLitePCL.raw.SQLITE_READONLY);
        // The lock for writing is taken once, so that whatever stands in the way shows now.
        await using var transaction = await database.BeginTransactionAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<bool> HasForeignTablesAsync(StoreContext context, CancellationToken cancellationToken)
    {
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = @"SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name NOT LIKE '\_\_EFMigrations%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\')";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! != 0;
    }

    /// <summary>All queries of a read see the same state of the database, whatever is written meanwhile.</summary>
    private Task<T> ReadAsync<T>(Func<StoreContext, Task<T>> read, CancellationToken cancellationToken) =>
        UseAsync(
            async context =>
            {
                var connection = (SqliteConnection)context.Database.GetDbConnection();
                await using var snapshot = connection.BeginTransaction(deferred: true);
                await context.Database.UseTransactionAsync(snapshot, cancellationToken);
                return await read(context);
            },
            cancellationToken);

    /// <summary>One write at a time, in one transaction: all of it or nothing.</summary>
    private async Task<T> WriteAsync<T>(Func<StoreContext, Task<T>> write, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            return await UseAsync(
                async context =>
                {
                    // The provider says BEGIN IMMEDIATE: the lock is taken here, not half-way.
                    await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
                    var result = await write(context);
                    // Not to be cancelled: the caller must know whether it is stored.
                    await transaction.CommitAsync(CancellationToken.None);
                    return result;
                },
                cancellationToken);
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>SQLite answers on the calling thread, so all work goes to the pool: a page stays responsive.</summary>
    private Task<T> UseAsync<T>(Func<StoreContext, Task<T>> work, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                try
                {
                    await using var context = new StoreContext(_options);
                    await context.Database.OpenConnectionAsync(cancellationToken);
                    return await work(context);
                }
                catch (Exception failure) when (StoreFailure.Explain(failure, _location.DatabasePath) is { } explained)
                {
                    throw explained;
                }
            },
            cancellationToken);

    private Task<int> ChangeAsync(IEnumerable<string> ids, Func<string, FormattableString> statement, CancellationToken cancellationToken)
    {
        var keys = Keys(ids);
        return WriteAsync(
            async context =>
            {
                var changed = await context.Database.ExecuteSqlInterpolatedAsync(statement(keys), cancellationToken);
                if (changed > 0)
                {
                    await context.Database.ExecuteSqlInterpolatedAsync(
                        $"""
                        UPDATE Projects SET Stamp = {NewStamp()}
                        WHERE Id IN (SELECT ProjectId FROM Runs WHERE Id IN (SELECT value FROM json_each({keys})))
                        """,
                        cancellationToken);
                }

                return changed;
            },
            cancellationToken);
    }

    /// <summary>The keys behind ids as a JSON array, which SQL takes in any number; what is no id is left out.</summary>
    private static string Keys(IEnumerable<string> ids)
    {
        var keys = new List<long>();
        foreach (var id in ids)
        {
            if (RunId.TryGetKey(id, out var key))
                keys.Add(key);
        }

        return JsonSerializer.Serialize(keys);
    }

    /// <summary>Random and not a counter, so that a restored backup never repeats a stamp with other content.</summary>
    private static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private static string CheckedText(string text, string what, int longest)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
            throw new StoreInputException($"{what} is empty. Type at least one character.");
        if (trimmed.Length > longest)
            throw new StoreInputException($"{what} has {trimmed.Length} characters; at most {longest} are kept. Shorten it.");
        if (trimmed.Any(char.IsControl))
            throw new StoreInputException($"{what} “{trimmed.ReplaceLineEndings(" ")}” has a line break or another control character. Remove it.");
        return trimmed;
    }

    /// <summary>A note may have lines; null for a blank one.</summary>
    private static string? CheckedNote(string? note)
    {
        var text = note?.ReplaceLineEndings("\n").Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        if (text.Length > LongestNote)
            throw new StoreInputException($"The note has {text.Length} characters; at most {LongestNote} are kept. Shorten it.");
        if (text.Any(character => char.IsControl(character) && character is not ('\n' or '\t')))
            throw new StoreInputException("The note has a control character other than a line break or a tab. Remove it.");
        return text;
    }

    private void Release()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
