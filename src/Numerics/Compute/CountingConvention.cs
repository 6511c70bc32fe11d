namespace ScalingDashboard.Numerics.Compute;

/// <summary>
/// A way of counting the FLOP that one token of training costs. Size and compute follow from it, N = FLOP per token / 6 and C = FLOP per token · D,
/// so that C = 6ND holds in every convention (Porian et al. 2024, arXiv 2406.19146, take the same "effective parameters").
/// </summary>
public sealed record CountingConvention
{
    /// <summary>Short stable key, used in links.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>FLOP per token in symbols: N parameters without embeddings, V vocabulary, d width, f feed-forward width, h heads, s sequence.</summary>
    public required string Formula { get; init; }

    /// <summary>Who counts so.</summary>
    public required string Source { get; init; }

    /// <summary>FLOP one token of training costs; NaN where the shape lacks what is needed.</summary>
    public required Func<Architecture, double> FlopsPerToken { get; init; }

    /// <summary>6 FLOP for every parameter, embedding and head included.</summary>
    public static CountingConvention AllParameters { get; } = new()
    {
        Key = "all",
        Name = "6ND, with embeddings",
        Formula = "6·(N + 2·V·d), V·d once when tied",
        Source = "Hoffmann et al. 2022, arXiv 2203.15556, §3",
        FlopsPerToken = shape => 6 * shape.Parameters,
    };

    /// <summary>6 FLOP for every parameter of the layers: Kaplan's count.</summary>
    public static CountingConvention WithoutEmbeddings { get; } = new()
    {
        Key = "no-embeddings",
        Name = "6ND, without embeddings",
        Formula = "6·N",
        Source = "Kaplan et al. 2020, arXiv 2001.08361, §2.1",
        FlopsPerToken = shape => 6 * shape.NonEmbeddingParameters,
    };

    /// <summary>6 FLOP for every parameter of the layers and the head: Porian's standard.</summary>
    public static CountingConvention Head { get; } = new()
    {
        Key = "head",
        Name = "6ND, head counted",
        Formula = "6·(N + V·d)",
        Source = "Porian et al. 2024, arXiv 2406.19146, “standard”",
        FlopsPerToken = shape => 6 * shape.HeadParameters,
    };

    /// <summary>The same with what attention spends on its context.</summary>
    public static CountingConvention HeadAndAttention { get; } = new()
    {
        Key = "attention",
        Name = "Head and attention",
        Formula = "6·(N + V·d) + 6·s·layers·d",
        Source = "Porian et al. 2024, arXiv 2406.19146, “attention”",
        FlopsPerToken = shape => 6 * shape.HeadParameters + shape.AttentionFlopsPerToken,
    };

    /// <summary>Every product of the forward pass, three times.</summary>
    public static CountingConvention Detailed { get; } = new()
    {
        Key = "detailed",
        Name = "Detailed",
        Formula = "6·N + 3·layers·(4·s·d + 3·h·s) + 12·V·d",
        Source = "Hoffmann et al. 2022, arXiv 2203.15556, appendix F",
        FlopsPerToken = shape => shape.HoffmannFlopsPerToken,
    };

    /// <summary>All of them, in the order they are listed.</summary>
    public static IReadOnlyList<CountingConvention> All { get; } = [AllParameters, WithoutEmbeddings, Head, HeadAndAttention, Detailed];
}
