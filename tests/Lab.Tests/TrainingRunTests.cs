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
