using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>A fitted law and how the fit ended.</summary>
public sealed record LawFit
{
    /// <summary>The best law found. Meaningful for <see cref="FitStatus.Converged"/> and <see cref="FitStatus.AtBound"/>; the best of an unidentifiable set otherwise.</summary>
    public required Law Law { get; init; }

    /// <summary>
    /// Value at the law of what the method minimises: Σ w·Huber_δ of log residuals, residual sum of squares (of the loss in nats², or of the log loss),
    /// negative log-likelihood, or sum of absolute log residuals.
    /// </summary>
    public required double Objective { get; init; }

    /// <summary>How the fit ended.</summary>
    public required FitStatus Status { get; init; }

    /// <summary>What the status means here, in words; empty when converged.</summary>
    public required string Explanation { get; init; }

    /// <summary>Count of points.</summary>
    public required int Points { get; init; }

    /// <summary>Ratio of the largest to the smallest singular value of the Jacobian with its columns scaled to length one.</summary>
    public required double ConditionNumber { get; init; }

    /// <summary>Scale s of <see cref="FitMethod.ScaledHuber"/>, in log loss; NaN for the other methods.</summary>
    public double Scale { get; init; } = double.NaN;

    /// <summary>The law answers, if perhaps from a bound.</summary>
    public bool IsUsable => Status is FitStatus.Converged or FitStatus.AtBound;

    internal double[] Theta { get; init; } = [];
}
