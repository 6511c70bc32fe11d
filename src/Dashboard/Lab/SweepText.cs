using System.Globalization;
using ScalingDashboard.Lab;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Lab;

/// <summary>A sweep as people write it, the same on the command line, where <c>lr</c> is <c>--lr</c>, and in the address of the Lab page.</summary>
public static class SweepText
{
    public const string Size = "size";
    public const string Flops = "flops";
    public const string TokensPerParameter = "tokens_per_parameter";
    public const string Tokens = "tokens";
    public const string Optimizer = "optimizer";
    public const string LearningRate = "lr";
    public const string Bits = "bits";
    public const string Seed = "seed";
    public const string Heads = "heads";
    public const string FeedForwardWidth = "ffn";
    public const string Context = "context";
    public const string Batch = "batch";
    public const string Beta1 = "beta1";
    public const string Beta2 = "beta2";
    public const string Epsilon = "epsilon";
    public const string EpsilonPlacement = "epsilon_placement";
    public const string MaskScaling = "mask_scaling";
    public const string WeightDecay = "weight_decay";
    public const string DecayOrder = "decay_order";
    public const string DecayMask = "decay_mask";
    public const string Warmup = "warmup";
    public const string Decay = "decay";
    public const string Clip = "clip";
    public const string Norm = "norm";
    public const string FeedForward = "feed_forward";
    public const string Positions = "positions";
    public const string Head = "head";
    public const string Rows = "rows";
    public const string HeldOut = "held_out";
    public const string Vocabulary = "vocabulary";
    public const string Successors = "successors";
    public const string Zipf = "zipf";
    public const string LanguageSeed = "language_seed";
    public const string Family = "family";

    private const int MostSeeds = 100;

    private static readonly (string Text, Decay Decay)[] s_decays =
        [("cosine", ScalingDashboard.Lab.Training.Decay.Cosine), ("constant", ScalingDashboard.Lab.Training.Decay.Constant), ("linear", ScalingDashboard.Lab.Training.Decay.Linear), ("wsd", ScalingDashboard.Lab.Training.Decay.WarmupStableDecay)];

    private static readonly (string Text, EpsilonPlacement Placement)[] s_placements =
        [("corrected", ScalingDashboard.Numerics.Optimizers.EpsilonPlacement.Corrected), ("plain", ScalingDashboard.Numerics.Optimizers.EpsilonPlacement.Plain)];

    private static readonly (string Text, MaskScaling Scaling)[] s_scalings =
        [("count", ScalingDashboard.Numerics.Optimizers.MaskScaling.CountPlusOne), ("mean", ScalingDashboard.Numerics.Optimizers.MaskScaling.ClampedMean)];

    private static readonly (string Text, DecayOrder Order)[] s_orders =
        [("before", ScalingDashboard.Numerics.Optimizers.DecayOrder.Before), ("after", ScalingDashboard.Numerics.Optimizers.DecayOrder.After)];

    private static readonly (string Text, bool Cautious)[] s_decayMasks = [("none", false), ("cautious", true)];
    private static readonly (string Text, NormKind Norm)[] s_norms = [("rms", NormKind.Rms), ("layer", NormKind.Layer)];
    private static readonly (string Text, FeedForwardKind Kind)[] s_feedForwards = [("gelu", FeedForwardKind.Gelu), ("swiglu", FeedForwardKind.SwiGlu)];
    private static readonly (string Text, PositionKind Kind)[] s_positions = [("rotary", PositionKind.Rotary), ("learned", PositionKind.Learned)];
    private static readonly (string Text, bool Tied)[] s_heads = [("tied", true), ("untied", false)];

