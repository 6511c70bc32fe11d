using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Lab.Tests.Growth;

public sealed class GrownStartTests
{
    private static readonly MarkovLanguage s_language = new(11, 4, 1.0, seed: 2);

    private static readonly Dictionary<string, TransformerShape> s_shapes = new()
    {
        ["rms gelu rotary tied"] = Tiny,
        ["layer norm, biases, learned positions, head of its own"] = Tiny with { Norm = NormKind.Layer, Biases = true, Positions = PositionKind.Learned, TiedHead = false },
        ["swiglu, layer norm, biases"] = Tiny with { FeedForward = FeedForwardKind.SwiGlu, Norm = NormKind.Layer, Biases = true },
    };

    public static TheoryData<string> Shapes => [.. s_shapes.Keys];

    private static TransformerShape Tiny => new() { Layers = 2, Width = 12, Heads = 2, FeedForwardWidth = 20, Vocabulary = 11, Context = 7 };

    private static TransformerShape Doubled(TransformerShape small) => small with { Layers = 4, Width = 24, Heads = 4, FeedForwardWidth = 45 };

    /// <summary>Every unit twice, new layers silent: the model says what it said.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Net2Net_preserves_the_function_where_the_width_doubles(string name)
    {
        var start = Start("net2net", s_shapes[name], Doubled(s_shapes[name]));
        Assert.True(Math.Abs(start.FunctionChange) < 1e-6, $"{start.FunctionChange}");
        Assert.Equal(start.SmallLoss, start.Loss, 1e-5);
    }

    /// <summary>Without a wider stream no norm is in the way, whatever units are copied how often.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Fpi_preserves_the_function_where_only_inner_units_grow(string name)
    {
        var start = Start("fpi", s_shapes[name], s_shapes[name] with { FeedForwardWidth = 33 });
        Assert.True(Math.Abs(start.FunctionChange) < 1e-6, $"{start.FunctionChange}");
    }

