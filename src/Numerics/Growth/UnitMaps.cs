namespace ScalingDashboard.Numerics.Growth;

/// <summary>Which old unit each unit of a widened model copies, and the matrices of that. Old units keep their places.</summary>
public static class UnitMaps
{
    /// <summary>Every new unit copies an old one drawn at random. Chen, Goodfellow and Shlens 2016, Net2Net, arXiv 1511.05641, equation 11; bert2BERT's g.</summary>
    public static int[] Random(int small, int large, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return [.. Enumerable.Range(0, large).Select(unit => unit < small ? unit : random.Next(small))];
    }

    /// <summary>The same with copies as even as possible: no unit has two more than another, so that norms see what they saw where L₂ is a multiple.</summary>
    public static int[] Even(int small, int large, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var map = Enumerable.Range(0, large).ToArray();
        for (var first = small; first < large; first += small)
        {
            var order = Enumerable.Range(0, small).ToArray();
            random.Shuffle(order);
            order.AsSpan(0, Math.Min(small, large - first)).CopyTo(map.AsSpan(first));
        }

        return map;
    }

    /// <summary>A map of whole units as one of their numbers: a copied head brings all its <paramref name="width"/> dimensions along.</summary>
    public static int[] Wide(int[] units, int width) => [.. units.SelectMany(unit => Enumerable.Range(unit * width, width))];

    /// <summary>B of a map, <c>[D₂, D₁]</c>: row i has a one at the unit that i copies.</summary>
    public static WeightMatrix Producing(int[] map, int small)
    {
        ArgumentNullException.ThrowIfNull(map);
        var matrix = new WeightMatrix(map.Length, small);
        for (var unit = 0; unit < map.Length; unit++)
            matrix[unit, map[unit]] = 1;
        return matrix;
    }

    /// <summary>A of a map, <c>[D₂, D₁]</c>: what reads the units takes each copy by 1/(number of copies), so that the sum is as before.</summary>
    public static WeightMatrix Consuming(int[] map, int small)
    {
        var matrix = Producing(map, small);
        var copies = new int[small];
        foreach (var unit in map)
            copies[unit]++;
        for (var unit = 0; unit < map.Length; unit++)
            matrix[unit, map[unit]] = 1.0 / copies[map[unit]];
        return matrix;
    }
}
