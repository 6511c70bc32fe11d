using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Growth;

/// <summary>The runs of a view and what growing saved among them.</summary>
/// <param name="Selection">Runs of the view.</param>
/// <param name="Comparison">Null where there is none.</param>
/// <param name="WhyNot">Why there is none, in words.</param>
public sealed record GrowthResult(ProjectSelection Selection, GrowthComparison? Comparison, string? WhyNot);

/// <summary>Compares the grown runs of projects for the page; what was computed once for a state of the store is kept.</summary>
public sealed class GrowthService(RunStore store, ProjectCache projects) : IDisposable
{
    private const int MostResults = 32;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromHours(1);

    private readonly MemoryCache _results = new(new MemoryCacheOptions { SizeLimit = MostResults });

    /// <summary>The runs of a view, and their comparison; only what decides it takes part in the look-up.</summary>
    /// <exception cref="UnknownColumnException">A filter names a column that no run has.</exception>
    public async Task<GrowthResult> CompareAsync(GrowthState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        var stamp = await projects.StampAsync(state.Project, cancellationToken);
        // Lists as JSON: joined by a character, two different ones could read the same.
        var key = (stamp, state.Project, JsonSerializer.Serialize(state.Where), JsonSerializer.Serialize(state.Excluded), state.Options);
        if (_results.TryGetValue(key, out GrowthResult? kept))
            return kept!;

        var project = await projects.ReadAsync(state.Project, stamp, cancellationToken);
        var selection = ProjectRuns.Select(project, [.. state.Where.Select(RowFilter.Parse)], state.Excluded.ToHashSet(), nonEmbedding: false);
        var runs = await GrowthRuns.OfAsync(store, selection, cancellationToken);
        // Nothing of it on the thread of a page.
        var result = await Task.Run(
            () =>
            {
                try
                {
                    return new GrowthResult(selection, GrowthComparison.Run(runs, state.Options, selection.Final, cancellationToken), null);
                }
                catch (AnalysisException exception)
                {
                    return new GrowthResult(selection, null, exception.Message);
                }
            },
            cancellationToken);
        _results.Set(key, result, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_keptFor });
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _results.Dispose();
}
