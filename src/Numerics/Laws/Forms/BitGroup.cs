using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>What few bits do to the loss.</summary>
public enum PrecisionEffect
{
    /// <summary>Fewer effective parameters, N_eff = N·f(P): the law of Kumar et al.</summary>
    Parameters,

    /// <summary>Fewer effective tokens, D_eff = D·f(P).</summary>
    Tokens,

    /// <summary>Fewer of both, by the same f.</summary>
    Both,

    /// <summary>Fewer of both, each by an f of its own.</summary>
    Apart,

    /// <summary>A power of the bits is added, k·P^−ν.</summary>
    Added,

    /// <summary>The parameter term is multiplied by a power of the bits, (P/16)^−ν.</summary>
    Multiplied,
}

/// <summary>Parts of a model whose bits have one effect, because the runs move them together.</summary>
/// <param name="Parts">At least one; the effect of one of them is taken as often.</param>
/// <param name="Offset">With the shift n of appendix K; without it n = 0.</param>
public sealed record BitGroup(IReadOnlyList<QuantisedPart> Parts, bool Offset)
{
    /// <summary>"w", "a", "kv", "wakv".</summary>
    public string Letters => string.Concat(Parts.Select(Letter));

    /// <summary>"weights", "weights and activations".</summary>
    public string Name => Parts.Count == 1 ? TrainingBits.Name(Parts[0]) : $"{string.Join(", ", Parts.SkipLast(1).Select(TrainingBits.Name))} and {TrainingBits.Name(Parts[^1])}";

    internal LawInput Input => InputOf(Parts[0]);

    internal static LawInput InputOf(QuantisedPart part) => LawInput.WeightBits + (int)part;

    internal static string Letter(QuantisedPart part) => part switch
    {
        QuantisedPart.Weights => "w",
        QuantisedPart.Activations => "a",
        _ => "kv",
    };
}
