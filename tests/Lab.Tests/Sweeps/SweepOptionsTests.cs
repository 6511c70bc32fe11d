using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Tests.Sweeps;

public sealed class SweepOptionsTests
{
    [Theory]
    [InlineData(8_000)]
    [InlineData(25_000)]
    [InlineData(120_000)]
    [InlineData(1_500_000)]
    public void A_shape_is_near_the_size_and_neither_flat_nor_thin(double parameters)
    {
        var shape = ModelSize.Of(parameters).Shape(new TransformerShape { Vocabulary = 128 });
        Assert.Empty(shape.Problems());
        Assert.InRange(shape.Architecture.Parameters / parameters, 0.8, 1.25);
        Assert.InRange(shape.Width / shape.Layers, 4, 64);
    }

    [Theory]
    [InlineData("2x64", 2, 64)]
    [InlineData("3×24", 3, 24)]
    public void A_size_can_be_a_shape(string text, int layers, int width)
    {
        Assert.True(ModelSize.TryParse(text, out var size));
        var shape = size.Shape(new TransformerShape());
        Assert.Equal((layers, width, 4 * width), (shape.Layers, shape.Width, shape.FeedForwardWidth));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2x")]
    [InlineData("2x3x4")]
    [InlineData("-5K")]
    [InlineData("large")]
    public void Other_sizes_are_none(string text) => Assert.False(ModelSize.TryParse(text, out _));

    [Fact]
    public void Budgets_become_tokens_and_runs_are_called_by_what_differs()
    {
        var options = new SweepOptions
        {
            Sizes = [ModelSize.Of(2, 32)], LengthUnit = LengthUnit.Flops, Lengths = [3e11, 1e12], Optimizers = ["adamw", "c-adamw"], LearningRates = [4e-3, 1e-4],
            Bits = [TrainingBits.Full, new(4, 4, 4), new(KeysAndValues: 3)], Seeds = [1, 7],
        };
        var runs = options.Runs();
        Assert.Equal(48, runs.Count);
        Assert.Equal(options.Count, runs.Select(run => run.Name).Distinct().Count());
        Assert.Equal("2x32-3e11-adamw-lr0.004-s1", runs[0].Name);
        Assert.Equal("2x32-1e12-c-adamw-lr0.0001-kv3-s7", runs[^1].Name);
        Assert.Contains("2x32-3e11-adamw-lr0.004-b4-s1", runs.Select(run => run.Name));
        // N = 2·12·32² + 128·32 = 28,672
        Assert.Equal(3e11 / (6 * 28_672), runs[0].Training.Tokens, 6);
        Assert.Equal(3e11, runs[0].Budget);
        Assert.InRange(runs[0].Training.Flops, 3e11, 3.01e11);
        Assert.All(runs, run => Assert.Empty(run.Problems()));
        var byRatio = (options with { LengthUnit = LengthUnit.TokensPerParameter, Lengths = [20] }).Runs()[0];
        Assert.Equal((20 * 28_672.0, (double?)null, "2x32-20tpp-adamw-lr0.004-s1"), (byRatio.Training.Tokens, byRatio.Budget, byRatio.Name));
    }

    [Fact]
    public void A_schedule_free_optimizer_has_no_schedule() =>
        Assert.Equal([Decay.Cosine, Decay.Constant], new SweepOptions { Optimizers = ["adamw", "c-schedule-free-adamw"] }.Runs().Select(run => run.Training.Decay));

    [Fact]
    public void Impossible_sweeps_are_told_why()
    {
        Assert.Contains("nothing to train", Assert.Single(new SweepOptions { Seeds = [] }.Problems()), StringComparison.Ordinal);
        Assert.Contains("'adamx' is no optimizer", Assert.Single(new SweepOptions { Optimizers = ["adamx"] }.Problems()), StringComparison.Ordinal);
        Assert.Contains("seed is 0", Assert.Single(new SweepOptions { Seeds = [0] }.Problems()), StringComparison.Ordinal);
        Assert.Contains("2,001 runs", Assert.Single(new SweepOptions { Seeds = [.. Enumerable.Range(1, 2_001)] }.Problems()), StringComparison.Ordinal);
        Assert.Contains("width 64 is not a multiple of heads 5", Assert.Single(new SweepOptions { Sizes = [ModelSize.Of(2, 64)], Heads = 5 }.Runs()[0].Problems()), StringComparison.Ordinal);
        Assert.Contains("vocabulary is 600", Assert.Single(new SweepOptions { Language = new LanguageOptions { Vocabulary = 600 } }.Runs()[0].Problems()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", null, null, null)]
    [InlineData("4", 4, 4, 4)]
    [InlineData("w4a8", 4, 8, null)]
    [InlineData("kv3", null, null, 3)]
    [InlineData("a6kv12w2", 2, 6, 12)]
    public void Number_formats_are_read_and_written(string text, int? weights, int? activations, int? cache)
    {
        Assert.True(SweepOptions.TryParseBits(text, out var bits));
        Assert.Equal(new TrainingBits(weights, activations, cache), bits);
        Assert.True(SweepOptions.TryParseBits(SweepOptions.Text(bits), out var again));
        Assert.Equal(bits, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("w")]
    [InlineData("w4w4")]
    [InlineData("8bit")]
    [InlineData("x4")]
    [InlineData("-4")]
    public void Other_number_formats_are_none(string text) => Assert.False(SweepOptions.TryParseBits(text, out _));

    [Fact]
    public void Every_optimizer_has_a_name_that_finds_it()
    {
        Assert.All(OptimizerNames.All, name => Assert.Equal(name, OptimizerNames.Of(OptimizerNames.Find(name)!)));
        Assert.Equal(2 * Enum.GetValues<OptimizerRule>().Length, OptimizerNames.All.Count);
        Assert.Null(OptimizerNames.Find("c-"));
    }
}
