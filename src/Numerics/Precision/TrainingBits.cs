namespace ScalingDashboard.Numerics.Precision;

/// <summary>What of a model is quantised while it trains.</summary>
public enum QuantisedPart
{
    /// <summary>Weights.</summary>
    Weights,

    /// <summary>Activations.</summary>
    Activations,

    /// <summary>Keys and values of the attention.</summary>
    KvCache,
}

/// <summary>Bits of each part of a model during training; null where the part is not quantised.</summary>
/// <param name="Weights">Bits of the weights.</param>
/// <param name="Activations">Bits of the activations.</param>
/// <param name="KvCache">Bits of the KV cache.</param>
public readonly record struct TrainingBits(double? Weights, double? Activations, double? KvCache)
{
    /// <summary>Every part, in the order in which they are listed.</summary>
    public static IReadOnlyList<QuantisedPart> Parts { get; } = Enum.GetValues<QuantisedPart>();

    /// <summary>No part is quantised.</summary>
    public static TrainingBits Unquantised => default;

    /// <summary>Bits of one part; null where it is not quantised.</summary>
    public double? this[QuantisedPart part] => part switch
    {
        QuantisedPart.Weights => Weights,
        QuantisedPart.Activations => Activations,
        _ => KvCache,
    };

    /// <summary>The same bits for all parts.</summary>
    public static TrainingBits Tied(double bits) => new(bits, bits, bits);

    /// <summary>One part at these bits, the others as they are.</summary>
    public TrainingBits With(QuantisedPart part, double? bits) => part switch
    {
        QuantisedPart.Weights => this with { Weights = bits },
        QuantisedPart.Activations => this with { Activations = bits },
        _ => this with { KvCache = bits },
    };

    /// <summary>"weights", "activations", "KV cache".</summary>
    public static string Name(QuantisedPart part) => part switch
    {
        QuantisedPart.Weights => "weights",
        QuantisedPart.Activations => "activations",
        _ => "KV cache",
    };
}
