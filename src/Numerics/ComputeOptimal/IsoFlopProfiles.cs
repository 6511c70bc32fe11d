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

        var vertices = new (double LogParameters, double Loss)[draws, curves.Length];
        var lines = new AllocationLine?[draws];
        var affected = 0;
        Parallel.For(
            0, draws,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => curves.Select(curve => (X: new double[curve.LogParameters.Length], Y: new double[curve.LogParameters.Length])).ToArray(),
            (draw, _, scratch) =>
            {
                var generator = new DrawGenerator(seed, draw);
                var minima = new List<(double Flops, double Parameters)>(curves.Length);
                var lost = false;
                for (var k = 0; k < curves.Length; k++)
                {
                    var (x, y) = scratch[k];
                    for (var i = 0; i < x.Length; i++)
                    {
                        var pick = generator.Next(x.Length);
                        x[i] = curves[k].LogParameters[pick];
                        y[i] = curves[k].Losses[pick];
                    }

                    vertices[draw, k] = (double.NaN, double.NaN);
                    if (Parabola.Fit(x, y) is { IsConvex: true } parabola)
                    {
                        vertices[draw, k] = (parabola.VertexX, parabola.VertexY);
                        minima.Add((curves[k].Flops, Math.Exp(parabola.VertexX)));
                    }
                    else
                    {
                        lost |= optima[k].Status == FitStatus.Converged;
                    }
                }

                if (lost)
                    Interlocked.Increment(ref affected);
                if (minima.Count >= 2)
                    lines[draw] = LineThrough(minima);
                return scratch;
            },
            _ => { });

        var kept = lines.OfType<AllocationLine>().ToArray();
        return new IsoFlopProfiles
        {
            Budgets = [.. optima.Select((optimum, k) => optimum.Status == FitStatus.Converged ? WithIntervals(optimum, k) : optimum)],
            Line = line,
            Draws = kept,
            Failed = draws - kept.Length,
            AffectedShare = draws > 0 ? (double)affected / draws : 0,
        };

        BudgetOptimum WithIntervals(BudgetOptimum optimum, int k)
        {
            var column = Enumerable.Range(0, draws).Select(draw => vertices[draw, k]).Where(vertex => !double.IsNaN(vertex.Loss)).ToArray();
            return optimum with
            {
                ParametersInterval = Interval.Of(column.Select(vertex => Math.Exp(vertex.LogParameters))),
                TokensInterval = Interval.Of(column.Select(vertex => optimum.Flops / (6 * Math.Exp(vertex.LogParameters)))),
                LossInterval = Interval.Of(column.Select(vertex => vertex.Loss)),
            };
        }
    }

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
            var optimum = new BudgetOptimum
            {
                Flops = Flops,
                Points = LogParameters.Length,
                Status = parabola switch
                {
                    null => FitStatus.TooFewPoints,
                    { IsConvex: true } => FitStatus.Converged,
                    _ => FitStatus.NotConvex,
                },
                Profile = parabola,
                SmallestParameters = Math.Exp(LogParameters.Min()),
                LargestParameters = Math.Exp(LogParameters.Max()),
            };
            return optimum.Status == FitStatus.Converged
                ? optimum with { Parameters = Math.Exp(parabola!.Value.VertexX), Loss = parabola.Value.VertexY }
                : optimum;
        }
    }
}
