using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Estimate;

/// <summary>What the page shows for one view.</summary>
/// <param name="Selection">Runs of the view.</param>
/// <param name="Study">Map, laws and loans.</param>
/// <param name="View">The plans in view and the one that answers.</param>
/// <param name="Elsewhere">The plan that answers, in the other families.</param>
public sealed record EstimateResult(ProjectSelection Selection, EstimateStudy Study, PlanView View, IReadOnlyList<Evidence> Elsewhere);

/// <summary>Studies projects for pages; what was computed once for a state of the store is kept.</summary>
public sealed class EstimateService(RunStore store) : IDisposable
{
    private const int MostStudies = 32;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromHours(1);

    private readonly MemoryCache _studies = new(new MemoryCacheOptions { SizeLimit = MostStudies });

    /// <summary>The study of a view, and its plan.</summary>
    /// <exception cref="UnknownColumnException">A filter names a column that no run has.</exception>
    /// <exception cref="AnalysisException">There are no runs, or a name fits nothing.</exception>
    public async Task<EstimateResult> StudyAsync(EstimateState state, IProgress<(int Done, int Of)>? progress, CancellationToken cancellationToken)
    {
        var key = (await store.StampAsync(state.Project, cancellationToken), state.StudyKey);
        if (!_studies.TryGetValue(key, out (ProjectSelection Selection, EstimateStudy Study) kept))
        {
            var project = await ProjectRuns.ReadAsync(store, state.Project, withCheckpoints: true, cancellationToken);
            // Nothing of it on the thread of a page.
            kept = await Task.Run(
                () =>
                {
                    var selection = ProjectRuns.Select(project, [.. state.Where.Select(RowFilter.Parse)], new HashSet<string>(), nonEmbedding: false);
                    return (selection, EstimateStudy.Run(FamilyRuns.Of(selection), state.Options, progress, cancellationToken));
                },
                cancellationToken);
            _studies.Set(key, kept, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_keptFor });
        }

        var (runs, study) = kept;
        return await Task.Run(
            () =>
            {
                var view = PlanView.Of(study, state, cancellationToken);
                return new EstimateResult(runs, study, view, view.Chosen is { } chosen ? study.Elsewhere(chosen.Plan, cancellationToken) : []);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _studies.Dispose();
}
