using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Projects as the pages analyse them: read once for a state of the store, whichever page asks.</summary>
public sealed class ProjectCache(RunStore store) : IDisposable
{
    private const int MostProjects = 8;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromHours(1);

    private readonly MemoryCache _projects = new(new MemoryCacheOptions { SizeLimit = MostProjects });

    /// <summary>Changes whenever what is stored of the project does.</summary>
    public Task<string> StampAsync(string project, CancellationToken cancellationToken) => store.StampAsync(project, cancellationToken);

    /// <summary>The project with its checkpoints, at a stamp.</summary>
    public async Task<ProjectData> ReadAsync(string project, string stamp, CancellationToken cancellationToken)
    {
        if (_projects.TryGetValue(project, out (string Stamp, ProjectData Data) kept) && kept.Stamp == stamp)
            return kept.Data;
        var data = await ProjectRuns.ReadAsync(store, project, withCheckpoints: true, cancellationToken);
        // Under the project's name, so that a new state of it takes the place of the old one.
        _projects.Set(project, (stamp, data), new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_keptFor });
        return data;
    }

    /// <inheritdoc/>
    public void Dispose() => _projects.Dispose();
}
