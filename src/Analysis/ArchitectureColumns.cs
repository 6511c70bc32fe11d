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
    private static readonly string[] s_keySize = ["key_size", "kv_size", "head_dim", "d_head"];
    private static readonly string[] s_feedForward = ["d_ff", "ffn", "ffn_size", "ffw_size", "ffn_width", "intermediate_size", "intermediate_dim"];
    private static readonly string[] s_vocabulary = ["vocab", "vocab_size", "vocabulary", "n_vocab"];
    private static readonly string[] s_sequence = ["seq_len", "sequence", "sequence_length", "context", "context_length", "n_ctx", "block_size"];
    private static readonly string[] s_tied = ["tied", "tied_embeddings", "tie_embeddings", "tie_word_embeddings"];
    private static readonly string[] s_gated = ["gated", "gated_ffn", "swiglu", "glu"];

    /// <summary>
    /// The shape a run's columns describe, whatever their case and whatever stands before their last dot or slash ("model.num_layers"). What they do
    /// not say, or say in no positive number, is NaN; a feed-forward width that is not given is 4 · width, as in Kaplan's and Hoffmann's models.
    /// </summary>
    public static Architecture Read(RunRow run)
    {
        var width = Number(run, s_width);
        var heads = Number(run, s_heads);
        var feedForward = Number(run, s_feedForward);
        return new Architecture
        {
            Layers = Number(run, s_layers),
            Width = width,
            Heads = heads,
            // Without heads it says nothing.
            KeySize = double.IsNaN(heads) ? double.NaN : Number(run, s_keySize),
            FeedForwardWidth = double.IsNaN(feedForward) ? 4 * width : feedForward,
            Vocabulary = Number(run, s_vocabulary),
            Sequence = Number(run, s_sequence),
            TiedEmbeddings = IsOn(run, s_tied),
            GatedFeedForward = IsOn(run, s_gated),
        };
    }

    private static double Number(RunRow run, string[] names) =>
        Quantity.TryParse(Cell(run, names), out var value) && value > 0 ? value : double.NaN;

    private static bool IsOn(RunRow run, string[] names) =>
        Cell(run, names)?.Trim().ToLower(CultureInfo.InvariantCulture) is "1" or "true" or "yes";

    // The names in their order: a table with both d_model and width means d_model.
    private static string? Cell(RunRow run, string[] names) => names
        .SelectMany(name => run.Config.Where(pair => LastPart(pair.Key).Equals(name, StringComparison.OrdinalIgnoreCase)))
        .Select(pair => pair.Value)
        .FirstOrDefault();

    private static string LastPart(string column) => column[(column.LastIndexOfAny(['.', '/']) + 1)..];
}
