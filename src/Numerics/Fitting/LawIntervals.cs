using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>How an interval is made.</summary>
public enum IntervalKind
{
    /// <summary>Quantiles of the bootstrap draws.</summary>
    Percentile,

    /// <summary>Bias-corrected and accelerated bootstrap, BCa (Efron 1987).</summary>
    BiasCorrected,

    /// <summary>Profile likelihood with χ²₁ cut-offs.</summary>
    Profile,

    /// <summary>Profile likelihood with cut-offs adjusted, for robust methods, to the scatter the residuals show.</summary>
    AdjustedProfile,

    /// <summary>Delta method from the sandwich covariance.</summary>
    Delta,
}

/// <summary>
/// Intervals of any number that follows from a fitted law: a coefficient, an exponent, a prediction. What a kind needs of the fit is prepared
/// once; the numbers are the same on any core count.
/// </summary>
public sealed class LawIntervals
{
    private readonly Func<IReadOnlyList<Func<Law, double>>, CancellationToken, Interval?[]> _intervals;

    private LawIntervals(IntervalKind kind, Func<IReadOnlyList<Func<Law, double>>, CancellationToken, Interval?[]> intervals) => (Kind, _intervals) = (kind, intervals);

    /// <summary>How they are made.</summary>
    public IntervalKind Kind { get; }

    /// <summary>Prepares the intervals of a fit.</summary>
    /// <param name="kind">How they are made.</param>
    /// <param name="fit">The fit; one that is not usable has no intervals.</param>
    /// <param name="points">The points fitted.</param>
    /// <param name="options">Options of the fit.</param>
    /// <param name="draws">Bootstrap draws of the fit; profile and delta do without.</param>
    /// <param name="blocks">Blocks that the draws resampled, as in <see cref="BootstrapDraws.Run"/>; null where they resampled points.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LawIntervals For(
        IntervalKind kind, LawFit fit, FitPoints points, FitOptions options, BootstrapDraws draws, IReadOnlyList<int>? blocks = null,
        CancellationToken cancellationToken = default)
    {
        if (!fit.IsUsable)
            return new LawIntervals(kind, (quantities, _) => new Interval?[quantities.Count]);
        return new LawIntervals(kind, kind switch
        {
            IntervalKind.Percentile => (quantities, _) => [.. quantities.Select(quantity => Interval.Of(draws.Laws.Select(quantity)))],
            IntervalKind.BiasCorrected => new BiasCorrectedBootstrap(fit, points, options, draws, blocks, cancellationToken).Of,
            IntervalKind.Profile => new ProfileLikelihood(fit, points, options, adjusted: false, cancellationToken).Of,
            IntervalKind.AdjustedProfile => new ProfileLikelihood(fit, points, options, adjusted: true, cancellationToken).Of,
            IntervalKind.Delta => Delta(new DeltaMethod(fit, points, options, cancellationToken), fit.Status == FitStatus.AtBound),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of interval."),
        });
    }

    // The method holds what lies on a bound and gives it no width, which is no interval.
    private static Func<IReadOnlyList<Func<Law, double>>, CancellationToken, Interval?[]> Delta(DeltaMethod method, bool isAtBound) =>
        (quantities, _) => isAtBound ? [.. method.Of(quantities).Select(interval => interval is { StandardError: 0 } ? null : interval)] : method.Of(quantities);

    /// <summary>The interval of each quantity, in its unit; null where this kind has none, with NaN for an open end.</summary>
    /// <param name="quantities">Numbers that follow from the law.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<Interval?> Of(IReadOnlyList<Func<Law, double>> quantities, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _intervals(quantities, cancellationToken);
    }
}
