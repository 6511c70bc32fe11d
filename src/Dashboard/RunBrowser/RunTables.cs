using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>Projects as the run browser shows them: read once for a state of the store, whoever asks and however many at once.</summary>
public sealed class RunTables(RunStore store)
{
    // 100,000 runs with 20 settings take about 30 MB.
    private const int MostProjects = 4;

    private readonly Lock _gate = new();

    // The one asked for last stands first.
    private readonly List<Entry> _kept = [];

    private sealed record Entry(string Project, string Stamp, Task<RunColumns> Columns);

    /// <summary>Changes whenever what is stored of the project does.</summary>
    public Task<string> StampAsync(string project, CancellationToken cancellationToken) => store.StampAsync(project, cancellationToken);

    /// <summary>The project at its present state.</summary>
    /// <remarks>Giving up waiting does not stop the reading, which others may wait for too.</remarks>
    public async Task<RunColumns> ReadAsync(string project, CancellationToken cancellationToken)
    {
        var stamp = await store.StampAsync(project, cancellationToken);
        return await Find(project, stamp).WaitAsync(cancellationToken);
    }

    private Task<RunColumns> Find(string project, string stamp)
    {
        lock (_gate)
        {
            var entry = _kept.Find(kept => kept.Project == project);
            if (entry is not null)
                _kept.Remove(entry);
            if (entry is null || entry.Stamp != stamp || entry.Columns.IsFaulted)
                entry = new Entry(project, stamp, LoadAsync(project));
            _kept.Insert(0, entry);
            if (_kept.Count > MostProjects)
                _kept.RemoveAt(MostProjects);
            return entry.Columns;
        }
    }

    private async Task<RunColumns> LoadAsync(string project)
    {
        var table = await store.TableAsync(project);
        return new RunColumns(table, metric => store.MetricAsync(table, metric), () => store.MetricNamesAsync(table));
    }
}
