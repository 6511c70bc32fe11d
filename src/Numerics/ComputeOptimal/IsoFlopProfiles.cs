using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>The minimum of one IsoFLOP curve.</summary>
public sealed record BudgetOptimum
{
    /// <summary>C, FLOP.</summary>
    public required double Flops { get; init; }

    /// <summary>Runs on the curve.</summary>
    public required int Points { get; init; }

    /// <summary>Converged, too few points, or not convex.</summary>
    public required FitStatus Status { get; init; }

    /// <summary>Loss against ln N; null with fewer than three distinct N.</summary>
    public Parabola? Profile { get; init; }

    /// <summary>N_opt; NaN without a minimum.</summary>
    public double Parameters { get; init; } = double.NaN;

    /// <summary>D_opt = C/(6·N_opt).</summary>
    public double Tokens => Flops / (6 * Parameters);

    /// <summary>Loss at the minimum, nats per token.</summary>
    public double Loss { get; init; } = double.NaN;

    /// <summary>Smallest N sampled.</summary>
    public required double SmallestParameters { get; init; }

    /// <summary>Largest N sampled.</summary>
    public required double LargestParameters { get; init; }

    /// <summary>Intervals of N_opt, D_opt and the loss there, from the bootstrap.</summary>
    public Interval? ParametersInterval { get; init; }

    /// <inheritdoc cref="ParametersInterval"/>
    public Interval? TokensInterval { get; init; }

    /// <inheritdoc cref="ParametersInterval"/>
    public Interval? LossInterval { get; init; }

    /// <summary>The minimum lies outside the sizes that were trained.</summary>
    public bool OutsideSampledRange => Parameters < SmallestParameters || Parameters > LargestParameters;

    /// <summary>Where the minimum lies between the smallest (0) and the largest (1) size in log N.</summary>
    public double Centring => Math.Log(Parameters / SmallestParameters) / Math.Log(LargestParameters / SmallestParameters);
}

/// <summary>
/// Approach 2, IsoFLOP profiles (Hoffmann et al. 2022, arXiv 2203.15556, §3.2): a parabola of the loss in log N per budget, and a straight line
/// of log N_opt on log C through its minima, D_opt = C/(6·N_opt).
/// </summary>
public sealed record IsoFlopProfiles
{
    /// <summary>Every budget, ascending, also those without a minimum.</summary>
    public required IReadOnlyList<BudgetOptimum> Budgets { get; init; }

    /// <summary>The line; its exponent is NaN with fewer than two minima.</summary>
    public required AllocationLine Line { get; init; }

    /// <summary>Lines of the bootstrap draws that had at least two minima, in order.</summary>
    public required IReadOnlyList<AllocationLine> Draws { get; init; }

    /// <summary>Draws with fewer than two minima.</summary>
    public required int Failed { get; init; }

    /// <summary>Share of draws in which a budget lost its minimum.</summary>
    public required double AffectedShare { get; init; }

