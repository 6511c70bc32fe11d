namespace ScalingDashboard.Numerics.Growth;

/// <summary>To which layers the expansion matrices belong.</summary>
public enum ExpansionOwner
{
    /// <summary>To each source layer: expand, then blend; the paper's form.</summary>
    SourceLayer,

    /// <summary>To each target layer: blend, then expand; the form of the authors' code. The same where matrices do not differ by layer.</summary>
    TargetLayer,
}

/// <summary>An expansion matrix, <c>[D₂, D₁]</c>, by the units it grows, its layer (−1 where all layers share it) and the role.</summary>
public readonly record struct ExpansionKey(string Expansion, int Layer, ExpansionRole Role);

/// <summary>The depth weights of one tensor of one target layer: one number a source layer.</summary>
public readonly record struct DepthKey(string Module, int Layer);

/// <summary>Gradients with respect to what a growth is made of.</summary>
public sealed record LinearGrowthGradient(IReadOnlyDictionary<ExpansionKey, WeightMatrix> Expansions, IReadOnlyDictionary<DepthKey, double[]> Depth);

/// <summary>
/// A large model's weights as a linear function of a small one's: Kronecker-factored expansion of the width, weighted mixing of the layers. Stacking, interpolation, Net2Net and
/// the function-preserving initialization are choices of its numbers; LiGO learns them. Wang et al. 2023, arXiv 2303.00980, equations 5 to 8 and proposition 1.
/// </summary>
public sealed class LinearGrowth
{
    private readonly Dictionary<ExpansionKey, WeightMatrix> _expansions;
    private readonly Dictionary<DepthKey, double[]> _depth;

