using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>A fitted loss surface and how the fit ended.</summary>
public sealed record SurfaceFit
{
    /// <summary>The best law found. Meaningful for <see cref="FitStatus.Converged"/> and <see cref="FitStatus.AtBound"/>; the best of an unidentifiable set otherwise.</summary>
    public required ChinchillaLaw Law { get; init; }

    /// <summary>Objective at the law: Σ Huber of log residuals, or the residual sum of squares of the loss (nats²).</summary>
    public required double Objective { get; init; }

    /// <summary>How the fit ended.</summary>
    public required FitStatus Status { get; init; }

    /// <summary>What the status means here, in words; empty when converged.</summary>
    public required string Explanation { get; init; }

    /// <summary>Count of points.</summary>
    public required int Points { get; init; }

    /// <summary>Ratio of the largest to the smallest singular value of the Jacobian with its columns scaled to length one.</summary>
    public required double ConditionNumber { get; init; }

    internal double[] Theta { get; init; } = [];
}
