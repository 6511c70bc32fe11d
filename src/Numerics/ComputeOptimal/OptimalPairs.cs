using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>A line through compute-optimal sizes that come with a standard deviation each.</summary>
public sealed record OptimalPairs
{
    /// <summary>N_opt against C with weights.</summary>
    public required PowerLaw Law { get; init; }

    /// <summary>The same pairs with equal weights.</summary>
    public required PowerLaw Unweighted { get; init; }

    /// <summary>Interval of the weighted exponent; null without draws.</summary>
    public required Interval? ParameterExponent { get; init; }

    /// <summary>Interval of the exponent with equal weights; null without draws.</summary>
    public required Interval? UnweightedExponent { get; init; }

    /// <summary>Pairs the line goes through.</summary>
    public required int Points { get; init; }

    /// <summary>Pairs without an optimum or without a standard deviation.</summary>
    public required int LeftOut { get; init; }

    /// <summary>
    /// Weighted least squares of ln N on ln C, weights 1/σ² with σ the standard deviation of ln N (Porian et al. 2024, arXiv 2406.19146, analysis.py),
    /// with intervals from paired draws of the pairs. A pair whose N or σ is not a positive number is left out.
    /// </summary>
    /// <param name="flops">C of each pair, FLOP.</param>
    /// <param name="parameters">N_opt of each pair.</param>
    /// <param name="logStandardDeviations">Standard deviation of ln N_opt of each pair.</param>
    /// <param name="draws">Bootstrap draws; 0 for none.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static OptimalPairs Fit(
        IReadOnlyList<double> flops, IReadOnlyList<double> parameters, IReadOnlyList<double> logStandardDeviations, int draws, int seed)
    {
        var used = Enumerable.Range(0, flops.Count)
            .Where(i => parameters[i] is > 0 and < double.PositiveInfinity && logStandardDeviations[i] is > 0 and < double.PositiveInfinity)
            .ToArray();
        double[] x = [.. used.Select(i => flops[i])];
        double[] y = [.. used.Select(i => parameters[i])];
        double[] weights = [.. used.Select(i => 1 / (logStandardDeviations[i] * logStandardDeviations[i]))];

        // Taking a pair twice is giving it twice the weight; one that is not taken has none.
        var exponents = new double[draws];
        var unweighted = new double[draws];
        var drawn = new double[weights.Length];
        var times = new double[weights.Length];
        for (var draw = 0; draw < draws; draw++)
        {
            Array.Clear(drawn);
            Array.Clear(times);
            var generator = new DrawGenerator(seed, draw);
            for (var i = 0; i < drawn.Length; i++)
            {
                var pick = generator.Next(drawn.Length);
                drawn[pick] += weights[pick];
                times[pick]++;
            }

            // One level of compute carries no line.
            var levels = Enumerable.Range(0, drawn.Length).Where(i => drawn[i] > 0).Select(i => x[i]).Distinct().Count();
            exponents[draw] = levels < 2 ? double.NaN : PowerLaw.Fit(x, y, drawn).Exponent;
            unweighted[draw] = levels < 2 ? double.NaN : PowerLaw.Fit(x, y, times).Exponent;
        }

        return new OptimalPairs
        {
            Law = PowerLaw.Fit(x, y, weights),
            Unweighted = PowerLaw.Fit(x, y),
            ParameterExponent = Interval.Of(exponents),
            UnweightedExponent = Interval.Of(unweighted),
            Points = used.Length,
            LeftOut = flops.Count - used.Length,
        };
    }
}
