namespace ScalingDashboard.Numerics.Optimizers.Speedup;

/// <summary>
/// Several methods over several workloads by the time each took to a target: r = t/min t over the methods, ρ(τ) the share of workloads with r ≤ τ (Dolan and Moré 2002), and the
/// area score 1/(r_max − 1)·∫₁^r_max ρ dτ (Dahl et al. 2023, arXiv 2306.07179, §4). A score depends on who else takes part.
/// </summary>
public sealed class PerformanceProfile
{
    /// <summary>r_max of the published benchmark.</summary>
    public const double UsualMost = 4;

    private PerformanceProfile(double[][] ratios) => Ratios = ratios;

    /// <summary>r of each method on each workload; infinite where it never reached the target.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Ratios { get; }

    /// <summary>Compares the methods.</summary>
    /// <param name="times">Of each method on each workload; NaN or infinite where it never reached the target.</param>
    public static PerformanceProfile Of(IReadOnlyList<double[]> times)
    {
        var ratios = times.Select(method => new double[method.Length]).ToArray();
        for (var workload = 0; ratios.Length > 0 && workload < ratios[0].Length; workload++)
        {
            var best = times.Select(method => method[workload]).Where(double.IsFinite).DefaultIfEmpty(double.PositiveInfinity).Min();
            for (var method = 0; method < ratios.Length; method++)
                ratios[method][workload] = double.IsFinite(times[method][workload]) ? times[method][workload] / best : double.PositiveInfinity;
        }

        return new PerformanceProfile(ratios);
    }

    /// <summary>ρ of a method: the share of workloads on which it took at most τ times the least.</summary>
    public double Share(int method, double tau) => (double)Ratios[method].Count(ratio => ratio <= tau) / Ratios[method].Count;

    /// <summary>Area below ρ from 1 to r_max, as a share of the most there can be.</summary>
    public double Score(int method, double most) => Ratios[method].Average(ratio => Math.Max(0, most - ratio)) / (most - 1);
}
