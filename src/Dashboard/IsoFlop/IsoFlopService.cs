using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.IsoFlop;

/// <summary>An analysis with the runs it was made of.</summary>
/// <param name="Selection">Runs of the view.</param>
/// <param name="Analysis">What the approaches say; null when no run is left.</param>
public sealed record IsoFlopResult(ProjectSelection Selection, IsoFlopAnalysis? Analysis);

/// <summary>Analyses projects for pages and requests; what was computed once for a state of the store is kept.</summary>
public sealed class IsoFlopService(RunStore store) : IDisposable
{
    // One analysis holds a few thousand draws: some hundred kilobytes.
    private const int MostKept = 64;

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MostKept });

    /// <summary>The analysis of a view; only what decides it, not how it is drawn, takes part in the look-up.</summary>
    /// <exception cref="UnknownColumnException">A filter names a column that no run has.</exception>
    public async Task<IsoFlopResult> AnalyseAsync(IsoFlopState state, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var stamp = await store.StampAsync(state.Project, cancellationToken);
        var key = (stamp, PageUrls.For(PageUrls.IsoFlop, new IsoFlopState
        {
            Project = state.Project,
            Where = state.Where,
            Excluded = state.Excluded,
            NonEmbedding = state.NonEmbedding,
            GroupByCompute = state.GroupByCompute,
            Tolerance = state.Tolerance,
            SmoothingRows = state.SmoothingRows,
            Method = state.Method,
            Delta = state.Delta,
            ExponentLow = state.ExponentLow,
            ExponentHigh = state.ExponentHigh,
            Draws = state.Draws,
            Seed = state.Seed,
        }));
        if (_cache.TryGetValue(key, out IsoFlopResult? kept))
            return kept!;

        RowFilter[] filters = [.. state.Where.Select(RowFilter.Parse)];
        var selection = await ProjectRuns.LoadAsync(store, state.Project, filters, state.Excluded.ToHashSet(), state.NonEmbedding, cancellationToken);
        var analysis = selection.Final.Observations.Count == 0
            ? null
            : await Task.Run(() => IsoFlopAnalysis.Run(selection.Final, selection.Checkpoints.Observations, state.Options, progress, cancellationToken), cancellationToken);
        var result = new IsoFlopResult(selection, analysis);
        _cache.Set(key, result, new MemoryCacheEntryOptions { Size = 1 });
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();
}
