namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// An objective over the five parameters of a loss surface in centred form, θ = (p, α, q, β, e). What p, q and e stand for is the
/// objective's own affair.
/// </summary>
internal interface ISurfaceObjective
{
    /// <summary>Value, gradient (5) and Hessian (5×5, row-major, symmetric) at θ. A value that is not finite rejects θ.</summary>
    double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> hessian);

    /// <summary>Box the search stays in.</summary>
    double[] Lower { get; }

    /// <inheritdoc cref="Lower"/>
    double[] Upper { get; }
}

/// <summary>Positions in θ.</summary>
internal static class Theta
{
    internal const int P = 0, Alpha = 1, Q = 2, Beta = 3, E = 4, Count = 5;
}
