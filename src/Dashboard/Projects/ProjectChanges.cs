using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Tells pages that a project changed, by this process or another one.</summary>
/// <remarks>
/// While anybody listens, the stamps of the projects that are looked at are asked for once a second, in one query: that notices every writer alike, a request, a
/// watched folder, a command, and no page is told more often than it can draw. A page uses the component ProjectWatch.
/// </remarks>
public sealed class ProjectChanges(RunStore store, TimeProvider clock) : IDisposable
{
    /// <summary>How long after a change a page hears of it, at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<Listener> _listeners = [];
    private ITimer? _timer;
    private bool _disposed;

    /// <summary>Calls back, on a thread of the pool, when the project has another stamp than the one that is shown.</summary>
    /// <param name="project">Name of the project; it need not be there yet.</param>
    /// <param name="stamp">Stamp of what is shown, empty for nothing.</param>
    /// <param name="changed">Called once for each other stamp.</param>
    /// <returns>Ends the listening.</returns>
    public IDisposable Listen(string project, string stamp, Action changed)
    {
        var listener = new Listener(this, project, stamp, changed);
        lock (_lock)
        {
            _listeners.Add(listener);
            if (_timer is null && !_disposed)
                Wait();
        }

        return listener;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private void Wait() => _timer = clock.CreateTimer(_ => _ = AskAsync(), null, Interval, Timeout.InfiniteTimeSpan);

    private async Task AskAsync()
    {
        string[] projects;
        lock (_lock)
            projects = [.. _listeners.Select(listener => listener.Project).Distinct()];
        try
        {
            if (projects.Length > 0)
                Tell(await store.StampsAsync(projects));
        }
        catch (Exception exception) when (exception is StoreException or ObjectDisposedException)
        {
            // Asked again in a second. What stands in the way the pages say when they read.
        }

        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
            if (_listeners.Count > 0 && !_disposed)
                Wait();
        }
    }

    private void Tell(IReadOnlyDictionary<string, string> stamps)
    {
        Listener[] changed;
        lock (_lock)
            changed = [.. _listeners.Where(listener => listener.Hears(stamps.GetValueOrDefault(listener.Project, "")))];
        foreach (var listener in changed)
            listener.Changed();
    }

    private sealed class Listener(ProjectChanges changes, string project, string stamp, Action changed) : IDisposable
    {
        private string _heard = stamp;

        public string Project => project;

        public Action Changed => changed;

        public bool Hears(string current)
        {
            if (current == _heard)
                return false;
            _heard = current;
            return true;
        }

        public void Dispose()
        {
            lock (changes._lock)
                changes._listeners.Remove(this);
        }
    }
}
