using System.Text.Json;
using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Numerics.Tests.Growth;

/// <summary>Every file of <c>vectors/ligo</c>, told apart by its schema.</summary>
public sealed class GrowthVectorTests
{
    private const string Folder = "ligo";
    private const double Relative = 1e-10;

    public static TheoryData<string> Grown => [.. SharedVectors.Files(Folder, "ligo-grow/1")];

    public static TheoryData<string> Dense => [.. SharedVectors.Files(Folder, "ligo-kronecker/1")];

    public static TheoryData<string> Rules => [.. SharedVectors.Files(Folder, "ligo-baselines/1")];

    public static TheoryData<string> Counts => [.. SharedVectors.Files(Folder, "ligo-flops/1")];

    public static TheoryData<string> Gradients => [.. SharedVectors.Files(Folder, "ligo-gradients/1")];

    public static TheoryData<string> Descents => [.. SharedVectors.Files(Folder, "ligo-descent/1")];

    [Fact]
    public void Every_file_of_the_folder_is_of_a_known_kind()
    {
        if (SharedVectors.Folder(Folder) is not { } folder)
            return;
        var known = new[] { Grown, Dense, Rules, Counts, Gradients, Descents }.Sum(files => files.Count);
        Assert.Equal(Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Count(), known);
    }

    [SkippableTheory]
    [MemberData(nameof(Grown))]
    public void Weights_grow_as_recorded(string file)
    {
        using var document = SharedVectors.Open(Folder, file);
        var (ligo, small) = Operator(document.RootElement, "operator");
        AssertClose(Tensors(document.RootElement.GetProperty("large")), ligo.Growth().Grow(small));
    }

