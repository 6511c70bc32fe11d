namespace ScalingDashboard.Ingest;

/// <summary>What a column of a sweep table can hold. Counts are plain numbers, flops training FLOP, loss nats per token unless the project says otherwise, seconds wall time.</summary>
public enum SweepQuantity
{
    Run,
    Parameters,
    NonEmbeddingParameters,
    Tokens,
    Flops,
    Loss,
    Budget,
    Family,
    Step,
    Seconds,

    /// <summary>Loss on held-out data; only logs have it beside the loss.</summary>
    EvalLoss,

    /// <summary>Learning rate; only of logs.</summary>
    LearningRate,
}

/// <summary>Names of the quantities and the column names that are recognised without a mapping.</summary>
public static class SweepQuantities
{
    /// <summary>Ends of column names whose values are in 1e9 FLOP.</summary>
    internal const string GigaFlopsSuffix = "gflops";

    private static readonly string[] s_names =
        ["run", "parameters", "non_embedding_parameters", "tokens", "flops", "loss", "budget", "family", "step", "seconds", "eval_loss", "lr"];

    // In order of priority. A bare gflops is left out on purpose: it is as often a rate as a total.
    private static readonly string[][] s_aliases =
    [
        ["run", "run_name", "name", "model_name"],
        ["parameters", "params", "N", "num_params", "n_params", "parameter_count", "params_active_precise", "Model Size"],
        ["non_embedding_parameters", "parameters_non_embedding", "N_no_emb", "params_no_embed", "n_nonemb"],
        ["tokens", "D", "tokens_seen", "num_tokens", "token_num", "train_tokens", "throughput/total_tokens"],
        ["flops", "C", "compute", "FLOPs", "training_flops", "Training FLOP", "total_gflops", "throughput/total_gflops", "throughput/total_training_gflops"],
        ["loss", "final_loss", "val_loss", "eval_loss", "eval/paloma/macro_loss"],
        ["budget"],
        ["family", "scaled_set"],
        ["step", "_step", "global_step"],
        ["seconds"],
        // A table that has them keeps them as configuration.
        [],
        [],
    ];

    /// <summary>The quantity's name in mappings and messages.</summary>
    public static string Name(SweepQuantity quantity) => s_names[(int)quantity];

    /// <summary>All names, in the order of <see cref="SweepQuantity"/>.</summary>
    public static IReadOnlyList<string> Names => s_names;

    /// <summary>Column names recognised for the quantity, the first wins.</summary>
    public static IReadOnlyList<string> Aliases(SweepQuantity quantity) => s_aliases[(int)quantity];

    /// <summary>The one column whose name ends with the word loss; -1 when there is none or more than one.</summary>
    internal static int OnlyLoss(IReadOnlyList<string> columns)
    {
        var found = -1;
        for (var i = 0; i < columns.Count; i++)
        {
            if (!EndsWithLoss(columns[i]))
                continue;
            if (found >= 0)
                return -1;
            found = i;
        }

        return found;
    }

    /// <summary>Whether the last word of a column's name is loss.</summary>
    internal static bool EndsWithLoss(string column) =>
        column.EndsWith("loss", StringComparison.OrdinalIgnoreCase) && (column.Length == 4 || column[^5] is '_' or '/' or '.' or '-' or ' ');

    /// <summary>Finds a quantity by its name, whatever the case.</summary>
    public static bool TryFind(string name, out SweepQuantity quantity)
    {
        var index = Array.FindIndex(s_names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        quantity = (SweepQuantity)Math.Max(index, 0);
        return index >= 0;
    }
}