    /// <summary>The keys, with what each means.</summary>
    public static IReadOnlyList<(string Key, string Example, string Description)> Keys { get; } =
    [
        (Size, "SIZE,…", "Sizes of the models: layers × width as 2x64, or about so many parameters, embeddings counted, as 25K. 20K unless said."),
        (Flops, "FLOP,…", "Budgets of an IsoFLOP sweep: every size is trained on C/(6N) tokens."),
        (TokensPerParameter, "NUMBER,…", "Length of the runs by their size. 20 unless this, --flops or --tokens is given."),
        (Tokens, "TOKENS,…", "Tokens of the runs, whatever their size."),
        (Optimizer, "NAME,…", $"Optimizers: {string.Join(", ", OptimizerNames.Rules)}, with c- in front for the cautious form. adamw unless said."),
        (LearningRate, "NUMBER,…", "Peak learning rates; 0.008 unless said. Several are a learning-rate sweep."),
        (Bits, "BITS,…", "Number formats of the forward pass: none, 4 for all parts, or parts: w4 (weights), a8 (activations), kv4 (keys and values), w4a8. none unless said."),
        (Seed, "NUMBER,…", "Seeds of weights and data, also as 1..5. 1 unless said."),
        (Heads, "NUMBER", "Attention heads; unless said of about 16 width each."),
        (FeedForwardWidth, "NUMBER", "Width of the feed-forward blocks; unless said 4 times the width, 8/3 of it for swiglu."),
        (Context, "TOKENS", "Tokens of a sequence; 64 unless said."),
        (Batch, "SEQUENCES", "Sequences of a batch; 8 unless said."),
        (Beta1, "NUMBER", "β₁ of every optimizer, momentum of sgd; unless said 0.9, of lion 0.95."),
        (Beta2, "NUMBER", "β₂ of every optimizer; unless said 0.95, of lion 0.98."),
        (Epsilon, "NUMBER", "ε of the rules of Adam's family; 1e-8 unless said."),
        (EpsilonPlacement, "KIND", "Where ε is added: corrected (to √v̂, Adam's paper) or plain (to √v, the code of the cautious paper). corrected unless said."),
        (MaskScaling, "KIND", "How cautious forms make up for what they drop: count (d/(kept + 1), the paper) or mean (1/mean of the mask, the code later). count unless said."),
        (WeightDecay, "NUMBER", "Decoupled weight decay; 0.1 unless said."),
        (DecayOrder, "KIND", "Weights decay before the step, or after it as the cautious paper prints. before unless said."),
        (DecayMask, "KIND", "none, or cautious: weights decay only where that points along the step. none unless said."),
        (Warmup, "SHARE", "Share of the steps in which the learning rate rises; 0.1 unless said."),
        (Decay, "KIND", "What it does then: cosine (to a tenth), linear, constant, or wsd (stays, and falls over the last fifth). cosine unless said."),
        (Clip, "NORM", "Largest norm of a gradient, larger ones are scaled down; 1 unless said."),
        (Norm, "KIND", "rms or layer; rms unless said."),
        (FeedForward, "KIND", "gelu or swiglu; gelu unless said."),
        (Positions, "KIND", "rotary or learned; rotary unless said."),
        (Head, "KIND", "tied to the embedding, or untied; tied unless said."),
        (Rows, "NUMBER", "Rows of each log, each with a held-out loss; 40 unless said."),
        (HeldOut, "SEQUENCES", "Held-out sequences behind each loss; 256 unless said."),
        (Vocabulary, "TOKENS", "Different tokens of the Markov language, up to 512; 128 unless said."),
        (Successors, "NUMBER", "Possible successors of each pair of its tokens; 16 unless said."),
        (Zipf, "NUMBER", "Exponent of their frequencies; 1.2 unless said."),
        (LanguageSeed, "NUMBER", "Another seed is another language; 1 unless said."),
        (Family, "NAME", "Family of models the runs are put into; lab unless said."),
    ];

