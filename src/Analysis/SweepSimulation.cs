using System.Globalization;
using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>A sweep to be simulated.</summary>
public sealed record SweepSimulationOptions
{
    /// <summary>The truth.</summary>
    public required ChinchillaLaw Law { get; init; }

    /// <summary>Training compute of the IsoFLOP groups, FLOP, above zero.</summary>
    public required IReadOnlyList<double> Budgets { get; init; }

    /// <summary>Sizes per budget, at equal ratios around the optimum.</summary>
    public int Sizes { get; init; } = 8;

    /// <summary>The smallest size is the optimum divided by this factor, the largest the optimum times it; at least 1.</summary>
    public double Range { get; init; } = 8;

    /// <summary>Logged rows per run, at equal ratios of tokens over the last factor 16; 1 for the final row only.</summary>
    public int Checkpoints { get; init; } = 12;

    /// <summary>Standard deviation of a run's ln loss around the law.</summary>
    public double Noise { get; init; } = 0.005;

    /// <summary>Seed of the noise.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>One row of a simulated sweep.</summary>
/// <param name="Step">Optimiser steps so far, each of <see cref="SweepSimulation.TokensPerStep"/> tokens.</param>
/// <param name="Row">The row; its line is that in a table with one header line.</param>
public sealed record SimulatedRow(double Step, Observation Row);

/// <summary>A sweep drawn from a known law, to try estimators against the truth.</summary>
public static class SweepSimulation
{
    /// <summary>Batch size behind the step column.</summary>
    public const double TokensPerStep = 1 << 19;

    private const double CheckpointSpan = 16;

    // Checkpoints of a run scatter less among themselves than runs do.
    private const double WithinRunShare = 0.2;

    /// <summary>
    /// ln L = ln Law(N, D) + run noise, and at all but the last checkpoint a fifth as much noise again. A run follows the law in the tokens seen
    /// so far, as if its learning rate had been decayed there. The final rows are the same for any count of checkpoints.
    /// </summary>
    /// <exception cref="AnalysisException">A budget is too small for its sizes.</exception>
    public static IReadOnlyList<SimulatedRow> Run(SweepSimulationOptions options)
    {
        var random = new Random(options.Seed);
        var runs = options.Budgets
            .SelectMany(budget => Enumerable.Range(0, options.Sizes).Select(size => (Budget: budget, Size: size)))
            .Select(run => (run.Budget, run.Size, Parameters: Parameters(options, run.Budget, run.Size), Deviation: options.Noise * Normal.Sample(random, 0, 1)))
            .ToArray();

        var rows = new List<SimulatedRow>(runs.Length * options.Checkpoints);
        foreach (var (budget, size, parameters, deviation) in runs)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{budget:0.######e0} size {size + 1}");
            for (var checkpoint = 1; checkpoint <= options.Checkpoints; checkpoint++)
            {
                var isLast = checkpoint == options.Checkpoints;
                var share = isLast ? 1 : Math.Pow(CheckpointSpan, (double)(checkpoint - options.Checkpoints) / (options.Checkpoints - 1));
                var tokens = Math.Round(share * budget / (6 * parameters));
                if (tokens < 1)
                    throw TooSmall(budget);
                var noise = deviation + (isLast ? 0 : WithinRunShare * options.Noise * Normal.Sample(random, 0, 1));
                rows.Add(new SimulatedRow(Math.Ceiling(tokens / TokensPerStep), new Observation
                {
                    Run = name,
                    Line = rows.Count + 2,
                    Parameters = parameters,
                    Tokens = tokens,
                    Flops = 6 * parameters * tokens,
                    Loss = options.Law.Loss(parameters, tokens) * Math.Exp(noise),
                    Budget = budget,
                }));
            }
        }

        return rows;
    }

    private static double Parameters(SweepSimulationOptions options, double budget, int size)
    {
        // −1 for the smallest size, 1 for the largest; a single size is the optimum itself.
        var position = options.Sizes == 1 ? 0 : 2.0 * size / (options.Sizes - 1) - 1;
        var parameters = Math.Round(options.Law.Optimum(budget).Parameters * Math.Pow(options.Range, position));
        return parameters >= 1 ? parameters : throw TooSmall(budget);
    }

    private static AnalysisException TooSmall(double budget) => new(string.Create(
        CultureInfo.InvariantCulture, $"A budget of {budget:0.######e0} FLOP is too small for this law and range: it leaves a run without a whole parameter or token. Use a larger budget or a smaller range."));
}
