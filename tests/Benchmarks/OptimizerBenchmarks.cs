using System.Diagnostics;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Benchmarks;

/// <summary>What a step of each rule takes, and what the cautious mask adds to it.</summary>
internal static class OptimizerBenchmarks
{
    private const int Rounds = 61;

    internal static void Run()
    {
        Console.WriteLine("| step of | tensors | base, ns a weight | weights/s | cautious, ns a weight | mask adds |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|");
        foreach (var (name, tensors) in new[]
        {
            ("10 of 128×128", Enumerable.Repeat(new OptimizedTensor(128, 128), 10).ToArray()),
            ("12 of 512×256", [.. Enumerable.Repeat(new OptimizedTensor(512, 256), 12)]),
            ("1 of 4096×4096", [new OptimizedTensor(4096, 4096)]),
        })
        {
            foreach (var rule in new[] { OptimizerRule.AdamW, OptimizerRule.Lion, OptimizerRule.Sgd })
                Measure(name, tensors, new OptimizerOptions { Rule = rule, WeightDecay = 0.1 });
        }

        var hidden = Enumerable.Repeat(new OptimizedTensor(128, 128), 10).ToArray();
        foreach (var rule in new[] { OptimizerRule.Muon, OptimizerRule.Soap, OptimizerRule.Adafactor, OptimizerRule.ScheduleFreeAdamW })
            Measure("10 of 128×128", hidden, new OptimizerOptions { Rule = rule, WeightDecay = 0.1 });
    }

    // Base and cautious in turn, so that whatever else the machine does befalls both.
    private static void Measure(string name, OptimizedTensor[] tensors, OptimizerOptions options)
    {
        var count = tensors.Sum(tensor => tensor.Length);
        var random = new Random(1);
        float[] weights = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        float[] gradient = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        var plain = new Optimizer<float>(options, tensors);
        var cautious = new Optimizer<float>(options with { Caution = MaskScaling.CountPlusOne }, tensors);
        var times = Math.Max(1, 1_000_000 / count);
        var (fast, masked) = (new double[Rounds], new double[Rounds]);
        for (var round = -3; round < Rounds; round++)
        {
            var (first, second) = (Seconds(plain), Seconds(cautious));
            if (round >= 0)
                (fast[round], masked[round]) = (first, second);
        }

        // The fastest: whatever else runs on the machine only adds.
        var (usual, extra) = (fast.Min(), masked.Min());
        Console.WriteLine($"| {options.Rule} | {name} | {Quantity.Significant(1e9 * usual / count, 3)} | {Quantity.Scientific(count / usual)} | {Quantity.Significant(1e9 * extra / count, 3)} | {Quantity.Significant(100 * (extra / usual - 1), 2)} % |");

        double Seconds(Optimizer<float> optimizer)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < times; i++)
                optimizer.Step(weights, gradient, 1e-6);
            return watch.Elapsed.TotalSeconds / times;
        }
    }
}
