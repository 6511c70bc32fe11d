using ScalingDashboard.Lab.Transformers;

namespace ScalingDashboard.Lab.Tests;

public sealed class TransformerTests
{
    public static TheoryData<string> Shapes => [.. s_shapes.Keys];

    private static readonly Dictionary<string, TransformerShape> s_shapes = new()
    {
        ["rms gelu rotary tied"] = Tiny,
        ["layer norm, biases, learned positions, head of its own"] = Tiny with { Norm = NormKind.Layer, Biases = true, Positions = PositionKind.Learned, TiedHead = false },
        ["swiglu"] = Tiny with { FeedForward = FeedForwardKind.SwiGlu, FeedForwardWidth = 11 },
        ["swiglu, biases, rotary, layer norm"] = Tiny with { FeedForward = FeedForwardKind.SwiGlu, Biases = true, Norm = NormKind.Layer, Heads = 1 },
        ["longer than a block of queries"] = Tiny with { Context = 37, Layers = 1 },
    };

    private static TransformerShape Tiny => new() { Layers = 2, Width = 12, Heads = 2, FeedForwardWidth = 20, Vocabulary = 11, Context = 7 };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Loss_is_that_of_the_plain_formulas(string name)
    {
        var (layout, weights, tokens, targets) = Problem(s_shapes[name]);
        var loss = new Transformer(layout, 2).Loss(weights, tokens, targets);
        Assert.Equal(new ReferenceTransformer(layout, TrainingBits.Full).Loss(Double(weights), tokens, targets), loss, 1e-5);
    }

    /// <summary>Every tensor, every kind: a few numbers of each against central differences of the plain formulas in double precision.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gradient_is_that_of_central_differences(string name)
    {
        var (layout, weights, tokens, targets) = Problem(s_shapes[name]);
        var gradient = new float[layout.Length];
        new Transformer(layout, 2).LossAndGradient(weights, tokens, targets, gradient);
        var reference = new ReferenceTransformer(layout, TrainingBits.Full);
        var at = Double(weights);
        var random = new Random(5);
        foreach (var tensor in layout.Tensors)
        {
            var largest = gradient.AsSpan(tensor.Offset, tensor.Length).ToArray().Max(Math.Abs);
            // A bias of the keys adds the same to every score of a query, which softmax does not see, unless positions turn it.
            Assert.True(largest > 1e-6 || tensor.Name.EndsWith("key_bias", StringComparison.Ordinal), $"{tensor.Name} has no gradient");
            for (var trial = 0; trial < 4; trial++)
            {
                var index = tensor.Offset + random.Next(tensor.Length);
                const double step = 1e-5;
                var value = at[index];
                at[index] = value + step;
                var above = reference.Loss(at, tokens, targets);
                at[index] = value - step;
                var below = reference.Loss(at, tokens, targets);
                at[index] = value;
                var expected = (above - below) / (2 * step);
                Assert.True(Math.Abs(expected - gradient[index]) <= 2e-4 * largest + 1e-8, $"{tensor.Name}[{index - tensor.Offset}]: {gradient[index]} for {expected}");
            }
        }
    }

    [Theory]
    [InlineData(4, null, null)]
    [InlineData(null, 5, null)]
    [InlineData(null, null, 4)]
    [InlineData(6, 6, 6)]
    public void Quantized_forward_pass_is_that_of_the_plain_formulas(int? weightBits, int? activationBits, int? cacheBits)
    {
        var (layout, weights, tokens, targets) = Problem(Tiny);
        var bits = new TrainingBits(weightBits, activationBits, cacheBits);
        var loss = new Transformer(layout, 2, bits).Loss(weights, tokens, targets);
        var reference = new ReferenceTransformer(layout, bits).Loss(Double(weights), tokens, targets);
        Assert.Equal(reference, loss, 1e-4);
        Assert.NotEqual(new Transformer(layout, 2).Loss(weights, tokens, targets), loss);
    }

    [Fact]
    public void Many_bits_change_nothing_that_matters()
    {
        var (layout, weights, tokens, targets) = Problem(Tiny);
        var full = new float[layout.Length];
        var rounded = new float[layout.Length];
        var loss = new Transformer(layout, 2).LossAndGradient(weights, tokens, targets, full);
        Assert.Equal(loss, new Transformer(layout, 2, new TrainingBits(16, 16, 16)).LossAndGradient(weights, tokens, targets, rounded), 1e-3);
        for (var i = 0; i < full.Length; i++)
            Assert.Equal(full[i], rounded[i], 1e-3f);
    }

    [Fact]
    public void Same_bits_for_any_number_of_threads()
    {
        var (layout, weights, tokens, targets) = Problem(Tiny with { Width = 48, Heads = 4, FeedForwardWidth = 100, Context = 64 }, sequences: 8);
        var one = new float[layout.Length];
        var loss = new Transformer(layout, 8).LossAndGradient(weights, tokens, targets, one);
        foreach (var threads in (int[])[2, 3, 7])
        {
            var many = new float[layout.Length];
            Assert.Equal(loss, new Transformer(layout, 8, threads: threads).LossAndGradient(weights, tokens, targets, many));
            Assert.Equal(one, many);
        }
    }

