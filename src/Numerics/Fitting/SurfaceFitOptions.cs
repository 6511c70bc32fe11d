namespace ScalingDashboard.Numerics.Fitting;

/// <summary>What is minimised when a loss surface is fitted.</summary>
public enum SurfaceMethod
{
    /// <summary>Sum of Huber losses of log residuals in log-sum-exp form (Hoffmann et al. 2022, §3.3).</summary>
    Huber,

    /// <summary>Residual sum of squares on the loss, by variable projection over (α, β) (arXiv 2603.22339, §6.2).</summary>
    VariableProjection,
}

/// <summary>Options of a surface fit.</summary>
public sealed record SurfaceFitOptions
{
    /// <summary>Objective.</summary>
    public SurfaceMethod Method { get; init; } = SurfaceMethod.Huber;

    /// <summary>δ of the Huber loss, in log loss; residuals beyond it count linearly.</summary>
    public double Delta { get; init; } = 1e-3;

    /// <summary>Smallest exponent searched, for α and β alike.</summary>
    public double ExponentLow { get; init; }

    /// <summary>Largest exponent searched.</summary>
    public double ExponentHigh { get; init; } = 5;
}
