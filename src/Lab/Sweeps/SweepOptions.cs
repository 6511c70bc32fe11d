using System.Globalization;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>What says how long each run of a sweep is.</summary>
public enum LengthUnit
{
    /// <summary>D/N.</summary>
    TokensPerParameter,

    /// <summary>D.</summary>
    Tokens,

    /// <summary>C: the runs of a budget are an IsoFLOP group, D = C/(6N).</summary>
    Flops,
}

/// <summary>A grid of runs: every size with every length, optimizer, learning rate, precision and seed.</summary>
public sealed record SweepOptions
{
    /// <summary>What all runs share; size, tokens, optimizer, learning rate, bits and seed come from the lists.</summary>
    public TrainingOptions Training { get; init; } = new() { Shape = new TransformerShape { Context = 64 }, Sequences = 8 };

    /// <summary>What they are trained on.</summary>
    public LanguageOptions Language { get; init; } = new();

    /// <summary>Family the runs are put into.</summary>
    public string Family { get; init; } = "lab";

    /// <summary>Sizes of the models.</summary>
    public IReadOnlyList<ModelSize> Sizes { get; init; } = [ModelSize.Of(20_000)];

    /// <summary>Attention heads of every model; null for the usual number.</summary>
    public int? Heads { get; init; }

    /// <summary>Width inside the feed-forward blocks of every model; null for the usual one.</summary>
    public int? FeedForwardWidth { get; init; }

    /// <summary>What <see cref="Lengths"/> count.</summary>
    public LengthUnit LengthUnit { get; init; }

    /// <summary>Lengths of the runs.</summary>
    public IReadOnlyList<double> Lengths { get; init; } = [20];

    /// <summary>Names of <see cref="OptimizerNames"/>.</summary>
    public IReadOnlyList<string> Optimizers { get; init; } = ["adamw"];

    /// <summary>β₁ of every optimizer; null for what is usual of each.</summary>
    public double? Beta1 { get; init; }

    /// <summary>β₂ of every optimizer; null for what is usual of each.</summary>
    public double? Beta2 { get; init; }

    /// <summary>Scale of the cautious forms.</summary>
    public MaskScaling MaskScaling { get; init; }

    /// <summary>Peak learning rates.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [8e-3];

    /// <summary>Number formats of the forward pass.</summary>
    public IReadOnlyList<TrainingBits> Bits { get; init; } = [TrainingBits.Full];

    /// <summary>Seeds of weights and data.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [1];

    /// <summary>Most runs of a sweep.</summary>
    public const int MostRuns = 2_000;

    /// <summary>Runs of the grid.</summary>
    public long Count => (long)Sizes.Count * Lengths.Count * Optimizers.Count * LearningRates.Count * Bits.Count * Seeds.Count;

    /// <summary>Everything that makes the sweep impossible, in words.</summary>
    public IEnumerable<string> Problems()
    {
        if (Count == 0)
            yield return "there is nothing to train: name at least one size, length, optimizer, learning rate, precision and seed.";
        if (Count > MostRuns)
            yield return FormattableString.Invariant($"the grid has {Count:N0} runs; {MostRuns:N0} is the most. Leave out some.");
        if (string.IsNullOrWhiteSpace(Family))
            yield return "family is empty; name one.";
        foreach (var unknown in Optimizers.Where(name => OptimizerNames.Find(name) is null))
            yield return $"'{unknown}' is no optimizer of the Lab: {string.Join(", ", OptimizerNames.Rules)}, each with 'c-' in front for its cautious form.";
        foreach (var length in Lengths.Where(length => !(length > 0 && double.IsFinite(length))))
            yield return FormattableString.Invariant($"{length} is no length of a run; it must be above zero.");
        foreach (var seed in Seeds.Where(seed => seed < 1))
            yield return FormattableString.Invariant($"seed is {seed}; it must be at least 1, as 0 is that of the held-out data.");
    }

