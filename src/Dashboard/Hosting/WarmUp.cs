using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Hosting;

/// <summary>The first analysis of a process is mostly compilation: a made-up sweep goes through the recipes before a user has to wait for them.</summary>
public static class WarmUp
{
    private const int Draws = 40;

    /// <summary>Analyses the made-up sweep, as the pages would; nothing is kept.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Run(CancellationToken cancellationToken)
    {
        var rows = SweepSimulation.Run(new SweepSimulationOptions { Law = new ChinchillaLaw(1.8, 480, 2100, 0.35, 0.37), Budgets = [1e18, 1e19, 1e20, 1e21], Sizes = 5, Checkpoints = 3 });
        var input = new RunSet { Observations = [.. rows.Select(row => row.Row)], InputSha256 = "" };
        var options = new FitRecipeOptions { Bootstrap = Draws };
        FitAnalysis.Run(input.Final(), options, null, cancellationToken);
        IsoFlopAnalysis.Run(input.Final(), input.Observations, new IsoFlopOptions { Surface = options }, null, cancellationToken);
    }
}
