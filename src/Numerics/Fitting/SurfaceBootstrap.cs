using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>Laws refitted to paired resamples of the points.</summary>
/// <param name="Laws">One law a draw that could be refitted, in the order of the draws.</param>
/// <param name="Draws">Draws asked for.</param>
/// <param name="Failed">Draws whose refit failed, or that hold fewer different points than the law has parameters.</param>
public sealed record SurfaceBootstrap(IReadOnlyList<ChinchillaLaw> Laws, int Draws, int Failed)
{
    /// <summary>No draws at all.</summary>
    public static SurfaceBootstrap None { get; } = new([], 0, 0);

    /// <summary>
    /// Paired bootstrap (Efron 1979): each draw takes as many points as there are, with replacement, and is refitted to its own optimum
    /// from the optimum over all points. The same numbers for a seed on any core count.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SurfaceBootstrap Run(
        SurfacePoints points, SurfaceFit fit, SurfaceFitOptions options, int draws, int seed,
        IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (draws <= 0 || fit.Theta.Length == 0)
            return None;
        var laws = new ChinchillaLaw?[draws];
        var done = 0;
        Parallel.For(
            0, draws,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => (Points: points.ScratchForDraws(), Times: new int[points.Count]),
            (draw, _, scratch) =>
            {
                Array.Clear(scratch.Times);
                var generator = new DrawGenerator(seed, draw);
                for (var i = 0; i < points.Count; i++)
                    scratch.Times[generator.Next(points.Count)]++;
                points.Draw(scratch.Times, scratch.Points);
                laws[draw] = Refit(scratch.Points, fit, options);
                progress?.Report(Interlocked.Increment(ref done));
                return scratch;
            },
            _ => { });
        var refitted = laws.OfType<ChinchillaLaw>().ToArray();
        return new SurfaceBootstrap(refitted, draws, draws - refitted.Length);
    }

    private static ChinchillaLaw? Refit(SurfacePoints points, SurfaceFit fit, SurfaceFitOptions options)
    {
        // Anything fits fewer points than parameters, the fit over all points above all: such a draw would feign certainty.
        if (points.Count < SurfaceFitter.ParameterCount)
            return null;
        Span<double> theta = stackalloc double[Theta.Count];
        fit.Theta.CopyTo(theta);
        if (options.Method == SurfaceMethod.VariableProjection)
            return Law(BoundedNewton.Minimise(SurfaceFitter.Objective(points, options, options.Delta), theta, SurfaceFitter.IterationLimit, SurfaceFitter.Tolerance), theta);

        // The optimum of a draw is near that of all points, or where a smoother objective leads; the better of the two.
        var near = SurfaceFitter.DescendHuber(points, options, theta, 4);
        Span<double> other = stackalloc double[Theta.Count];
        fit.Theta.CopyTo(other);
        var smooth = SurfaceFitter.DescendHuber(points, options, other, 256);
        return smooth.Value < near.Value ? Law(smooth, other) : Law(near, theta);

        ChinchillaLaw? Law(BoundedNewton.Outcome outcome, ReadOnlySpan<double> end) =>
            outcome.Status is FitStatus.Converged or FitStatus.AtBound ? SurfaceFitter.LawOf(points, options, end) : null;
    }
}
