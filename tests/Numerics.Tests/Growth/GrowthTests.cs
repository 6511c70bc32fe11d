using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Numerics.Tests.Growth;

public sealed class GrowthTests
{
    private static readonly TyingTable s_table = EncoderTable.Of((4, 6), (8, 12), (2, 4), headWidth: 2);

    /// <summary>Proposition 1 of arXiv 2303.00980: stacking, interpolation and Net2Net come out of the one operator by a choice of its numbers.</summary>
    [Theory]
    [InlineData(GrowthRule.Stack)]
    [InlineData(GrowthRule.Interpolate)]
    public void Rules_of_depth_are_one_hot_depth_weights_of_the_operator(GrowthRule rule)
    {
        var table = EncoderTable.Of((4, 4), (8, 8), (2, 4));
        var small = Weights(table, seed: 3);
        var map = rule == GrowthRule.Stack ? LayerMaps.Stack(2, 4) : LayerMaps.Interpolate(2, 4);
        foreach (var form in Enum.GetValues<LigoForm>())
        {
            var ligo = new LigoOperator(table, form, DepthInitialization.Random, WidthInitialization.Mixture, seed: 1);
            foreach (var coefficient in ligo.Coefficients.Where(coefficient => coefficient.Module is not null))
                LayerMaps.Weights(map, coefficient.Layer, 2).CopyTo(coefficient.Values.Values, 0);
            var large = ligo.Growth().Grow(small);
            foreach (var module in table.Modules.Where(module => module.PerLayer))
            {
                for (var layer = 0; layer < 4; layer++)
                    Assert.Equal(small[TyingTable.TensorName(module, map[layer])].Values, large[TyingTable.TensorName(module, layer)].Values);
            }

            AssertEqual(large, GrowthRules.Grow(rule, table, small, small, seed: 1));
        }
    }

    [Fact]
    public void Net2Net_is_a_choice_of_expansions()
    {
        // Equation 2 of arXiv 2303.00980 written out: row i of the grown map is the row that i copies, each of its columns j shared among the copies of what j copies.
        int[] inputs = [0, 1, 2, 2, 0];
        int[] outputs = [0, 1, 1];
        var w = new WeightMatrix(2, 3, [1, 2, 3, 4, 5, 6]);
        var grown = UnitMaps.Producing(outputs, 2).Times(w).Times(UnitMaps.Consuming(inputs, 3).Transposed());
        Assert.Equal([0.5, 2, 1.5, 1.5, 0.5, 2, 5, 3, 3, 2, 2, 5, 3, 3, 2], grown.Values);
    }

    [Fact]
    public void Both_forms_agree_where_matrices_do_not_differ_by_layer()
    {
        var small = Weights(s_table, seed: 4);
        var random = new Random(5);
        var matrices = s_table.Expansions.ToDictionary(expansion => expansion.Name, expansion => Random(expansion.Large, expansion.Small, random));
        var depth = LinearGrowth.DepthKeys(s_table).ToDictionary(key => key, _ => new[] { random.NextDouble(), random.NextDouble() });
        var source = new LinearGrowth(s_table, ExpansionOwner.SourceLayer, key => matrices[key.Expansion], key => depth[key]).Grow(small);
        var target = new LinearGrowth(s_table, ExpansionOwner.TargetLayer, key => matrices[key.Expansion], key => depth[key]).Grow(small);
        AssertEqual(source, target);
    }

    [Theory]
    [InlineData(LigoForm.Code)]
    [InlineData(LigoForm.Paper)]
    public void Gradients_agree_with_central_differences(LigoForm form)
    {
        var small = Weights(s_table, seed: 6);
        var ligo = new LigoOperator(s_table, form, DepthInitialization.StackedNoise, WidthInitialization.Mixture, seed: 7);
        var gradient = ligo.Gradient(small, ligo.Growth().Grow(small));
        var random = new Random(8);
        foreach (var (coefficient, slope) in ligo.Coefficients.Zip(gradient))
        {
            var i = random.Next(coefficient.Values.Values.Length);
            ref var value = ref coefficient.Values.Values[i];
            const double h = 1e-5;
            value += h;
            var above = Loss(ligo, small);
            value -= 2 * h;
            var below = Loss(ligo, small);
            value += h;
            Assert.Equal((above - below) / (2 * h), slope.Values[i], 1e-5 * Math.Max(1, Math.Abs(slope.Values[i])));
        }

        static double Loss(LigoOperator ligo, Dictionary<string, WeightMatrix> small) => ligo.Growth().Grow(small).Values.Sum(tensor => tensor.Dot(tensor)) / 2;
    }

    [Fact]
    public void Operators_begin_as_mixtures_of_old_units_around_the_stack()
    {
        var code = new LigoOperator(s_table, LigoForm.Code, DepthInitialization.StackedNoise, WidthInitialization.Mixture, seed: 9);
        foreach (var coefficient in code.Coefficients)
        {
            for (var row = 0; row < coefficient.Values.Rows; row++)
                Assert.Equal(1, Enumerable.Range(0, coefficient.Values.Columns).Sum(column => coefficient.Values[row, column]), 1e-12);
            if (coefficient.Module is not null)
                Assert.True(coefficient.Values[0, coefficient.Layer % 2] > 0.97);
        }

        var selected = new LigoOperator(s_table, LigoForm.Paper, DepthInitialization.InterpolatedNoise, WidthInitialization.Selection, seed: 9);
        foreach (var (_, matrix) in selected.Growth().Expansions)
            Assert.All(Enumerable.Range(0, matrix.Rows), row => Assert.Single(Enumerable.Range(0, matrix.Columns), column => matrix[row, column] == 1));
        Assert.All(selected.Coefficients.Where(c => c.Module is not null), c => Assert.True(c.Values[0, c.Layer / 2] > 0.97));
    }

