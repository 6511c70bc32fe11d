using System.Numerics.Tensors;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Growth;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Growth;

/// <summary>A model to grow from.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Weights">Its trained weights, as <see cref="WeightLayout"/> lays them out.</param>
public sealed record SmallModel(TransformerShape Shape, float[] Weights);

/// <summary>The moment of growth: where the large model begins, what it cost, and how much the growth changed what the model says.</summary>
public sealed record GrownStart
{
    private const double ClipNorm = 1;
    private const double WarmupShare = 0.1;

    /// <summary>The large model's first weights.</summary>
    public required float[] Weights { get; init; }

    /// <summary>FLOP of applying and learning the operator; what a teacher costs comes with the steps it teaches.</summary>
    public required double OperatorFlops { get; init; }

    /// <summary>Time of the same.</summary>
    public required double OperatorSeconds { get; init; }

    /// <summary>Held-out loss of the small model, nats a token.</summary>
    public required double SmallLoss { get; init; }

    /// <summary>Held-out loss of the large model at this moment, nats a token.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean KL(small ‖ large) of the next token on held-out data, nats; 0 where the growth preserves the function.</summary>
    public required double FunctionChange { get; init; }

    /// <summary>Training loss of each step of learning the operator.</summary>
    public IReadOnlyList<double> OperatorLosses { get; init; } = [];

    /// <summary>The operator before learning, and after it; null where the growth is not of that form.</summary>
    public LinearGrowth? Before { get; init; }

    /// <inheritdoc cref="Before" />
    public LinearGrowth? After { get; init; }

    /// <summary>Grows a model.</summary>
    /// <param name="options">Without <see cref="GrowthOptions.Problems"/>.</param>
    /// <param name="small">The trained model.</param>
    /// <param name="training">The training of the large one.</param>
    /// <param name="language">Where the tokens come from that the operator learns on.</param>
    /// <param name="clock">For the seconds.</param>
    /// <param name="threads">Threads; the weights do not depend on it.</param>
    /// <param name="cancellation">Stops learning.</param>
    public static GrownStart Grow(
        GrowthOptions options, SmallModel small, TrainingOptions training, ILanguage language, TimeProvider clock, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(small);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(clock);
        var layout = new WeightLayout(training.Shape);
        var growth = new TransformerGrowth(small.Shape, training.Shape);
        var model = new Transformer(layout, training.Sequences, threads: threads);
        var batches = new Batches(language, training.Sequences, training.Shape.Context);
        var named = growth.Small(small.Weights);
        var begin = clock.GetTimestamp();
        float[] weights;
        LinearGrowth? before = null, after = null;
        var losses = new List<double>();
        var flops = 0.0;
        if (options.Method == GrowthMethod.KnowledgeInheritance)
        {
            weights = layout.Initialize(training.Seed);
        }
        else if (options.Method.Rule is { } rule)
        {
            weights = growth.Flat(GrowthRules.Grow(rule, growth.Table, named, growth.Large(layout.Initialize(training.Seed)), training.Seed));
            // Copies cost no arithmetic worth counting.
            after = rule is GrowthRule.DirectCopy or GrowthRule.AdvancedKnowledge ? null : GrowthRules.Linear(rule, growth.Table, training.Seed);
        }
        else
        {
            var ligo = new LigoOperator(growth.Table, options.Form, options.Depth, options.Width, training.Seed);
            before = Snapshot(ligo.Growth());
            flops = Learn(ligo);
            after = ligo.Growth();
            weights = growth.Flat(after.Grow(named));
            flops += after.Flops(named);
        }

        var seconds = clock.GetElapsedTime(begin).TotalSeconds;
        var smallModel = new Transformer(new WeightLayout(small.Shape), training.Sequences, threads: threads);
        var (smallLoss, loss, change) = Compare(smallModel, small.Weights, model, weights, batches, training.HeldOutSequences);
        return new GrownStart
        {
            Weights = weights, OperatorFlops = flops, OperatorSeconds = seconds, SmallLoss = smallLoss, Loss = loss, FunctionChange = change, OperatorLosses = losses, Before = before, After = after,
        };

        // Descends the large model's training loss over the operator alone. Equation 3 of arXiv 2303.00980.
        double Learn(LigoOperator ligo)
        {
            var coefficients = ligo.Coefficients;
            var optimizer = new Optimizer<double>(new OptimizerOptions(), coefficients.Select(c => new OptimizedTensor(c.Values.Rows, c.Values.Columns, Hidden: false)));
            var schedule = new LearningRateSchedule(options.OperatorLearningRate, options.OperatorSteps, (int)(options.OperatorSteps * WarmupShare), Decay.Cosine);
            double[] values = [.. coefficients.SelectMany(c => c.Values.Values)];
            var slopes = new double[values.Length];
            var gradient = new float[layout.Length];
            var spent = 0.0;
            for (var step = 0; step < options.OperatorSteps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                var linear = ligo.Growth();
                // Behind the data of the run itself, which sees each sequence once.
                batches.Draw(training.Seed, (training.Steps + step) * training.Sequences);
                losses.Add(model.LossAndGradient(growth.Flat(linear.Grow(named)), batches.Tokens, batches.Targets, gradient));
                var offset = 0;
                foreach (var slope in ligo.Gradient(named, growth.Large(gradient)))
                {
                    slope.Values.CopyTo(slopes, offset);
                    offset += slope.Values.Length;
                }

                var norm = TensorPrimitives.Norm<double>(slopes);
                if (norm > ClipNorm)
                    TensorPrimitives.Multiply(slopes, ClipNorm / norm, slopes);
                optimizer.Step(values, slopes, schedule.At(step));
                offset = 0;
                foreach (var coefficient in coefficients)
                {
                    values.AsSpan(offset, coefficient.Values.Values.Length).CopyTo(coefficient.Values.Values);
                    offset += coefficient.Values.Values.Length;
                }

                // The large model forward and backward, 6ND; the operator forward, and backward at twice that.
                spent += 6 * training.Shape.Architecture.Parameters * training.BatchTokens + 3 * linear.Flops(named);
            }

            return spent;
        }
    }

    private static (double SmallLoss, double Loss, double Change) Compare(Transformer small, float[] smallWeights, Transformer large, float[] weights, Batches batches, int sequences)
    {
        var count = Math.Max(1, sequences / batches.Sequences);
        double smallLoss = 0, loss = 0, change = 0;
        for (var batch = 0; batch < count; batch++)
        {
            batches.Draw(ILanguage.HeldOut, batch * batches.Sequences);
            smallLoss += small.Loss(smallWeights, batches.Tokens, batches.Targets);
            loss += large.Loss(weights, batches.Tokens, batches.Targets);
            change += large.Divergence(weights, batches.Tokens, small.Logits(smallWeights, batches.Tokens));
        }

        return (smallLoss / count, loss / count, change / count);
    }

    // Learning changes the matrices in place.
    private static LinearGrowth Snapshot(LinearGrowth growth) => new(
        growth.Table, growth.Owner, key => growth.Expansions[key].Copy(), key => [.. growth.Depth[key]]);
}
