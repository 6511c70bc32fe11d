using System.Globalization;
using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>A sweep over number formats to be simulated.</summary>
public sealed record PrecisionSimulationOptions
{
    /// <summary>The truth.</summary>
    public required PrecisionLaw Law { get; init; }

    /// <summary>N of the smallest model, above zero.</summary>
    public double Smallest { get; init; } = 30e6;

    /// <summary>N of the largest model.</summary>
    public double Largest { get; init; } = 220e6;

    /// <summary>Sizes at equal ratios, at least one.</summary>
    public int Sizes { get; init; } = 4;

    /// <summary>D of the runs of each size.</summary>
    public required IReadOnlyList<double> Tokens { get; init; }

    /// <summary>Standard deviation of a run's ln loss around the law.</summary>
    public double Noise { get; init; } = 0.002;

    /// <summary>Seed of the noise.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>One run of a simulated sweep.</summary>
/// <param name="Row">Name, N, D and loss; its line is that in a table with one header line.</param>
/// <param name="Bits">Bits in training.</param>
/// <param name="Post">Bits after training; null where the weights stay as trained.</param>
/// <param name="Parent">Name of the run it was quantised from; null for a run of its own.</param>
public sealed record SimulatedPrecisionRow(Observation Row, TrainingBits Bits, double? Post, string? Parent);

/// <summary>A sweep over number formats drawn from a known law, to try the fit against the truth.</summary>
public static class PrecisionSimulation
{
    // What quantising after training scatters by, beside the noise of the model it shares.
    private const double PostShare = 0.2;

    private static readonly double[] s_weights = [3, 4, 6, 8];
    private static readonly double[] s_activations = [4, 5, 6, 8];
    private static readonly double[] s_cache = [3, 4, 5, 6];
    private static readonly double[] s_together = [4, 6, 8];
    private static readonly double[] s_post = [3, 4, 5, 6];

    /// <summary>For each size and count of tokens: a run without quantisation, each part alone at four precisions, all together at three, and the first and the last of them quantised after training.</summary>
    /// <exception cref="AnalysisException">The law has no effect of a part, or lies above some of these bits.</exception>
    public static IReadOnlyList<SimulatedPrecisionRow> Run(PrecisionSimulationOptions options)
    {
        var random = new Random(options.Seed);
        var rows = new List<SimulatedPrecisionRow>();
        for (var size = 0; size < options.Sizes; size++)
        {
            var share = options.Sizes == 1 ? 0 : (double)size / (options.Sizes - 1);
            var parameters = Math.Round(options.Smallest * Math.Pow(options.Largest / options.Smallest, share));
            foreach (var tokens in options.Tokens)
            {
                var name = $"{Quantity.Count(parameters)} {Quantity.Count(tokens)}";
                var model = Add(name, parameters, tokens, TrainingBits.Unquantised);
                foreach (var (part, letter, levels) in ((QuantisedPart, string, double[])[])[(QuantisedPart.Weights, "w", s_weights), (QuantisedPart.Activations, "a", s_activations), (QuantisedPart.KvCache, "kv", s_cache)])
                {
                    foreach (var bits in levels)
                        Add(Named(letter, bits), parameters, tokens, TrainingBits.Unquantised.With(part, bits));
                }

                (string Name, double Deviation) last = ("", 0);
                foreach (var bits in s_together)
                    last = Add(Named("p", bits), parameters, tokens, TrainingBits.Tied(bits));
                foreach (var post in s_post)
                    Serve(model, parameters, tokens, TrainingBits.Unquantised, post);
                Serve(last, parameters, tokens, TrainingBits.Tied(s_together[^1]), s_post[1]);

                string Named(string letter, double bits) => string.Create(CultureInfo.InvariantCulture, $"{name} {letter}{bits}");
            }
        }

        return rows;

        (string Name, double Deviation) Add(string name, double parameters, double tokens, TrainingBits bits)
        {
            var deviation = options.Noise * Normal.Sample(random, 0, 1);
            rows.Add(Row(name, parameters, tokens, bits, null, null, deviation));
            return (name, deviation);
        }

        void Serve((string Name, double Deviation) model, double parameters, double tokens, TrainingBits bits, double post) => rows.Add(Row(
            string.Create(CultureInfo.InvariantCulture, $"{model.Name} post{post}"), parameters, tokens, bits, post, model.Name,
            model.Deviation + PostShare * options.Noise * Normal.Sample(random, 0, 1)));

        SimulatedPrecisionRow Row(string name, double parameters, double tokens, TrainingBits bits, double? post, string? parent, double deviation)
        {
            var answer = options.Law.At(parameters, tokens, bits, post);
            if (answer.Value is not { } terms)
                throw new AnalysisException($"This law cannot be simulated: {answer.Outside!.Text}.");
            return new(
                new Observation
                {
                    Run = name,
                    Line = rows.Count + 2,
                    Parameters = parameters,
                    Tokens = tokens,
                    Flops = 6 * parameters * tokens,
                    Loss = terms.Loss * Math.Exp(deviation),
                },
                bits, post, parent);
        }
    }
}
