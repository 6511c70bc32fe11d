namespace ScalingDashboard.Numerics.Laws;

/// <summary>One step from Kaplan's exponent to Chinchilla's, as printed.</summary>
/// <param name="Change">What was changed against the step before.</param>
/// <param name="ParameterExponent">a in N_opt ∝ C^a, median of a weighted bootstrap.</param>
/// <param name="Low95">2.5th percentile.</param>
/// <param name="High95">97.5th percentile.</param>
public sealed record WalkStep(string Change, double ParameterExponent, double Low95, double High95);

/// <summary>
/// Why Kaplan et al. and Hoffmann et al. disagree, one change at a time: 5M to 902M parameters, 12 budgets from 1.25e16 to 2.56e19 FLOP, RefinedWeb.
/// </summary>
public static class PublishedWalk
{
    /// <summary>Where the steps are printed.</summary>
    public const string Source = "Porian et al. 2024, arXiv 2406.19146, on RefinedWeb";

    /// <summary>From Kaplan to Chinchilla.</summary>
    public static IReadOnlyList<WalkStep> Steps { get; } =
    [
        new("Kaplan reproduced: head not counted", 0.835, 0.824, 0.846),
        new("Head counted", 0.706, 0.691, 0.717),
        new("Short warm-up", 0.602, 0.591, 0.617),
        new("Learning-rate decay matched to the tokens", 0.571, 0.560, 0.589),
        new("Learning rate, batch size and β₂ tuned for each size, no decay", 0.497, 0.491, 0.505),
    ];
}
