using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>Laws refitted to resamples of the points.</summary>
/// <param name="Laws">One law a draw that could be refitted, in the order of the draws.</param>
/// <param name="Draws">Draws asked for.</param>
/// <param name="Failed">Draws whose refit failed, or that hold fewer different points than the law has parameters.</param>
public sealed record BootstrapDraws(IReadOnlyList<Law> Laws, int Draws, int Failed)
{
    /// <summary>No draws at all.</summary>
    public static BootstrapDraws None { get; } = new([], 0, 0);

    /// <summary>
    /// Paired bootstrap (Efron 1979): each draw takes as many points as there are, with replacement, and is refitted to its own optimum
    /// from the optimum over all points. The same numbers for a seed on any core count.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="fit">The fit over all of them.</param>
    /// <param name="options">Options of the fit.</param>
    /// <param name="draws">Draws; 0 for none.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="blocks">
    /// Block of each point, 0 and up without gaps: whole blocks (budgets, families) are drawn instead of points, as many as there are. Null draws points.
    /// </param>
    /// <param name="progress">Draws that are done.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static BootstrapDraws Run(
        FitPoints points, LawFit fit, FitOptions options, int draws, int seed, IReadOnlyList<int>? blocks = null,
        IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (draws <= 0 || fit.Theta.Length == 0)
            return None;
        var laws = new Law?[draws];
        var done = 0;
        var units = blocks is null ? points.Count : blocks.Max() + 1;
        Cores.For(
            draws,
            () =>
            {
                var scratch = points.ScratchForDraws();
                var times = new int[points.Count];
                var picked = blocks is null ? times : new int[units];
                return draw =>
                {
                    Array.Clear(picked);
                    var generator = new DrawGenerator(seed, draw);
                    for (var i = 0; i < units; i++)
                        picked[generator.Next(units)]++;
                    for (var i = 0; blocks is not null && i < times.Length; i++)
                        times[i] = picked[blocks[i]];
                    points.Draw(times, scratch);
                    if (LawFitter.Refit(fit, scratch, options, cancellationToken) is { } theta)
                        laws[draw] = new Law(fit.Law.Form, fit.Law.Form.Coefficients(theta, points, options));
                    progress?.Report(Interlocked.Increment(ref done));
                };
            },
            cancellationToken);
        var refitted = laws.OfType<Law>().ToArray();
        return new BootstrapDraws(refitted, draws, draws - refitted.Length);
    }
}
