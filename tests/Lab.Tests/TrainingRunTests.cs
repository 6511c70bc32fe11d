using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Tests;

public sealed class TrainingRunTests
{
    private static readonly MarkovLanguage s_language = new(5, 3, 1.0, seed: 2);

    private static TrainingOptions Options => new()
    {
        Shape = new TransformerShape { Layers = 1, Width = 16, Heads = 2, FeedForwardWidth = 64, Vocabulary = 5, Context = 16, Positions = PositionKind.Learned },
        Tokens = 120_000,
        Sequences = 8,
        LearningRate = 1e-2,
        LogRows = 5,
    };

    /// <summary>25 pairs of three successors are little to learn: within 0.03 nats of what is possible, and never below it.</summary>
    [Fact]
    public void Loss_comes_down_to_the_entropy()
    {
        // 32,000 held-out tokens have a mean loss within about 0.01 of what is expected.
        var run = new TrainingRun(Options with { HeldOutSequences = 2_000 }, s_language, TimeProvider.System);
        var first = run.HeldOutLoss();
        while (!run.Finished)
            run.Advance();
        var last = run.HeldOutLoss();
        var best = s_language.BestLoss(16)!.Value;
        Assert.True(first > best + 0.5, $"{first} before, best {best}");
        Assert.True(last < best + 0.03 && last > best - 0.02, $"{last} at the end, best {best}");
    }

    [Fact]
    public void Same_losses_at_any_number_of_threads()
    {
        var options = Options with { Tokens = 2_000 };
        var one = Losses(new TrainingRun(options, s_language, TimeProvider.System, threads: 1));
        Assert.Equal(one, Losses(new TrainingRun(options, s_language, TimeProvider.System, threads: 3)));
        Assert.NotEqual(one, Losses(new TrainingRun(options with { Seed = 2 }, s_language, TimeProvider.System)));
    }

