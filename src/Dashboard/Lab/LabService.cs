using System.Text.Json;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Ingest;
using ScalingDashboard.Lab;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Lab;

/// <summary>
/// Trains for the Lab page, one training at a time, on <see cref="Threads"/> cores and within <see cref="Limits"/>, whoever looks on. Each training has a folder
/// beside the store (<see cref="LabFolder"/>), so that one that was stopped, also by the end of the server, can go on.
/// </summary>
public sealed class LabService(RunStore store, DashboardOptions options, TimeProvider clock, ILogger<LabService> log) : IHostedService, IAsyncDisposable
{
    private const string JobFile = "job.json";
    private const string NewProject = "Lab";
    private const int MostProjects = 10_000;

    private readonly string _folder = FolderBeside(options);
    private readonly LabFolder _texts = new(FolderBeside(options));
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _measuring = new(1);
    private readonly SweepTimer _timer = new(TimeProvider.System);
    private readonly Dictionary<string, string> _failures = [];
    private Running? _running;

    /// <summary>Half of the cores: the others answer requests.</summary>
    public static int Threads { get; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How long and how large a training may be.</summary>
    public LabLimits Limits { get; } = new(options.LabHours, LabLimits.Default.Bytes / 2);

    /// <summary>The training that runs; null while none does.</summary>
    public LabJobView? Current
    {
        get
        {
            lock (_lock)
                return _running?.View();
        }
    }

    /// <summary>All trainings, the newest first.</summary>
    public IReadOnlyList<LabJobView> Jobs() => !Directory.Exists(_folder)
        ? []
        : [.. Directory.EnumerateDirectories(_folder).Select(Path.GetFileName).Select(id => Find(id!)).OfType<LabJobView>().OrderByDescending(view => view.Job.Started).ThenByDescending(view => view.Job.Id, StringComparer.Ordinal)];

    /// <summary>A training as it stands; null where there is none of this id. Any text may be asked for.</summary>
    public LabJobView? Find(string id)
    {
        lock (_lock)
        {
            if (_running is { } running && running.Job.Id == id)
                return running.View();
        }

        if (Read(id) is not { } job)
            return null;
        var folder = FolderOf(job);
        RunProgress[] runs = [.. job.Runs.Select(run => folder.Find(run.Name) is { } checkpoint
            ? new RunProgress(checkpoint, checkpoint.Rows is [.., var last] ? last.Step : 0)
            : new RunProgress(new LabCheckpoint(run, [], Ended: false, Diverged: false), 0))];
        string? failure;
        lock (_lock)
            failure = _failures.GetValueOrDefault(id);
        return new LabJobView(job, Array.TrueForAll(runs, run => run.Checkpoint.Ended) ? LabJobStatus.Ended : LabJobStatus.Stopped, runs, null, null, failure);
    }

    /// <summary>How long runs would take here.</summary>
    /// <exception cref="LabException">They are impossible, or beyond the limits whatever is measured.</exception>
    public async Task<SweepEstimate> EstimateAsync(IReadOnlyList<LabRun> runs, CancellationToken cancellationToken)
    {
        // Refused before anything is trained to measure it.
        new SweepTraining(_texts, clock).Check(runs);
        if (Limits.Problem(runs, Threads) is { } problem)
            throw new LabException(problem);
        await _measuring.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => _timer.Estimate(runs, new Dictionary<string, LabCheckpoint>(), _texts, Threads, cancellationToken), cancellationToken);
        }
        finally
        {
            _measuring.Release();
        }
    }

    /// <summary>What a language is, for its entropy.</summary>
    /// <exception cref="LabException">The text is no longer there.</exception>
    public ILanguage Language(LanguageOptions language) => _texts.Language(language);

    /// <summary>Keeps a text that was uploaded, to be learned.</summary>
    /// <exception cref="LabException">It is no text to learn from.</exception>
    public async Task<LanguageOptions> KeepTextAsync(string stagedId, CancellationToken cancellationToken)
    {
        var staged = store.FindStaged(stagedId) ?? throw new LabException("The file is no longer there. Upload it again.");
        await using var content = store.OpenStaged(staged.Id);
        if (content.Length > TextLanguage.LargestText)
            throw new LabException(TextLanguage.TooLarge(staged.FileName));
        var text = new byte[content.Length];
        await content.ReadExactlyAsync(text, cancellationToken);
        var kept = _texts.KeepText(staged.FileName, text);
        store.DiscardStaged(staged.Id);
        return kept;
    }

    /// <summary>Begins a training.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="LabException">It cannot be trained here, or another training runs.</exception>
    public async Task<string> StartAsync(LabState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        var runs = state.Sweep().Runs();
        var estimate = await EstimateAsync(runs, cancellationToken);
        if (Limits.Problem(estimate) is { } problem)
            throw new LabException(problem);
        var project = state.Project.Length > 0 ? state.Project : await NewProjectAsync(cancellationToken);
        var id = $"{clock.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..6]}";
        var job = new LabJob(id, project, (state with { Job = "", Tab = default }).ToQuery().ToString(), clock.GetUtcNow(), runs);
        var folder = FolderOf(job);
        await new ProjectLabLogs(store, project, folder).CheckAsync(runs, new Dictionary<string, LabCheckpoint>(), cancellationToken);
        CopyText(runs[0].Language, folder);
        Begin(job, estimate, () => WriteJob(job));
        return id;
    }

    /// <summary>Goes on with a training that was stopped.</summary>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    public async Task ResumeAsync(string id, CancellationToken cancellationToken)
    {
        var job = Read(id) ?? throw new LabException("This training is no longer there.");
        var folder = FolderOf(job);
        var there = new SweepTraining(folder, clock).Check(job.Runs);
        await _measuring.WaitAsync(cancellationToken);
        SweepEstimate estimate;
        try
        {
            estimate = await Task.Run(() => _timer.Estimate(job.Runs, there, folder, Threads, cancellationToken), cancellationToken);
        }
        finally
        {
            _measuring.Release();
        }

        await new ProjectLabLogs(store, job.Project, folder).CheckAsync(job.Runs, there, cancellationToken);
        Begin(job, estimate, () => { });
    }

    /// <summary>Stops the training that runs; it can go on later. Ends when it has stopped.</summary>
    public async Task CancelAsync()
    {
        Running? running;
        lock (_lock)
            running = _running;
        if (running is null)
            return;
        await running.Stop.CancelAsync();
        await running.Ends;
    }

    /// <summary>Deletes the checkpoints of a training that does not run; its runs in the project stay.</summary>
    public void Delete(string id)
    {
        lock (_lock)
        {
            if (_running?.Job.Id == id || Read(id) is not { } job)
                return;
            Directory.Delete(FolderOf(job).Path, recursive: true);
            _failures.Remove(id);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => CancelAsync().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CancelAsync();
        _measuring.Dispose();
    }

    private void Begin(LabJob job, SweepEstimate estimate, Action keep)
    {
        lock (_lock)
        {
            if (_running is { } other)
                throw new LabException($"Another training runs, into the project {other.Job.Project}. Wait until it has ended, or cancel it.");
            keep();
            _failures.Remove(job.Id);
            var there = FolderOf(job).Runs().ToDictionary(run => run.Run.Name);
            var running = new Running(job, new SweepProgress(job.Runs, there, estimate, clock));
            _running = running;
            running.Ends = Task.Run(() => TrainAsync(running));
        }
    }

    private async Task TrainAsync(Running running)
    {
        var job = running.Job;
        string? failure = null;
        try
        {
            var folder = FolderOf(job);
            using var claim = folder.Claim();
            await new SweepTraining(folder, clock).TrainAsync(job.Runs, Threads, new ProjectLabLogs(store, job.Project, folder).AppendAsync, running.Progress, running.Stop.Token);
        }
        catch (OperationCanceledException) when (running.Stop.IsCancellationRequested)
        {
            // It can go on later.
        }
        catch (Exception exception) when (exception is LabException or StoreException or IngestException or IOException)
        {
            failure = exception.Message;
        }
#pragma warning disable CA1031 // Nobody awaits a training: what ended it is logged, and said on the page.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogError(exception, "The training {Id} failed.", job.Id);
            failure = "The training failed; the server's log has the details.";
        }

        lock (_lock)
        {
            _running = null;
            if (failure is not null)
                _failures[job.Id] = failure;
        }

        running.Stop.Dispose();
    }

    private async Task<string> NewProjectAsync(CancellationToken cancellationToken)
    {
        var names = (await store.ProjectsAsync(cancellationToken)).Select(project => project.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Enumerable.Range(1, MostProjects).Select(number => FormattableString.Invariant($"{NewProject} {number}")).First(name => !names.Contains(name));
    }

    private LabJob? Read(string id)
    {
        if (id.Length is 0 or > 100 || !id.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
            return null;
        var path = Path.Combine(_folder, id, JobFile);
        return File.Exists(path) ? JsonSerializer.Deserialize<LabJob>(File.ReadAllBytes(path), LabJson.Options) : null;
    }

    private void WriteJob(LabJob job)
    {
        var path = Path.Combine(_folder, job.Id, JobFile);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path + ".part", JsonSerializer.SerializeToUtf8Bytes(job, LabJson.Options));
        File.Move(path + ".part", path, overwrite: true);
    }

    private void CopyText(LanguageOptions language, LabFolder target)
    {
        if (language.Text is { } name)
            target.KeepText(name, _texts.Text(language));
    }

    private static string FolderBeside(DashboardOptions options) => Path.Combine(Path.GetDirectoryName(options.FullStorePath)!, "lab");

    private LabFolder FolderOf(LabJob job) => new(Path.Combine(_folder, job.Id));

    private sealed class Running(LabJob job, SweepProgress progress)
    {
        internal LabJob Job { get; } = job;

        internal SweepProgress Progress { get; } = progress;

        internal CancellationTokenSource Stop { get; } = new();

        internal Task Ends { get; set; } = Task.CompletedTask;

        internal LabJobView View() => new(Job, LabJobStatus.Running, Progress.Runs, Progress.Left, Progress.Share, null);
    }
}
