using System.Globalization;
using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>A family to be simulated.</summary>
/// <param name="Name">Name.</param>
/// <param name="Architecture">dec, enc-dec, ssm …</param>
/// <param name="Law">The truth.</param>
public sealed record SimulatedFamily(string Name, string Architecture, ChinchillaLaw Law);

/// <summary>A collection of families to be simulated.</summary>
public sealed record FamilySimulationOptions
{
    /// <summary>The families, with different names.</summary>
    public required IReadOnlyList<SimulatedFamily> Families { get; init; }

    /// <summary>Sizes of each family, at equal ratios; at least two.</summary>
    public int Sizes { get; init; } = 8;

    /// <summary>N of the smallest model.</summary>
    public double Smallest { get; init; } = 20e6;

    /// <summary>N of the largest model.</summary>
    public double Largest { get; init; } = 7e9;

    /// <summary>D of every model.</summary>
    public double Tokens { get; init; } = 3e11;

    /// <summary>Checkpoints of each model, at equal ratios of tokens over the last factor 100; at least two.</summary>
    public int Checkpoints { get; init; } = 30;

    /// <summary>Standard deviation of a model's ln loss around the law.</summary>
    public double Noise { get; init; } = 0.005;

    /// <summary>Excess of ln loss at the first token; it decays with e^(−D/2B), so that early checkpoints lie above the law as in real trainings.</summary>
    public double Warmup { get; init; } = 0.2;

    /// <summary>Seed of the noise.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>One row of a simulated family.</summary>
/// <param name="Family">The family.</param>
/// <param name="Row">The row; its line is that in a table with one header line.</param>
public sealed record SimulatedFamilyRow(SimulatedFamily Family, Observation Row);

/// <summary>Families drawn from known laws, to try the estimate against the truth.</summary>
public static class FamilySimulation
{
    private const double CheckpointSpan = 100;
    private const double WarmupTokens = 2e9;

    // As in a sweep: checkpoints of a run scatter less among themselves than runs do.
    private const double WithinRunShare = 0.2;

    /// <summary>ln L = ln Law(N, D) + warm-up·e^(−D/2B) + the model's noise + a fifth as much at every checkpoint.</summary>
    public static IReadOnlyList<SimulatedFamilyRow> Run(FamilySimulationOptions options)
    {
        var random = new Random(options.Seed);
        var rows = new List<SimulatedFamilyRow>();
        foreach (var family in options.Families)
        {
            for (var size = 0; size < options.Sizes; size++)
            {
                var parameters = Math.Round(options.Smallest * Math.Pow(options.Largest / options.Smallest, size / (options.Sizes - 1.0)));
                var deviation = options.Noise * Normal.Sample(random, 0, 1);
                for (var checkpoint = 1; checkpoint <= options.Checkpoints; checkpoint++)
                {
                    var tokens = Math.Round(options.Tokens * Math.Pow(CheckpointSpan, (double)(checkpoint - options.Checkpoints) / (options.Checkpoints - 1)));
                    var noise = deviation + WithinRunShare * options.Noise * Normal.Sample(random, 0, 1) + options.Warmup * Math.Exp(-tokens / WarmupTokens);
                    rows.Add(new SimulatedFamilyRow(family, new Observation
                    {
                        Run = string.Create(CultureInfo.InvariantCulture, $"{family.Name}-{Runs.Quantities.Quantity.Count(parameters)}"),
                        Line = rows.Count + 2,
                        Parameters = parameters,
                        Tokens = tokens,
                        Flops = 6 * parameters * tokens,
                        Loss = family.Law.Loss(parameters, tokens) * Math.Exp(noise),
                    }));
                }
            }
        }

        return rows;
    }
}
