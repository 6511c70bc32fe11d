using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Why a source of the watched folder is not in the project, or not as it is on disk.</summary>
public sealed record WatchProblem(string Path, string Message);

/// <summary>How the watching goes.</summary>
/// <param name="Sources">Logs that were read, each a file or the files of a folder that belong together.</param>
/// <param name="Problems">What could not be read, in the order of the paths.</param>
public sealed record WatchState(int Sources, IReadOnlyList<WatchProblem> Problems);

/// <summary>
/// Reads the logs below a folder into a project and again when they grow, so that curves grow: <c>serve --logdir</c>. A file is looked at every few seconds by its
/// length and time, because file systems on a network tell of no change.
/// </summary>
/// <remarks>
/// A source is copied first: what is stored is what was read, whatever is written meanwhile. While a text is being written its last line may be half there, so
/// it is taken up to the last line end, and whole once it has rested. A source that cannot be read is only complained of once it rests, and once.
/// Reading again is left waiting for ten times as long as the last time took, so that a large log that grows costs a tenth of a core at most.
/// Files that were deleted leave their runs as they are.
/// </remarks>
public sealed class LogFolderWatch(DashboardOptions options, RunStore store, TimeProvider clock, ILogger<LogFolderWatch> log) : BackgroundService
{
    private const int WaitPerWork = 10;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly Seen _folder = new();
    private Dictionary<string, string>? _stored;

    /// <summary>After the last look; null before the first.</summary>
    public WatchState? State { get; private set; }

    /// <summary>Looks at every source once, and reads the ones that changed.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (options.FullLogFolder is not { } folder)
            return;
        // What an earlier process has read needs no second reading.
        _stored ??= new(await store.WatchedAsync(options.LogProjectName, cancellationToken));
        IReadOnlyList<WatchedSource> sources;
        try
        {
            sources = LogFolder.Look(folder, Path.GetDirectoryName(options.FullStorePath)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Complain(_folder, folder, exception.Message);
            State = new WatchState(State?.Sources ?? 0, [new WatchProblem(folder, exception.Message)]);
            return;
        }

        _folder.Said = null;
        foreach (var source in sources)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await LookAtAsync(source, Path.Combine(folder, source.Path), cancellationToken);
        }

        var present = sources.Select(source => (source.Path, Seen: SeenOf(Path.Combine(folder, source.Path)))).ToArray();
        State = new WatchState(
            present.Count(source => source.Seen.IsRead),
            [.. present.Where(source => source.Seen.Problem is not null).Select(source => new WatchProblem(source.Path.Length == 0 ? Path.GetFileName(folder) : source.Path, source.Seen.Problem!))]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.LogFolder is null)
            return;
        using var timer = new PeriodicTimer(s_interval, clock);
        try
        {
            do
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (StoreException exception)
                {
                    // Of the store as a whole, such as a full disk; it may be over at the next look.
                    Complain(_folder, options.FullLogFolder!, exception.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; an import under way was a transaction.
        }
    }

    private async Task LookAtAsync(WatchedSource source, string key, CancellationToken cancellationToken)
    {
        var seen = SeenOf(key);
        var (version, rests) = (source.Version, clock.GetUtcNow() - source.Changed >= s_rest);
        if (seen.Version is null && _stored!.GetValueOrDefault(key) == version)
            (seen.Version, seen.IsRead) = (version, true);
        // Read as it stands, or read while it was being written and now it rests.
        if ((seen.Version == version && !(seen.IsPartial && rests)) || clock.GetTimestamp() < seen.NotBefore)
            return;
        var start = clock.GetTimestamp();
        (seen.Version, seen.IsPartial) = (version, false);
        try
        {
            if (await IsLogAsync(source, cancellationToken))
                await ReadAsync(source, key, rests, seen, cancellationToken);
            (seen.Problem, seen.Said) = (null, null);
        }
        catch (Exception exception) when (exception is IngestException or UploadTooLargeException or IOException or UnauthorizedAccessException or StoreInputException or FormatException)
        {
            if (rests)
                // Where the path is said already, once is enough.
                Complain(seen, key, exception.Message.StartsWith(source.Path + ": ", StringComparison.Ordinal) ? exception.Message[(source.Path.Length + 2)..] : exception.Message);
            else
                seen.IsPartial = true;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or StoreException))
        {
            // A fault of its reader, which is no reason to stop looking at the others, nor the server.
            log.LogError(exception, "{Path} could not be read", key);
            seen.Problem = $"Its reader failed: {exception.Message}";
        }
        catch
        {
            // Not read: once more at the next look.
            seen.Version = null;
            throw;
        }

        seen.NotBefore = clock.GetTimestamp() + WaitPerWork * (clock.GetTimestamp() - start);
    }

