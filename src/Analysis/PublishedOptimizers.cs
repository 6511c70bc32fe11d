using ScalingDashboard.Numerics.Optimizers.Speedup;

namespace ScalingDashboard.Analysis;

/// <summary>A speed-up as somebody else reports it.</summary>
/// <param name="Challenger">Key of the optimizer.</param>
/// <param name="Baseline">Key of what it is measured against.</param>
/// <param name="Measure">What is called faster.</param>
/// <param name="Parameters">N.</param>
/// <param name="Value">Above 1 the challenger is faster.</param>
/// <param name="Setting">Data and training.</param>
/// <param name="Source">Paper and place.</param>
public sealed record PublishedSpeedup(string Challenger, string Baseline, SpeedupMeasure Measure, double Parameters, double Value, string Setting, string Source);

/// <summary>Two final perplexities.</summary>
/// <param name="Setting">Model and what varies.</param>
/// <param name="Baseline">Of the baseline; NaN where it did not converge or was not run.</param>
/// <param name="Challenger">Of its cautious form, likewise.</param>
public sealed record PublishedPerplexity(string Setting, double Baseline, double Challenger);

/// <summary>A table of final perplexities.</summary>
/// <param name="Title">What is compared.</param>
/// <param name="Source">Paper and table.</param>
/// <param name="Baseline">Key of the baseline; the challenger is its cautious form.</param>
/// <param name="Rows">In the order printed.</param>
public sealed record PublishedPerplexities(string Title, string Source, string Baseline, IReadOnlyList<PublishedPerplexity> Rows);

/// <summary>Published comparisons of optimizers, as data with their sources.</summary>
public static class PublishedOptimizers
{
    private const string Cautious = "Liang et al., arXiv 2411.16085";
    private const string Fantastic = "Wen et al., arXiv 2509.02046";

    // Loss on C4-EN after 1, 2, 4 and 8 times 20 tokens a parameter, the best of each tuning table, rounded to three digits behind the point; NaN where a table has none.
    private static readonly (double Parameters, string Optimizer, double[] Losses)[] s_losses =
    [
        (130e6, "adamw", [3.529, 3.408, 3.322, 3.261]),
        (130e6, "c-adamw", [3.532, 3.401, double.NaN, 3.250]),
        (300e6, "adamw", [3.263, 3.166, 3.094, 3.042]),
        (300e6, "c-adamw", [3.259, 3.165, 3.094, 3.041]),
        (300e6, "muon", [double.NaN, 3.143, 3.079, 3.029]),
        (300e6, "soap", [double.NaN, 3.147, 3.084, 3.030]),
        (300e6, "lion", [double.NaN, 3.170, 3.100, 3.043]),
        (520e6, "adamw", [3.110, 3.023, 2.958, 2.913]),
        (520e6, "c-adamw", [3.100, 3.017, 2.956, 2.910]),
        (520e6, "muon", [double.NaN, 3.002, 2.944, 2.900]),
        (520e6, "soap", [double.NaN, 3.004, 2.944, 2.899]),
        (520e6, "lion", [double.NaN, 3.028, 2.965, 2.915]),
    ];

    private static readonly double[] s_multiples = [1, 2, 4, 8];

    /// <summary>What the independent study found, in its own words' sense.</summary>
    public const string Finding =
        "Against an AdamW tuned as carefully as the rest, speed-ups by effective data are at most 1.4 at 0.1B parameters and shrink to about 1.1 at 1.2B; settings copied from one optimizer to another, and losses compared in the middle of a run, flatter the new one (Wen et al., arXiv 2509.02046, abstract).";

    /// <summary>By steps to the baseline's final loss as printed, and by effective data as it follows from the printed losses and the law fitted to AdamW's.</summary>
    public static IReadOnlyList<PublishedSpeedup> Speedups { get; } =
    [
        new("c-adamw", "adamw", SpeedupMeasure.Steps, 1e9, 1.47, "LLaMA-1B on C4, 10,000 steps, training loss", $"{Cautious}, first version, figure 1"),
        new("c-lion", "lion", SpeedupMeasure.Steps, 1e9, 1.28, "LLaMA-1B on C4, 10,000 steps, training loss", $"{Cautious}, first version, figure 1"),
        .. EffectiveDataOfLosses(),
    ];

    /// <summary>Final perplexities of the cautious paper.</summary>
    public static IReadOnlyList<PublishedPerplexities> Perplexities { get; } =
    [
        new(
            "Both tuned, once the Chinchilla tokens, FineWeb-Edu", $"{Cautious}, ICLR version, table 2", "adamw",
            [new("130M", 27.39, 27.30), new("300M", 18.30, 18.28), new("520M", 15.07, 14.92), new("1.2B", 11.36, 11.32)]),
        new(
            "Peak learning rate, LLaMA-100M on 50B tokens of C4", $"{Cautious}, ICLR version, table 1", "adamw",
            [
                new("1e-4", 85.050, double.NaN), new("3e-4", 24.384, double.NaN), new("1e-3", 19.249, 19.065), new("3e-3", 19.007, 18.771), new("1e-2", 18.965, 18.684), new("2e-2", 19.609, 18.821),
            ]),
        new(
            "Peak learning rate, LLaMA-100M on 50B tokens of C4", $"{Cautious}, ICLR version, table 1", "lion",
            [new("1e-4", 28.250, 21.354), new("3e-4", 21.401, 19.795), new("6e-4", 21.937, 20.403), new("1e-3", double.NaN, 20.977)]),
        new(
            "Tokens a batch, 60M on 1.2B tokens of C4", $"{Cautious}, ICLR version, table 7", "adamw",
            [new("24K", 38.5, 37.2), new("120K", 37.2, 36.2), new("600K", 41.7, 40.6)]),
    ];

    /// <summary>D_eff/D from the losses of the independent study.</summary>
    private static IEnumerable<PublishedSpeedup> EffectiveDataOfLosses()
    {
        foreach (var size in s_losses.GroupBy(row => row.Parameters))
        {
            var law = EffectiveData.Of(s_multiples, size.Single(row => row.Optimizer == "adamw").Losses);
            foreach (var (parameters, optimizer, losses) in size.Where(row => row.Optimizer != "adamw"))
            {
                for (var i = 0; i < losses.Length; i++)
                {
                    if (double.IsNaN(losses[i]))
                        continue;
                    yield return new(
                        optimizer, "adamw", SpeedupMeasure.EffectiveData, parameters, law.TokensFor(losses[i]) / s_multiples[i],
                        FormattableString.Invariant($"{s_multiples[i]:0} times the Chinchilla tokens of C4-EN, {losses[i]:0.000} nats"), $"losses of {Fantastic}, tuning tables; the law fitted here");
                }
            }
        }
    }
}
