using ScalingDashboard.Numerics;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Analysis;

/// <summary>One approach's optimum over a range of budgets, with its band.</summary>
public sealed record Projection
{
    private const int Points = 32;

    /// <summary>The approach.</summary>
    public required ApproachResult Approach { get; init; }

    /// <summary>Budgets, FLOP, log-spaced and ascending.</summary>
    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>Predicts at 32 log-spaced budgets, the ends included.</summary>
    public static Projection Over(ApproachResult approach, double lowFlops, double highFlops) =>
        new() { Approach = approach, Predictions = Over(approach.Law, approach.Draws, lowFlops, highFlops) };

    /// <summary>The same budgets for a law with its draws.</summary>
    public static IReadOnlyList<Prediction> Over(IAllocationLaw law, IReadOnlyList<IAllocationLaw> draws, double lowFlops, double highFlops)
    {
        var predictions = new Prediction[Points];
        Cores.For(Points, i => predictions[i] = Prediction.At(Budget(lowFlops, highFlops, i), law, draws));
        return predictions;
    }

    /// <summary>The same budgets for a law without draws.</summary>
    public static IReadOnlyList<Allocation> Over(IAllocationLaw law, double lowFlops, double highFlops) =>
        [.. Enumerable.Range(0, Points).Select(i => law.Optimum(Budget(lowFlops, highFlops, i)))];

    private static double Budget(double low, double high, int i) => Math.Exp(Math.Log(low) + (Math.Log(high) - Math.Log(low)) * i / (Points - 1));
}
