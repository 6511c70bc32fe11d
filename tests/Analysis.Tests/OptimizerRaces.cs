using System.Globalization;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Races whose speed-ups are known: the same curve, gone through faster.</summary>
internal static class OptimizerRaces
{
    internal const int Steps = 1000;
    internal const double TokensPerStep = 100;

    internal static RunSet Source { get; } = new() { Observations = [], InputSha256 = "00" };

    /// <summary>A run whose loss is that of the baseline at <paramref name="speed"/> times the step.</summary>
    internal static RacedRun Run(
        string optimizer, double parameters, string seed, double speed = 1, double? rate = 0.004, double offset = 0, int steps = Steps, int every = 10, string? family = null, string others = "",
        double secondsPerStep = 0.5)
    {
        double[] logged = [.. Enumerable.Range(0, steps / every + 1).Select(i => (double)(i * every))];
        return Run(optimizer, parameters, seed, logged, [.. logged.Select(step => Loss(step * speed, parameters) + offset)], rate, family, others, secondsPerStep);
    }

    /// <summary>A run with this curve.</summary>
    internal static RacedRun Run(
        string optimizer, double parameters, string seed, double[] steps, double[] losses, double? rate = 0.004, string? family = null, string others = "", double secondsPerStep = 0.5)
    {
        var last = Array.FindLast(losses, double.IsFinite);
        return new RacedRun
        {
            Id = "",
            Name = string.Create(CultureInfo.InvariantCulture, $"{optimizer}-{parameters}-{rate}-{seed}"),
            Settings = new OptimizerSettings(optimizer, seed, rate, others),
            Family = family,
            Parameters = parameters,
            Tokens = steps[^1] * TokensPerStep,
            Loss = double.IsFinite(losses[^1]) ? last : double.NaN,
            Curve = new RunCurve(
                new ImportedSeries("loss", steps, losses),
                new RunAxes(parameters, new ImportedSeries("tokens", steps, [.. steps.Select(step => step * TokensPerStep)]), null, new ImportedSeries("seconds", steps, [.. steps.Select(step => step * secondsPerStep)]))),
        };
    }

    /// <summary>The curve of the baseline.</summary>
    internal static double Loss(double step, double parameters) => 2 + 100 / Math.Sqrt(parameters) + 3 * Math.Pow(step + 20, -0.4);

    internal static OptimizerComparison Compare(IEnumerable<RacedRun> runs, int draws = 400, string baseline = "", string challenger = "") =>
        OptimizerComparison.Run([.. runs], new OptimizerComparisonOptions { Baseline = baseline, Challenger = challenger, Bootstrap = draws }, Source);
}
