namespace ScalingDashboard.Numerics.Compute;

/// <summary>
/// Memory of what training with Adam keeps of each parameter: the weight, its gradient, and the optimizer's states (Rajbhandari et al. 2020, ZeRO,
/// arXiv 1910.02054, §3.1: 2 + 2 + 12 bytes with 16-bit weights). Activations come on top.
/// </summary>
public static class TrainingMemory
{
    private const double Moments = 8;
    private const double MasterWeight = 4;
    private const double LeastGradient = 2;

    /// <summary>Bytes a parameter, all states together.</summary>
    // weight + gradient (16 bits at least) + FP32 copy of a narrower weight + two FP32 moments
    public static double BytesPerParameter(NumberFormat format)
    {
        var weight = format.StoredBits / 8.0;
        return weight + Math.Max(weight, LeastGradient) + (format.StoredBits < 32 ? MasterWeight : 0) + Moments;
    }

    /// <summary>Fewest accelerators whose memories together hold the states, split evenly.</summary>
    /// <param name="parameters">N.</param>
    /// <param name="bytesPerParameter">Bytes a parameter.</param>
    /// <param name="memoryBytes">Memory of one accelerator, bytes.</param>
    public static double LeastAccelerators(double parameters, double bytesPerParameter, double memoryBytes) =>
        Math.Ceiling(parameters * bytesPerParameter / memoryBytes);
}
