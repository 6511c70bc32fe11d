namespace ScalingDashboard.Numerics.Growth;

/// <summary>Which layer of the small model each layer of the large one is taken from, all 0-based.</summary>
public static class LayerMaps
{
    /// <summary>l mod L₁: the whole stack again and again. Gong et al. 2019, StackBERT.</summary>
    public static int[] Stack(int small, int large) => [.. Enumerable.Range(0, large).Select(layer => layer % small)];

    /// <summary>⌊l·L₁/L₂⌋: every layer several times in its place.</summary>
    public static int[] Interpolate(int small, int large) => [.. Enumerable.Range(0, large).Select(layer => (int)((long)layer * small / large))];

    /// <summary>The stack ⌊L₂/L₁⌋ times, what is left over from the top. Chen et al. 2022, bert2BERT, arXiv 2110.07143.</summary>
    public static int[] StackFromTop(int small, int large) =>
        [.. Enumerable.Range(0, large).Select(layer => layer < large / small * small ? layer % small : small - large % small + layer % small)];

    /// <summary>New layers on top, copies of the topmost <paramref name="stage"/> layers there are; again until L₂. Yang et al. 2020, MSLT, arXiv 2011.13635.</summary>
    /// <param name="small">L₁.</param>
    /// <param name="large">L₂.</param>
    /// <param name="stage">Layers added at a time, at most L₁.</param>
    public static int[] AddOnTop(int small, int large, int stage)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stage, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stage, small);
        var map = new int[large];
        for (var layer = 0; layer < large; layer++)
            map[layer] = layer < small ? layer : map[layer - stage];
        return map;
    }

    /// <summary>The depths of progressive stacking: halves of L₂ down to L₁, then doubled each time; the last is L₂.</summary>
    /// <exception cref="ArgumentException">L₂ is not L₁ doubled some times.</exception>
    public static int[] Doublings(int small, int large)
    {
        var depths = new List<int> { small };
        while (depths[^1] < large)
            depths.Add(2 * depths[^1]);
        return depths[^1] == large ? [.. depths] : throw new ArgumentException($"{large} layers are not {small} doubled some times.", nameof(large));
    }

    /// <summary>One row of depth weights a target layer: 1 at the layer it is taken from.</summary>
    public static double[] Weights(int[] map, int layer, int small)
    {
        ArgumentNullException.ThrowIfNull(map);
        var weights = new double[small];
        weights[map[layer]] = 1;
        return weights;
    }
}
