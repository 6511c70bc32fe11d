using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>A worked example.</summary>
/// <param name="Name">Short name.</param>
/// <param name="What">What it shows, and where the figures are from.</param>
/// <param name="State">The page that shows it.</param>
public sealed record PlanPreset(string Name, string What, PlanState State)
{
    /// <summary>Rows of a printed table, each a page of its own.</summary>
    public IReadOnlyList<PlanPresetRow> Rows { get; init; } = [];
}

/// <summary>A row of a printed table.</summary>
/// <param name="Name">What it is given by: "400M".</param>
/// <param name="Printed">What the paper prints.</param>
/// <param name="State">The page that works it out.</param>
public sealed record PlanPresetRow(string Name, string Printed, PlanState State);

/// <summary>Worked examples whose numbers are published.</summary>
public static class PlanPresets
{
    // Hoffmann et al. 2022, arXiv 2203.15556, Table 3: approach 1.
    private static readonly (double Parameters, double Flops, double Tokens)[] s_table3 =
    [
        (400e6, 1.92e19, 8.0e9), (1e9, 1.21e20, 20.2e9), (10e9, 1.23e22, 205.1e9), (67e9, 5.76e23, 1.5e12), (175e9, 3.85e24, 3.7e12), (280e9, 9.90e24, 5.9e12), (520e9, 3.43e25, 11.0e12),
        (1e12, 1.27e26, 21.2e12), (10e12, 1.30e28, 216.2e12),
    ];

    // Table A3: approaches 2 and 3. Of 175B by approach 3 it prints 1.26e24 FLOP, a tenth of what its 12.0T tokens take.
    private static readonly (double Parameters, double Flops2, double Tokens2, double Flops3, double Tokens3)[] s_tableA3 =
    [
        (400e6, 1.84e19, 7.7e9, 2.21e19, 9.2e9), (1e9, 1.20e20, 20.0e9, 1.62e20, 27.1e9), (10e9, 1.32e22, 219.5e9, 2.46e22, 410.1e9), (67e9, 6.88e23, 1.7e12, 1.71e24, 4.1e12),
        (175e9, 4.54e24, 4.3e12, 1.26e24, 12.0e12), (280e9, 1.18e25, 7.1e12, 3.52e25, 20.1e12), (520e9, 4.19e25, 13.4e12, 1.36e26, 43.5e12), (1e12, 1.59e26, 26.5e12, 5.65e26, 94.1e12),
        (10e12, 1.75e28, 292.0e12, 8.55e28, 1425.5e12),
    ];

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
            Of(["hoffmann1"], Given(new() { Parameters = 1e9 }), Given(new() { Parameters = 10e9 }), Given(new() { Parameters = 175e9 }), Given(new() { Parameters = 1e12 })))
        {
            Rows = [.. s_table3.Select(row => Row(["hoffmann1"], row.Parameters, Printed(row.Flops, row.Tokens)))],
        },
        new(
            "Chinchilla, Table A3",
            "Compute for 1B, 67B, 280B and 1T parameters by approach 2 (1.20e20, 6.88e23, 1.18e25, 1.59e26 FLOP) and 3 (1.62e20, 1.71e24, 3.52e25, 5.65e26 FLOP; the unrounded coefficients give up to 15 % more).",
            Of(["hoffmann2", "hoffmann3"], Given(new() { Parameters = 1e9 }), Given(new() { Parameters = 67e9 }), Given(new() { Parameters = 280e9 }), Given(new() { Parameters = 1e12 })))
        {
            Rows = [.. s_tableA3.Select(row => Row(["hoffmann2", "hoffmann3"], row.Parameters, $"{Printed(row.Flops2, row.Tokens2)} by approach 2, {Printed(row.Flops3, row.Tokens3)} by 3"))],
        },
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
            "The best bits",
            "The best bits for 1e22, 1e23 and 1e24 FLOP of 16 bits and 8B parameters are 8.5, 11.3 and 14.2 by the constants of Kumar et al., arXiv 2411.04330; with the size open they are 7.0 for any compute.",
            Of(["kumar"], Bits(new() { Flops = 1e22, Parameters = 8e9 }), Bits(new() { Flops = 1e23, Parameters = 8e9 }), Bits(new() { Flops = 1e24, Parameters = 8e9 }), Bits(new() { Flops = 1e24 }))),
        new(
            "Few different tokens",
            "1e24 FLOP and 200B different tokens: as many passes as pay, at most four, and with all the tokens one wants. Muennighoff et al., arXiv 2305.16264.",
            Of(["muennighoff", "epoch"], Given(new() { Flops = 1e24, UniqueTokens = 200e9 }), Given(new() { Flops = 1e24, UniqueTokens = 200e9, Epochs = 4 }), Given(new() { Flops = 1e24 }))),
    ];

    private static PlanState Of(IReadOnlyList<string> laws, params ScenarioState[] scenarios) => new() { Laws = laws, Scenarios = scenarios };

    private static PlanPresetRow Row(IReadOnlyList<string> laws, double parameters, string printed) => new(Quantity.Count(parameters), printed, Of(laws, Given(new() { Parameters = parameters })));

    private static string Printed(double flops, double tokens) => $"{Quantity.Scientific(flops)} FLOP and {Quantity.Count(tokens)} tokens";

    private static ScenarioState Bits(TrainingGoals goals) => Given(goals with { SolvesBits = true });

    private static ScenarioState Given(TrainingGoals goals) => new() { Goals = goals };
}
