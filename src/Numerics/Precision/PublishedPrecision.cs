using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Precision;

/// <summary>Smallest and largest value among the runs behind a law.</summary>
public sealed record CoveredRange(double Low, double High)
{
    /// <summary>Decades between a value and the range; 0 within it.</summary>
    public double DecadesBeyond(double value) => Math.Max(0, Math.Max(Math.Log10(Low / value), Math.Log10(value / High)));

    /// <summary>The value lies within it.</summary>
    public bool Holds(double value) => value >= Low && value <= High;
}

/// <summary>A law of precision as a paper prints it. None of them prints an interval.</summary>
public abstract record PublishedPrecision
{
    /// <summary>Short stable key, used in links and commands.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Paper, section and table the figures come from.</summary>
    public required string Source { get; init; }

    /// <summary>The formula in symbols.</summary>
    public required string Formula { get; init; }

    /// <summary>The runs behind it, beyond which it extrapolates.</summary>
    public required string Validity { get; init; }

    /// <summary>N of those runs, without embeddings.</summary>
    public required CoveredRange Parameters { get; init; }

    /// <summary>D of those runs.</summary>
    public required CoveredRange Tokens { get; init; }

    /// <summary>Bits of those runs.</summary>
    public required CoveredRange Bits { get; init; }
}

/// <summary>A law of precision as a paper prints it.</summary>
public sealed record PublishedPrecision<TLaw> : PublishedPrecision where TLaw : class
{
    /// <summary>The law.</summary>
    public required TLaw Law { get; init; }
}

/// <summary>Published laws of precision, each with its source.</summary>
public static class PublishedPrecisions
{
    // Kumar et al. 2024, appendix K, table 2: α and β are one number there.
    private static readonly ChinchillaLaw s_kumarBase = new(2.7648, 4299, 18060, 0.4965, 0.4965);
    private static readonly PostTrainingTerm s_kumarPost = new(0.0598, 0.5068, 0.3439, 0.5907, 1.1277);

    /// <summary>Kumar et al., integers: weights per channel, activations per tensor, KV cache.</summary>
    public static PublishedPrecision<PrecisionLaw> Kumar { get; } = new()
    {
        Key = "kumar",
        Name = "Kumar et al., integer",
        Source = "Kumar et al. 2024, arXiv 2411.04330 v2, appendix K, Table 2",
        Formula = "L = A·N_eff^−α + B·D^−β + E + δ, N_eff = N·Π(1 − e^(−P/γ + n))",
        Validity = "465 runs of 30M to 220M parameters without embeddings on 1.5B to 26B tokens, checked up to 1.7B parameters; 3 to 12 bits and bf16, quantisation simulated in the forward pass, one architecture",
        Parameters = new(30e6, 220e6),
        Tokens = new(1.5e9, 26e9),
        Bits = new(3, 16),
        Law = new PrecisionLaw
        {
            Base = s_kumarBase,
            Weights = new(2.6745, 0.3037),
            Activations = new(2.2102, 1.4072),
            KvCache = new(0.9578, 2.4185),
            PostTraining = s_kumarPost,
        },
    };

    /// <summary>Kumar et al., weights in floating point, other parts as for integers.</summary>
    public static PublishedPrecision<PrecisionLaw> KumarFloat { get; } = Kumar with
    {
        Key = "kumar-float",
        Name = "Kumar et al., floating-point weights",
        Source = "Kumar et al. 2024, arXiv 2411.04330 v2, appendix N; other constants from appendix K, Table 2",
        Validity = "140 runs with weights in E2M0, E3M0, E4M1, E3M2, E4M2, E5M2 and E5M6 (3 to 8 and 12 bits), of 30M to 220M parameters without embeddings on 1.5B to 26B tokens",
        Law = Kumar.Law with { Weights = new(2.8111, 0.1240) },
    };

    /// <summary>Sun et al., training in floating point with exponent, mantissa and block size apart.</summary>
    public static PublishedPrecision<FloatingPointLaw> Sun { get; } = new()
    {
        Key = "sun",
        Name = "Sun et al., floating point",
        Source = "Sun et al. 2025, arXiv 2501.02423 v3, eq. 26 and Table 2",
        Formula = "L = n/N^α + d/D^β + ε + (D^β/N^α)·log₂B/(γ(E + ½)^δ(M + ½)^ν)",
        Validity = "366 runs of 41M to 679M parameters on 10B to 100B tokens, checked at 1.2B; weights and inputs in floating point",
        Parameters = new(41e6, 679e6),
        Tokens = new(10e9, 100e9),
        Bits = new(3, 16),
        Law = new FloatingPointLaw(69.2343, 0.2368, 68973.0621, 0.5162, 1.9061, 11334.5197, 3.1926, 2.9543),
    };

    /// <summary>Ouyang et al., quantising to 2, 3 and 4 bits after training.</summary>
    public static PublishedPrecision<LowBitLaw> Ouyang { get; } = new()
    {
        Key = "ouyang",
        Name = "Ouyang et al., low bits after training",
        Source = "Ouyang et al. 2024, arXiv 2411.17691",
        Formula = "Δ = k·D^b/(N^a·P^c)",
        Validity = "over 1,500 checkpoints of Pythia of 160M to 12B parameters on 1B to 206B tokens, quantised by GPTQ to 2, 3 and 4 bits",
        Parameters = new(160e6, 12e9),
        Tokens = new(1e9, 206e9),
        Bits = new(2, 4),
        Law = new LowBitLaw(0.017, 0.5251, 0.2261, 5.4967),
    };

    /// <summary>Chen et al., training in 4 bits by the size of the groups that share a scale; one law for each setting.</summary>
    public static IReadOnlyList<PublishedPrecision<GroupedTrainingLaw>> Chen { get; } =
    [
        Grouped("chen-w4a4", "W4A4", new(0.1582, 0.0745, 0.2186, 0.7779)),
        Grouped("chen-w4a16", "W4A16", new(0.2522, 0.1610, 0.3589, 0.3533)),
        Grouped("chen-w16a4", "W16A4", new(0.1004, 0.0331, 0.1816, 0.9812)),
        Grouped("chen-w4a4-fc2", "W4A4, FC2 input in 8 bits", new(0.3519, 0.0964, 0.2637, 0.3407)),
        Grouped("chen-w16a4-fc2", "W16A4, FC2 input in 8 bits", new(0.1273, 0.0827, 0.2347, 0.4491)),
    ];

    /// <summary>All of them, in the order they are listed.</summary>
    public static IReadOnlyList<PublishedPrecision> All { get; } = [Kumar, KumarFloat, Sun, Ouyang, .. Chen];

    /// <summary>The law of a key; null where there is none.</summary>
    public static PublishedPrecision? Find(string key) => All.FirstOrDefault(law => law.Key == key);

    private static PublishedPrecision<GroupedTrainingLaw> Grouped(string key, string setting, GroupedTrainingLaw law) => new()
    {
        Key = key,
        Name = $"Chen et al., {setting}",
        Source = "Chen et al. 2025, arXiv 2505.14302",
        Formula = "δ = k·D^γ_D·(log₂G)^γ_G/N^γ_N",
        Validity = "268 runs of 74M to 595M parameters on 10B to 100B tokens, trained with quantisation to 4 bits in groups of G values",
        Parameters = new(74e6, 595e6),
        Tokens = new(10e9, 100e9),
        Bits = new(4, 4),
        Law = law,
    };
}