    private static async Task<bool> IsLogAsync(WatchedSource source, CancellationToken cancellationToken)
    {
        if (source.Files is [{ Path: var path }] && (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)))
            return true;
        string[] siblings = [.. source.Files.Select(file => file.Path)];
        foreach (var file in source.Files)
        {
            if (await LogReader.RecognisesAsync(new LogFile(file.Path, () => Open(file)), siblings, cancellationToken))
                return true;
        }

        return false;
    }

    private async Task ReadAsync(WatchedSource source, string key, bool rests, Seen seen, CancellationToken cancellationToken)
    {
        // A file by its path below the folder, because that may be all that names its run.
        var name = source.IsTogether ? Path.GetFileName(key) + ".zip" : source.Path;
        if (source.Length > options.UploadLimitBytes)
            throw new UploadTooLargeException(source.Path, options.UploadLimitBytes);
        var (staged, isPartial) = await StageAsync(source, name, rests, cancellationToken);
        seen.IsPartial = isPartial;
        try
        {
            var reading = new LogImportOptions { Mapping = await StagedImport.RememberedAsync(store, options.LogProjectName, staged, cancellationToken) };
            var import = await Task.Run(
                async () =>
                {
                    using var opened = LogSource.Open(name, () => store.OpenStaged(staged.Id));
                    return await CountedModels.ReadAsync(opened, reading, cancellationToken);
                },
                cancellationToken);
            var signature = await StagedImport.SignatureAsync(store, staged, cancellationToken);
            // What is still being written is read again after a restart.
            await store.ImportWatchedAsync(
                options.LogProjectName, staged.Id, key, isPartial ? "" : source.Version, import.Format, import.Mapping.ToString(), import.Runs, signature, cancellationToken);
            seen.IsRead = true;
        }
        finally
        {
            // Imported it is gone already.
            store.DiscardStaged(staged.Id);
        }
    }

    private async Task<(StagedFile File, bool IsPartial)> StageAsync(WatchedSource source, string name, bool rests, CancellationToken cancellationToken)
    {
        if (!source.IsTogether)
        {
            await using var content = new PrefixStream(Open(source.Files[0]), source.Length);
            if (!rests && LastLineEnd(content) is var end && end < source.Length)
            {
                await using var lines = new PrefixStream(Open(source.Files[0]), end);
                return (await store.StageAsync(lines, name, options.UploadLimitBytes, cancellationToken), true);
            }

            return (await store.StageAsync(content, name, options.UploadLimitBytes, cancellationToken), false);
        }

        var packed = Path.GetTempFileName();
        try
        {
            await using (var archive = File.Create(packed))
                await FolderArchive.WriteAsync(archive, source.Files.Select(file => (file.Path, (Func<Stream>)(() => new PrefixStream(Open(file), file.Length)))), cancellationToken);
            await using var content = File.OpenRead(packed);
            return (await store.StageAsync(content, name, Math.Max(options.UploadLimitBytes, content.Length), cancellationToken), false);
        }
        finally
        {
            File.Delete(packed);
        }
    }

    private void Complain(Seen seen, string key, string message)
    {
        seen.Problem = message;
        if (seen.Said == message)
            return;
        seen.Said = message;
        log.LogWarning("{Path}: {Message}", key, message);
    }

    private Seen SeenOf(string key)
    {
        if (!_seen.TryGetValue(key, out var seen))
            _seen.Add(key, seen = new Seen());
        return seen;
    }

    /// <summary>Others may write to it and delete it meanwhile.</summary>
    private static FileStream Open(WatchedFile file) => new(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Where the last whole line of a text ends; the end of what is no text.</summary>
    private static long LastLineEnd(PrefixStream content)
    {
        var tail = new byte[Math.Min(content.Length, 1 << 20)];
        content.Seek(-tail.Length, SeekOrigin.End);
        content.ReadExactly(tail);
        content.Seek(0, SeekOrigin.Begin);
        return tail.Contains((byte)0) || tail.AsSpan().LastIndexOf((byte)'\n') is not (>= 0 and var last) ? content.Length : content.Length - tail.Length + last + 1;
    }

    /// <summary>What is known of a source in this process.</summary>
    private sealed class Seen
    {
        /// <summary>As it was when it was last read, log or not.</summary>
        public string? Version { get; set; }
        public bool IsRead { get; set; }

        /// <summary>To be read once more when it rests.</summary>
        public bool IsPartial { get; set; }

        /// <summary>Timestamp of the clock.</summary>
        public long NotBefore { get; set; }
        public string? Problem { get; set; }

        /// <summary>The last problem that was logged.</summary>
        public string? Said { get; set; }
    }
}
