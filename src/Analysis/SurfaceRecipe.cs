using System.Globalization;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>Options of a parametric fit (Approach 3).</summary>
public sealed record SurfaceRecipeOptions
{
    /// <summary>Objective, δ and bounds.</summary>
    public SurfaceFitOptions Fit { get; init; } = new();

    /// <summary>Paired bootstrap draws; 0 for none.</summary>
    public int Bootstrap { get; init; } = 1000;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <summary>As printed in the provenance.</summary>
    public SortedDictionary<string, string> Describe() => new(StringComparer.Ordinal)
    {
        ["law"] = "chinchilla",
        ["method"] = MethodName(Fit.Method),
        ["delta"] = Fit.Delta.ToString("R", CultureInfo.InvariantCulture),
        ["exponent_bounds"] = string.Create(CultureInfo.InvariantCulture, $"{Fit.ExponentLow:R}..{Fit.ExponentHigh:R}"),
        ["bootstrap"] = Bootstrap.ToString(CultureInfo.InvariantCulture),
        ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The name users type.</summary>
    public static string MethodName(SurfaceMethod method) => method == SurfaceMethod.Huber ? "huber" : "vpnls";
}

/// <summary>A parametric fit with its draws.</summary>
/// <param name="Fit">The fit over all rows.</param>
/// <param name="Bootstrap">The draws.</param>
/// <param name="Warnings">What to know before trusting it.</param>
public sealed record SurfaceResult(SurfaceFit Fit, SurfaceBootstrap Bootstrap, IReadOnlyList<Warning> Warnings);

/// <summary>These rows and these options → the loss surface.</summary>
public static class SurfaceRecipe
{
    // Widest relative 95 % interval of an exponent that still says something.
    private const double UninformativeWidth = 1.0;

    /// <summary>Fits the rows as they are: every row is a point.</summary>
    /// <exception cref="AnalysisException">Fewer rows than parameters.</exception>
    public static SurfaceResult Run(
        IReadOnlyList<Observation> rows, SurfaceRecipeOptions options, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (rows.Count < SurfaceFitter.ParameterCount)
        {
            throw new AnalysisException(
                $"{Words.Count(rows.Count, "usable row")} cannot determine the {SurfaceFitter.ParameterCount} parameters E, A, B, alpha and beta. Add runs, or loosen the filter.");
        }

        var points = SurfacePoints.From(
            [.. rows.Select(row => row.Parameters)], [.. rows.Select(row => row.Tokens)], [.. rows.Select(row => row.Loss)]);
        var fit = SurfaceFitter.Fit(points, options.Fit, cancellationToken);
        // What the points cannot tell apart has no interval: refits would only scatter over the answers that fit as well.
        var bootstrap = fit.Status is FitStatus.Converged or FitStatus.AtBound
            ? SurfaceBootstrap.Run(points, fit, options.Fit, options.Bootstrap, options.Seed, progress, cancellationToken)
            : SurfaceBootstrap.None;
        return new SurfaceResult(fit, bootstrap, [.. Warnings(fit, bootstrap)]);
    }

    private static IEnumerable<Warning> Warnings(SurfaceFit fit, SurfaceBootstrap bootstrap)
    {
        if (fit.Status != FitStatus.Converged)
        {
            yield return new Warning("fit", $"Approach 3: {fit.Explanation}; " + fit.Status switch
            {
                FitStatus.AtBound => "the optimum it implies hangs on that bound.",
                FitStatus.NotIdentifiable => "its numbers are one of many that fit as well.",
                _ => "its numbers are not an optimum.",
            });
        }

        if (bootstrap.Failed > 0.05 * bootstrap.Draws)
        {
            yield return new Warning(
                "bootstrap",
                string.Create(CultureInfo.InvariantCulture, $"Approach 3: {bootstrap.Failed} of {bootstrap.Draws} bootstrap refits failed; the intervals leave them out and are too narrow."));
        }

        var a = Interval.Of(bootstrap.Laws.Select(law => law.ParameterExponent));
        if (fit.Status == FitStatus.Converged && a is not null && a.High95 - a.Low95 > UninformativeWidth * fit.Law.ParameterExponent)
        {
            yield return new Warning(
                "wide",
                string.Create(CultureInfo.InvariantCulture, $"Approach 3: the 95 % interval of a, {a.Low95:F2} to {a.High95:F2}, is as wide as a itself; these runs hardly constrain it."));
        }
    }
}
