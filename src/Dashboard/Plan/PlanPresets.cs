using ScalingDashboard.Numerics.ComputeOptimal;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>A worked example.</summary>
/// <param name="Name">Short name.</param>
/// <param name="What">What it shows, and where the figures are from.</param>
/// <param name="State">The page that shows it.</param>
public sealed record PlanPreset(string Name, string What, PlanState State);

/// <summary>Worked examples whose numbers are published.</summary>
public static class PlanPresets
{
    /// <summary>All of them, in the order they are listed.</summary>
    public static IReadOnlyList<PlanPreset> All { get; } =
    [
        new(
            "GPT-3 on 10,000 V100",
            "14.8 days, 3.55M GPU-hours, 1,287 MWh, 552 t CO2e: Patterson et al., arXiv 2104.10350, Table 4.",
            Of(["kaplan", "epoch"], new ScenarioState
            {
                Goals = new() { Flops = 3.14e23, Parameters = 175e9, Accelerators = 10_000 },
                Accelerator = "v100",
                Utilization = 0.1968,
                Overhead = 1,
                Power = 330,
                Pue = 1.1,
                Grid = 0.429,
            })),
        new(
            "Gopher's budget",
            "67B on 1.4T tokens by approach 1, 63B by approach 2, 40B by approach 3: Hoffmann et al., arXiv 2203.15556, Table 3 and Figures 3 and 4.",
            Of(["hoffmann1", "hoffmann2", "hoffmann3", "kaplan"], Given(new() { Flops = 5.76e23 }))),
        new(
            "Chinchilla, Table 3",
            "Compute for 1B, 10B, 175B and 1T parameters by approach 1: 1.21e20, 1.23e22, 3.85e24 and 1.27e26 FLOP in print; its exponent is printed as 0.50, which moves them by up to 7 %.",
            Of(["hoffmann1"], Given(new() { Parameters = 1e9 }), Given(new() { Parameters = 10e9 }), Given(new() { Parameters = 175e9 }), Given(new() { Parameters = 1e12 }))),
        new(
            "Chinchilla, Table A3",
            "Compute for 1B, 67B, 280B and 1T parameters by approach 2 (1.20e20, 6.88e23, 1.18e25, 1.59e26 FLOP) and 3 (1.62e20, 1.71e24, 3.52e25, 5.65e26 FLOP; the unrounded coefficients give up to 15 % more).",
            Of(["hoffmann2", "hoffmann3"], Given(new() { Parameters = 1e9 }), Given(new() { Parameters = 67e9 }), Given(new() { Parameters = 280e9 }), Given(new() { Parameters = 1e12 }))),
        new(
            "Ten times the compute",
            "Kaplan et al. let N grow 5.37-fold and D 1.86-fold (5.5 and 1.8 in Hoffmann's words), Hoffmann et al. about 3.16-fold each.",
            Of(["kaplan", "hoffmann1", "hoffmann3"], Given(new() { Flops = 5.76e22 }), Given(new() { Flops = 5.76e23 }))),
        new(
            "Over-trained like Llama 3.1 8B",
            "8B parameters on 15T tokens beside the best use of the same compute: what is paid in training is won in serving.",
            Of(["epoch", "hoffmann3"], Given(new() { Parameters = 8e9, Tokens = 15e12, Accelerators = 2048, ServedTokens = 1e13 }), Given(new() { Flops = 7.2e23, Accelerators = 2048, ServedTokens = 1e13 }))),
        new(
            "Llama 3.1 405B",
            "405B parameters on 15.6T tokens with 16,384 H100 at 41 % of their peak: arXiv 2407.21783, Table 4.",
            Of(["epoch", "hoffmann3"], new ScenarioState { Goals = new() { Parameters = 405e9, Tokens = 15.6e12, Accelerators = 16_384 }, Utilization = 0.41 })),
        new(
            "Few different tokens",
            "1e24 FLOP and 200B different tokens: as many passes as pay, at most four, and with all the tokens one wants. Muennighoff et al., arXiv 2305.16264.",
            Of(["muennighoff", "epoch"], Given(new() { Flops = 1e24, UniqueTokens = 200e9 }), Given(new() { Flops = 1e24, UniqueTokens = 200e9, Epochs = 4 }), Given(new() { Flops = 1e24 }))),
    ];

    private static PlanState Of(IReadOnlyList<string> laws, params ScenarioState[] scenarios) => new() { Laws = laws, Scenarios = scenarios };

    private static ScenarioState Given(TrainingGoals goals) => new() { Goals = goals };
}
