using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.IsoFlop;

/// <summary>Analyses of simulated sweeps, whose truth is known.</summary>
internal static class SampleAnalysis
{
    internal static ChinchillaLaw Truth { get; } = (ChinchillaLaw)PublishedLaws.Epoch.Law;

    internal static IReadOnlyList<Observation> Rows(int checkpoints = 1, int sizes = 7) =>
        [.. SweepSimulation.Run(new SweepSimulationOptions
        {
            Law = Truth,
            Budgets = [1e19, 1e20, 1e21],
            Sizes = sizes,
            Checkpoints = checkpoints,
            Noise = 0.002,
            Seed = 3,
        }).Select(row => row.Row with { RunId = $"id-{row.Row.Run.Replace(' ', '-')}" })];

    internal static IsoFlopAnalysis Of(IReadOnlyList<Observation> rows, int draws = 100)
    {
        var input = new RunSet { Observations = rows, InputSha256 = "0f" };
        return IsoFlopAnalysis.Run(input.Final(), rows, new IsoFlopOptions { Surface = new FitRecipeOptions { Bootstrap = draws } });
    }

    internal static IReadOnlyList<RunRow> RunRows(IReadOnlyList<Observation> rows) =>
        [.. rows.Select(row => new RunRow
        {
            Id = row.RunId,
            Project = "p",
            Name = row.Run,
            Line = row.Line,
            Parameters = row.Parameters,
            Tokens = row.Tokens,
            Flops = row.Flops,
            Loss = row.Loss,
            Budget = row.Budget,
            Points = 1,
            Tags = [],
            Flags = [],
            Config = [],
            FileName = "sweep.csv",
            Sha256 = "0f",
            Imported = DateTimeOffset.UnixEpoch,
        })];

    internal static IsoFlopState State => new() { Project = "p" };
}
