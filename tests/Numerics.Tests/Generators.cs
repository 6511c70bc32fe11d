using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests;

/// <summary>Random laws and sweeps for properties; every run of the suite sees the same ones.</summary>
internal static class Generators
{
    internal static Config Config { get; } = Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(20260101, 77777777777777777);

    /// <summary>Laws of the size that real sweeps show: each term takes a sizable share of the loss at 1B parameters and 20B tokens.</summary>
    internal static Arbitrary<ChinchillaLaw> Law { get; } = (
        from alpha in Between(0.15, 0.8)
        from beta in Between(0.15, 0.8)
        from e in Between(0.5, 2.5)
        from parameterTerm in Between(0.1, 0.8)
        from tokenTerm in Between(0.1, 0.8)
        select new ChinchillaLaw(e, parameterTerm * Math.Pow(1e9, alpha), tokenTerm * Math.Pow(20e9, beta), alpha, beta)).ToArbitrary();

    private static Gen<double> Between(double low, double high) =>
        Gen.Choose(0, 1_000_000).Select(i => low + (high - low) * i / 1_000_000);

    /// <summary>A noise-free IsoFLOP sweep: five budgets, nine sizes each, centred on the optimum within a factor 8.</summary>
    internal static (double[] Parameters, double[] Tokens, double[] Losses, double[] Budgets) Sweep(ChinchillaLaw law, double range = 8)
    {
        var runs = (
            from budget in new[] { 1e18, 1e19, 1e20, 1e21, 1e22 }
            from step in Enumerable.Range(-4, 9)
            let parameters = law.Optimum(budget).Parameters * Math.Pow(range, step / 4.0)
            let tokens = budget / (6 * parameters)
            select (parameters, tokens, loss: law.Loss(parameters, tokens), budget)).ToArray();
        return ([.. runs.Select(r => r.parameters)], [.. runs.Select(r => r.tokens)], [.. runs.Select(r => r.loss)], [.. runs.Select(r => r.budget)]);
    }

    internal static FitPoints Points(ChinchillaLaw law)
    {
        var (parameters, tokens, losses, _) = Sweep(law);
        return FitPoints.From(parameters, tokens, losses);
    }

    /// <summary>The same sweep with multiplicative noise from a seed.</summary>
    internal static (double[] Parameters, double[] Tokens, double[] Losses) Noisy(ChinchillaLaw law, double sigma, int seed)
    {
        var (parameters, tokens, losses, _) = Sweep(law);
        var random = new Random(seed);
        for (var i = 0; i < losses.Length; i++)
            losses[i] *= Math.Exp(sigma * MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1));
        return (parameters, tokens, losses);
    }
}
