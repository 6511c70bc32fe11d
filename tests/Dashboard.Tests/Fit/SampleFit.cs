using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Tests.IsoFlop;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Fit;

/// <summary>Fits of simulated sweeps, whose truth is known.</summary>
internal static class SampleFit
{
    internal static FitState State { get; } = new() { Project = "p", Draws = 60, Target = 1e22 };

    /// <summary>The sample sweep with an accuracy that follows from the loss, m = 0.25 + 0.6/(1 + e^(4·(L − 2.4))), with little scatter.</summary>
    internal static IReadOnlyList<Observation> Rows(int checkpoints = 1) =>
        [.. SampleAnalysis.Rows(checkpoints).Select((row, i) => row with
        {
            Config = [new("accuracy", (0.25 + 0.6 / (1 + Math.Exp(4 * (row.Loss - 2.4))) + 0.002 * Math.Sin(i)).ToString("R", System.Globalization.CultureInfo.InvariantCulture))],
        })];

    /// <summary>One ratio of tokens to parameters, so that N and D cannot be told apart.</summary>
    internal static IReadOnlyList<Observation> OneRatio() =>
        [.. Enumerable.Range(0, 8).Select(i =>
        {
            var parameters = 1e8 * Math.Pow(2, i);
            return new Observation { RunId = $"id{i}", Run = $"r{i}", Line = i + 2, Parameters = parameters, Tokens = 20 * parameters, Flops = 120 * parameters * parameters, Loss = SampleAnalysis.Truth.Loss(parameters, 20 * parameters) + 0.002 * Math.Cos(i) };
        })];

    internal static FitAnalysis Analysis(FitState state, IReadOnlyList<Observation>? rows = null) =>
        FitAnalysis.Run(new RunSet { Observations = rows ?? Rows(), InputSha256 = "0f" }, state.Options);

    internal static FitScene Scene(FitState state, IReadOnlyList<Observation>? rows = null, params OverlaidLaw[] overlaid)
    {
        var analysis = Analysis(state, rows);
        return new FitScene { Analysis = analysis, Estimates = FitEstimates.Of(analysis, state), Bands = FitBands.Of(analysis, state), Runs = SampleAnalysis.RunRows(rows ?? Rows()), State = state, Overlaid = overlaid };
    }
}
