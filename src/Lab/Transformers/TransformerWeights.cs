namespace ScalingDashboard.Lab.Transformers;

/// <summary>What a tensor of a transformer is; linear maps are <c>[out, in]</c>.</summary>
public enum TensorKind
{
    /// <summary>Token embedding, <c>[vocabulary, width]</c>; also the head when that is tied.</summary>
    Embedding,

    /// <summary>Learned positions, <c>[context, width]</c>.</summary>
    Positions,

    /// <summary>A linear map inside a block, <c>[out, in]</c>.</summary>
    Matrix,

    /// <summary>The vector a linear map adds, <c>[out]</c>.</summary>
    Bias,

    /// <summary>The factor of a norm, <c>[width]</c>.</summary>
    NormGain,

    /// <summary>The shift of a layer norm, <c>[width]</c>.</summary>
    NormShift,

    /// <summary>The head when it is not tied, <c>[vocabulary, width]</c>.</summary>
    Head,
}

/// <summary>A tensor's place among the weights: <paramref name="Rows"/> × <paramref name="Columns"/> numbers, row-major, from <paramref name="Offset"/>; a vector has one row.</summary>
public sealed record WeightTensor(string Name, TensorKind Kind, int Layer, int Offset, int Rows, int Columns)
{
    /// <summary>Numbers in it.</summary>
    public int Length => Rows * Columns;
}

/// <summary>Where each tensor of a shape lies in one array of all weights. Gradients and the state of optimizers use the same places.</summary>
public sealed class WeightLayout
{
    private readonly List<WeightTensor> _tensors = [];

    /// <summary>The layout of a shape without <see cref="TransformerShape.Problems"/>.</summary>
    public WeightLayout(TransformerShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Shape = shape;
        Embedding = Add("embedding", TensorKind.Embedding, -1, shape.Vocabulary, shape.Width);
        Positions = shape.Positions == PositionKind.Learned ? Add("positions", TensorKind.Positions, -1, shape.Context, shape.Width) : null;
        Blocks = new BlockTensors[shape.Layers];
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            Blocks[layer] = new BlockTensors(
                AddNorm("attention_norm", layer),
                AddLinear("query", layer, shape.Width, shape.Width),
                AddLinear("key", layer, shape.Width, shape.Width),
                AddLinear("value", layer, shape.Width, shape.Width),
                AddLinear("attention_output", layer, shape.Width, shape.Width),
                AddNorm("feed_forward_norm", layer),
                AddLinear("feed_forward_in", layer, shape.FeedForwardWidth, shape.Width),
                shape.FeedForward == FeedForwardKind.SwiGlu ? AddLinear("feed_forward_gate", layer, shape.FeedForwardWidth, shape.Width) : null,
                AddLinear("feed_forward_out", layer, shape.Width, shape.FeedForwardWidth));
        }

        FinalNorm = AddNorm("final_norm", -1);
        Head = shape.TiedHead ? Embedding : Add("head", TensorKind.Head, -1, shape.Vocabulary, shape.Width);
        Length = _tensors[^1].Offset + _tensors[^1].Length;
    }

    /// <summary>The shape it was made for.</summary>
    public TransformerShape Shape { get; }

    /// <summary>All tensors in the order they lie.</summary>
    public IReadOnlyList<WeightTensor> Tensors => _tensors;

    /// <summary>Numbers in all tensors together.</summary>
    public int Length { get; }

    internal WeightTensor Embedding { get; }

    internal WeightTensor? Positions { get; }

    internal BlockTensors[] Blocks { get; }

    internal NormTensors FinalNorm { get; }

    internal WeightTensor Head { get; }

    /// <summary>
    /// Fresh weights: matrices normal with deviation 1/√in, which keeps the size of their input; the two outputs of a block smaller by √(2·layers)
    /// (Radford et al. 2019, GPT-2); gains one, shifts and biases zero.
    /// </summary>
    public float[] Initialize(int seed)
    {
        var random = new Random(seed);
        var weights = new float[Length];
        foreach (var tensor in _tensors)
        {
            var values = weights.AsSpan(tensor.Offset, tensor.Length);
            switch (tensor.Kind)
            {
                case TensorKind.NormGain:
                    values.Fill(1);
                    break;
                case TensorKind.NormShift or TensorKind.Bias:
                    break;
                default:
                    var deviation = Deviation(tensor);
                    for (var i = 0; i < values.Length; i++)
                        values[i] = (float)(deviation * Normal(random));
                    break;
            }
        }

        return weights;
    }

    private double Deviation(WeightTensor tensor) => tensor.Kind switch
    {
        TensorKind.Matrix => (tensor == Blocks[tensor.Layer].AttentionOutput.Matrix || tensor == Blocks[tensor.Layer].FeedForwardOut.Matrix ? 1 / Math.Sqrt(2 * Shape.Layers) : 1) / Math.Sqrt(tensor.Columns),
        TensorKind.Head => 1 / Math.Sqrt(tensor.Columns),
        _ => Shape.TiedHead ? 1 / Math.Sqrt(Shape.Width) : 0.1,
    };

    // Box and Muller 1958.
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private WeightTensor Add(string name, TensorKind kind, int layer, int rows, int columns)
    {
        var offset = _tensors.Count == 0 ? 0 : _tensors[^1].Offset + _tensors[^1].Length;
        var tensor = new WeightTensor(layer < 0 ? name : FormattableString.Invariant($"block{layer}.{name}"), kind, layer, offset, rows, columns);
        _tensors.Add(tensor);
        return tensor;
    }

    private LinearTensors AddLinear(string name, int layer, int rows, int columns) =>
        new(Add(name, TensorKind.Matrix, layer, rows, columns), Shape.Biases ? Add(name + "_bias", TensorKind.Bias, layer, 1, rows) : null);

    private NormTensors AddNorm(string name, int layer) =>
        new(Add(name + "_gain", TensorKind.NormGain, layer, 1, Shape.Width), Shape.Norm == NormKind.Layer ? Add(name + "_shift", TensorKind.NormShift, layer, 1, Shape.Width) : null);
}

internal sealed record LinearTensors(WeightTensor Matrix, WeightTensor? Bias);

internal sealed record NormTensors(WeightTensor Gain, WeightTensor? Shift);

internal sealed record BlockTensors(
    NormTensors AttentionNorm,
    LinearTensors Query,
    LinearTensors Key,
    LinearTensors Value,
    LinearTensors AttentionOutput,
    NormTensors FeedForwardNorm,
    LinearTensors FeedForwardIn,
    LinearTensors? FeedForwardGate,
    LinearTensors FeedForwardOut);
