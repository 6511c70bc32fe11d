namespace ScalingDashboard.Numerics.Tests.Curves;

/// <summary>Curves as runs log them: falling, noisy, with spikes, gaps and repeated steps; the same for the same seed.</summary>
internal static class RandomCurves
{
    internal static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 25)];

    internal static (double[] X, double[] Y) Next(int seed, int most = 4000)
    {
        var random = new Random(seed);
        var length = random.Next(1, most);
        var (x, y) = (new double[length], new double[length]);
        var jump = random.Next(1, 4);
        var at = random.Next(2) == 0 ? 0.0 : random.NextDouble();
        for (var i = 0; i < length; i++)
        {
            x[i] = at;
            at += random.Next(0, jump + 1) * (random.Next(50) == 0 ? 100 : 1);
            y[i] = 2 + 8 / Math.Sqrt(1 + i) + 0.05 * random.NextDouble();
            y[i] = random.Next(300) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.NegativeInfinity, 3 => 1e30, 4 => y[Math.Max(0, i - 1)], _ => y[i] };
        }

        return (x, y);
    }
}