    /// <summary>The runs, in the order of the lists; the sweep must be without <see cref="Problems"/>, its runs can have some of their own.</summary>
    public IReadOnlyList<LabRun> Runs() =>
    [
        .. from size in Sizes
           let usual = size.Shape(Training.Shape with { Vocabulary = Language.Tokens })
           let shape = usual with { Heads = Heads ?? usual.Heads, FeedForwardWidth = FeedForwardWidth ?? usual.FeedForwardWidth }
           from length in Lengths
           from optimizer in Optimizers
           from rate in LearningRates
           from bits in Bits
           from seed in Seeds
           select Run(shape, length, optimizer, rate, bits, seed),
    ];

    /// <summary>Reads a number format: "none", "4" for all three parts, or parts such as "w4", "kv3" and "w4a8".</summary>
    public static bool TryParseBits(string text, out TrainingBits bits)
    {
        ArgumentNullException.ThrowIfNull(text);
        bits = TrainingBits.Full;
        if (text == "none")
            return true;
        if (TryCount(text, out var all))
        {
            bits = new TrainingBits(all, all, all);
            return true;
        }

        var rest = text.AsSpan();
        int? weights = null, activations = null, cache = null;
        while (!rest.IsEmpty)
        {
            var part = rest.StartsWith("kv") ? "kv" : rest[0] is 'w' or 'a' ? rest[..1] : [];
            rest = rest[part.Length..];
            var digits = rest.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? rest.Length : end;
            if (part.IsEmpty || !TryCount(rest[..digits], out var count))
                return false;
            ref var target = ref part is "kv" ? ref cache : ref part is "w" ? ref weights : ref activations;
            if (target is not null)
                return false;
            target = count;
            rest = rest[digits..];
        }

        bits = new TrainingBits(weights, activations, cache);
        return weights is not null || activations is not null || cache is not null;

        static bool TryCount(ReadOnlySpan<char> text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    /// <summary>As <see cref="TryParseBits"/> reads it.</summary>
    public static string Text(TrainingBits bits)
    {
        ArgumentNullException.ThrowIfNull(bits);
        if (bits == TrainingBits.Full)
            return "none";
        return bits.Weights is { } all && bits == new TrainingBits(all, all, all)
            ? all.ToString(CultureInfo.InvariantCulture)
            : string.Concat(Part("w", bits.Weights), Part("a", bits.Activations), Part("kv", bits.KeysAndValues));

        static string Part(string name, int? count) => count is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{name}{count}");
    }

    private LabRun Run(TransformerShape shape, double length, string optimizer, double rate, TrainingBits bits, int seed)
    {
        var parameters = shape.Architecture.Parameters;
        var tokens = LengthUnit switch
        {
            LengthUnit.TokensPerParameter => length * parameters,
            LengthUnit.Flops => length / (6 * parameters),
            _ => length,
        };
        var usual = OptimizerNames.Find(optimizer)!;
        var rule = Training.Optimizer with
        {
            Rule = usual.Rule,
            Beta1 = Beta1 ?? usual.Beta1,
            Beta2 = Beta2 ?? usual.Beta2,
            Caution = usual.Caution is null ? null : MaskScaling,
        };
        return new LabRun
        {
            Name = Name(shape, length, optimizer, rate, bits, seed),
            Language = Language,
            Family = Family,
            Budget = LengthUnit == LengthUnit.Flops ? length : null,
            Training = Training with
            {
                Shape = shape,
                Tokens = tokens,
                Optimizer = rule,
                LearningRate = rate,
                // It averages instead of decaying.
                Decay = rule.Rule == OptimizerRule.ScheduleFreeAdamW ? Decay.Constant : Training.Decay,
                Bits = bits,
                Seed = seed,
            },
        };
    }

    // 2x32-3e11-c-adamw-lr0.004-w4-s1
    private string Name(TransformerShape shape, double length, string optimizer, double rate, TrainingBits bits, int seed)
    {
        var amount = LengthUnit switch
        {
            LengthUnit.TokensPerParameter => Quantity.Significant(length, 4) + "tpp",
            LengthUnit.Flops => Quantity.Scientific(length),
            _ => Quantity.Count(length) + "tok",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{shape.Layers}x{shape.Width}-{amount}-{optimizer}-lr{rate:0.##########}{(bits == TrainingBits.Full ? "" : "-" + (bits.Weights is { } all && bits == new TrainingBits(all, all, all) ? "b" : "") + Text(bits))}-s{seed}");
    }
}