    [Theory]
    [InlineData(OptimizerRule.AdamW)]
    [InlineData(OptimizerRule.Muon)]
    [InlineData(OptimizerRule.Soap)]
    [InlineData(OptimizerRule.ScheduleFreeAdamW)]
    [InlineData(OptimizerRule.Adafactor)]
    public void Going_on_from_a_checkpoint_equals_never_having_stopped(OptimizerRule rule)
    {
        var options = Options with { Tokens = 3_000, Optimizer = new OptimizerOptions { Rule = rule, Caution = MaskScaling.CountPlusOne } };
        var whole = new TrainingRun(options, s_language, TimeProvider.System);
        var expected = Losses(whole);
        var first = new TrainingRun(options, s_language, TimeProvider.System);
        while (first.Step < 13)
            first.Advance();
        using var stored = new MemoryStream();
        first.Save(stored);
        stored.Position = 0;
        var second = new TrainingRun(options, s_language, TimeProvider.System);
        second.Load(stored);
        Assert.Equal(13, second.Step);
        var rest = Losses(second);
        Assert.Equal(expected[^rest.Count..], rest);
        Assert.Equal(whole.Weights, second.Weights);
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused()
    {
        using var stored = new MemoryStream();
        new TrainingRun(Options, s_language, TimeProvider.System).Save(stored);
        var larger = new TrainingRun(Options with { Shape = Options.Shape with { Width = 32 } }, s_language, TimeProvider.System);
        stored.Position = 0;
        Assert.Throws<InvalidDataException>(() => larger.Load(stored));
        stored.SetLength(stored.Length - 1);
        stored.Position = 0;
        Assert.Throws<InvalidDataException>(() => new TrainingRun(Options, s_language, TimeProvider.System).Load(stored));
    }

    [Fact]
    public void Rows_are_spread_evenly_and_the_last_is_the_end()
    {
        var run = new TrainingRun(Options with { Tokens = 128 * 12 }, s_language, TimeProvider.System);
        var steps = new List<int>();
        while (!run.Finished)
        {
            run.Advance();
            if (run.RowDue)
                steps.Add(run.Row().Step);
        }

        Assert.Equal([3, 5, 8, 10, 12], steps);
    }

    [Fact]
    public void Divergence_is_seen()
    {
        var run = new TrainingRun(Options with { LearningRate = 1e30, WarmupShare = 0, ClipNorm = double.PositiveInfinity }, s_language, TimeProvider.System);
        for (var step = 0; step < 5; step++)
            run.Advance();
        Assert.True(run.Diverged);
    }

    [Theory]
    [InlineData(PartialTrainingKind.OnTop, 1)]
    [InlineData(PartialTrainingKind.Prefixes, 1)]
    public void A_part_is_trained_first_and_then_everything(PartialTrainingKind kind, int layers)
    {
        var options = Options with { Shape = Options.Shape with { Layers = 3 }, Tokens = 2_560, Partial = new PartialTraining(kind, layers, 0.5) };
        var run = new TrainingRun(options, s_language, TimeProvider.System);
        var begin = (float[])run.Weights.Clone();
        var flops = 0.0;
        Assert.Equal(20, options.Steps);
        var seen = new HashSet<LayerRange>();
        while (run.Step < 10)
        {
            var range = options.LayersAt(run.Step);
            seen.Add(range);
            flops += options.BatchTokens * range.FlopsPerToken(options.Shape);
            run.Advance();
            Assert.Equal(flops, run.Row().Flops, 1e-6 * flops);
        }

        bool Moved(WeightTensor tensor) => !begin.AsSpan(tensor.Offset, tensor.Length).SequenceEqual(run.Weights.AsSpan(tensor.Offset, tensor.Length));
        Assert.Equal(kind == PartialTrainingKind.OnTop ? [new LayerRange(1, 3)] : [new LayerRange(0, 1), new LayerRange(0, 2), new LayerRange(0, 3)], seen.OrderBy(range => range.End));
        Assert.All(run.Layout.Tensors, tensor => Assert.Equal(seen.Any(range => range.Trains(tensor)), Moved(tensor)));
        Assert.Equal(new LayerRange(0, 3), options.LayersAt(10));
        run.Advance();
        Assert.All(run.Layout.Tensors.Where(tensor => tensor.Kind != TensorKind.Bias), tensor => Assert.True(Moved(tensor), tensor.Name));
        Assert.True(options.Flops < 6 * options.Shape.Architecture.Parameters * 20 * options.BatchTokens);
    }

    [Theory]
    [InlineData(PartialTrainingKind.OnTop, 7)]
    [InlineData(PartialTrainingKind.OnTop, 14)]
    [InlineData(PartialTrainingKind.Prefixes, 7)]
    public void Going_on_within_partial_training_equals_never_having_stopped(PartialTrainingKind kind, int at)
    {
        var options = Options with { Shape = Options.Shape with { Layers = 2 }, Tokens = 2_560, Partial = new PartialTraining(kind, 1, 0.5) };
        var whole = new TrainingRun(options, s_language, TimeProvider.System);
        while (!whole.Finished)
            whole.Advance();
        var first = new TrainingRun(options, s_language, TimeProvider.System);
        while (first.Step < at)
            first.Advance();
        using var stored = new MemoryStream();
        first.Save(stored);
        stored.Position = 0;
        var second = new TrainingRun(options, s_language, TimeProvider.System);
        second.Load(stored);
        while (!second.Finished)
            second.Advance();
        Assert.Equal(whole.Weights, second.Weights);
    }

    [Fact]
    public void Parts_that_cannot_be_trained_are_refused()
    {
        string Problem(PartialTraining partial) => Assert.Single((Options with { Partial = partial }).Problems());
        Assert.Equal("the layers above the first 1 would be trained first, but the model has 1. Ask for more layers.", Problem(new PartialTraining(PartialTrainingKind.OnTop, 1, 0.5)));
        Assert.Contains("above 0, up to 1", Problem(new PartialTraining(PartialTrainingKind.Prefixes, 1, 0)), StringComparison.Ordinal);
        Assert.Contains("a part of 0 layers", Problem(new PartialTraining(PartialTrainingKind.Prefixes, 0, 0.5)), StringComparison.Ordinal);
    }

    private static List<double> Losses(TrainingRun run)
    {
        var losses = new List<double>();
        while (!run.Finished)
        {
            run.Advance();
            if (run.RowDue)
                losses.Add(run.Row().Loss);
        }

        return losses;
    }
}
