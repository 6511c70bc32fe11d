namespace ScalingDashboard.Numerics.Growth;

/// <summary>A way to get a large model's weights from a small one's without learning.</summary>
public enum GrowthRule
{
    /// <summary>The small weights in the upper left corner and the lower layers; the rest as freshly initialized.</summary>
    DirectCopy,

    /// <summary>The stack of layers again and again. Gong et al. 2019.</summary>
    Stack,

    /// <summary>Every layer several times in its place.</summary>
    Interpolate,

    /// <summary>Copied units with the weights behind them shared out; new layers that do nothing yet. Chen et al. 2016, arXiv 1511.05641.</summary>
    Net2Net,

    /// <summary>bert2BERT's function-preserving initialization, arXiv 2110.07143: units copied at random, whole heads, layers stacked.</summary>
    FunctionPreserving,

    /// <summary>bert2BERT's advanced initialization, arXiv 2110.07143: new units come from the layer above, layers stacked.</summary>
    AdvancedKnowledge,

    /// <summary>New layers on top, copies of the topmost. Yang et al. 2020, arXiv 2011.13635.</summary>
    AddOnTop,
}

/// <summary>The growth rules that need no learning.</summary>
public static class GrowthRules
{
    /// <summary>
    /// What makes a rule impossible for a table, in words: besides a target that is smaller, copying whole heads needs heads of the same width.
    /// </summary>
    public static IEnumerable<string> Problems(GrowthRule rule, TyingTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        foreach (var problem in table.Problems())
            yield return problem;
        if (rule == GrowthRule.DirectCopy)
            yield break;
        foreach (var expansion in table.Expansions.DistinctBy(expansion => expansion.CopiedWith))
        {
            if (expansion.UnitWidth != expansion.LargeUnitWidth)
                yield return FormattableString.Invariant($"Heads are copied whole, but the small model's are {expansion.UnitWidth} wide and the target's {expansion.LargeUnitWidth}. Choose width and heads so that a head stays {expansion.UnitWidth} wide, or grow by ligo or direct-copy.");
        }
    }

    /// <summary>The linear growth of a rule. Rules of depth alone widen, where they must, as Net2Net does.</summary>
    /// <exception cref="ArgumentException">Direct copy and AKI are not of this form.</exception>
    public static LinearGrowth Linear(GrowthRule rule, TyingTable table, int seed)
    {
        ArgumentNullException.ThrowIfNull(table);
        var maps = Maps(table, rule == GrowthRule.FunctionPreserving ? UnitMaps.Random : UnitMaps.Even, seed);
        var (small, large) = (table.SmallLayers, table.LargeLayers);
        var layers = rule switch
        {
            GrowthRule.Stack => LayerMaps.Stack(small, large),
            GrowthRule.Interpolate or GrowthRule.Net2Net => LayerMaps.Interpolate(small, large),
            GrowthRule.FunctionPreserving => LayerMaps.StackFromTop(small, large),
            GrowthRule.AddOnTop => LayerMaps.AddOnTop(small, large, Math.Min(small, Math.Max(1, large - small))),
            _ => throw new ArgumentException($"{rule} is not one linear map of this form.", nameof(rule)),
        };
        return new LinearGrowth(table, ExpansionOwner.TargetLayer, key => Copying(table, maps, key), Depth);

        double[] Depth(DepthKey key)
        {
            // Net2DeeperNet: the copies write nothing to the stream, so that the model is what it was.
            var silent = rule == GrowthRule.Net2Net && key.Layer > 0 && layers[key.Layer] == layers[key.Layer - 1]
                && table.Modules.First(module => module.Name == key.Module).WritesStream;
            return silent ? new double[small] : LayerMaps.Weights(layers, key.Layer, small);
        }
    }

    /// <summary>The large model's weights by a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="table">How tensors hang together; without <see cref="Problems"/>.</param>
    /// <param name="small">The small model's weights.</param>
    /// <param name="fresh">The large model's as it would begin from scratch; only direct copy uses them.</param>
    /// <param name="seed">Of the copies drawn.</param>
    public static Dictionary<string, WeightMatrix> Grow(
        GrowthRule rule, TyingTable table, IReadOnlyDictionary<string, WeightMatrix> small, IReadOnlyDictionary<string, WeightMatrix> fresh, int seed) => rule switch
    {
        GrowthRule.DirectCopy => DirectCopy(small, fresh),
        GrowthRule.AdvancedKnowledge => AdvancedKnowledge(table, small, seed),
        _ => Linear(rule, table, seed).Grow(small),
    };

