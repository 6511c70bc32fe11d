using System.Numerics.Tensors;

namespace ScalingDashboard.Lab.Transformers;

/// <summary>Bits of each part of a model in training; null keeps full precision. Two bits at least.</summary>
/// <param name="Weights">P_w: linear maps inside the blocks, one scale a row of <c>[out, in]</c>, which is an output channel.</param>
/// <param name="Activations">P_a: inputs of those maps, one scale a tensor.</param>
/// <param name="KeysAndValues">P_kv: keys and values of attention, one scale a tensor.</param>
public sealed record TrainingBits(int? Weights = null, int? Activations = null, int? KeysAndValues = null)
{
    /// <summary>Nothing is quantized.</summary>
    public static TrainingBits Full { get; } = new();
}

/// <summary>
/// Numbers as an integer type of some bits would hold them. Kumar et al. 2024, arXiv 2411.04330, appendix D.1: in the forward pass only; the backward
/// pass goes straight through (Bengio et al. 2013, arXiv 1308.3432).
/// </summary>
internal static class FakeQuantization
{
    /// <summary>Rounds in place with one scale: q = clamp(round(x·2^(b−1)/max|x|), −2^(b−1), 2^(b−1) − 1), x ← q·max|x|/2^(b−1).</summary>
    public static void Round(Span<float> values, int bits)
    {
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude<float>(values));
        if (largest == 0 || !float.IsFinite(largest))
            return;
        var levels = (float)(1 << (bits - 1));
        var up = levels / largest;
        var down = largest / levels;
        for (var i = 0; i < values.Length; i++)
            values[i] = Math.Min(MathF.Round(values[i] * up), levels - 1) * down;
    }

    /// <summary>Each row with a scale of its own.</summary>
    public static void RoundRows(Span<float> values, int columns, int bits)
    {
        for (var row = 0; row < values.Length; row += columns)
            Round(values.Slice(row, columns), bits);
    }
}
