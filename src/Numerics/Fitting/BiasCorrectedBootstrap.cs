using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// BCa intervals (Efron 1987, §3; Efron and Tibshirani 1993, §14.3): the quantiles of the draws at Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))) instead of Φ(z).
/// z₀ = Φ⁻¹(share of draws below the estimate), draws equal to it counted half; a = Σ dᵢ³ / (6·(Σ dᵢ²)^(3/2)), dᵢ = mean of the jackknife − the
/// estimate without unit i. The units are those that the draws resample: points or blocks. Above <see cref="MostUnits"/> of them the jackknife
/// leaves out groups of as many units each, dealt by chance from a fixed seed.
/// </summary>
internal sealed class BiasCorrectedBootstrap
{
    /// <summary>Most refits of the jackknife.</summary>
    internal const int MostUnits = 400;

    // Leaving out what a fit cannot do without says nothing about the acceleration.
    private const double LargestFailedShare = 0.1;
    private const int GroupSeed = 1987;

    private readonly Law _law;
    private readonly BootstrapDraws _draws;
    private readonly Law?[] _jackknife;

    internal BiasCorrectedBootstrap(
        LawFit fit, FitPoints points, FitOptions options, BootstrapDraws draws, IReadOnlyList<int>? blocks, CancellationToken cancellationToken)
    {
        (_law, _draws) = (fit.Law, draws);
        // Without draws there is nothing to correct.
        _jackknife = draws.Laws.Count > 1 ? Jackknife(fit, points, options, blocks, cancellationToken) : [];
    }

    internal Interval?[] Of(IReadOnlyList<Func<Law, double>> quantities, CancellationToken cancellationToken)
    {
        var intervals = new Interval?[quantities.Count];
        for (var k = 0; k < intervals.Length; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            intervals[k] = Of(quantities[k](_law), [.. _draws.Laws.Select(quantities[k])], [.. _jackknife.Select(law => law is null ? double.NaN : quantities[k](law))]);
        }

        return intervals;
    }

    /// <summary>
    /// The interval of an estimate from its draws and its jackknife. Null where it is not defined: all draws on one side of the estimate,
    /// a jackknife that does not move or that mostly failed, an acceleration that turns the quantiles over.
    /// </summary>
    internal static Interval? Of(double estimate, IReadOnlyList<double> draws, IReadOnlyList<double> jackknife)
    {
        if (Interval.Of(draws) is not { } percentile || Acceleration(jackknife) is not { } acceleration)
            return null;
        var sorted = draws.Where(double.IsFinite).Order().ToArray();
        var below = sorted.Sum(draw => draw < estimate ? 1.0 : draw == estimate ? 0.5 : 0) / sorted.Length;
        if (below is <= 0 or >= 1)
            return null;
        var bias = Normal.InvCDF(0, 1, below);
        var interval = new Interval(percentile.StandardError, End(0.1), End(0.9), End(0.025), End(0.975));
        return double.IsFinite(interval.Low80 + interval.High80 + interval.Low95 + interval.High95) ? interval : null;

        double End(double probability)
        {
            var shifted = bias + Normal.InvCDF(0, 1, probability);
            var divisor = 1 - acceleration * shifted;
            return divisor > 0 ? Interval.Quantile(sorted, Normal.CDF(0, 1, bias + shifted / divisor)) : double.NaN;
        }
    }

    private static double? Acceleration(IReadOnlyList<double> jackknife)
    {
        var finite = jackknife.Where(double.IsFinite).ToArray();
        if (finite.Length < 2 || finite.Length < (1 - LargestFailedShare) * jackknife.Count)
            return null;
        var mean = finite.Average();
        double squares = 0, cubes = 0;
        foreach (var value in finite)
        {
            var d = mean - value;
            squares += d * d;
            cubes += d * d * d;
        }

        return Math.Sqrt(squares) > 1e-12 * Math.Abs(mean) && squares > 0 ? cubes / (6 * Math.Pow(squares, 1.5)) : null;
    }

    private static Law?[] Jackknife(LawFit fit, FitPoints points, FitOptions options, IReadOnlyList<int>? blocks, CancellationToken cancellationToken)
    {
        var unitOf = blocks?.ToArray() ?? [.. Enumerable.Range(0, points.Count)];
        var units = unitOf.Max() + 1;
        var groups = Math.Min(units, MostUnits);
        var groupOf = Deal(units, groups);
        var laws = new Law?[groups];
        Cores.For(
            groups,
            () =>
            {
                var scratch = points.ScratchForDraws();
                var times = new int[points.Count];
                return left =>
                {
                    for (var i = 0; i < times.Length; i++)
                        times[i] = groupOf[unitOf[i]] == left ? 0 : 1;
                    points.Draw(times, scratch);
                    if (LawFitter.Refit(fit, scratch, options, cancellationToken) is { } theta)
                        laws[left] = new Law(fit.Law.Form, fit.Law.Form.Coefficients(theta, points, options));
                };
            },
            cancellationToken);
        return laws;
    }

    /// <summary>Group of each unit: its own where there are as many groups, else dealt by chance, as evenly as can be.</summary>
    private static int[] Deal(int units, int groups)
    {
        var order = Enumerable.Range(0, units).ToArray();
        if (groups == units)
            return order;
        var generator = new DrawGenerator(GroupSeed, 0);
        for (var i = units - 1; i > 0; i--)
        {
            var j = generator.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        var group = new int[units];
        for (var i = 0; i < units; i++)
            group[order[i]] = i % groups;
        return group;
    }
}
