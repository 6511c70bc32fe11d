namespace ScalingDashboard.Numerics.Fitting;

/// <summary>Sums over points in chunks of fixed length, added in the order of the points: the same numbers for any core count.</summary>
internal static class ChunkedSums
{
    // Long enough that a chunk outweighs its dispatch, short enough that its points stay in the second-level cache.
    private const int ChunkLength = 1 << 14;

    /// <summary>Adds the sums of points <paramref name="start"/> to <paramref name="end"/> to a span of zeros.</summary>
    internal delegate void Summing(int start, int end, ReadOnlySpan<double> theta, Span<double> sums);

    /// <summary>Sums over the first <paramref name="length"/> points, in parallel where there are many.</summary>
    internal static void Over(int length, ReadOnlySpan<double> theta, Span<double> sums, Summing summing, CancellationToken cancellationToken)
    {
        sums.Clear();
        if (length <= ChunkLength)
        {
            summing(0, length, theta, sums);
            return;
        }

        var width = sums.Length;
        var chunks = (length + ChunkLength - 1) / ChunkLength;
        var at = theta.ToArray();
        var parts = new double[chunks * width];
        Cores.For(
            chunks,
            chunk => summing(chunk * ChunkLength, Math.Min(length, (chunk + 1) * ChunkLength), at, parts.AsSpan(chunk * width, width)),
            cancellationToken);
        for (var i = 0; i < parts.Length; i++)
            sums[i % width] += parts[i];
    }
}
