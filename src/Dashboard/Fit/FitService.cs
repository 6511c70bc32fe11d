using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>A fit with the runs it was made of.</summary>
/// <param name="Selection">Runs of the view.</param>
/// <param name="Analysis">The fit; null where there is none.</param>
/// <param name="WhyNot">Why there is none, in words; null where there is one, or where no run is left.</param>
public sealed record FitView(ProjectSelection Selection, FitAnalysis? Analysis, string? WhyNot);

/// <summary>Fits laws to projects for pages; what was computed once for a state of the store is kept.</summary>
public sealed class FitService(ProjectCache projects) : IDisposable
{
    // One fit holds a few thousand draws: some hundred kilobytes. Its runs are those of the project, which is kept once.
    private const int MostResults = 64;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromHours(1);

    private readonly MemoryCache _results = new(new MemoryCacheOptions { SizeLimit = MostResults });

    /// <summary>The fit of a view; only what decides it, not how it is drawn, takes part in the look-up.</summary>
    /// <exception cref="UnknownColumnException">A filter names a column that no run has.</exception>
    public async Task<FitView> FitAsync(FitState state, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var stamp = await projects.StampAsync(state.Project, cancellationToken);
        // Lists as JSON: joined by a character, two different ones could read the same.
        var key = (stamp, state.Project, JsonSerializer.Serialize(state.Where), JsonSerializer.Serialize(state.Excluded), state.NonEmbedding, state.Rows, state.Options);
        if (_results.TryGetValue(key, out FitView? kept))
            return kept!;

        var project = await projects.ReadAsync(state.Project, stamp, cancellationToken);
        // Nothing of it on the thread of a page.
        var view = await Task.Run(() => Fit(project, state, progress, cancellationToken), cancellationToken);
        _results.Set(key, view, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_keptFor });
        return view;
    }

    /// <inheritdoc/>
    public void Dispose() => _results.Dispose();

    private static FitView Fit(ProjectData project, FitState state, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var selection = ProjectRuns.Select(project, [.. state.Where.Select(RowFilter.Parse)], state.Excluded.ToHashSet(), state.NonEmbedding);
        if (selection.Final.Observations.Count == 0)
            return new FitView(selection, null, null);
        if (FitColumns.WhatIsMissing(state, selection.Rows) is { } missing)
            return new FitView(selection, null, missing);
        try
        {
            return new FitView(selection, FitAnalysis.Run(state.Rows == FitRowChoice.Final ? selection.Final : selection.EveryCheckpoint, state.Options, progress, cancellationToken), null);
        }
        catch (AnalysisException exception)
        {
            return new FitView(selection, null, exception.Message);
        }
    }
}
