using System.Text.Json;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Numerics.Tests.Optimizers;

/// <summary>Every recorded run of <c>vectors/optimizers</c>: the same gradients give the same weights, step by step.</summary>
public sealed class OptimizerVectorTests
{
    private const string Folder = "optimizers";
    private const string Schema = "optimizer-trace/1";

    public static TheoryData<string> Files => [.. SharedVectors.Files(Folder, Schema)];

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Weights_follow_the_recorded_run(string file)
    {
        using var document = SharedVectors.Open(Folder, file);
        var trace = document.RootElement;
        var options = Options(trace.GetProperty("variant"), trace.GetProperty("hyper"));
        var rate = trace.GetProperty("hyper").GetProperty("lr").GetDouble();
        var names = trace.GetProperty("shapes").EnumerateObject().Select(shape => shape.Name).ToArray();
        var tensors = names.Select(name => Tensor(trace.GetProperty("shapes").GetProperty(name))).ToArray();
        var weights = Values(trace.GetProperty("init"), names);
        var optimizer = new Optimizer<double>(options, tensors);
        var step = 0;
        foreach (var (gradient, after) in trace.GetProperty("grads").EnumerateArray().Zip(trace.GetProperty("params_after_each_step").EnumerateArray()))
        {
            optimizer.Step(weights, Values(gradient, names), rate);
            step++;
            var expected = Values(after, names);
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.True(
                    Math.Abs(expected[i] - weights[i]) <= 1e-13 + 1e-10 * Math.Abs(expected[i]),
                    $"step {step}, number {i}: {weights[i]:R} for {expected[i]:R}");
            }
        }

        Assert.True(step > 0);
    }

    private static OptimizerOptions Options(JsonElement variant, JsonElement hyper)
    {
        foreach (var property in variant.EnumerateObject())
            Assert.Contains(property.Name, (string[])["base", "cautious", "mask_scaling", "mask_stage", "decay", "eps", "bias_correction", "momentum", "step_scale"]);
        var betas = hyper.TryGetProperty("betas", out var pair) ? pair : default;
        return new OptimizerOptions
        {
            Rule = variant.GetProperty("base").GetString() switch
            {
                "sgd" => OptimizerRule.Sgd,
                "adam" => OptimizerRule.Adam,
                "adamw" => OptimizerRule.AdamW,
                "lion" => OptimizerRule.Lion,
                "adafactor" => OptimizerRule.Adafactor,
                "muon" => OptimizerRule.Muon,
                "soap" => OptimizerRule.Soap,
                "schedule_free_adamw" => OptimizerRule.ScheduleFreeAdamW,
                var other => throw new InvalidDataException($"base {other}"),
            },
            Beta1 = betas.ValueKind == JsonValueKind.Array ? betas[0].GetDouble() : 0.9,
            Beta2 = betas.ValueKind == JsonValueKind.Array ? betas[1].GetDouble() : 0.95,
            Epsilon = hyper.TryGetProperty("eps", out var epsilon) ? epsilon.GetDouble() : 1e-8,
            WeightDecay = hyper.TryGetProperty("weight_decay", out var decay) || hyper.TryGetProperty("wd", out decay) ? decay.GetDouble() : 0,
            DecayOrder = Text(variant, "decay") == "after" ? DecayOrder.After : DecayOrder.Before,
            EpsilonPlacement = Text(variant, "eps") == "uncorrected" ? EpsilonPlacement.Plain : EpsilonPlacement.Corrected,
            BiasCorrection = !variant.TryGetProperty("bias_correction", out var corrected) || corrected.GetBoolean(),
            Caution = variant.TryGetProperty("cautious", out var cautious) && cautious.GetBoolean()
                ? Text(variant, "mask_scaling") switch
                {
                    "mean_clamp" => MaskScaling.ClampedMean,
                    "numel_over_nnz_plus_1" or null => MaskScaling.CountPlusOne,
                    var other => throw new InvalidDataException($"mask_scaling {other}"),
                }
                : null,
            MaskStage = Text(variant, "mask_stage") == "before_orthogonalization" ? MaskStage.Momentum : MaskStage.Step,
            MuonMomentumShare = hyper.TryGetProperty("momentum", out var momentum) ? momentum.GetDouble() : 0.95,
            MuonMomentum = Text(variant, "momentum") == "ema" ? MuonMomentum.Average : MuonMomentum.HeavyBall,
            MuonScale = Text(variant, "step_scale")?.StartsWith("0.2", StringComparison.Ordinal) == true ? MuonScale.MatchedToAdam : MuonScale.Shape,
        };
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static OptimizedTensor Tensor(JsonElement sides) =>
        sides.GetArrayLength() == 1 ? new OptimizedTensor(1, sides[0].GetInt32()) : new OptimizedTensor(sides[0].GetInt32(), sides[1].GetInt32());

    private static double[] Values(JsonElement tensors, string[] names) => [.. names.SelectMany(name => Flat(tensors.GetProperty(name)))];

    private static IEnumerable<double> Flat(JsonElement values) =>
        values.ValueKind == JsonValueKind.Array ? values.EnumerateArray().SelectMany(Flat) : [values.GetDouble()];
}
