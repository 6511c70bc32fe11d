using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

public class ArchitectureColumnsTests
{
    [Theory]
    [InlineData("layers", "d_model", "heads", "d_ff", "vocab", "seq_len")]
    [InlineData("n_layer", "n_embd", "n_head", "ffn", "vocab_size", "context")]
    [InlineData("num_layers", "hidden_size", "num_heads", "intermediate_size", "Vocab", "sequence")]
    [InlineData("model.num_layers", "model.hidden_dim", "model/num_heads", "cfg.intermediate_dim", "tokenizer.vocab_size", "data.seq_len")]
    [InlineData("depth", "width", "N_HEADS", "ffw_size", "vocabulary", "block_size")]
    public void Common_names_are_recognised(string layers, string width, string heads, string feedForward, string vocabulary, string sequence)
    {
        var shape = ArchitectureColumns.Read(Run((layers, "12"), (width, "768"), (heads, "12"), (feedForward, "2048"), (vocabulary, "50K"), (sequence, "1024"), ("lr", "3e-4")));
        Assert.Equal((12, 768, 12, 2048, 50_000, 1024), (shape.Layers, shape.Width, shape.Heads, shape.FeedForwardWidth, shape.Vocabulary, shape.Sequence));
        Assert.False(shape.TiedEmbeddings || shape.GatedFeedForward);
    }

    [Fact]
    public void Four_times_the_width_where_no_column_says()
    {
        Assert.Equal(2048, ArchitectureColumns.Read(Run(("width", "512"))).FeedForwardWidth);
        Assert.True(double.IsNaN(ArchitectureColumns.Read(Run(("layers", "3"))).FeedForwardWidth));
    }

    [Fact]
    public void Switches_and_key_size()
    {
        var shape = ArchitectureColumns.Read(Run(("tie_word_embeddings", "True"), ("swiglu", "1"), ("heads", "4"), ("head_dim", "64")));
        Assert.True(shape.TiedEmbeddings && shape.GatedFeedForward);
        Assert.Equal(64, shape.KeySize);
        Assert.True(double.IsNaN(ArchitectureColumns.Read(Run(("head_dim", "64"))).KeySize));
        Assert.False(ArchitectureColumns.Read(Run(("gated", "0"))).GatedFeedForward);
    }

    // Llama 3 8B, Grattafiori et al. 2024, arXiv 2407.21783: 8.03e9 parameters, norms included.
    [Fact]
    public void A_published_model_with_shared_keys_and_a_gate_has_its_published_count()
    {
        var shape = ArchitectureColumns.Read(Run(
            ("num_hidden_layers", "32"), ("hidden_size", "4096"), ("num_attention_heads", "32"), ("num_key_value_heads", "8"), ("intermediate_size", "14336"), ("vocab_size", "128256"), ("hidden_act", "silu"),
            ("tie_word_embeddings", "False")));
        Assert.Equal(8.03e9, shape.Parameters, 0.005e9);
    }

    [Fact]
    public void A_mixture_of_experts_has_no_one_count()
    {
        (string, string)[] dense = [("layers", "2"), ("width", "8"), ("vocab", "10")];
        Assert.Equal(2 * 12 * 64 + 2 * 80, ArchitectureColumns.Read(Run([.. dense, ("num_experts", "1")])).Parameters);
        Assert.True(double.IsNaN(ArchitectureColumns.Read(Run([.. dense, ("num_experts", "8")])).Parameters));
    }

    [Theory]
    [InlineData("")]
    [InlineData("twelve")]
    [InlineData("-3")]
    [InlineData("0")]
    public void What_is_no_positive_number_is_unknown(string layers) =>
        Assert.True(double.IsNaN(ArchitectureColumns.Read(Run(("layers", layers))).Layers));

    internal static RunRow Run(params (string Column, string Value)[] config) => Run("run", 1e9, 2e10, 3, config);

    internal static RunRow Run(string name, double parameters, double tokens, double loss, params (string Column, string Value)[] config) => new()
    {
        Id = name,
        Project = "p",
        Name = name,
        Line = 2,
        Parameters = parameters,
        Tokens = tokens,
        Flops = 6 * parameters * tokens,
        Loss = loss,
        Points = 1,
        Tags = [],
        Flags = [],
        Config = [.. config.Select(cell => KeyValuePair.Create(cell.Column, cell.Value))],
        FileName = "sweep.csv",
        Sha256 = "00",
        Imported = DateTimeOffset.UnixEpoch,
    };
}
