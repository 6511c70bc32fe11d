namespace ScalingDashboard.Numerics.Growth;

/// <summary>Whether a side of a tensor is made of the units of an expansion or reads them.</summary>
public enum ExpansionRole
{
    /// <summary>Its numbers are those of the units: rows of the linear map before them, an embedding, a norm.</summary>
    Produces,

    /// <summary>It multiplies them and adds up: columns of the linear map behind them.</summary>
    Consumes,
}

/// <summary>
/// A set of units that grows from <paramref name="Small"/> to <paramref name="Large"/>: the residual stream, the queries, the inner units of a feed-forward block.
/// </summary>
/// <param name="Name">What grows.</param>
/// <param name="Small">D₁: units of the small model.</param>
/// <param name="Large">D₂: units of the large one.</param>
/// <param name="PerLayer">Each layer has its own.</param>
/// <param name="CopiedWith">Rules that copy units copy those of the same name together: a head's query, key and value.</param>
/// <param name="UnitWidth">Numbers of one unit that is only copied whole: the width of a head; else 1.</param>
/// <param name="LargeUnitWidth">The same in the large model; copying needs the same width.</param>
public sealed record Expansion(string Name, int Small, int Large, bool PerLayer, string CopiedWith, int UnitWidth = 1, int LargeUnitWidth = 1);

/// <summary>A side of a tensor that grows.</summary>
public sealed record TiedSide(string Expansion, ExpansionRole Role);

/// <summary>A row of the tying table: a tensor and how its two sides grow; a side without entry stays as it is.</summary>
/// <param name="Name">Of the tensor inside its layer, or of one outside the layers.</param>
/// <param name="PerLayer">Each layer has one, and depth weights of its own mix them.</param>
/// <param name="Rows">The output side, B.</param>
/// <param name="Columns">The input side, A; null for a vector.</param>
/// <param name="WritesStream">Added to the residual stream: without it a layer does nothing.</param>
public sealed record TiedModule(string Name, bool PerLayer, TiedSide? Rows, TiedSide? Columns, bool WritesStream = false);

/// <summary>Which matrix grows which side of which tensor, so that what one linear map writes is what the next one reads. Wang et al. 2023, arXiv 2303.00980, §3.3 and appendix B.1.</summary>
/// <param name="SmallLayers">L₁.</param>
/// <param name="LargeLayers">L₂.</param>
/// <param name="Expansions">What grows in width.</param>
/// <param name="Modules">Every tensor of a layer, and those outside.</param>
public sealed record TyingTable(int SmallLayers, int LargeLayers, IReadOnlyList<Expansion> Expansions, IReadOnlyList<TiedModule> Modules)
{
    /// <summary>Where a tensor is found among named weights.</summary>
    public static string TensorName(TiedModule module, int layer)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.PerLayer ? FormattableString.Invariant($"{layer}.{module.Name}") : module.Name;
    }

    /// <summary>An expansion by its name.</summary>
    public Expansion this[string name] => Expansions.First(expansion => expansion.Name == name);

    /// <summary>Width grows somewhere.</summary>
    public bool Widens => Expansions.Any(expansion => expansion.Large > expansion.Small);

    /// <summary>What makes growth impossible, in words.</summary>
    public IEnumerable<string> Problems()
    {
        if (LargeLayers < SmallLayers)
            yield return FormattableString.Invariant($"The target has {LargeLayers} layers, the small model {SmallLayers}; a model only grows. Ask for at least {SmallLayers}.");
        foreach (var expansion in Expansions.DistinctBy(expansion => expansion.CopiedWith))
        {
            if (expansion.Large < expansion.Small)
                yield return FormattableString.Invariant($"The target's {expansion.CopiedWith} is {expansion.Large} wide, the small model's {expansion.Small}; a model only grows. Ask for at least {expansion.Small}.");
        }
    }
}