    [SkippableTheory]
    [MemberData(nameof(Gradients))]
    public void The_gradient_reaches_every_coefficient(string file)
    {
        using var document = SharedVectors.Open(Folder, file);
        var root = document.RootElement;
        var (ligo, small) = Operator(root, "operator");
        var (loss, gradient) = Distance(ligo, small, Tensors(root.GetProperty("target")));
        AssertClose(root.GetProperty("loss").GetDouble(), loss, "loss");
        var expected = Tensors(root.GetProperty("grad"));
        var actual = ligo.Gradient(small, gradient);
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (coefficient, slope) in ligo.Coefficients.Zip(actual))
            AssertClose(expected[NameOf(coefficient)], slope, NameOf(coefficient));
    }

    [SkippableTheory]
    [MemberData(nameof(Descents))]
    public void Descent_follows_the_recorded_steps(string file)
    {
        using var document = SharedVectors.Open(Folder, file);
        var root = document.RootElement;
        var (ligo, small) = Operator(root, "operator");
        var target = Tensors(root.GetProperty("target"));
        var rate = root.GetProperty("lr").GetDouble();
        foreach (var before in root.GetProperty("loss_before_step").EnumerateArray())
        {
            var (loss, gradient) = Distance(ligo, small, target);
            AssertClose(before.GetDouble(), loss, "loss");
            foreach (var (coefficient, slope) in ligo.Coefficients.Zip(ligo.Gradient(small, gradient)))
                coefficient.Values.Add(slope, -rate);
        }

        var after = root.EnumerateObject().Single(property => property.Name.StartsWith("operator_after", StringComparison.Ordinal)).Value;
        foreach (var (name, values) in Tensors(after))
            AssertClose(values, ligo.Coefficients.Single(coefficient => NameOf(coefficient) == name).Values, name);
    }

    [SkippableTheory]
    [MemberData(nameof(Dense))]
    public void One_module_equals_its_dense_matrix(string file)
    {
        using var document = SharedVectors.Open(Folder, file);
        var root = document.RootElement;
        var small = root.GetProperty("W").EnumerateArray().Select(Tensor).ToArray();
        var inputs = root.GetProperty("A").EnumerateArray().Select(Tensor).ToArray();
        var outputs = root.GetProperty("B").EnumerateArray().Select(Tensor).ToArray();
        var weights = Tensor(root.GetProperty("w"));
        var module = new TiedModule("w", true, new TiedSide("out", ExpansionRole.Produces), new TiedSide("in", ExpansionRole.Consumes));
        var table = new TyingTable(
            weights.Columns, weights.Rows,
            [new("out", outputs[0].Columns, outputs[0].Rows, true, "out"), new("in", inputs[0].Columns, inputs[0].Rows, true, "in")], [module]);
        var growth = new LinearGrowth(
            table, ExpansionOwner.SourceLayer, key => (key.Expansion == "out" ? outputs : inputs)[key.Layer],
            key => weights.Values[(key.Layer * weights.Columns)..((key.Layer + 1) * weights.Columns)]);

        var dense = growth.Dense(module);
        AssertClose(Tensor(root.GetProperty("M")), dense, "M");
        AssertClose(Tensor(root.GetProperty("vec_small")), Columnwise(small), "vec_small");
        AssertClose(Tensor(root.GetProperty("vec_large")), dense.Times(Columnwise(small)), "vec_large");
        var large = growth.Grow(Enumerable.Range(0, small.Length).ToDictionary(layer => TyingTable.TensorName(module, layer), layer => small[layer]));
        var expected = root.GetProperty("W_large").EnumerateArray().Select(Tensor).ToArray();
        for (var layer = 0; layer < expected.Length; layer++)
            AssertClose(expected[layer], large[TyingTable.TensorName(module, layer)], $"W_large {layer}");
    }

    [SkippableTheory]
    [MemberData(nameof(Rules))]
    public void Rules_without_learning_give_the_recorded_weights(string file)
    {
        using var document = SharedVectors.Open(Folder, file);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            switch (property.Name)
            {
                case "schema" or "note" or "source":
                    break;
                case "stack_index":
                    AssertMaps(property.Value, LayerMaps.Stack);
                    break;
                case "interpolation_index":
                    AssertMaps(property.Value, LayerMaps.Interpolate);
                    break;
                case "fpi":
                    FunctionPreserving(property.Value);
                    break;
                case "aki":
                    Advanced(property.Value);
                    break;
                case "direct_copy":
                    AssertClose(Get(property, "U"), GrowthRules.Corner(Get(property, "W"), Get(property, "fill")), "U");
                    break;
                case "fpi_as_ligo":
                    AsLigo(property.Value, document.RootElement.GetProperty("fpi"));
                    break;
                case "depth_as_ligo":
                    DepthAsLigo(property.Value);
                    break;
                case "init":
                    Initialization(property.Value);
                    break;
                default:
                    Assert.Fail($"{property.Name} is of no known kind");
                    break;
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Counts))]
    public void Flops_are_counted_as_the_authors_do(string file)
    {
        using var document = SharedVectors.Open(Folder, file);
        var root = document.RootElement;
        var models = root.GetProperty("models").EnumerateArray().Select(model => (Json: model, Flops: new EncoderFlops(
            model.GetProperty("name").GetString()!, Number(model, "hidden"), Number(model, "layers"), Number(model, "heads"), Number(model, "ffn"), Number(model, "vocab"), Number(model, "seq")))).ToArray();
        foreach (var (json, flops) in models)
        {
            AssertClose(Number(json, "block_forward_flops_per_sequence"), flops.BlockForward, flops.Name);
            AssertClose(Number(json, "embedding_in_flops_per_sequence"), flops.EmbeddingForward, flops.Name);
            AssertClose(Number(json, "embedding_out_flops_per_sequence"), flops.OutputForward, flops.Name);
            AssertClose(Number(json, "train_flops_batch256_1step"), flops.Training(256, 1), flops.Name);
        }

        if (root.TryGetProperty("ligo_operator_training_bert_small_to_base", out var steps))
        {
            var (small, large) = (models.Single(model => model.Flops.Name == "BERT-Small").Flops, models.Single(model => model.Flops.Name == "BERT-Base").Flops);
            foreach (var row in steps.EnumerateArray())
                AssertClose(Number(row, "flops"), large.OperatorTraining(small, Number(row, "batch"), Number(row, "steps")), "operator");
            // Printed with two decimals.
            foreach (var row in root.GetProperty("published_table3_1e15").EnumerateObject())
            {
                var count = large.OperatorTraining(small, 256, double.Parse(row.Name, System.Globalization.CultureInfo.InvariantCulture)) / 1e15;
                Assert.True(Math.Abs(count - row.Value.GetDouble()) < 0.00501, $"{row.Name} steps: {count}");
            }
        }
    }

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static (LigoOperator Ligo, Dictionary<string, WeightMatrix> Small) Operator(JsonElement root, string name)
    {
        var dims = root.GetProperty("dims");
        var table = EncoderTable.Of(Pair(dims, "hidden"), Pair(dims, "ffn"), Pair(dims, "layers"));
        var ligo = new LigoOperator(table, LigoForm.Code, DepthInitialization.Random, WidthInitialization.Mixture, seed: 1);
        var recorded = Tensors(root.GetProperty(name));
        Assert.Equal(recorded.Count, ligo.Coefficients.Count);
        foreach (var coefficient in ligo.Coefficients)
            recorded[NameOf(coefficient)].Values.CopyTo(coefficient.Values.Values, 0);
        return (ligo, Tensors(root.GetProperty("small")));
    }

    private static (int, int) Pair(JsonElement dims, string name) => (dims.GetProperty(name)[0].GetInt32(), dims.GetProperty(name)[1].GetInt32());

    /// <summary>Names as the files have them; a norm's gain is there the weight of its module.</summary>
    private static string NameOf(LigoCoefficient coefficient) => coefficient switch
    {
        { Expansion: { } expansion, Layer: < 0 } => $"C.{expansion}",
        { Expansion: { } expansion } => $"C.{coefficient.Layer}.{expansion}",
        _ => $"w.{coefficient.Layer}.{coefficient.Module!.Replace(".g", ".w", StringComparison.Ordinal)}",
    };

    private static (double Loss, Dictionary<string, WeightMatrix> Gradient) Distance(LigoOperator ligo, Dictionary<string, WeightMatrix> small, Dictionary<string, WeightMatrix> target)
    {
        var large = ligo.Growth().Grow(small);
        foreach (var (name, tensor) in large)
            tensor.Add(target[name], -1);
        return (large.Values.Sum(tensor => tensor.Dot(tensor)) / 2, large);
    }

    private static void AssertMaps(JsonElement maps, Func<int, int, int[]> rule)
    {
        foreach (var map in maps.EnumerateObject())
        {
            var sides = map.Name.Split("->").Select(side => int.Parse(side, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(map.Value.EnumerateArray().Select(layer => layer.GetInt32()), rule(sides[0], sides[1]));
        }
    }

    private static void FunctionPreserving(JsonElement fpi)
    {
        var (hidden, inner) = (Map(fpi, "g_hidden"), Map(fpi, "g_inner"));
        var (w1, w2) = (Get(fpi, "W1"), Get(fpi, "W2"));
        var (reads, produces) = (UnitMaps.Consuming(hidden, w1.Columns), UnitMaps.Producing(inner, w1.Rows));
        var (readsInner, stream) = (UnitMaps.Consuming(inner, w1.Rows), UnitMaps.Producing(hidden, w1.Columns));
        var u1 = produces.Times(w1).Times(reads.Transposed());
        var u2 = stream.Times(w2).Times(readsInner.Transposed());
        var (c1, c2) = (produces.Times(Get(fpi, "b1")), stream.Times(Get(fpi, "b2")));
        AssertClose(Get(fpi, "U1"), u1, "U1");
        AssertClose(Get(fpi, "U2"), u2, "U2");
        AssertClose(Get(fpi, "c1"), c1, "c1");
        AssertClose(Get(fpi, "c2"), c2, "c2");
        var x = Get(fpi, "x");
        AssertClose(Get(fpi, "y_small"), FeedForward(x, w1, Get(fpi, "b1"), w2, Get(fpi, "b2")), "y_small");
        AssertClose(Get(fpi, "y_large"), FeedForward(x.Times(stream.Transposed()), u1, c1, u2, c2), "y_large");
    }

    // W₂·max(0, W₁·x + b₁) + b₂, one row of x a token.
    private static WeightMatrix FeedForward(WeightMatrix x, WeightMatrix w1, WeightMatrix b1, WeightMatrix w2, WeightMatrix b2)
    {
        var inner = Plus(x.Times(w1.Transposed()), b1);
        for (var i = 0; i < inner.Values.Length; i++)
            inner.Values[i] = Math.Max(0, inner.Values[i]);
        return Plus(inner.Times(w2.Transposed()), b2);
    }

    private static WeightMatrix Plus(WeightMatrix rows, WeightMatrix bias)
    {
        for (var i = 0; i < rows.Values.Length; i++)
            rows.Values[i] += bias.Values[i % rows.Columns];
        return rows;
    }

    private static void Advanced(JsonElement aki)
    {
        var (w, next) = (Get(aki, "W"), Get(aki, "W_next"));
        var reads = UnitMaps.Consuming(Map(aki, "g_in"), w.Columns).Transposed();
        var produces = UnitMaps.Producing(Map(aki, "g_out"), w.Rows);
        AssertClose(Get(aki, "U"), GrowthRules.NewRowsFrom(produces.Times(next).Times(reads), produces.Times(w).Times(reads), w.Rows), "U");
    }

    private static void AsLigo(JsonElement matrices, JsonElement fpi)
    {
        AssertClose(Get(matrices, "A"), UnitMaps.Consuming(Map(fpi, "g_hidden"), Get(matrices, "A").Columns), "A");
        AssertClose(Get(matrices, "B"), UnitMaps.Producing(Map(fpi, "g_inner"), Get(matrices, "B").Columns), "B");
    }

    private static void DepthAsLigo(JsonElement weights)
    {
        foreach (var (name, rule) in ((string, Func<int, int, int[]>)[])[("stack_w", LayerMaps.Stack), ("interpolation_w", LayerMaps.Interpolate)])
        {
            var expected = Get(weights, name);
            var map = rule(expected.Columns, expected.Rows);
            AssertClose(expected, new WeightMatrix(expected.Rows, expected.Columns, [.. map.SelectMany((_, layer) => LayerMaps.Weights(map, layer, expected.Columns))]), name);
        }
    }

    private static void Initialization(JsonElement init)
    {
        var draws = Get(init, "depth_draws_0_to_0.03");
        var map = LayerMaps.Stack(draws.Columns, draws.Rows);
        AssertClose(
            Get(init, "depth_stackbert_noisy"),
            new WeightMatrix(draws.Rows, draws.Columns, [.. map.SelectMany((source, row) => LigoOperator.DepthWeights(draws.Values.AsSpan(row * draws.Columns, draws.Columns), source))]), "depth");
        var width = Get(init, "width_draws_0_to_1");
        AssertClose(
            Get(init, "width_rand_rows_sum_to_1"),
            new WeightMatrix(width.Rows, width.Columns, [.. Enumerable.Range(0, width.Rows).SelectMany(row => LigoOperator.Normalized(width.Values.AsSpan(row * width.Columns, width.Columns)))]), "width");
    }

    private static WeightMatrix Columnwise(WeightMatrix[] tensors) =>
        new(tensors.Sum(tensor => tensor.Values.Length), 1, [.. tensors.SelectMany(tensor => tensor.Transposed().Values)]);

    private static int[] Map(JsonElement parent, string name) => [.. Get(parent, name).Values.Select(value => (int)value)];

    private static WeightMatrix Get(JsonProperty parent, string name) => Get(parent.Value, name);

    private static WeightMatrix Get(JsonElement parent, string name) => Tensor(parent.GetProperty(name));

    private static Dictionary<string, WeightMatrix> Tensors(JsonElement tensors) => tensors.EnumerateObject().ToDictionary(tensor => tensor.Name, tensor => Tensor(tensor.Value));

    private static WeightMatrix Tensor(JsonElement tensor)
    {
        var shape = tensor.GetProperty("shape");
        return new WeightMatrix(
            shape[0].GetInt32(), shape.GetArrayLength() == 1 ? 1 : shape[1].GetInt32(), [.. tensor.GetProperty("data").EnumerateArray().Select(value => value.GetDouble())]);
    }

    private static void AssertClose(Dictionary<string, WeightMatrix> expected, Dictionary<string, WeightMatrix> actual)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in expected)
            AssertClose(tensor, actual[name], name);
    }

    // A vector is one column here, and one row in the coefficients.
    private static void AssertClose(WeightMatrix expected, WeightMatrix actual, string name)
    {
        Assert.True(
            expected.Rows == actual.Rows && expected.Columns == actual.Columns || expected.Columns == 1 && actual.Rows == 1 && actual.Columns == expected.Rows,
            $"{name}: {actual.Rows} × {actual.Columns} for {expected.Rows} × {expected.Columns}");
        for (var i = 0; i < expected.Values.Length; i++)
            AssertClose(expected.Values[i], actual.Values[i], $"{name}[{i}]");
    }

    private static void AssertClose(double expected, double actual, string name) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-11 + Relative * Math.Abs(expected), $"{name}: {actual:R} for {expected:R}");
}