    [Fact]
    public void A_token_never_sees_those_behind_it()
    {
        var (layout, weights, tokens, targets) = Problem(Tiny, sequences: 1);
        var model = new Transformer(layout, 1);
        model.Loss(weights, tokens, targets);
        var before = model.RowLosses.ToArray();
        tokens[4] = (tokens[4] + 1) % Tiny.Vocabulary;
        model.Loss(weights, tokens, targets);
        Assert.Equal(before[..4], model.RowLosses[..4].ToArray());
        Assert.All(Enumerable.Range(4, 3), row => Assert.NotEqual(before[row], model.RowLosses[row]));
    }

    [Theory]
    [InlineData(0, 4, 16, "layers is 0")]
    [InlineData(2, 3, 16, "not a multiple")]
    [InlineData(2, 16, 16, "even width")]
    public void Impossible_shapes_are_named(int layers, int heads, int width, string word) =>
        Assert.Contains(new TransformerShape { Layers = layers, Heads = heads, Width = width }.Problems(), problem => problem.Contains(word, StringComparison.Ordinal));

    [Fact]
    public void Count_of_weights_is_the_architectures()
    {
        var shape = new TransformerShape { TiedHead = false, FeedForward = FeedForwardKind.SwiGlu };
        var matrices = new WeightLayout(shape).Tensors.Where(tensor => tensor.Kind is TensorKind.Matrix or TensorKind.Embedding or TensorKind.Head).Sum(tensor => tensor.Length);
        Assert.Equal(shape.Architecture.Parameters, matrices);
    }

    /// <summary>What stands still below changes nothing of the gradient above it.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Layers_on_top_have_the_gradient_they_have_in_the_whole(string name)
    {
        var (layout, weights, tokens, targets) = Problem(s_shapes[name] with { Layers = 2 });
        var (whole, top) = (new float[layout.Length], new float[layout.Length]);
        var loss = new Transformer(layout, 2).LossAndGradient(weights, tokens, targets, whole);
        var range = new LayerRange(1, 2);
        Assert.Equal(loss, new Transformer(layout, 2).LossAndGradient(weights, tokens, targets, top, range));
        foreach (var tensor in layout.Tensors)
            Assert.Equal(range.Trains(tensor) ? whole.AsSpan(tensor.Offset, tensor.Length) : new float[tensor.Length], top.AsSpan(tensor.Offset, tensor.Length));
        Assert.Equal(layout.Shape.TiedHead ? 0 : 1, layout.Tensors.Count(tensor => tensor.Layer < 0 && tensor.Kind == TensorKind.Head && range.Trains(tensor)));
    }

    /// <summary>A prefix is the model that has only those layers.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_prefix_is_the_smaller_model(string name)
    {
        var (layout, weights, tokens, targets) = Problem(s_shapes[name] with { Layers = 3 });
        var smaller = new WeightLayout(layout.Shape with { Layers = 2 });
        var same = layout.Tensors.Where(tensor => tensor.Layer < 2).ToArray();
        float[] its = [.. same.SelectMany(tensor => weights.AsSpan(tensor.Offset, tensor.Length).ToArray())];
        var (expected, gradient) = (new float[smaller.Length], new float[layout.Length]);
        var loss = new Transformer(smaller, 2).LossAndGradient(its, tokens, targets, expected);
        Assert.Equal(loss, new Transformer(layout, 2).LossAndGradient(weights, tokens, targets, gradient, new LayerRange(0, 2)));
        Assert.Equal(expected, same.SelectMany(tensor => gradient.AsSpan(tensor.Offset, tensor.Length).ToArray()));
        Assert.All(layout.Tensors.Where(tensor => tensor.Layer == 2), tensor => Assert.All(gradient.AsSpan(tensor.Offset, tensor.Length).ToArray(), slope => Assert.Equal(0, slope)));
    }

    [Fact]
    public void A_part_costs_what_takes_part()
    {
        var shape = Tiny with { Layers = 4 };
        var (all, layer, head) = (shape.Architecture.Parameters, shape.Architecture.NonEmbeddingParameters / 4, (double)shape.Vocabulary * shape.Width);
        Assert.Equal(6 * all, new LayerRange(0, 4).FlopsPerToken(shape));
        Assert.Equal((Tiny with { Layers = 3 }).Architecture.Parameters * 6, new LayerRange(0, 3).FlopsPerToken(shape));
        // Forward through all; backward through the head, and two products a weight of the layer on top.
        Assert.Equal(2 * all + 2 * head + 4 * layer, new LayerRange(3, 4).FlopsPerToken(shape));
        Assert.Equal(2 * (all + head) + 4 * head + 4 * layer, new LayerRange(3, 4).FlopsPerToken(shape with { TiedHead = false }));
    }

    private static (WeightLayout Layout, float[] Weights, int[] Tokens, int[] Targets) Problem(TransformerShape shape, int sequences = 2)
    {
        var layout = new WeightLayout(shape);
        var random = new Random(3);
        var weights = layout.Initialize(1);
        // Gains, shifts and biases off their special values.
        for (var i = 0; i < weights.Length; i++)
            weights[i] += (float)(0.1 * (random.NextDouble() - 0.5));
        var tokens = Enumerable.Range(0, sequences * shape.Context).Select(_ => random.Next(shape.Vocabulary)).ToArray();
        var targets = Enumerable.Range(0, sequences * shape.Context).Select(_ => random.Next(shape.Vocabulary)).ToArray();
        return (layout, weights, tokens, targets);
    }

    private static double[] Double(float[] values) => [.. values.Select(value => (double)value)];
}