    /// <summary>A tensor in the upper left corner of a larger one.</summary>
    public static WeightMatrix Corner(WeightMatrix small, WeightMatrix fresh)
    {
        ArgumentNullException.ThrowIfNull(small);
        ArgumentNullException.ThrowIfNull(fresh);
        var large = fresh.Copy();
        for (var row = 0; row < small.Rows; row++)
            small.Values.AsSpan(row * small.Columns, small.Columns).CopyTo(large.Values.AsSpan(row * large.Columns));
        return large;
    }

    /// <summary>bert2BERT's equation of AKI: the units that were there from this layer, the new ones from the layer above, both already widened.</summary>
    public static WeightMatrix NewRowsFrom(WeightMatrix above, WeightMatrix layer, int oldRows)
    {
        ArgumentNullException.ThrowIfNull(above);
        ArgumentNullException.ThrowIfNull(layer);
        return new WeightMatrix(layer.Rows, layer.Columns, [.. layer.Values.AsSpan(0, oldRows * layer.Columns), .. above.Values.AsSpan(oldRows * layer.Columns)]);
    }

    private static Dictionary<string, WeightMatrix> DirectCopy(IReadOnlyDictionary<string, WeightMatrix> small, IReadOnlyDictionary<string, WeightMatrix> fresh) =>
        fresh.ToDictionary(pair => pair.Key, pair => small.TryGetValue(pair.Key, out var tensor) ? Corner(tensor, pair.Value) : pair.Value);

    private static Dictionary<string, WeightMatrix> AdvancedKnowledge(TyingTable table, IReadOnlyDictionary<string, WeightMatrix> small, int seed)
    {
        var maps = Maps(table, UnitMaps.Random, seed);
        var wide = new LinearGrowth(
            table with { LargeLayers = table.SmallLayers }, ExpansionOwner.TargetLayer, key => Copying(table, maps, key),
            key => LayerMaps.Weights(LayerMaps.Stack(table.SmallLayers, table.SmallLayers), key.Layer, table.SmallLayers)).Grow(small);
        var layers = LayerMaps.StackFromTop(table.SmallLayers, table.LargeLayers);
        var large = new Dictionary<string, WeightMatrix>();
        foreach (var module in table.Modules)
        {
            if (!module.PerLayer)
            {
                large[module.Name] = wide[module.Name];
                continue;
            }

            for (var layer = 0; layer < layers.Length; layer++)
            {
                // The top layer has none above and keeps its own.
                var above = Math.Min(layers[layer] + 1, table.SmallLayers - 1);
                var oldRows = module.Rows is { } side ? table[side.Expansion].Small : 0;
                var own = wide[TyingTable.TensorName(module, layers[layer])];
                large[TyingTable.TensorName(module, layer)] = oldRows == 0 ? own : NewRowsFrom(wide[TyingTable.TensorName(module, above)], own, oldRows);
            }
        }

        return large;
    }

    private static WeightMatrix Copying(TyingTable table, Dictionary<string, int[]> maps, ExpansionKey key)
    {
        var expansion = table[key.Expansion];
        return key.Role == ExpansionRole.Produces ? UnitMaps.Producing(maps[expansion.CopiedWith], expansion.Small) : UnitMaps.Consuming(maps[expansion.CopiedWith], expansion.Small);
    }

    // One map for units that are copied together, the same in every layer.
    private static Dictionary<string, int[]> Maps(TyingTable table, Func<int, int, Random, int[]> draw, int seed)
    {
        var random = new Random(seed);
        return table.Expansions.DistinctBy(expansion => expansion.CopiedWith).ToDictionary(
            expansion => expansion.CopiedWith,
            expansion => UnitMaps.Wide(draw(expansion.Small / expansion.UnitWidth, expansion.Large / expansion.UnitWidth, random), expansion.UnitWidth));
    }
}
