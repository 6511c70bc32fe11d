using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>
/// The log of a run as JSON Lines: first its configuration, <c>{"config": {…}}</c>, then a line for each row, <c>{"step": 25, "loss": 3.2, …}</c>. The same
/// lines are appended to a run of a project while it trains; with the run's name in front they stand in the file of a folder, which can be imported.
/// </summary>
public static class LabLog
{
    private const int Full = 32;

    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The lines, each with its end; <paramref name="language"/> is the run's.</summary>
    /// <param name="checkpoint">The run and its rows so far.</param>
    /// <param name="language">Of the run.</param>
    /// <param name="withName">Put the run's name into each line.</param>
    public static byte[] Lines(LabCheckpoint checkpoint, ILanguage language, bool withName)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(language);
        var text = new StringBuilder();
        Add(new JsonObject { ["config"] = Config(checkpoint.Run, checkpoint.Growth, language) });
        foreach (var row in checkpoint.Rows)
            Add(Row(row));
        return Encoding.UTF8.GetBytes(text.ToString());

        void Add(JsonObject line)
        {
            if (withName)
                line.Insert(0, "run", checkpoint.Run.Name);
            text.Append(line.ToJsonString(s_json)).Append('\n');
        }
    }

    private static JsonObject Config(LabRun run, GrowthOutcome? growth, ILanguage language)
    {
        var training = run.Training;
        var shape = training.Shape;
        var architecture = shape.Architecture;
        var config = new JsonObject
        {
            ["family"] = run.Family,
            ["parameters"] = architecture.Parameters,
            ["parameters_non_embedding"] = architecture.NonEmbeddingParameters,
        };
        if (run.Budget is { } budget)
            config["budget"] = budget;
        config["optimizer"] = OptimizerNames.Of(training.Optimizer);
        config["peak_learning_rate"] = training.LearningRate;
        config["beta1"] = training.Optimizer.Beta1;
        config["beta2"] = training.Optimizer.Beta2;
        config["epsilon"] = training.Optimizer.Epsilon;
        if (training.Optimizer.EpsilonPlacement == EpsilonPlacement.Plain)
            config["epsilon_placement"] = "plain";
        if (training.Optimizer.Caution is { } scaling)
            config["mask_scaling"] = scaling == MaskScaling.ClampedMean ? "mean" : "count";
        config["weight_decay"] = training.Optimizer.WeightDecay;
        if (training.Optimizer.DecayOrder == DecayOrder.After)
            config["decay_order"] = "after";
        if (training.Optimizer.CautiousDecay)
            config["decay_mask"] = "cautious";
        config["warmup"] = training.WarmupShare;
        config["decay"] = training.Decay switch { Decay.WarmupStableDecay => "wsd", Decay.Linear => "linear", Decay.Constant => "constant", _ => "cosine" };
        config["seed"] = training.Seed;
        config["layers"] = shape.Layers;
        config["width"] = shape.Width;
        config["heads"] = shape.Heads;
        config["ffn"] = shape.FeedForwardWidth;
        config["gated_ffn"] = shape.FeedForward == FeedForwardKind.SwiGlu;
        config["tied_embeddings"] = shape.TiedHead;
        config["vocab"] = shape.Vocabulary;
        config["context"] = shape.Context;
        config["batch_tokens"] = training.BatchTokens;
        AddBits("weight_bits", training.Bits.Weights);
        AddBits("activation_bits", training.Bits.Activations);
        AddBits("kv_bits", training.Bits.KeysAndValues);
        config["language"] = run.Language.Name;
        if (language.BestLoss(shape.Context) is { } best)
            config["language_entropy"] = Math.Round(best, 6);
        if (run.Growth is { } grown && growth is not null)
            AddGrowth(config, grown, growth);
        return config;

        void AddBits(string name, int? bits)
        {
            if (bits is < Full)
                config[name] = bits.Value;
        }
    }

    private static void AddGrowth(JsonObject config, GrownFrom grown, GrowthOutcome growth)
    {
        config["grown_from"] = grown.Origin ?? grown.Parent;
        config["growth_operator"] = grown.Options.Method.Name;
        if (grown.Stage > 1)
            config["growth_stages"] = grown.Stage;
        if (grown.Options.Method == GrowthMethod.Ligo)
            config["operator_steps"] = grown.Options.OperatorSteps;
        // What a teacher costs grows with the run: a column of its rows.
        if (grown.Options.Method != GrowthMethod.KnowledgeInheritance)
        {
            config["operator_flops"] = growth.OperatorFlops;
            config["operator_seconds"] = Math.Round(growth.OperatorSeconds, 3);
        }

        config["small_flops"] = growth.SmallFlops;
        config["small_seconds"] = Math.Round(growth.SmallSeconds, 3);
        config["small_loss"] = Math.Round(growth.SmallLoss, 6);
        config["function_change"] = Math.Round(growth.FunctionChange, 9);
        if (growth.Matrices is { } matrices)
            config["growth_matrices"] = matrices;
    }

    private static JsonObject Row(TrainingRow row)
    {
        var line = new JsonObject
        {
            ["step"] = row.Step,
            ["tokens"] = row.Tokens,
            ["flops"] = row.Flops,
            ["seconds"] = Number(row.Seconds, 3),
            ["loss"] = Number(row.Loss, 6),
            ["train_loss"] = Number(row.TrainingLoss, 6),
            ["learning_rate"] = Number(row.LearningRate, 8),
            ["gradient_norm"] = Number(row.GradientNorm, 6),
            ["kept"] = Number(row.Kept, 4),
        };
        // At the moment of growth nothing has been trained yet.
        if (row.Step == 0)
            line.Remove("train_loss");
        if (row.Teacher is { } teacher)
        {
            line["operator_flops"] = teacher.Flops;
            line["operator_seconds"] = Number(teacher.Seconds, 3);
        }

        return line;
    }

    // What is beyond these decimals is noise, and would be most of the file.
    private static JsonValue Number(double value, int decimals) => JsonValue.Create(Math.Round(value, decimals));
}
