using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;

namespace ScalingDashboard.Dashboard.Precision;

/// <summary>The runs of a view with their number formats, and the law fitted to them.</summary>
/// <param name="Selection">Runs of the view.</param>
/// <param name="Rows">Those that count, with their formats; empty where a format cannot be read.</param>
/// <param name="Analysis">The fit; null where there is none, or none was asked for.</param>
/// <param name="WhyNot">Why there is none, in words.</param>
public sealed record PrecisionRuns(ProjectSelection Selection, IReadOnlyList<PrecisionRow> Rows, PrecisionAnalysis? Analysis, string? WhyNot);

/// <summary>Fits laws of precision to projects for the page; what was computed once for a state of the store is kept.</summary>
public sealed class PrecisionService(ProjectCache projects) : IDisposable
{
    // A fit holds its draws twice, as forms and as laws: a megabyte at a thousand draws.
    private const int MostResults = 32;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromHours(1);

    private readonly MemoryCache _results = new(new MemoryCacheOptions { SizeLimit = MostResults });

    /// <summary>The runs of a view and, where the state asks for the runs' own law or leaves the choice, the fit; only what decides them takes part in the look-up.</summary>
    /// <exception cref="UnknownColumnException">A filter names a column that no run has.</exception>
    public async Task<PrecisionRuns> ReadAsync(PrecisionState state, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var stamp = await projects.StampAsync(state.Project, cancellationToken);
        var isFitted = state.Law is "" or PrecisionState.Own;
        // Lists as JSON: joined by a character, two different ones could read the same.
        var key = (stamp, state.Project, JsonSerializer.Serialize(state.Where), JsonSerializer.Serialize(state.Excluded), state.NonEmbedding, isFitted, isFitted && state.Plain, isFitted ? state.Options : null);
        if (_results.TryGetValue(key, out PrecisionRuns? kept))
            return kept!;

        var project = await projects.ReadAsync(state.Project, stamp, cancellationToken);
        // Nothing of it on the thread of a page.
        var runs = await Task.Run(() => Read(project, state, isFitted, progress, cancellationToken), cancellationToken);
        _results.Set(key, runs, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_keptFor });
        return runs;
    }

    /// <inheritdoc/>
    public void Dispose() => _results.Dispose();

    private static PrecisionRuns Read(ProjectData project, PrecisionState state, bool isFitted, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var selection = ProjectRuns.Select(project, [.. state.Where.Select(RowFilter.Parse)], state.Excluded.ToHashSet(), state.NonEmbedding);
        IReadOnlyList<PrecisionRow> rows = [];
        try
        {
            rows = PrecisionRows.Of(selection.Final.Observations);
            return new(selection, rows, isFitted && rows.Count > 0 ? PrecisionAnalysis.Run(selection.Final, state.Options, state.Plain, progress, cancellationToken) : null, null);
        }
        catch (AnalysisException exception)
        {
            return new(selection, rows, null, exception.Message);
        }
    }
}
