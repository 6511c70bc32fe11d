using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>What the columns of a run say of how it was optimized.</summary>
/// <param name="Optimizer">Key of the optimizer; null where no column names one.</param>
/// <param name="Seed">Text of the seed; empty where none is named.</param>
/// <param name="LearningRate">Peak learning rate; null where it is not known.</param>
/// <param name="Others">Other settings that are tuned, as "weight_decay 0.1, warmup 100".</param>
public sealed record OptimizerSettings(string? Optimizer, string Seed, double? LearningRate, string Others);

/// <summary>
/// Finds optimizer, seed and tuned settings among the columns that came with a run. Names are taken whatever their case and whatever stands before their last dot or slash.
/// </summary>
public static class OptimizerColumns
{
    private static readonly string[] s_optimizer = ["optimizer", "optimiser", "optim", "opt", "optimizer_name", "optimizer_type"];
    private static readonly string[] s_rate = ["peak_learning_rate", "peak_lr", "max_learning_rate", "max_lr", "learning_rate", "lr"];

    private static readonly string[] s_tuned =
    [
        "weight_decay", "wd", "warmup", "warmup_steps", "warmup_tokens", "warmup_ratio", "beta1", "beta_1", "beta2", "beta_2", "betas", "momentum", "epsilon", "eps", "epsilon_placement", "mask_scaling", "decay_order", "decay_mask",
        "batch_tokens", "batch_size", "global_batch_size", "decay", "schedule", "lr_schedule", "lr_scheduler_type", "clip", "grad_clip", "max_grad_norm",
    ];

    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["adam"] = "Adam", ["adamw"] = "AdamW", ["nadamw"] = "NAdamW", ["lion"] = "Lion", ["muon"] = "Muon", ["soap"] = "SOAP", ["shampoo"] = "Shampoo", ["sgd"] = "SGD",
        ["adafactor"] = "Adafactor", ["schedule-free-adamw"] = "Schedule-Free AdamW", ["sophia"] = "Sophia", ["kron"] = "Kron", ["mars"] = "MARS",
    };

    /// <summary>What the columns of a run say.</summary>
    public static OptimizerSettings Read(IReadOnlyList<KeyValuePair<string, string>> config)
    {
        var optimizer = Cell(s_optimizer);
        var seeds = config.Where(pair => LastPart(pair.Key).EndsWith("seed", StringComparison.OrdinalIgnoreCase) && pair.Value.Length > 0).Select(pair => pair.Value);
        var others = config.Where(pair => s_tuned.Contains(LastPart(pair.Key), StringComparer.OrdinalIgnoreCase) && pair.Value.Length > 0).Select(pair => $"{LastPart(pair.Key)} {pair.Value}");
        return new OptimizerSettings(
            string.IsNullOrWhiteSpace(optimizer) ? null : Key(optimizer), string.Join(", ", seeds), Quantity.TryParse(Cell(s_rate), out var rate) && rate > 0 ? rate : null, string.Join(", ", others));

        // The first name that is a column counts, so that a peak goes before a rate that changes from step to step.
        string? Cell(string[] names)
        {
            foreach (var name in names)
            {
                foreach (var (column, value) in config)
                {
                    if (LastPart(column).Equals(name, StringComparison.OrdinalIgnoreCase))
                        return value;
                }
            }

            return null;
        }
    }

    /// <summary>The key that different spellings share: "C_AdamW" and "cautious AdamW" are "c-adamw".</summary>
    public static string Key(string optimizer)
    {
#pragma warning disable CA1308 // Keys are lower case.
        var key = optimizer.Trim().ToLowerInvariant().Replace('_', '-').Replace(' ', '-');
#pragma warning restore CA1308
        return key.StartsWith("cautious-", StringComparison.Ordinal) ? "c-" + key["cautious-".Length..] : key;
    }

    /// <summary>A key as people write it: "C-AdamW"; what is not known stays as it is.</summary>
    public static string Name(string key) => s_names.TryGetValue(key, out var name) ? name
        : key.StartsWith("c-", StringComparison.Ordinal) && s_names.TryGetValue(key[2..], out var masked) ? "C-" + masked
        : key;

    private static string LastPart(string column) => column[(column.LastIndexOfAny(['.', '/']) + 1)..];
}
