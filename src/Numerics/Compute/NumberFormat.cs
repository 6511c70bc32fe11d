namespace ScalingDashboard.Numerics.Compute;

/// <summary>A number format of the matrix products of training.</summary>
/// <param name="Key">Short stable key, used in links and commands.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Bits">Bits that take part in a product.</param>
/// <param name="StoredBits">Bits of a weight in memory; TF32 is read from 32-bit numbers.</param>
public sealed record NumberFormat(string Key, string Name, int Bits, int StoredBits)
{
    /// <summary>All of them, from wide to narrow.</summary>
    public static IReadOnlyList<NumberFormat> All { get; } =
    [
        new("fp32", "FP32", 32, 32),
        new("tf32", "TF32", 19, 32),
        new("bf16", "BF16", 16, 16),
        new("fp16", "FP16", 16, 16),
        new("fp8", "FP8", 8, 8),
        new("int8", "INT8", 8, 8),
        new("fp4", "FP4", 4, 4),
    ];

    /// <summary>The format of a key; null where there is none.</summary>
    public static NumberFormat? Find(string key) => All.FirstOrDefault(format => format.Key == key);
}
