using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;

namespace ScalingDashboard.Dashboard.IsoFlop;

/// <summary>An analysis with the runs it was made of.</summary>
/// <param name="Selection">Runs of the view.</param>
/// <param name="Analysis">What the approaches say; null when no run is left.</param>
public sealed record IsoFlopResult(ProjectSelection Selection, IsoFlopAnalysis? Analysis);

/// <summary>Analyses projects for pages; what was computed once for a state of the store is kept.</summary>
public sealed class IsoFlopService(ProjectCache projects) : IDisposable
{
    // One analysis holds a few thousand draws: some hundred kilobytes. Its runs are those of the project, which is kept once.
    private const int MostResults = 64;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromHours(1);

    private readonly MemoryCache _results = new(new MemoryCacheOptions { SizeLimit = MostResults });

    /// <summary>The analysis of a view; only what decides it, not how it is drawn, takes part in the look-up.</summary>
    /// <exception cref="UnknownColumnException">A filter names a column that no run has.</exception>
    public async Task<IsoFlopResult> AnalyseAsync(IsoFlopState state, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var stamp = await projects.StampAsync(state.Project, cancellationToken);
        // Lists as JSON: joined by a character, two different ones could read the same.
        var key = (stamp, state.Project, JsonSerializer.Serialize(state.Where), JsonSerializer.Serialize(state.Excluded), state.NonEmbedding, state.Options);
        if (_results.TryGetValue(key, out IsoFlopResult? kept))
            return kept!;

        var project = await projects.ReadAsync(state.Project, stamp, cancellationToken);
        // Nothing of it on the thread of a page.
        var result = await Task.Run(
            () =>
            {
                var selection = ProjectRuns.Select(project, [.. state.Where.Select(RowFilter.Parse)], state.Excluded.ToHashSet(), state.NonEmbedding);
                return new IsoFlopResult(selection, selection.Final.Observations.Count == 0
                    ? null
                    : IsoFlopAnalysis.Run(selection.Final, selection.Checkpoints.Observations, state.Options, progress, cancellationToken));
            },
            cancellationToken);
        _results.Set(key, result, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_keptFor });
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _results.Dispose();
}
