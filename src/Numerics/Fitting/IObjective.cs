namespace ScalingDashboard.Numerics.Fitting;

/// <summary>What a search minimises, over the search coordinates θ of a law's form. What they stand for is the form's own affair.</summary>
internal interface IObjective
{
    /// <summary>Count of search coordinates.</summary>
    int Count { get; }

    /// <summary>Box the search stays in.</summary>
    double[] Lower { get; }

    /// <inheritdoc cref="Lower"/>
    double[] Upper { get; }

    /// <summary>Value, gradient (n) and Hessian (n×n, row-major, symmetric) at θ. A value that is not finite rejects θ. Cancels while it sums over many points.</summary>
    double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> hessian, CancellationToken cancellationToken = default);
}

/// <summary>Positions in θ of the surface E + A·N^−α + B·D^−β, in centred form: what p, q and e stand for is the objective's own affair.</summary>
internal static class Theta
{
    internal const int P = 0, Alpha = 1, Q = 2, Beta = 3, E = 4, Count = 5;
}
