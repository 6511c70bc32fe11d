using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Analysis;

/// <summary>A saving as a paper prints it.</summary>
/// <param name="Operator">Key of the growth operator.</param>
/// <param name="Pair">Small and large model.</param>
/// <param name="Flops">Share of the FLOP saved against training from scratch, the small model not charged; NaN where none is printed.</param>
/// <param name="Seconds">Share of the wall time.</param>
/// <param name="Measure">What had to be equal.</param>
/// <param name="Source">Paper and place.</param>
public sealed record PublishedSaving(string Operator, string Pair, double Flops, double Seconds, string Measure, string Source);

/// <summary>Savings with the operator of LiGO learned for so many steps.</summary>
/// <param name="Steps">Steps of learning it.</param>
/// <param name="Flops">FLOP of that as printed.</param>
/// <param name="Savings">Share of the FLOP saved.</param>
public sealed record PublishedOperatorSteps(double Steps, double Flops, double Savings);

/// <summary>Published results of growing, as data with their sources.</summary>
public static class PublishedGrowth
{
    private const string Ligo = "Wang et al., arXiv 2303.00980";
    private const string LogPerplexity = "final log-perplexity";

    /// <summary>As printed.</summary>
    public static IReadOnlyList<PublishedSaving> Savings { get; } =
    [
        new("ligo", "BERT-Small → Base", 0.447, 0.407, LogPerplexity, $"{Ligo}, Table 1"),
        new("mslt", "BERT-Small → Base", 0.349, 0.300, LogPerplexity, $"{Ligo}, Table 1"),
        new("stack", "BERT-Small → Base", 0.341, 0.333, LogPerplexity, $"{Ligo}, Table 1"),
        new("aki", "BERT-Small → Base", 0.290, 0.251, LogPerplexity, $"{Ligo}, Table 1"),
        new("ki", "BERT-Small → Base", -0.057, -0.139, LogPerplexity, $"{Ligo}, Table 1"),
        new("ligo", "DeiT-S → B", 0.554, 0.520, "81 % ImageNet accuracy", $"{Ligo}, Table 2"),
        new("aki", "DeiT-S → B", 0.408, 0.370, "81 % ImageNet accuracy", $"{Ligo}, Table 2"),
        new("mslt", "DeiT-S → B", 0.367, 0.289, "81 % ImageNet accuracy", $"{Ligo}, Table 2"),
        new("stack", "DeiT-S → B", 0.238, 0.151, "81 % ImageNet accuracy", $"{Ligo}, Table 2"),
        new("ki", "DeiT-S → B", -0.112, -0.368, "81 % ImageNet accuracy", $"{Ligo}, Table 2"),
        new("ligo", "BERT-Base → Large", 0.452, double.NaN, LogPerplexity, $"{Ligo}, §4.2"),
        new("ligo", "BERT-Small → Large", 0.303, double.NaN, LogPerplexity, $"{Ligo}, §4.2"),
        new("ligo", "RoBERTa-Small → Base", 0.472, double.NaN, LogPerplexity, $"{Ligo}, §4.2"),
        new("ligo", "GPT2-Base → Medium", 0.225, double.NaN, LogPerplexity, $"{Ligo}, §4.2"),
        new("ligo", "GPT2-Medium → 1.5B", 0.39, double.NaN, "log-perplexity 3.3", $"{Ligo}, appendix"),
        new("ligo", "CaiT-XS → S", 0.526, 0.461, "ImageNet accuracy", $"{Ligo}, §4.2"),
        new("ligo", "BERT, 6 → 12 layers of 768", 0.517, double.NaN, LogPerplexity, $"{Ligo}, §4.3"),
        new("ligo", "BERT, 512 → 768 wide, 12 layers", 0.416, double.NaN, LogPerplexity, $"{Ligo}, §4.3"),
        new("ligo", "BERT-Small of 50K steps → Base", 0.352, 0.302, LogPerplexity, $"{Ligo}, §4.3"),
        new("aki", "BERT(12, 512) → Base, two stages", 0.452, double.NaN, "final loss", "Chen et al., arXiv 2110.07143, Table 2"),
        new("aki", "BERT(12, 512) → Base", 0.384, double.NaN, "final loss", "Chen et al., arXiv 2110.07143, Table 2"),
        new("fpi", "BERT(12, 512) → Base", 0.304, double.NaN, "final loss", "Chen et al., arXiv 2110.07143, Table 2"),
    ];

    /// <summary>BERT-Small to Base, 400 thousand steps of batch 256 from scratch. arXiv 2303.00980, Table 3.</summary>
    public static IReadOnlyList<PublishedOperatorSteps> OperatorSteps { get; } = [new(100, 3.61e15, 0.447), new(500, 18.06e15, 0.445), new(1000, 36.13e15, 0.442), new(10_000, 361.30e15, 0.389)];

    /// <summary>The models of that table, for the authors' counter of FLOP.</summary>
    public static EncoderFlops BertSmall { get; } = new("BERT-Small", 512, 6, 8, 2048, 30_522, 128);

    /// <inheritdoc cref="BertSmall"/>
    public static EncoderFlops BertBase { get; } = new("BERT-Base", 768, 12, 12, 3072, 30_522, 128);

    /// <summary>Batch of their training, sequences.</summary>
    public const double Batch = 256;

    /// <summary>Steps from scratch.</summary>
    public const double ScratchSteps = 400_000;
}
