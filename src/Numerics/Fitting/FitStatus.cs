namespace ScalingDashboard.Numerics.Fitting;

/// <summary>How a fit ended, truthfully.</summary>
public enum FitStatus
{
    /// <summary>A stationary point inside the bounds was reached.</summary>
    Converged,

    /// <summary>The iterations ran out first.</summary>
    IterationLimit,

    /// <summary>The best point lies on a bound.</summary>
    AtBound,

    /// <summary>The points cannot tell the parameters apart.</summary>
    NotIdentifiable,

    /// <summary>Fewer points than parameters.</summary>
    TooFewPoints,

    /// <summary>An IsoFLOP parabola does not open upwards: the budget has no minimum.</summary>
    NotConvex,

    /// <summary>The objective could not be evaluated or made no progress.</summary>
    Failed,
}
