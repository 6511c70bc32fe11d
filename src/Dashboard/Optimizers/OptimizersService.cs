using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Optimizers;

/// <summary>The runs of a view and their comparison.</summary>
/// <param name="Selection">Runs of the view.</param>
/// <param name="Comparison">Null where there is none.</param>
/// <param name="Others">The same baseline against every other optimizer that matches it.</param>
/// <param name="WhyNot">Why there is none, in words.</param>
public sealed record OptimizersResult(ProjectSelection Selection, OptimizerComparison? Comparison, IReadOnlyList<OptimizerComparison> Others, string? WhyNot);

/// <summary>Compares the optimizers of projects for the page; what was computed once for a state of the store is kept.</summary>
public sealed class OptimizersService(RunStore store, ProjectCache projects) : IDisposable
{
    private const int MostResults = 32;

    // More lines could not be told apart.
    private const int MostOthers = 8;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromHours(1);

    private readonly MemoryCache _results = new(new MemoryCacheOptions { SizeLimit = MostResults });

    /// <summary>The runs of a view, and their comparison; only what decides it takes part in the look-up.</summary>
    /// <exception cref="UnknownColumnException">A filter names a column that no run has.</exception>
    public async Task<OptimizersResult> CompareAsync(OptimizersState state, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var stamp = await projects.StampAsync(state.Project, cancellationToken);
        // Lists as JSON: joined by a character, two different ones could read the same.
        var key = (stamp, state.Project, JsonSerializer.Serialize(state.Where), JsonSerializer.Serialize(state.Excluded), state.Baseline, state.Challenger, state.Draws, state.Seed);
        if (_results.TryGetValue(key, out OptimizersResult? kept))
            return kept!;

        var project = await projects.ReadAsync(state.Project, stamp, cancellationToken);
        var selection = ProjectRuns.Select(project, [.. state.Where.Select(RowFilter.Parse)], state.Excluded.ToHashSet(), nonEmbedding: false);
        var runs = await RacedRuns.OfAsync(store, selection, cancellationToken);
        var options = new OptimizerComparisonOptions { Baseline = state.Baseline, Challenger = state.Challenger, Bootstrap = state.Draws, Seed = state.Seed };
        // Nothing of it on the thread of a page.
        var result = await Task.Run(
            () =>
            {
                try
                {
                    var comparison = OptimizerComparison.Run(runs, options, selection.Final, progress, cancellationToken);
                    return new OptimizersResult(selection, comparison, Others(runs, comparison, options, selection.Final, cancellationToken), null);
                }
                catch (AnalysisException exception)
                {
                    return new OptimizersResult(selection, null, [], exception.Message);
                }
            },
            cancellationToken);
        _results.Set(key, result, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_keptFor });
        return result;
    }

    /// <summary>The baseline against each of the others; one that no run of it matches is left out.</summary>
    public static IReadOnlyList<OptimizerComparison> Others(
        IReadOnlyList<RacedRun> runs, OptimizerComparison comparison, OptimizerComparisonOptions options, RunSet source, CancellationToken cancellationToken)
    {
        var others = new List<OptimizerComparison>();
        foreach (var key in comparison.Optimizers.Where(key => key != comparison.Baseline && key != comparison.Challenger).Take(MostOthers))
        {
            if (OptimizerComparison.CanCompare(runs, comparison.Baseline, key))
                others.Add(OptimizerComparison.Run(runs, options with { Baseline = comparison.Baseline, Challenger = key }, source, null, cancellationToken));
        }

        return others;
    }

    /// <inheritdoc/>
    public void Dispose() => _results.Dispose();
}
