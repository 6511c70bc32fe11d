namespace ScalingDashboard.Numerics.Compute;

/// <summary>
/// The shape of a decoder-only transformer, from which parameters and FLOP are counted. All figures are counts; one that is not known is NaN, and
/// so is every count that needs it. Biases, norms and learned positions are left out, as in the papers: they are below a percent.
/// </summary>
public sealed record Architecture
{
    /// <summary>Transformer blocks.</summary>
    public double Layers { get; init; } = double.NaN;

    /// <summary>d: width of the residual stream.</summary>
    public double Width { get; init; } = double.NaN;

    /// <summary>f: width inside the feed-forward block.</summary>
    public double FeedForwardWidth { get; init; } = double.NaN;

    /// <summary>h: attention heads.</summary>
    public double Heads { get; init; } = double.NaN;

    /// <summary>k: width of one head's keys, queries and values; d/h where it is NaN.</summary>
    public double KeySize { get; init; } = double.NaN;

    /// <summary>Heads that keys and values have where queries share them (grouped-query attention); h where it is NaN.</summary>
    public double KeyValueHeads { get; init; } = double.NaN;

    /// <summary>V: entries of the vocabulary.</summary>
    public double Vocabulary { get; init; } = double.NaN;

    /// <summary>s: tokens of a sequence.</summary>
    public double Sequence { get; init; } = double.NaN;

    /// <summary>The head uses the embedding's matrix, so that it is one and not two.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>A gated feed-forward block (SwiGLU and its kin) has three matrices, a plain one two.</summary>
    public bool GatedFeedForward { get; init; }

    /// <summary>Parameters without embeddings and head.</summary>
    // N = layers · (4·d·kh + 2·d·f); 3·d·f when gated; keys and values with g heads of their own make it 2·d·kh + 2·d·kg. Kaplan et al. 2020, arXiv 2001.08361, Table 1; 12·layers·d² where kh = d and f = 4d.
    public double NonEmbeddingParameters => Layers * (2 * Width * (AttentionWidth + KeyValueWidth) + FeedForwardMatrices * Width * FeedForwardWidth);

    /// <summary>Parameters with the head but without the embedding that tokens are looked up in.</summary>
    // N = layers · (4·d + 3·f)·d + V·d. Porian et al. 2024, arXiv 2406.19146, code (data.py).
    public double HeadParameters => NonEmbeddingParameters + Vocabulary * Width;

    /// <summary>Parameters with embedding and head.</summary>
    // V·d once when tied, twice otherwise.
    public double Parameters => NonEmbeddingParameters + (TiedEmbeddings ? 1 : 2) * Vocabulary * Width;

    /// <summary>FLOP that attention spends on its context, a token of training.</summary>
    // 6·s·layers·kh: 2·s·kh for the logits and 2·s·kh for the weighted sum, half of them masked, and the backward pass twice the forward pass.
    // Porian et al. 2024, arXiv 2406.19146, code (data.py).
    public double AttentionFlopsPerToken => 6 * Sequence * Layers * AttentionWidth;

    /// <summary>FLOP of the layers alone, a token of training, in Hoffmann's detailed count.</summary>
    // Forward, for a sequence: queries, keys and values 2·3·s·d·kh; logits 2·s²·kh; softmax 3·h·s²; weighted sum 2·s²·kh; output 2·s·kh·d;
    // feed-forward 2·s·(d·f + d·f). Backward twice the forward. Hoffmann et al. 2022, arXiv 2203.15556, appendix F.
    public double HoffmannLayerFlopsPerToken => 3 * Layers *
        (2 * Width * (AttentionWidth + 2 * KeyValueWidth) + 4 * Sequence * AttentionWidth + 3 * Heads * Sequence + 2 * AttentionWidth * Width
        + 2 * FeedForwardMatrices * Width * FeedForwardWidth);

    /// <summary>FLOP a token of training in Hoffmann's detailed count: the layers, the embedding as a product, and the head.</summary>
    // Forward, for a sequence: embedding 2·s·V·d + layers + logits 2·s·d·V. Backward twice the forward. Hoffmann et al. 2022, appendix F.
    // The ratios of their Table A4 are those of the layers alone, with relative positions (d·kh a layer) and one V·d counted in N.
    public double HoffmannFlopsPerToken => HoffmannLayerFlopsPerToken + 3 * (2 * Vocabulary * Width + 2 * Width * Vocabulary);

    // k·h, the width of all heads together.
    private double AttentionWidth => double.IsNaN(KeySize) ? Width : KeySize * Heads;

    // k·g, the width of all keys together.
    private double KeyValueWidth => double.IsNaN(KeyValueHeads) ? AttentionWidth : AttentionWidth * KeyValueHeads / Heads;

    private double FeedForwardMatrices => GatedFeedForward ? 3 : 2;
}
