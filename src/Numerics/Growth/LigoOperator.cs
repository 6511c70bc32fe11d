namespace ScalingDashboard.Numerics.Growth;

/// <summary>What LiGO learns.</summary>
public enum LigoForm
{
    /// <summary>As the authors' code: matrices [I; C] of each target layer, of which C is learned; layers are blended before they are expanded.</summary>
    Code,

    /// <summary>As the paper: whole matrices of each source layer; layers are expanded before they are blended.</summary>
    Paper,
}

/// <summary>How depth weights begin.</summary>
public enum DepthInitialization
{
    /// <summary>Stacking with a little of every layer: entry l mod L₁ is 1, the others uniform below 0.03, divided by their sum.</summary>
    StackedNoise,

    /// <summary>The same around interpolation: entry ⌊l·L₁/L₂⌋ is 1.</summary>
    InterpolatedNoise,

    /// <summary>Uniform, divided by their sum.</summary>
    Random,
}

/// <summary>How the rows of new units begin.</summary>
public enum WidthInitialization
{
    /// <summary>Every new unit is a mixture: uniform weights divided by their sum.</summary>
    Mixture,

    /// <summary>Every new unit is a copy of a random old one.</summary>
    Selection,
}

/// <summary>A learned number block of the operator.</summary>
/// <param name="Expansion">The units it grows; null for depth weights.</param>
/// <param name="Module">The tensor whose layers it mixes; null for an expansion.</param>
/// <param name="Layer">Its layer; −1 where all layers share it.</param>
/// <param name="Values">The numbers, changed by learning.</param>
public sealed record LigoCoefficient(string? Expansion, string? Module, int Layer, WeightMatrix Values);

/// <summary>
/// The learned growth of Wang et al. 2023, arXiv 2303.00980: the matrix that grows what a linear map writes also grows what the next one reads, so A is B of the producer,
/// and biases and norms follow the map before them.
/// </summary>
public sealed class LigoOperator
{
    private const double DepthNoise = 0.03;

    private readonly TyingTable _table;
    private readonly LigoForm _form;

    /// <summary>An operator with the numbers that learning begins from.</summary>
    public LigoOperator(TyingTable table, LigoForm form, DepthInitialization depth, WidthInitialization width, int seed)
    {
        ArgumentNullException.ThrowIfNull(table);
        (_table, _form) = (table, form);
        var random = new Random(seed);
        var coefficients = new List<LigoCoefficient>();
        foreach (var key in ProducingKeys())
        {
            var expansion = table[key.Expansion];
            var below = new WeightMatrix(expansion.Large - expansion.Small, expansion.Small);
            for (var row = 0; row < below.Rows; row++)
                Row(width, random, expansion.Small).CopyTo(below.Values, row * below.Columns);
            var values = form == LigoForm.Code ? below : WeightMatrix.IdentityAbove(below);
            if (values.Rows > 0)
                coefficients.Add(new LigoCoefficient(key.Expansion, null, key.Layer, values));
        }

        foreach (var key in LinearGrowth.DepthKeys(table))
        {
            double[] draws = [.. Enumerable.Range(0, table.SmallLayers).Select(_ => random.NextDouble() * (depth == DepthInitialization.Random ? 1 : DepthNoise))];
            var weights = depth switch
            {
                DepthInitialization.StackedNoise => DepthWeights(draws, LayerMaps.Stack(table.SmallLayers, table.LargeLayers)[key.Layer]),
                DepthInitialization.InterpolatedNoise => DepthWeights(draws, LayerMaps.Interpolate(table.SmallLayers, table.LargeLayers)[key.Layer]),
                _ => Normalized(draws),
            };
            coefficients.Add(new LigoCoefficient(null, key.Module, key.Layer, new WeightMatrix(1, weights.Length, weights)));
        }

        Coefficients = coefficients;
    }

    /// <summary>All learned numbers: expansions, then depth weights.</summary>
    public IReadOnlyList<LigoCoefficient> Coefficients { get; }

    /// <summary>The growth that the numbers of this moment stand for.</summary>
    public LinearGrowth Growth()
    {
        var expansions = Coefficients.Where(c => c.Expansion is not null).ToDictionary(
            c => (c.Expansion!, c.Layer), c => _form == LigoForm.Code ? WeightMatrix.IdentityAbove(c.Values) : c.Values);
        var depth = Coefficients.Where(c => c.Module is not null).ToDictionary(c => new DepthKey(c.Module!, c.Layer), c => c.Values.Values);
        return new LinearGrowth(
            _table, Owner,
            key => expansions.TryGetValue((key.Expansion, key.Layer), out var matrix) ? matrix : WeightMatrix.Identity(_table[key.Expansion].Large, _table[key.Expansion].Small),
            key => depth[key]);
    }

    /// <summary>The gradient of a loss of the large weights with respect to each of <see cref="Coefficients"/>, in their order.</summary>
    /// <param name="small">The small model's weights, which stay as they are.</param>
    /// <param name="largeGradient">The gradient with respect to the large weights.</param>
    public IReadOnlyList<WeightMatrix> Gradient(IReadOnlyDictionary<string, WeightMatrix> small, IReadOnlyDictionary<string, WeightMatrix> largeGradient)
    {
        var gradient = Growth().Gradient(small, largeGradient);
        return [.. Coefficients.Select(coefficient => coefficient.Expansion is { } expansion ? Tied(expansion, coefficient.Layer) : Depth(coefficient))];

        // A is B: both roles add up.
        WeightMatrix Tied(string expansion, int layer)
        {
            var sum = gradient.Expansions[new ExpansionKey(expansion, layer, ExpansionRole.Produces)];
            sum.Add(gradient.Expansions[new ExpansionKey(expansion, layer, ExpansionRole.Consumes)]);
            return _form == LigoForm.Code ? sum.RowsFrom(_table[expansion].Small) : sum;
        }

        WeightMatrix Depth(LigoCoefficient coefficient) => new(1, coefficient.Values.Columns, gradient.Depth[new DepthKey(coefficient.Module!, coefficient.Layer)]);
    }

    /// <summary>Depth weights around one source layer: its entry is set to 1, then all are divided by their sum.</summary>
    /// <param name="draws">The noise of each source layer.</param>
    /// <param name="source">The layer in the middle of it.</param>
    public static double[] DepthWeights(ReadOnlySpan<double> draws, int source)
    {
        var weights = draws.ToArray();
        weights[source] = 1;
        return Normalized(weights);
    }

    /// <summary>Numbers divided by their sum.</summary>
    public static double[] Normalized(ReadOnlySpan<double> draws)
    {
        var sum = 0.0;
        foreach (var draw in draws)
            sum += draw;
        var shares = draws.ToArray();
        for (var i = 0; i < shares.Length; i++)
            shares[i] /= sum;
        return shares;
    }

    private ExpansionOwner Owner => _form == LigoForm.Code ? ExpansionOwner.TargetLayer : ExpansionOwner.SourceLayer;

    private IEnumerable<ExpansionKey> ProducingKeys() => LinearGrowth.Keys(_table, Owner).Where(key => key.Role == ExpansionRole.Produces);

    private static double[] Row(WidthInitialization width, Random random, int columns)
    {
        if (width == WidthInitialization.Mixture)
            return Normalized([.. Enumerable.Range(0, columns).Select(_ => random.NextDouble())]);
        var row = new double[columns];
        row[random.Next(columns)] = 1;
        return row;
    }
}
