namespace ScalingDashboard.Numerics.Fitting;

/// <summary>What is minimised when a law is fitted.</summary>
public enum FitMethod
{
    /// <summary>Sum of Huber losses of log residuals, in log-sum-exp form (Hoffmann et al. 2022, §3.3).</summary>
    Huber,

    /// <summary>Residual sum of squares on the loss, started from variable projection over the exponents (arXiv 2603.22339, §6.2).</summary>
    VariableProjection,

    /// <summary>Residual sum of squares on the loss.</summary>
    Squared,

    /// <summary>Residual sum of squares on the log loss.</summary>
    LogSquared,

    /// <summary>
    /// Maximum likelihood of log residuals with density ∝ exp(−Huber_δ(r/s)) and free scale s: the estimator behind the coefficients that
    /// Besiroglu et al. 2024 (arXiv 2404.10102) report.
    /// </summary>
    ScaledHuber,

    /// <summary>Sum of absolute log residuals.</summary>
    AbsoluteDeviation,
}

/// <summary>Options of a fit. Bounds are those of the law's exponents and of its irreducible loss, where it has them.</summary>
public sealed record FitOptions
{
    /// <summary>Objective.</summary>
    public FitMethod Method { get; init; } = FitMethod.Huber;

    /// <summary>δ of the Huber loss: residuals beyond it count linearly. In log loss for <see cref="FitMethod.Huber"/>, in scales for <see cref="FitMethod.ScaledHuber"/>.</summary>
    public double Delta { get; init; } = 1e-3;

    /// <summary>Smallest exponent searched.</summary>
    public double ExponentLow { get; init; }

    /// <summary>Largest exponent searched.</summary>
    public double ExponentHigh { get; init; } = 5;

    /// <summary>Smallest irreducible loss searched, nats per token.</summary>
    public double IrreducibleLow { get; init; }

    /// <summary>Largest irreducible loss searched, nats per token.</summary>
    public double IrreducibleHigh { get; init; } = double.PositiveInfinity;

    /// <summary>The residuals are those of the loss itself, not of its logarithm.</summary>
    internal bool IsLinear => Method is FitMethod.VariableProjection or FitMethod.Squared;

    /// <summary>For laws that search Chinchilla's part of them in logarithms, whichever space the residuals have.</summary>
    internal FitOptions InLogarithms => IsLinear ? this with { Method = FitMethod.LogSquared } : this;
}
