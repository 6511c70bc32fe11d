using System.Text;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;

namespace ScalingDashboard.Dashboard.Tests.Optimizers;

/// <summary>A race as scenes of the page.</summary>
internal static class SampleRace
{
    internal static async Task<OptimizersScene> SceneAsync(OptimizersState state, int seeds = 4, IReadOnlyList<string>? optimizers = null)
    {
        await using var stream = new MemoryStream(Encoding.UTF8.GetBytes(RaceTable.Jsonl(seeds, optimizers)));
        var table = await SweepTableReader.ReadAsync(stream, "race.jsonl", new SweepTableOptions(), CancellationToken.None);
        var source = new RunSet { Observations = table.Observations, InputSha256 = table.Sha256 };
        var runs = RacedRuns.Of(table.Runs);
        var options = new OptimizerComparisonOptions { Baseline = state.Baseline, Challenger = state.Challenger, Bootstrap = state.Draws, Seed = state.Seed };
        var comparison = OptimizerComparison.Run(runs, options, source);
        return OptimizersScene.Of(state, new OptimizersResult(null!, comparison, OptimizersService.Others(runs, comparison, options, source, CancellationToken.None), null))!;
    }
}