    [Fact]
    public void Heads_are_copied_whole_and_together()
    {
        var growth = GrowthRules.Linear(GrowthRule.FunctionPreserving, s_table, seed: 10);
        var query = growth.Expansions[new ExpansionKey("q", 0, ExpansionRole.Produces)];
        Assert.Equal(query.Values, growth.Expansions[new ExpansionKey("k", 1, ExpansionRole.Produces)].Values);
        var first = Enumerable.Range(0, 4).Single(column => query[4, column] == 1);
        Assert.Equal(0, first % 2);
        Assert.Equal(1, query[5, first + 1]);
    }

    [Fact]
    public void Copies_are_spread_evenly()
    {
        var map = UnitMaps.Even(3, 8, new Random(11));
        Assert.Equal([0, 1, 2], map[..3]);
        Assert.Equal([0, 1, 2], map[3..6].Order());
        Assert.Equal(2, map[6..].Distinct().Count());
    }

    [Fact]
    public void New_units_of_advanced_initialization_come_from_the_layer_above()
    {
        var small = Weights(s_table, seed: 12);
        var preserving = GrowthRules.Linear(GrowthRule.FunctionPreserving, s_table, seed: 13).Grow(small);
        var advanced = GrowthRules.Grow(GrowthRule.AdvancedKnowledge, s_table, small, small, seed: 13);
        Assert.Equal(preserving["0.fc1.w"].Values[..(8 * 6)], advanced["0.fc1.w"].Values[..(8 * 6)]);
        Assert.Equal(preserving["1.fc1.w"].Values[(8 * 6)..], advanced["0.fc1.w"].Values[(8 * 6)..]);
        Assert.Equal(preserving["1.fc1.w"].Values, advanced["1.fc1.w"].Values);
        Assert.Equal(advanced["0.fc1.w"].Values, advanced["2.fc1.w"].Values);
    }

    [Fact]
    public void Layers_are_added_on_top()
    {
        Assert.Equal([0, 1, 2, 1, 2, 1, 2], LayerMaps.AddOnTop(3, 7, stage: 2));
        Assert.Equal([0, 1, 2, 0, 1, 2, 1, 2], LayerMaps.StackFromTop(3, 8));
        Assert.Equal([3, 6, 12], LayerMaps.Doublings(3, 12));
        Assert.Throws<ArgumentException>(() => LayerMaps.Doublings(3, 8));
    }

    [Fact]
    public void A_smaller_target_and_heads_of_another_width_are_refused_in_words()
    {
        Assert.Contains("2 layers, the small model 3", Assert.Single(EncoderTable.Of((4, 6), (8, 12), (3, 2)).Problems()), StringComparison.Ordinal);
        Assert.Contains(EncoderTable.Of((6, 4), (8, 12), (2, 2)).Problems(), problem => problem.Contains("width is 4 wide, the small model's 6", StringComparison.Ordinal));
        var odd = EncoderTable.Of((4, 8), (8, 12), (2, 2), headWidth: 2, largeHeadWidth: 4);
        Assert.Contains("2 wide and the target's 4", Assert.Single(GrowthRules.Problems(GrowthRule.Net2Net, odd)), StringComparison.Ordinal);
        Assert.Empty(GrowthRules.Problems(GrowthRule.DirectCopy, odd));
    }

    [Fact]
    public void Cost_of_growing_counts_every_product()
    {
        var module = new TiedModule("w", true, new TiedSide("a", ExpansionRole.Produces), new TiedSide("a", ExpansionRole.Consumes));
        var table = new TyingTable(2, 3, [new("a", 4, 6, false, "a")], [module]);
        var growth = GrowthRules.Linear(GrowthRule.Stack, table, seed: 1);
        // Three layers: mixing two of 4 × 4, then 6×4×4 and 6×4×6 multiply-adds.
        Assert.Equal(3 * 2.0 * (2 * 16 + 96 + 144), growth.Flops(new Dictionary<string, WeightMatrix> { ["0.w"] = new(4, 4), ["1.w"] = new(4, 4) }));
    }

    private static Dictionary<string, WeightMatrix> Weights(TyingTable table, int seed)
    {
        var random = new Random(seed);
        var weights = new Dictionary<string, WeightMatrix>();
        foreach (var module in table.Modules)
        {
            foreach (var layer in module.PerLayer ? Enumerable.Range(0, table.SmallLayers) : [-1])
            {
                var rows = module.Rows is { } side ? table[side.Expansion].Small : 5;
                var columns = module.Columns is { } input ? table[input.Expansion].Small : 1;
                weights[TyingTable.TensorName(module, layer)] = Random(rows, columns, random);
            }
        }

        return weights;
    }

    private static WeightMatrix Random(int rows, int columns, Random random) => new(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble() - 0.5)]);

    private static void AssertEqual(Dictionary<string, WeightMatrix> expected, Dictionary<string, WeightMatrix> actual)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in expected)
        {
            for (var i = 0; i < tensor.Values.Length; i++)
                Assert.Equal(tensor.Values[i], actual[name].Values[i], 1e-12);
        }
    }
}