    /// <param name="table">Without <see cref="TyingTable.Problems"/>.</param>
    /// <param name="owner">Where the matrices of a layer belong.</param>
    /// <param name="expansions">The matrix <c>[D₂, D₁]</c> of each key; the same one for both roles where they are tied.</param>
    /// <param name="depth">The L₁ weights of a tensor of a target layer.</param>
    public LinearGrowth(TyingTable table, ExpansionOwner owner, Func<ExpansionKey, WeightMatrix> expansions, Func<DepthKey, double[]> depth)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(expansions);
        ArgumentNullException.ThrowIfNull(depth);
        Table = table;
        Owner = owner;
        _expansions = Keys(table, owner).ToDictionary(key => key, expansions);
        _depth = DepthKeys(table).ToDictionary(key => key, depth);
    }

    /// <summary>How tensors hang together.</summary>
    public TyingTable Table { get; }

    /// <summary>Where the matrices of a layer belong.</summary>
    public ExpansionOwner Owner { get; }

    /// <summary>The matrices.</summary>
    public IReadOnlyDictionary<ExpansionKey, WeightMatrix> Expansions => _expansions;

    /// <summary>The depth weights.</summary>
    public IReadOnlyDictionary<DepthKey, double[]> Depth => _depth;

    /// <summary>Every matrix that a table needs.</summary>
    public static IEnumerable<ExpansionKey> Keys(TyingTable table, ExpansionOwner owner)
    {
        ArgumentNullException.ThrowIfNull(table);
        return
            from expansion in table.Expansions
            from layer in expansion.PerLayer ? Enumerable.Range(0, owner == ExpansionOwner.SourceLayer ? table.SmallLayers : table.LargeLayers) : [-1]
            from role in Enum.GetValues<ExpansionRole>()
            select new ExpansionKey(expansion.Name, layer, role);
    }

    /// <summary>Every vector of depth weights that a table needs.</summary>
    public static IEnumerable<DepthKey> DepthKeys(TyingTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return
            from module in table.Modules
            where module.PerLayer
            from layer in Enumerable.Range(0, table.LargeLayers)
            select new DepthKey(module.Name, layer);
    }

    /// <summary>The large model's weights.</summary>
    /// <param name="small">The small model's, by <see cref="TyingTable.TensorName"/>.</param>
    // Owner source: W'ᵢ = Σⱼ wᵢⱼ Bⱼ Wⱼ Aⱼᵀ. Owner target: W'ᵢ = Bᵢ (Σⱼ wᵢⱼ Wⱼ) Aᵢᵀ.
    public Dictionary<string, WeightMatrix> Grow(IReadOnlyDictionary<string, WeightMatrix> small)
    {
        ArgumentNullException.ThrowIfNull(small);
        var large = new Dictionary<string, WeightMatrix>();
        foreach (var module in Table.Modules)
        {
            if (!module.PerLayer)
            {
                // Never the small model's own array, even where nothing grows.
                large[module.Name] = Expand(module, -1, small[module.Name].Copy());
                continue;
            }

            var sources = Sources(module, small);
            if (Owner == ExpansionOwner.SourceLayer)
                sources = [.. sources.Select((source, layer) => Expand(module, layer, source))];
            for (var layer = 0; layer < Table.LargeLayers; layer++)
            {
                var blend = Blend(module, layer, sources);
                large[TyingTable.TensorName(module, layer)] = Owner == ExpansionOwner.SourceLayer ? blend : Expand(module, layer, blend);
            }
        }

        return large;
    }

    /// <summary>The gradient of a loss of the large weights with respect to every matrix and depth weight, the small weights held fast.</summary>
    /// <param name="small">The small model's weights.</param>
    /// <param name="largeGradient">dL/dW', by the same names.</param>
    // With W' = B X Aᵀ and G = dL/dW': dB = G A Xᵀ, dA = Gᵀ B X, dX = Bᵀ G A; with X = Σⱼ wⱼ Wⱼ: dwⱼ = ⟨dX, Wⱼ⟩.
    public LinearGrowthGradient Gradient(IReadOnlyDictionary<string, WeightMatrix> small, IReadOnlyDictionary<string, WeightMatrix> largeGradient)
    {
        ArgumentNullException.ThrowIfNull(small);
        ArgumentNullException.ThrowIfNull(largeGradient);
        var expansions = _expansions.ToDictionary(pair => pair.Key, pair => new WeightMatrix(pair.Value.Rows, pair.Value.Columns));
        var depth = _depth.ToDictionary(pair => pair.Key, pair => new double[pair.Value.Length]);
        foreach (var module in Table.Modules)
        {
            if (!module.PerLayer)
            {
                AddExpansionGradient(module, -1, small[module.Name], largeGradient[module.Name], expansions);
                continue;
            }

            var sources = Sources(module, small);
            var slopes = Enumerable.Range(0, Table.LargeLayers).Select(layer => largeGradient[TyingTable.TensorName(module, layer)]).ToArray();
            if (Owner == ExpansionOwner.TargetLayer)
            {
                for (var layer = 0; layer < slopes.Length; layer++)
                {
                    AddExpansionGradient(module, layer, Blend(module, layer, sources), slopes[layer], expansions);
                    var slope = Contract(module, layer, slopes[layer]);
                    for (var source = 0; source < sources.Length; source++)
                        depth[new DepthKey(module.Name, layer)][source] = slope.Dot(sources[source]);
                }

                continue;
            }

            for (var source = 0; source < sources.Length; source++)
            {
                var expanded = Expand(module, source, sources[source]);
                var slope = new WeightMatrix(expanded.Rows, expanded.Columns);
                for (var layer = 0; layer < slopes.Length; layer++)
                {
                    depth[new DepthKey(module.Name, layer)][source] = slopes[layer].Dot(expanded);
                    slope.Add(slopes[layer], _depth[new DepthKey(module.Name, layer)][source]);
                }

                AddExpansionGradient(module, source, sources[source], slope, expansions);
            }
        }

        return new LinearGrowthGradient(expansions, depth);
    }

    /// <summary>FLOP of one <see cref="Grow"/>, two a multiply-add, products with dense matrices; <see cref="Gradient"/> takes about twice that.</summary>
    /// <param name="small">The small model's weights.</param>
    public double Flops(IReadOnlyDictionary<string, WeightMatrix> small)
    {
        ArgumentNullException.ThrowIfNull(small);
        var flops = 0.0;
        foreach (var module in Table.Modules)
        {
            var tensor = small[TyingTable.TensorName(module, 0)];
            var rows = Side(module.Rows)?.Large ?? tensor.Rows;
            var columns = Side(module.Columns)?.Large ?? tensor.Columns;
            var expand = (module.Rows is null ? 0 : 2.0 * rows * tensor.Rows * tensor.Columns) + (module.Columns is null ? 0 : 2.0 * rows * tensor.Columns * columns);
            if (!module.PerLayer)
                flops += expand;
            else if (Owner == ExpansionOwner.SourceLayer)
                flops += Table.SmallLayers * expand + 2.0 * Table.LargeLayers * Table.SmallLayers * rows * columns;
            else
                flops += Table.LargeLayers * (expand + 2.0 * Table.SmallLayers * tensor.Rows * tensor.Columns);
        }

        return flops;
    }

    /// <summary>The map of one tensor as the one large matrix it stands for: vec of all target layers = M · vec of all source layers, columns of a tensor one after the other.</summary>
    // M = (w ⊗ I) · blockdiag(Aⱼ ⊗ Bⱼ), since vec(B W Aᵀ) = (A ⊗ B) vec(W).
    public WeightMatrix Dense(TiedModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var blocks = new WeightMatrix[Table.LargeLayers, Table.SmallLayers];
        for (var target = 0; target < Table.LargeLayers; target++)
        {
            for (var source = 0; source < Table.SmallLayers; source++)
            {
                var owner = Owner == ExpansionOwner.SourceLayer ? source : target;
                blocks[target, source] = Kronecker(Matrix(module.Columns, owner)!, Matrix(module.Rows, owner)!, _depth[new DepthKey(module.Name, target)][source]);
            }
        }

        var (height, width) = (blocks[0, 0].Rows, blocks[0, 0].Columns);
        var dense = new WeightMatrix(Table.LargeLayers * height, Table.SmallLayers * width);
        for (var target = 0; target < Table.LargeLayers; target++)
        {
            for (var source = 0; source < Table.SmallLayers; source++)
            {
                for (var row = 0; row < height; row++)
                    blocks[target, source].Values.AsSpan(row * width, width).CopyTo(dense.Values.AsSpan((target * height + row) * dense.Columns + source * width));
            }
        }

        return dense;
    }

    private static WeightMatrix Kronecker(WeightMatrix left, WeightMatrix right, double factor)
    {
        var product = new WeightMatrix(left.Rows * right.Rows, left.Columns * right.Columns);
        for (var i = 0; i < product.Rows; i++)
        {
            for (var j = 0; j < product.Columns; j++)
                product[i, j] = factor * left[i / right.Rows, j / right.Columns] * right[i % right.Rows, j % right.Columns];
        }

        return product;
    }

    private WeightMatrix[] Sources(TiedModule module, IReadOnlyDictionary<string, WeightMatrix> small) =>
        [.. Enumerable.Range(0, Table.SmallLayers).Select(layer => small[TyingTable.TensorName(module, layer)])];

    private WeightMatrix Blend(TiedModule module, int layer, WeightMatrix[] sources)
    {
        var weights = _depth[new DepthKey(module.Name, layer)];
        var blend = new WeightMatrix(sources[0].Rows, sources[0].Columns);
        for (var source = 0; source < sources.Length; source++)
        {
            if (weights[source] != 0)
                blend.Add(sources[source], weights[source]);
        }

        return blend;
    }

    private WeightMatrix Expand(TiedModule module, int layer, WeightMatrix tensor)
    {
        if (Matrix(module.Rows, layer) is { } rows)
            tensor = rows.Times(tensor);
        return Matrix(module.Columns, layer) is { } columns ? tensor.Times(columns.Transposed()) : tensor;
    }

    // Bᵀ G A
    private WeightMatrix Contract(TiedModule module, int layer, WeightMatrix slope)
    {
        if (Matrix(module.Rows, layer) is { } rows)
            slope = rows.Transposed().Times(slope);
        return Matrix(module.Columns, layer) is { } columns ? slope.Times(columns) : slope;
    }

    private void AddExpansionGradient(TiedModule module, int layer, WeightMatrix tensor, WeightMatrix slope, Dictionary<ExpansionKey, WeightMatrix> gradients)
    {
        var (rows, columns) = (Matrix(module.Rows, layer), Matrix(module.Columns, layer));
        if (rows is not null)
            gradients[Key(module.Rows!, layer)].Add((columns is null ? slope : slope.Times(columns)).Times(tensor.Transposed()));
        if (columns is not null)
            gradients[Key(module.Columns!, layer)].Add(slope.Transposed().Times(rows is null ? tensor : rows.Times(tensor)));
    }

    private Expansion? Side(TiedSide? side) => side is null ? null : Table[side.Expansion];

    private WeightMatrix? Matrix(TiedSide? side, int layer) => side is null ? null : _expansions[Key(side, layer)];

    private ExpansionKey Key(TiedSide side, int layer) => new(side.Expansion, Table[side.Expansion].PerLayer ? layer : -1, side.Role);
}