    /// <summary>Fits the profiles; each draw resamples the runs within each budget.</summary>
    /// <param name="groups">Budgets, ascending.</param>
    /// <param name="parameters">N of every run.</param>
    /// <param name="losses">Final loss of every run, nats per token.</param>
    /// <param name="draws">Bootstrap draws; 0 for none.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static IsoFlopProfiles Fit(
        IReadOnlyList<BudgetGroup> groups, IReadOnlyList<double> parameters, IReadOnlyList<double> losses,
        int draws, int seed, CancellationToken cancellationToken = default)
    {
        var curves = groups.Select(group => new Curve(group, parameters, losses)).ToArray();
        var optima = curves.Select(curve => curve.Optimum()).ToArray();
        var line = LineThrough(optima.Where(optimum => optimum.Status == FitStatus.Converged).Select(optimum => (optimum.Flops, optimum.Parameters)));

        // A curve of fewer than three sizes has them in no draw either.
        var fitted = Enumerable.Range(0, curves.Length).Where(k => optima[k].Profile is not null).ToArray();
        var minimaOf = Array.ConvertAll(fitted, _ => new (double Parameters, double Loss)[draws]);
        var lines = new AllocationLine?[draws];
        var affected = 0;
        Cores.For(
            draws,
            () =>
            {
                var scratch = Array.ConvertAll(fitted, k => (X: new double[curves[k].Losses.Length], Y: new double[curves[k].Losses.Length]));
                return draw =>
                {
                    var generator = new DrawGenerator(seed, draw);
                    var minima = new List<(double Flops, double Parameters)>(fitted.Length);
                    var lost = false;
                    for (var f = 0; f < fitted.Length; f++)
                    {
                        var curve = curves[fitted[f]];
                        var (x, y) = scratch[f];
                        for (var i = 0; i < x.Length; i++)
                        {
                            var pick = generator.Next(x.Length);
                            x[i] = curve.LogParameters[pick];
                            y[i] = curve.Losses[pick];
                        }

                        var minimum = Minimum(Parabola.Fit(x, y));
                        minimaOf[f][draw] = minimum ?? (double.NaN, double.NaN);
                        if (minimum is { } found)
                            minima.Add((curve.Flops, found.Parameters));
                        else
                            lost |= optima[fitted[f]].Status == FitStatus.Converged;
                    }

                    if (lost)
                        Interlocked.Increment(ref affected);
                    if (minima.Count >= 2)
                        lines[draw] = LineThrough(minima);
                };
            },
            cancellationToken);

        var kept = lines.OfType<AllocationLine>().ToArray();
        return new IsoFlopProfiles
        {
            Budgets = [.. optima.Select((optimum, k) => optimum.Status == FitStatus.Converged ? WithIntervals(optimum, minimaOf[Array.BinarySearch(fitted, k)]) : optimum)],
            Line = line,
            Draws = kept,
            Failed = draws - kept.Length,
            AffectedShare = draws > 0 ? (double)affected / draws : 0,
        };

        // Draws without a minimum are NaN, which intervals leave out.
        static BudgetOptimum WithIntervals(BudgetOptimum optimum, (double Parameters, double Loss)[] minima) => optimum with
        {
            ParametersInterval = Interval.Of(minima.Select(minimum => minimum.Parameters)),
            TokensInterval = Interval.Of(minima.Select(minimum => optimum.Flops / (6 * minimum.Parameters))),
            LossInterval = Interval.Of(minima.Select(minimum => minimum.Loss)),
        };
    }

    /// <summary>N and loss at the vertex; null where there is none, or where N is no number a double holds.</summary>
    private static (double Parameters, double Loss)? Minimum(Parabola? profile) =>
        profile is { IsConvex: true } parabola && Math.Exp(parabola.VertexX) is > 0 and < double.PositiveInfinity and var parameters
            ? (parameters, parabola.VertexY)
            : null;

    private static AllocationLine LineThrough(IEnumerable<(double Flops, double Parameters)> minima)
    {
        var points = minima.ToArray();
        return new AllocationLine(PowerLaw.Fit([.. points.Select(p => p.Flops)], [.. points.Select(p => p.Parameters)]));
    }

    private sealed class Curve(BudgetGroup group, IReadOnlyList<double> parameters, IReadOnlyList<double> losses)
    {
        internal double Flops { get; } = group.Flops;
        internal double[] LogParameters { get; } = [.. group.Members.Select(i => Math.Log(parameters[i]))];
        internal double[] Losses { get; } = [.. group.Members.Select(i => losses[i])];

        internal BudgetOptimum Optimum()
        {
            var parabola = Parabola.Fit(LogParameters, Losses);
            var minimum = Minimum(parabola);
            return new BudgetOptimum
            {
                Flops = Flops,
                Points = LogParameters.Length,
                Status = parabola is null ? FitStatus.TooFewPoints : minimum is null ? FitStatus.NotConvex : FitStatus.Converged,
                Profile = parabola,
                SmallestParameters = Math.Exp(LogParameters.Min()),
                LargestParameters = Math.Exp(LogParameters.Max()),
                Parameters = minimum?.Parameters ?? double.NaN,
                Loss = minimum?.Loss ?? double.NaN,
            };
        }
    }
}
