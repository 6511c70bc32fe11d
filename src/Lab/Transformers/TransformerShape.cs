using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Lab.Transformers;

/// <summary>How a token's vector is brought to one size before a block.</summary>
public enum NormKind
{
    /// <summary>x / √(mean x² + ε) · g. Zhang and Sennrich 2019, arXiv 1910.07467.</summary>
    Rms,

    /// <summary>(x − mean) / √(variance + ε) · g + b. Ba, Kiros and Hinton 2016, arXiv 1607.06450.</summary>
    Layer,
}

/// <summary>The block behind attention.</summary>
public enum FeedForwardKind
{
    /// <summary>W₂ · GELU(W₁ x), GELU by its tanh form. Hendrycks and Gimpel 2016, arXiv 1606.08415.</summary>
    Gelu,

    /// <summary>W₂ · (SiLU(W₁ x) ∘ W₃ x). Shazeer 2020, arXiv 2002.05202.</summary>
    SwiGlu,
}

/// <summary>How a model knows the order of tokens.</summary>
public enum PositionKind
{
    /// <summary>Queries and keys are turned by an angle that grows with the position. Su et al. 2021, arXiv 2104.09864.</summary>
    Rotary,

    /// <summary>A learned vector a position is added to the embedding.</summary>
    Learned,
}

/// <summary>The shape of a decoder-only transformer with norms before the blocks (pre-norm) and a norm before the head.</summary>
public sealed record TransformerShape
{
    /// <summary>Transformer blocks, at least one.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Width of the residual stream; a multiple of <see cref="Heads"/>.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width inside the feed-forward block.</summary>
    public int FeedForwardWidth { get; init; } = 256;

    /// <summary>Different tokens.</summary>
    public int Vocabulary { get; init; } = 256;

    /// <summary>Tokens of a sequence.</summary>
    public int Context { get; init; } = 128;

    /// <summary>Norm before each block and before the head.</summary>
    public NormKind Norm { get; init; } = NormKind.Rms;

    /// <summary>The feed-forward block.</summary>
    public FeedForwardKind FeedForward { get; init; } = FeedForwardKind.Gelu;

    /// <summary>Positions.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Rotary;

    /// <summary>Linear maps add a learned vector.</summary>
    public bool Biases { get; init; }

    /// <summary>The head uses the embedding's matrix.</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>Width of one head.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>The same shape as the counts of parameters and FLOP know it.</summary>
    public Architecture Architecture => new()
    {
        Layers = Layers, Width = Width, Heads = Heads, FeedForwardWidth = FeedForwardWidth, Vocabulary = Vocabulary, Sequence = Context,
        TiedEmbeddings = TiedHead, GatedFeedForward = FeedForward == FeedForwardKind.SwiGlu,
    };

    /// <summary>Everything that makes the shape impossible, in words; none when it can be built.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var (name, value) in ((string, int)[])[("layers", Layers), ("width", Width), ("heads", Heads), ("ffn", FeedForwardWidth)])
        {
            if (value < 1)
                yield return FormattableString.Invariant($"{name} is {value}; it must be at least 1.");
        }

        if (Vocabulary < 2)
            yield return FormattableString.Invariant($"vocab is {Vocabulary}; it must be at least 2.");
        if (Context < 2)
            yield return FormattableString.Invariant($"context is {Context}; it must be at least 2 tokens.");
        if (Heads > 0 && Width % Heads != 0)
            yield return FormattableString.Invariant($"width {Width} is not a multiple of heads {Heads}.");
        else if (Heads > 0 && Positions == PositionKind.Rotary && HeadWidth % 2 != 0)
            yield return FormattableString.Invariant($"a head is {HeadWidth} wide; rotary positions need an even width of a head.");
    }
}
