using System.Globalization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>Finds the shape of a model among the columns that came with a run.</summary>
public static class ArchitectureColumns
{
    private static readonly string[] s_layers = ["layers", "n_layer", "n_layers", "num_layers", "num_hidden_layers", "depth"];
    private static readonly string[] s_width = ["d_model", "width", "hidden_size", "hidden_dim", "n_embd"];
    private static readonly string[] s_heads = ["heads", "n_head", "n_heads", "num_heads", "num_attention_heads"];
    private static readonly string[] s_keyValueHeads = ["kv_heads", "n_kv_heads", "n_kv_head", "num_kv_heads", "num_key_value_heads", "num_query_groups"];
    private static readonly string[] s_keySize = ["key_size", "kv_size", "head_dim", "d_head", "kv_channels"];
    private static readonly string[] s_feedForward = ["d_ff", "ffn", "ffn_size", "ffw_size", "ffn_width", "intermediate_size", "intermediate_dim", "ffn_hidden_size"];
    private static readonly string[] s_vocabulary = ["vocab", "vocab_size", "vocabulary", "n_vocab", "padded_vocab_size"];
    private static readonly string[] s_sequence = ["seq_len", "seq_length", "sequence", "sequence_length", "max_seq_len", "max_sequence_length", "context", "context_length", "n_ctx", "block_size"];
    private static readonly string[] s_tied = ["tied", "tied_embeddings", "tie_embeddings", "tie_word_embeddings", "weight_tying"];
    private static readonly string[] s_gated = ["gated", "gated_ffn", "swiglu", "glu"];
    private static readonly string[] s_activation = ["activation", "activation_type", "activation_function", "hidden_act", "hidden_activation", "mlp_type"];
    private static readonly string[] s_experts = ["num_experts", "n_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"];

    /// <summary>The shape the columns of a run describe.</summary>
    public static Architecture Read(RunRow run) => Read(run.Config);

    /// <summary>
    /// The shape a run's columns describe, whatever their case and whatever stands before their last dot or slash ("model.num_layers"). What they do
    /// not say, or say in no positive number, is NaN; a feed-forward width that is not given is 4 · width, as in Kaplan's and Hoffmann's models, and
    /// NaN in a mixture of experts, which has no one such width.
    /// </summary>
    public static Architecture Read(IReadOnlyList<KeyValuePair<string, string>> config)
    {
        var width = Number(config, s_width);
        var heads = Number(config, s_heads);
        var feedForward = Number(config, s_feedForward);
        return new Architecture
        {
            Layers = Number(config, s_layers),
            Width = width,
            Heads = heads,
            // Without heads neither says anything.
            KeySize = double.IsNaN(heads) ? double.NaN : Number(config, s_keySize),
            KeyValueHeads = double.IsNaN(heads) ? double.NaN : Number(config, s_keyValueHeads),
            FeedForwardWidth = Number(config, s_experts) > 1 ? double.NaN : double.IsNaN(feedForward) ? 4 * width : feedForward,
            Vocabulary = Number(config, s_vocabulary),
            Sequence = Number(config, s_sequence),
            TiedEmbeddings = IsOn(Cell(config, s_tied)),
            GatedFeedForward = IsOn(Cell(config, s_gated)) || IsGated(Cell(config, s_activation)),
        };
    }

    /// <summary>A column says whether embedding and head are one matrix.</summary>
    public static bool TellsTying(IReadOnlyList<KeyValuePair<string, string>> config) => Cell(config, s_tied) is not null;

    private static double Number(IReadOnlyList<KeyValuePair<string, string>> config, string[] names) =>
        Quantity.TryParse(Cell(config, names), out var value) && value > 0 ? value : double.NaN;

    private static bool IsOn(string? cell) => cell?.Trim().ToLower(CultureInfo.InvariantCulture) is "1" or "true" or "yes";

    // Llama and its kin name the activation inside the gate, and no model without a gate uses that one.
    private static bool IsGated(string? activation) =>
        activation is not null && (activation.Contains("glu", StringComparison.OrdinalIgnoreCase) || activation.Equals("silu", StringComparison.OrdinalIgnoreCase));

    // The names in their order: a table with both d_model and width means d_model.
    private static string? Cell(IReadOnlyList<KeyValuePair<string, string>> config, string[] names)
    {
        foreach (var name in names)
        {
            foreach (var (column, value) in config)
            {
                if (column.AsSpan(column.LastIndexOfAny(['.', '/']) + 1).Equals(name, StringComparison.OrdinalIgnoreCase))
                    return value;
            }
        }

        return null;
    }
}
