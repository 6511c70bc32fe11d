using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>Intervals of one number along an axis.</summary>
/// <param name="X">Where, ascending.</param>
/// <param name="Intervals">One each; null where there is none.</param>
public sealed record FitBand(IReadOnlyList<double> X, IReadOnlyList<Interval?> Intervals);

/// <summary>
/// The bands of the charts of a fit, of the kind that the page is asked for. A profile is followed anew at every place: it is taken at fewer of them,
/// and of many points not at all; then the bands are percentiles of the draws.
/// </summary>
public sealed record FitBands
{
    /// <summary>Most points whose profiles are followed: at 240 they take about a second, and they grow with the points.</summary>
    public const int MostProfiled = 500;

    private const int Profiled = 12;
    private const int Losses = 80;

    /// <summary>How they are made.</summary>
    public required IntervalKind Kind { get; init; }

    /// <summary>The kind is another one than that of the page's numbers.</summary>
    public required bool AreOfAnotherKind { get; init; }

    /// <summary>N of the frontier, at each D or C, as the view has it; null for laws that allocate no compute.</summary>
    public FitBand? Frontier { get; private init; }

    /// <summary>Least loss at each C; null for laws of a metric.</summary>
    public FitBand? Loss { get; private init; }

    /// <summary>The metric at each loss; null for laws of a loss.</summary>
    public FitBand? Metric { get; private init; }

    /// <summary>Budgets of the charts: from a little below the smallest row to a little beyond the target, FLOP.</summary>
    public static (double Low, double High) Range(FitAnalysis analysis, double target) =>
        (Math.Min(analysis.SmallestFlops, target) / 2, Math.Max(analysis.LargestFlops, target) * 2.5);

    /// <summary>Losses at which a law of a metric is drawn, nats per token, ascending.</summary>
    public static IReadOnlyList<double> LossesOf(FitAnalysis analysis, FitState state)
    {
        var at = FitWording.TargetLoss(analysis, state);
        var (low, high) = (Math.Min(analysis.Rows.Min(row => row.Loss), at), Math.Max(analysis.Rows.Max(row => row.Loss), at));
        var pad = Math.Max(0.05 * (high - low), 1e-3);
        return [.. Enumerable.Range(0, Losses).Select(i => low - pad + (high - low + 2 * pad) * i / (Losses - 1))];
    }

    /// <summary>Computes them. Profiles take a while.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FitBands Of(FitAnalysis analysis, FitState state, CancellationToken cancellationToken = default)
    {
        var asked = analysis.Intervals.Kind;
        var kind = asked is IntervalKind.Profile or IntervalKind.AdjustedProfile && analysis.Rows.Count > MostProfiled ? IntervalKind.Percentile : asked;
        var bands = new FitBands { Kind = kind, AreOfAnotherKind = kind != asked };
        if (!analysis.Result.Fit.IsUsable)
            return bands;
        if (!analysis.Form.PredictsLoss)
            return bands with { Metric = Band(Thinned(LossesOf(analysis, state)), loss => law => FitWording.Metric(law, loss)) };

        var (low, high) = Range(analysis, state.Target);
        var optima = Thinned(Projection.Over(analysis.Law, low, high));
        return bands with
        {
            Frontier = !analysis.Form.AllocatesCompute ? null
                : state.Axis == ContourAxis.C ? Band([.. optima.Select(optimum => optimum.Flops)], flops => law => law.Optimum(flops).Parameters)
                : Band([.. optima.Select(optimum => optimum.Tokens)], OfTokens(optima[optima.Count / 2].Flops)),
            Loss = Band([.. optima.Select(optimum => optimum.Flops)], flops => law => law.Optimum(flops).Loss),
        };

        IReadOnlyList<T> Thinned<T>(IReadOnlyList<T> all) => kind is not (IntervalKind.Profile or IntervalKind.AdjustedProfile) ? all
            : [.. Enumerable.Range(0, Profiled).Select(i => all[(int)Math.Round(i * (all.Count - 1.0) / (Profiled - 1))])];

        FitBand Band(IReadOnlyList<double> x, Func<double, Func<Law, double>> at)
        {
            Func<Law, double>[] numbers = [.. x.Select(at)];
            return new FitBand(x, bands.AreOfAnotherKind
                ? [.. numbers.Select(number => Interval.Of(analysis.Result.Bootstrap.Laws.Select(number)))]
                : analysis.Intervals.Of(numbers, cancellationToken));
        }
    }

    // N on the frontier at a D, which follows from D ∝ C^b.
    private static Func<double, Func<Law, double>> OfTokens(double reference) => tokens => law =>
        reference * Math.Pow(tokens / law.Optimum(reference).Tokens, 1 / law.TokenExponent) / (6 * tokens);
}
