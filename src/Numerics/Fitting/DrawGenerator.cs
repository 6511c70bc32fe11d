namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Random numbers of one bootstrap draw, from the seed and the draw's number alone, so that a draw is the same on any core count.
/// SplitMix64 (Steele, Lea and Flood 2014).
/// </summary>
public struct DrawGenerator(int seed, int draw)
{
    private ulong _state = Mix((ulong)(uint)seed * 0x9E3779B97F4A7C15UL + 1) ^ Mix((ulong)(uint)draw + 0xD1B54A32D192ED03UL);

    /// <summary>Uniform on 0 … <paramref name="bound"/> − 1.</summary>
    public int Next(int bound)
    {
        _state += 0x9E3779B97F4A7C15UL;
        // The high half of a 64 × 32 bit product is uniform to within 2^−32.
        return (int)((UInt128)Mix(_state) * (ulong)bound >> 64);
    }

    /// <summary>Uniform on [0, 1), a multiple of 2^−53.</summary>
    public double NextDouble()
    {
        _state += 0x9E3779B97F4A7C15UL;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
