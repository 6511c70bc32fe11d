namespace ScalingDashboard.Numerics.Curves;

/// <summary>
/// Where a curve is lowest and highest between two rows. A pyramid over blocks of 64, 128, 256 … rows answers in about 200 steps however many rows
/// lie between; short ranges are looked through.
/// </summary>
public sealed class CurveExtremes
{
    private const int BlockBits = 6;
    private const int Block = 1 << BlockBits;

    private readonly double[] _values;

    // Level k has one entry for each whole block of Block·2^k rows; −1 where none of them is finite.
    private readonly List<(int Lowest, int Highest)[]> _levels = [];

    /// <summary>Over these values; the array must not change afterwards.</summary>
    public CurveExtremes(double[] values)
    {
        _values = values;
        var level = new (int, int)[values.Length / Block];
        for (var k = 0; k < level.Length; k++)
            level[k] = Scan(values, k * Block, (k + 1) * Block);
        while (level.Length > 0)
        {
            _levels.Add(level);
            var next = new (int, int)[level.Length / 2];
            for (var k = 0; k < next.Length; k++)
                next[k] = Join(level[2 * k], level[2 * k + 1]);
            level = next;
        }
    }

    /// <summary>Rows of the first lowest and the first highest finite value from <paramref name="start"/> up to, not including, <paramref name="end"/>; −1 where none is finite.</summary>
    public (int Lowest, int Highest) Between(int start, int end)
    {
        var (lowest, highest) = (-1, -1);
        while (start < end)
        {
            // The largest block that begins here and ends in time.
            var level = -1;
            while (level + 1 < _levels.Count && start % (Block << (level + 1)) == 0 && start + (Block << (level + 1)) <= end)
                level++;
            if (level < 0)
            {
                var border = Math.Min(end, (start / Block + 1) * Block);
                (lowest, highest) = Join((lowest, highest), Scan(_values, start, border));
                start = border;
            }
            else
            {
                (lowest, highest) = Join((lowest, highest), _levels[level][start >> (BlockBits + level)]);
                start += Block << level;
            }
        }

        return (lowest, highest);
    }

    /// <summary>The same as <see cref="Between"/>, looking at every row.</summary>
    public static (int Lowest, int Highest) Scan(double[] values, int start, int end)
    {
        var (lowest, highest) = (-1, -1);
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = start; i < end; i++)
        {
            var value = values[i];
            // Infinities fail both comparisons of the second line, NaN those of the first.
            if (value < low && value > double.NegativeInfinity)
                (lowest, low) = (i, value);
            if (value > high && value < double.PositiveInfinity)
                (highest, high) = (i, value);
        }

        return (lowest, highest);
    }

    // The left of equals is the earlier one.
    private (int, int) Join((int Lowest, int Highest) left, (int Lowest, int Highest) right) => (
        right.Lowest < 0 || (left.Lowest >= 0 && _values[left.Lowest] <= _values[right.Lowest]) ? left.Lowest : right.Lowest,
        right.Highest < 0 || (left.Highest >= 0 && _values[left.Highest] >= _values[right.Highest]) ? left.Highest : right.Highest);
}
