using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Fit;

/// <summary>Fits of simulated sweeps, whose truth is known.</summary>
internal static class DiagnosedSweep
{
    internal static FitRecipeOptions Options { get; } = new() { Bootstrap = 40 };

    internal static RunSet Input(double noise = 0.003, int budgets = 5) => new()
    {
        InputSha256 = "0f",
        Observations = [.. SweepSimulation.Run(new SweepSimulationOptions
        {
            Law = (ChinchillaLaw)PublishedLaws.Epoch.Law,
            Budgets = [.. new[] { 1e19, 3e19, 1e20, 3e20, 1e21 }.Take(budgets)],
            Sizes = 7,
            Checkpoints = 1,
            Noise = noise,
            Seed = 3,
        }).Select(row => row.Row with { RunId = $"id-{row.Row.Run.Replace(' ', '-')}" })],
    };

    internal static FitDiagnostics Diagnose(FitResult result, FitRecipeOptions? options = null) =>
        FitDiagnostics.Run(result, options ?? Options, FitIntervals.Of(result, options ?? Options), 1e23);

    internal static FitResult Of(RunSet input, FitRecipeOptions? options = null) => FitRecipe.Run(input.Observations, options ?? Options);
}
