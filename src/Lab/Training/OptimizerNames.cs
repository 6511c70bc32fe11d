using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Training;

/// <summary>Optimizers by the names that runs carry: adamw, lion, muon …, and c-adamw and so on with a cautious mask.</summary>
public static class OptimizerNames
{
    private const string CautiousPrefix = "c-";

    // β of Lion as the cautious paper has them for language models (arXiv 2411.16085, section 4); those of the others are usual for small language models.
    private static readonly Dictionary<string, OptimizerOptions> s_rules = new()
    {
        ["adamw"] = new() { Rule = OptimizerRule.AdamW },
        ["lion"] = new() { Rule = OptimizerRule.Lion, Beta1 = 0.95, Beta2 = 0.98 },
        ["muon"] = new() { Rule = OptimizerRule.Muon },
        ["soap"] = new() { Rule = OptimizerRule.Soap },
        ["schedule-free-adamw"] = new() { Rule = OptimizerRule.ScheduleFreeAdamW },
        ["adafactor"] = new() { Rule = OptimizerRule.Adafactor },
        ["adam"] = new() { Rule = OptimizerRule.Adam },
        ["sgd"] = new() { Rule = OptimizerRule.Sgd },
    };

    /// <summary>The names without a mask.</summary>
    public static IReadOnlyList<string> Rules { get; } = [.. s_rules.Keys];

    /// <summary>All names: each rule, and each with a mask.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_rules.Keys.SelectMany(name => (string[])[name, CautiousPrefix + name])];

    /// <summary>The optimizer of a name, with the settings published or usual for it; null for a name that is none.</summary>
    public static OptimizerOptions? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var isCautious = name.StartsWith(CautiousPrefix, StringComparison.Ordinal);
        return s_rules.TryGetValue(isCautious ? name[CautiousPrefix.Length..] : name, out var rule)
            ? isCautious ? rule with { Caution = MaskScaling.CountPlusOne } : rule
            : null;
    }

    /// <summary>The name of an optimizer.</summary>
    public static string Of(OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return (options.Caution is null ? "" : CautiousPrefix) + s_rules.First(rule => rule.Value.Rule == options.Rule).Key;
    }
}
