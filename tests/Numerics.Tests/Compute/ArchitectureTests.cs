using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Numerics.Tests.Compute;

public class ArchitectureTests
{
    private static readonly Architecture s_small = new() { Layers = 3, Width = 8, FeedForwardWidth = 20, Heads = 2, Vocabulary = 50, Sequence = 16 };

    // Hoffmann et al. 2022, Table A4: shape, parameters as printed and half a unit of their last digit, ratio of FLOP to 6ND.
    [Theory]
    [InlineData(10, 640, 2560, 10, 64, 73e6, 1e6, 1.03)]
    [InlineData(20, 1024, 4096, 16, 64, 305e6, 0.5e6, 1.10)]
    [InlineData(24, 1280, 5120, 10, 128, 552e6, 0.5e6, 1.08)]
    [InlineData(26, 1792, 7168, 14, 128, 1.1e9, 0.05e9, 1.04)]
    [InlineData(28, 2048, 8192, 16, 128, 1.6e9, 0.05e9, 1.03)]
    [InlineData(40, 3584, 14336, 28, 128, 6.8e9, 0.05e9, 0.99)]
    public void Layers_alone_give_Hoffmanns_ratios(double layers, double width, double feedForward, double heads, double key, double printed, double half, double ratio)
    {
        var shape = new Architecture { Layers = layers, Width = width, FeedForwardWidth = feedForward, Heads = heads, KeySize = key, Vocabulary = 32_000, Sequence = 2048, TiedEmbeddings = true };
        // Their models carry relative positions, one more d·kh a layer.
        var parameters = shape.Parameters + layers * width * heads * key;
        Assert.Equal(printed, parameters, half);
        Assert.Equal(ratio, shape.HoffmannLayerFlopsPerToken / (6 * parameters), 0.006);
        // The embedding and the head, which appendix F lists too, would lift the smallest model to 1.58.
        Assert.True(shape.HoffmannFlopsPerToken > shape.HoffmannLayerFlopsPerToken + 11.9 * 32_000 * width);
    }

    [Fact]
    public void Keys_and_values_that_queries_share_are_counted_once()
    {
        // One head of keys and values for two of queries: 2·8·8 + 2·8·4 of attention.
        var shared = s_small with { KeyValueHeads = 1 };
        Assert.Equal(3 * (192 + 320), shared.NonEmbeddingParameters);
        Assert.Equal(3 * (3 * (256 + 256 + 96 + 256 + 128 + 640) + 1600), shared.HoffmannFlopsPerToken);
        Assert.Equal(s_small.NonEmbeddingParameters, (s_small with { KeyValueHeads = 2 }).NonEmbeddingParameters);
    }

    [Fact]
    public void Counts_of_a_small_model_by_hand()
    {
        // A layer: 4·8·8 of attention and 2·8·20 of feed-forward.
        Assert.Equal(3 * (256 + 320), s_small.NonEmbeddingParameters);
        Assert.Equal(1728 + 400, s_small.HeadParameters);
        Assert.Equal(1728 + 800, s_small.Parameters);
        Assert.Equal(1728 + 400, (s_small with { TiedEmbeddings = true }).Parameters);
        Assert.Equal(3 * (256 + 480), (s_small with { GatedFeedForward = true }).NonEmbeddingParameters);
        Assert.Equal(6 * 16 * 3 * 8, s_small.AttentionFlopsPerToken);
        // Forward a layer: 2·3·8·8 + 2·16·8 + 3·2·16 + 2·16·8 + 2·8·8 + 2·2·8·20; embedding and head 2·50·8 each.
        Assert.Equal(3 * (3 * (384 + 256 + 96 + 256 + 128 + 640) + 1600), s_small.HoffmannFlopsPerToken);
    }

    [Fact]
    public void Twelve_d_squared_a_layer_for_the_usual_shape()
    {
        // GPT-3 175B: 96 layers of width 12,288.
        var shape = new Architecture { Layers = 96, Width = 12_288, FeedForwardWidth = 4 * 12_288, Heads = 96, KeySize = 128 };
        Assert.Equal(12.0 * 96 * 12_288 * 12_288, shape.NonEmbeddingParameters);
        Assert.Equal(174e9, shape.NonEmbeddingParameters, 0.1e9);
    }

    [Fact]
    public void Key_size_sets_the_width_of_attention()
    {
        Assert.Equal(s_small.NonEmbeddingParameters, (s_small with { KeySize = 4 }).NonEmbeddingParameters);
        Assert.Equal(3 * (2 * 256 + 320), (s_small with { KeySize = 8 }).NonEmbeddingParameters);
        Assert.Equal(2 * s_small.AttentionFlopsPerToken, (s_small with { KeySize = 8 }).AttentionFlopsPerToken);
    }

    [Fact]
    public void What_is_unknown_spoils_only_the_counts_that_need_it()
    {
        var shape = s_small with { Vocabulary = double.NaN, Sequence = double.NaN, Heads = double.NaN };
        Assert.True(double.IsFinite(CountingConvention.WithoutEmbeddings.FlopsPerToken(shape)));
        Assert.All(CountingConvention.All.Except([CountingConvention.WithoutEmbeddings]), convention => Assert.True(double.IsNaN(convention.FlopsPerToken(shape))));
        Assert.True(double.IsFinite(CountingConvention.Head.FlopsPerToken(shape with { Vocabulary = 50 })));
        Assert.True(double.IsNaN(CountingConvention.HeadAndAttention.FlopsPerToken(shape with { Vocabulary = 50 })));
    }

    [Fact]
    public void Printed_formulas_give_the_counts()
    {
        var (n, vd, f) = (s_small.NonEmbeddingParameters, 50.0 * 8, s_small);
        Assert.Equal(6 * (n + 2 * vd), CountingConvention.AllParameters.FlopsPerToken(f));
        Assert.Equal(6 * n, CountingConvention.WithoutEmbeddings.FlopsPerToken(f));
        Assert.Equal(6 * (n + vd), CountingConvention.Head.FlopsPerToken(f));
        Assert.Equal(6 * (n + vd) + 6 * 16 * 3 * 8, CountingConvention.HeadAndAttention.FlopsPerToken(f));
        Assert.Equal(6 * n + 3 * 3 * (4 * 16 * 8 + 3 * 2 * 16) + 12 * vd, CountingConvention.Detailed.FlopsPerToken(f), 1e-9);
        Assert.Equal(CountingConvention.All.Count, CountingConvention.All.Select(convention => convention.Key).Distinct().Count());
    }
}