    /// <summary>Uneven copies of the stream change what a norm divides by: nearly preserving, as bert2BERT says, and no more.</summary>
    [Fact]
    public void Fpi_nearly_preserves_where_the_stream_grows()
    {
        var wide = Start("fpi", Tiny, Tiny with { Width = 18, Heads = 3 });
        var random = Start("direct-copy", Tiny, Tiny with { Width = 18, Heads = 3 });
        Assert.True(wide.FunctionChange > 1e-6 && wide.FunctionChange < random.FunctionChange, $"{wide.FunctionChange} against {random.FunctionChange}");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_method_grows_every_shape(string name)
    {
        foreach (var method in GrowthMethod.All)
        {
            var start = Start(method.Name, s_shapes[name], Doubled(s_shapes[name]));
            Assert.True(double.IsFinite(start.Loss), method.Name);
            Assert.Equal(new WeightLayout(Doubled(s_shapes[name])).Length, start.Weights.Length);
            Assert.Equal(method == GrowthMethod.Ligo, start.OperatorFlops > 0);
        }
    }

    [Theory]
    [InlineData(LigoForm.Code)]
    [InlineData(LigoForm.Paper)]
    public void Learning_the_operator_lowers_the_loss_and_leaves_the_small_weights_alone(LigoForm form)
    {
        var small = Trained(Tiny);
        var before = small.Weights.ToArray();
        var options = new GrowthOptions { Method = GrowthMethod.Ligo, Form = form };
        var training = Training(Doubled(Tiny));
        var unlearned = GrownStart.Grow(options with { OperatorSteps = 0 }, small, training, s_language, TimeProvider.System);
        var learned = GrownStart.Grow(options, small, training, s_language, TimeProvider.System);
        Assert.Equal(before, small.Weights);
        Assert.Equal(100, learned.OperatorLosses.Count);
        Assert.True(learned.Loss < unlearned.Loss - 0.05, $"{learned.Loss} after {unlearned.Loss}");
        var key = learned.Before!.Depth.Keys.First();
        Assert.NotEqual(learned.Before.Depth[key], learned.After!.Depth[key]);
        Assert.Equal(learned.Weights, GrownStart.Grow(options, small, training, s_language, TimeProvider.System, threads: 3).Weights);
    }

    /// <summary>The chain from the loss through the large weights to a coefficient, against central differences in double precision.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gradient_of_the_operator_is_that_of_central_differences(string name)
    {
        var small = Trained(s_shapes[name]);
        var shape = s_shapes[name] with { Layers = 3, Width = 18, Heads = 3, FeedForwardWidth = 26 };
        var growth = new TransformerGrowth(small.Shape, shape);
        var layout = new WeightLayout(shape);
        var named = growth.Small(small.Weights);
        var ligo = new LigoOperator(growth.Table, LigoForm.Code, DepthInitialization.StackedNoise, WidthInitialization.Mixture, seed: 3);
        var batches = new Batches(s_language, 2, shape.Context);
        batches.Draw(1, 0);
        var gradient = new float[layout.Length];
        new Transformer(layout, 2).LossAndGradient(growth.Flat(ligo.Growth().Grow(named)), batches.Tokens, batches.Targets, gradient);
        var slopes = ligo.Gradient(named, growth.Large(gradient));
        var reference = new ReferenceTransformer(layout, TrainingBits.Full);
        var random = new Random(4);
        foreach (var (coefficient, slope) in ligo.Coefficients.Zip(slopes))
        {
            var i = random.Next(slope.Values.Length);
            ref var value = ref coefficient.Values.Values[i];
            const double step = 1e-5;
            value += step;
            var above = Loss();
            value -= 2 * step;
            var below = Loss();
            value += step;
            var expected = (above - below) / (2 * step);
            var largest = slope.Values.Max(Math.Abs);
            Assert.True(Math.Abs(expected - slope.Values[i]) <= 1e-3 * largest + 1e-6, $"{coefficient.Expansion}{coefficient.Module} {coefficient.Layer}: {slope.Values[i]} for {expected}");
        }

        double Loss()
        {
            var large = ligo.Growth().Grow(named);
            var weights = new double[layout.Length];
            foreach (var tensor in layout.Tensors)
                large[tensor.Name.Replace("block", "", StringComparison.Ordinal)].Values.CopyTo(weights, tensor.Offset);
            return reference.Loss(weights, batches.Tokens.ToArray(), batches.Targets.ToArray());
        }
    }

    [Fact]
    public void Growing_then_training_goes_on_from_a_checkpoint_as_if_it_had_not_stopped()
    {
        var small = Trained(Tiny);
        var training = Training(Doubled(Tiny)) with { Tokens = 1_500 };
        foreach (var method in (GrowthMethod[])[GrowthMethod.Find("stack")!, GrowthMethod.KnowledgeInheritance])
        {
            var start = GrownStart.Grow(new GrowthOptions { Method = method }, small, training, s_language, TimeProvider.System);
            var whole = Run(start.Weights);
            while (!whole.Finished)
                whole.Advance();
            var first = Run(start.Weights);
            while (first.Step < 5)
                first.Advance();
            using var stored = new MemoryStream();
            first.Save(stored);
            stored.Position = 0;
            var second = Run(null);
            second.Load(stored);
            while (!second.Finished)
                second.Advance();
            Assert.Equal(whole.Weights, second.Weights);
            Assert.Equal(whole.TeacherFlops, second.TeacherFlops);
            Assert.Equal(method == GrowthMethod.KnowledgeInheritance, whole.TeacherFlops > 0);

            TrainingRun Run(float[]? weights) => new(
                training, s_language, TimeProvider.System, weights: weights,
                teacher: method == GrowthMethod.KnowledgeInheritance ? new Teacher(small, new Inheritance(), training.Sequences) : null);
        }
    }

    [Fact]
    public void The_teacher_is_charged_for_the_steps_it_teaches()
    {
        var inheritance = new Inheritance(First: 0.8, Share: 0.5);
        Assert.Equal([0.8, 0.4, 0, 0], new[] { 0, 5, 10, 19 }.Select(step => inheritance.At(step, 20)));
        Assert.Equal(10, inheritance.Steps(20));
        var small = Trained(Tiny);
        var training = Training(Doubled(Tiny)) with { Tokens = 20 * 56 };
        var run = new TrainingRun(training, s_language, TimeProvider.System, teacher: new Teacher(small, inheritance, training.Sequences));
        while (!run.Finished)
            run.Advance();
        Assert.Equal(20, run.Step);
        Assert.Equal(2 * Tiny.Architecture.Parameters * 10 * 56, run.TeacherFlops);
    }

    [Fact]
    public void Gradient_of_a_taught_loss_is_that_of_central_differences()
    {
        const double share = 0.3;
        const double temperature = 2;
        var layout = new WeightLayout(Tiny);
        var weights = layout.Initialize(3);
        var batches = new Batches(s_language, 2, Tiny.Context);
        batches.Draw(1, 0);
        var teacher = new Transformer(layout, 2).Logits(layout.Initialize(4), batches.Tokens).ToArray();
        var model = new Transformer(layout, 2);
        var gradient = new float[layout.Length];
        Total();
        var slope = gradient.ToArray();
        foreach (var tensor in layout.Tensors)
        {
            var index = Enumerable.Range(tensor.Offset, tensor.Length).MaxBy(i => Math.Abs(slope[i]));
            const float step = 1e-2f;
            var value = weights[index];
            weights[index] = value + step;
            var above = Total();
            weights[index] = value - step;
            var below = Total();
            weights[index] = value;
            Assert.Equal((above - below) / (2 * step), slope[index], 2e-2 * Math.Abs(slope[index]) + 1e-4);
        }

        double Total()
        {
            var (loss, divergence) = model.LossAndGradient(weights, batches.Tokens, batches.Targets, gradient, teacher, share, temperature);
            return (1 - share) * loss + share * temperature * temperature * divergence;
        }
    }

    [Fact]
    public void A_student_like_its_teacher_does_not_diverge_from_it()
    {
        var layout = new WeightLayout(Tiny);
        var batches = new Batches(s_language, 2, Tiny.Context);
        batches.Draw(1, 0);
        var weights = layout.Initialize(3);
        var logits = new Transformer(layout, 2).Logits(weights, batches.Tokens).ToArray();
        var model = new Transformer(layout, 2);
        Assert.Equal(0, model.Divergence(weights, batches.Tokens, logits), 1e-9);
        Assert.True(model.Divergence(layout.Initialize(4), batches.Tokens, logits) > 0.1);
    }

    [Fact]
    public void Impossible_targets_are_refused_in_words()
    {
        Refused("layers 1 is smaller than the small model's 2", Tiny with { Layers = 1, Width = 24, Heads = 4 });
        Refused("vocab of the small model is 11, of the target 12", Doubled(Tiny) with { Vocabulary = 12 });
        Refused("context of the small model is 7, of the target 9", Doubled(Tiny) with { Context = 9 });
        Refused("positions of the small model is Rotary, of the target Learned", Doubled(Tiny) with { Positions = PositionKind.Learned });
        Refused("width 25 is not a multiple of heads 4", Doubled(Tiny) with { Width = 25 });
        Refused("has the size of the small model", Tiny);
        Refused("6 wide and the target's 12", Doubled(Tiny) with { Heads = 2 });
        Assert.Empty(new GrowthOptions { Method = GrowthMethod.Ligo }.Problems(Tiny, Training(Doubled(Tiny) with { Heads = 2 })));

        static void Refused(string words, TransformerShape large) =>
            Assert.Contains(new GrowthOptions { Method = GrowthMethod.Find("net2net")! }.Problems(Tiny, Training(large)), problem => problem.Contains(words, StringComparison.Ordinal));
    }

    private static GrownStart Start(string method, TransformerShape small, TransformerShape large) =>
        GrownStart.Grow(new GrowthOptions { Method = GrowthMethod.Find(method)!, OperatorSteps = 3 }, Trained(small), Training(large), s_language, TimeProvider.System);

    private static TrainingOptions Training(TransformerShape shape) => new() { Shape = shape, Sequences = 8, Tokens = 5_000, LearningRate = 1e-2, HeldOutSequences = 32 };

    private static SmallModel Trained(TransformerShape shape)
    {
        var run = new TrainingRun(Training(shape), s_language, TimeProvider.System);
        while (!run.Finished)
            run.Advance();
        // Biases and shifts away from zero, gains away from one: nothing may be preserved by chance.
        var random = new Random(6);
        foreach (var tensor in run.Layout.Tensors.Where(tensor => tensor.Rows == 1))
        {
            for (var i = tensor.Offset; i < tensor.Offset + tensor.Length; i++)
                run.Weights[i] += (float)(0.2 * random.NextDouble());
        }

        return new SmallModel(shape, run.Weights);
    }
}