    /// <summary>Reads a sweep.</summary>
    /// <param name="value">The text of a key, null or empty where nothing is said.</param>
    /// <param name="name">What a key is called in messages.</param>
    /// <exception cref="LabException">A text cannot be read, or the sweep is impossible; the message names the key and the value.</exception>
    public static SweepOptions Read(Func<string, string?> value, Func<string, string> name)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(name);
        var standard = new SweepOptions();
        string[] lengths = [Flops, TokensPerParameter, Tokens];
        var given = lengths.Where(key => !string.IsNullOrWhiteSpace(value(key))).ToList();
        if (given.Count > 1)
            throw new LabException($"{name(given[0])} and {name(given[1])} both say how long the runs are; leave one out.");
        var length = given.FirstOrDefault() ?? TokensPerParameter;
        var options = new SweepOptions
        {
            Sizes = List(Size, standard.Sizes, text => ModelSize.TryParse(text, out var size) ? size : throw Bad(Size, text, "a size such as 25K or 2x64")),
            LengthUnit = length switch { Flops => LengthUnit.Flops, Tokens => LengthUnit.Tokens, _ => LengthUnit.TokensPerParameter },
            Lengths = List(length, standard.Lengths, text => Amount(length, text)),
            Optimizers = List(Optimizer, standard.Optimizers, text => text.ToLowerInvariant()),
            Beta1 = NumberOrNone(Beta1),
            Beta2 = NumberOrNone(Beta2),
            MaskScaling = Choice(MaskScaling, s_scalings),
            LearningRates = List(LearningRate, standard.LearningRates, text => Amount(LearningRate, text)),
            Bits = List(Bits, standard.Bits, text => SweepOptions.TryParseBits(text.ToLowerInvariant(), out var bits) ? bits : throw Bad(Bits, text, "a number format such as none, 4, w4, kv8 or w4a8")),
            Seeds = [.. List(Seed, [[1]], SeedsOf).SelectMany(some => some)],
            Heads = OneOrNone(Heads),
            FeedForwardWidth = OneOrNone(FeedForwardWidth),
            Family = One(Family) ?? standard.Family,
            Language = new LanguageOptions
            {
                Vocabulary = Whole(Vocabulary, standard.Language.Vocabulary),
                Successors = Whole(Successors, standard.Language.Successors),
                Zipf = Number(Zipf, standard.Language.Zipf),
                Seed = Whole(LanguageSeed, standard.Language.Seed),
            },
            Training = standard.Training with
            {
                Shape = standard.Training.Shape with
                {
                    Context = Whole(Context, standard.Training.Shape.Context),
                    Norm = Choice(Norm, s_norms),
                    FeedForward = Choice(FeedForward, s_feedForwards),
                    Positions = Choice(Positions, s_positions),
                    TiedHead = Choice(Head, s_heads),
                },
                Optimizer = standard.Training.Optimizer with
                {
                    Epsilon = Number(Epsilon, standard.Training.Optimizer.Epsilon),
                    EpsilonPlacement = Choice(EpsilonPlacement, s_placements),
                    WeightDecay = Number(WeightDecay, standard.Training.Optimizer.WeightDecay),
                    DecayOrder = Choice(DecayOrder, s_orders),
                    CautiousDecay = Choice(DecayMask, s_decayMasks),
                },
                WarmupShare = Number(Warmup, standard.Training.WarmupShare),
                Decay = Choice(Decay, s_decays),
                ClipNorm = Number(Clip, standard.Training.ClipNorm),
                Sequences = Whole(Batch, standard.Training.Sequences),
                LogRows = Whole(Rows, standard.Training.LogRows),
                HeldOutSequences = Whole(HeldOut, standard.Training.HeldOutSequences),
            },
        };
        return options.Problems().ToList() is [var problem, ..] ? throw new LabException(problem) : options;

        string? One(string key) => value(key)?.Trim() is { Length: > 0 } text ? text : null;

        IReadOnlyList<T> List<T>(string key, IReadOnlyList<T> unlessSaid, Func<string, T> read) =>
            One(key) is { } text ? [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(read).Distinct()] : unlessSaid;

        double Amount(string key, string text) => Quantity.TryParse(text, out var number) && number > 0 ? number : throw Bad(key, text, "a number above zero");

        double Number(string key, double unlessSaid) => NumberOrNone(key) ?? unlessSaid;

        double? NumberOrNone(string key) =>
            One(key) is not { } text ? null : Quantity.TryParse(text, out var number) && number >= 0 ? number : throw Bad(key, text, "a number that is not negative");

        int Whole(string key, int unlessSaid) => OneOrNone(key) ?? unlessSaid;

        int? OneOrNone(string key) =>
            One(key) is not { } text ? null : Quantity.TryParse(text, out var number) && number is >= 1 and <= 1e9 && number == Math.Floor(number) ? (int)number : throw Bad(key, text, "a whole number above zero");

        T Choice<T>(string key, (string Text, T Value)[] known) => One(key) is not { } text
            ? known[0].Value
            : Array.FindIndex(known, one => one.Text.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? known[index].Value : throw Bad(key, text, $"one of {string.Join(", ", known.Select(one => one.Text))}");

        int[] SeedsOf(string text)
        {
            var ends = text.Split("..");
            if (ends.Length > 2 || !ends.All(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
                throw Bad(Seed, text, "a seed such as 3, or a range such as 1..5");
            var (first, last) = (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture));
            return last >= first && last - (long)first < MostSeeds ? [.. Enumerable.Range(first, last - first + 1)] : throw Bad(Seed, text, $"a range of up to {MostSeeds} seeds, the smaller first");
        }

        LabException Bad(string key, string text, string wanted) => new($"{name(key)}: '{text}' is not {wanted}.");
    }
}
