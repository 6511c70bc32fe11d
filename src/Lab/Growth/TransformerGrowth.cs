using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Lab.Growth;

/// <summary>From the weights of a trained transformer to those of a larger one: its tying table, and weights by name.</summary>
public sealed class TransformerGrowth
{
    internal const string Stream = "stream";

    private const string Query = "query";
    private const string Key = "key";
    private const string Value = "value";
    private const string Inner = "inner";

    private readonly WeightLayout _small;
    private readonly WeightLayout _large;

    /// <param name="small">The trained model's shape.</param>
    /// <param name="large">The target's, without <see cref="Problems"/>.</param>
    public TransformerGrowth(TransformerShape small, TransformerShape large)
    {
        _small = new WeightLayout(small);
        _large = new WeightLayout(large);
        Table = TableOf(small, large, _large);
    }

    /// <summary>Which matrix grows which side of which tensor.</summary>
    public TyingTable Table { get; }

    /// <summary>What makes growing one shape into another impossible, in words; whatever the rule.</summary>
    public static IEnumerable<string> Problems(TransformerShape small, TransformerShape large)
    {
        ArgumentNullException.ThrowIfNull(small);
        ArgumentNullException.ThrowIfNull(large);
        foreach (var problem in large.Problems())
            yield return problem;
        foreach (var (name, old, wanted) in ((string, object, object)[])[
            ("vocab", small.Vocabulary, large.Vocabulary), ("context", small.Context, large.Context), ("norm", small.Norm, large.Norm), ("feed-forward block", small.FeedForward, large.FeedForward),
            ("positions", small.Positions, large.Positions), ("biases", small.Biases, large.Biases), ("tied head", small.TiedHead, large.TiedHead)])
        {
            if (!old.Equals(wanted))
                yield return FormattableString.Invariant($"{name} of the small model is {old}, of the target {wanted}; growing needs the same.");
        }

        foreach (var (name, old, wanted) in ((string, int, int)[])[
            ("layers", small.Layers, large.Layers), ("width", small.Width, large.Width), ("heads", small.Heads, large.Heads), ("ffn", small.FeedForwardWidth, large.FeedForwardWidth)])
        {
            if (wanted < old)
                yield return FormattableString.Invariant($"{name} {wanted} is smaller than the small model's {old}; a model only grows.");
        }

        if ((small.Layers, small.Width, small.Heads, small.FeedForwardWidth) == (large.Layers, large.Width, large.Heads, large.FeedForwardWidth))
            yield return "The target has the size of the small model; ask for more layers or width.";
    }

    /// <summary>The small model's weights by name.</summary>
    public Dictionary<string, WeightMatrix> Small(float[] weights) => Named(_small, weights);

    /// <summary>The large model's weights, or their gradient, by name.</summary>
    public Dictionary<string, WeightMatrix> Large(float[] weights) => Named(_large, weights);

    /// <summary>The large model's named weights as one array.</summary>
    public float[] Flat(IReadOnlyDictionary<string, WeightMatrix> large)
    {
        ArgumentNullException.ThrowIfNull(large);
        var weights = new float[_large.Length];
        foreach (var tensor in _large.Tensors)
        {
            var values = large[NameOf(tensor)].Values;
            for (var i = 0; i < values.Length; i++)
                weights[tensor.Offset + i] = (float)values[i];
        }

        return weights;
    }

    private static Dictionary<string, WeightMatrix> Named(WeightLayout layout, float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return layout.Tensors.ToDictionary(NameOf, tensor =>
        {
            var values = new double[tensor.Length];
            for (var i = 0; i < values.Length; i++)
                values[i] = weights[tensor.Offset + i];
            return IsVector(tensor) ? new WeightMatrix(tensor.Length, 1, values) : new WeightMatrix(tensor.Rows, tensor.Columns, values);
        });
    }

    private static bool IsVector(WeightTensor tensor) => tensor.Kind is TensorKind.Bias or TensorKind.NormGain or TensorKind.NormShift;

    private static string NameOf(WeightTensor tensor) => tensor.Layer < 0 ? tensor.Name : FormattableString.Invariant($"{tensor.Layer}.{ModuleOf(tensor)}");

    private static string ModuleOf(WeightTensor tensor) => tensor.Name[(tensor.Name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    private static TyingTable TableOf(TransformerShape small, TransformerShape large, WeightLayout layout) => new(
        small.Layers, large.Layers,
        [
            new(Stream, small.Width, large.Width, PerLayer: false, "width"),
            new(Query, small.Width, large.Width, PerLayer: true, "heads", small.HeadWidth, large.HeadWidth),
            new(Key, small.Width, large.Width, PerLayer: true, "heads", small.HeadWidth, large.HeadWidth),
            new(Value, small.Width, large.Width, PerLayer: true, "heads", small.HeadWidth, large.HeadWidth),
            new(Inner, small.FeedForwardWidth, large.FeedForwardWidth, PerLayer: true, "ffn"),
        ],
        [.. layout.Tensors.Where(tensor => tensor.Layer <= 0).Select(tensor => RowOf(tensor, large.TiedHead))]);

    private static TiedModule RowOf(WeightTensor tensor, bool tiedHead)
    {
        var name = ModuleOf(tensor);
        return tensor.Kind switch
        {
            TensorKind.Embedding or TensorKind.Positions => new TiedModule(name, false, null, Produces(Stream)),
            TensorKind.Head => new TiedModule(name, false, null, Consumes(Stream)),
            // A tied head cannot share out what it reads, since it is also the embedding that writes it: the norm before it does.
            TensorKind.NormGain or TensorKind.NormShift when tensor.Layer < 0 && tiedHead => new TiedModule(name, false, Consumes(Stream), null),
            TensorKind.NormGain or TensorKind.NormShift => new TiedModule(name, tensor.Layer >= 0, Produces(Stream), null),
            TensorKind.Matrix or TensorKind.Bias => Linear(name, tensor.Kind == TensorKind.Bias),
            _ => throw new InvalidOperationException($"{tensor.Name} has no row in the tying table."),
        };
    }

    private static TiedModule Linear(string name, bool bias)
    {
        var (rows, columns) = (bias ? name[..^"_bias".Length] : name) switch
        {
            "query" => (Produces(Query), Consumes(Stream)),
            "key" => (Produces(Key), Consumes(Stream)),
            "value" => (Produces(Value), Consumes(Stream)),
            "attention_output" => (Produces(Stream), Consumes(Value)),
            "feed_forward_in" or "feed_forward_gate" => (Produces(Inner), Consumes(Stream)),
            "feed_forward_out" => (Produces(Stream), Consumes(Inner)),
            _ => throw new InvalidOperationException($"{name} has no row in the tying table."),
        };
        return new TiedModule(name, true, rows, bias ? null : columns, WritesStream: rows.Expansion == Stream);
    }

    private static TiedSide Produces(string expansion) => new(expansion, ExpansionRole.Produces);

    private static TiedSide Consumes(string expansion) => new(expansion, ExpansionRole.Consumes);
}
