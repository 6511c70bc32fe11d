using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Sweeps with a known answer.</summary>
internal static class Sweeps
{
    internal static ChinchillaLaw Epoch { get; } = (ChinchillaLaw)PublishedLaws.Epoch.Law;

    internal static double[] Budgets { get; } = [6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21, 3e21];

    /// <summary>Nine budgets of eight sizes drawn from Epoch's law.</summary>
    internal static RunSet Simulated(double noise = 0.004, int seed = 1, int checkpoints = 1) => Rows(SweepSimulation.Run(
        new SweepSimulationOptions { Law = Epoch, Budgets = Budgets, Range = 6, Checkpoints = checkpoints, Noise = noise, Seed = seed }).Select(row => row.Row));

    internal static RunSet Rows(IEnumerable<Observation> rows) => new() { Observations = [.. rows], InputSha256 = "00" };

    internal static Observation Row(string run, double parameters, double tokens, double loss, double? budget = null, string runId = "", int line = 2) => new()
    {
        Run = run,
        RunId = runId,
        Line = line,
        Parameters = parameters,
        Tokens = tokens,
        Flops = 6 * parameters * tokens,
        Loss = loss,
        Budget = budget,
    };

    /// <summary>
    /// One budget whose losses lie exactly on a parabola in ln N. The minimum is at a known place of the sampled range: 0 the smallest size, 1 the largest.
    /// </summary>
    internal static IEnumerable<Observation> Parabola(double budget, double minimumAt = 0.5, double spread = 36, int sizes = 9, double curvature = 0.05, double budgetOff = 1)
    {
        var optimum = Math.Sqrt(budget / 120);
        for (var i = 0; i < sizes; i++)
        {
            var distance = ((double)i / (sizes - 1) - minimumAt) * Math.Log(spread);
            var parameters = optimum * Math.Exp(distance);
            yield return Row($"{budget:E1} {i}", parameters, budget / (6 * parameters) * budgetOff, 2.5 + curvature * distance * distance, budget);
        }
    }
}
