using ScalingDashboard.Numerics.Compute;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>The values that the sliders of the Plan page stop at; any other can be typed.</summary>
public static class PlanSliders
{
    // Ten a decade, as people round.
    private static readonly double[] s_decade = [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8];

    private static readonly Dictionary<TrainingQuantity, double[]> s_steps = new()
    {
        [Flops] = Decades(18, 28),
        [Money] = Decades(2, 10),
        [Days] = Decades(-1, 3),
        [Accelerators] = [.. Enumerable.Range(0, 18).SelectMany(i => i < 3 ? new[] { Math.Pow(2, i) } : [Math.Pow(2, i), 1.25 * Math.Pow(2, i), 1.5 * Math.Pow(2, i), 1.75 * Math.Pow(2, i)])],
        [Energy] = Decades(2, 10),
        [Carbon] = Decades(1, 9),
        [Parameters] = Decades(7, 13),
        [Tokens] = Decades(8, 15),
        [Loss] = [.. Enumerable.Range(160, 241).Select(i => i / 100.0)],
        [ServedTokens] = Decades(9, 16),
        [UniqueTokens] = Decades(8, 15),
        [LifeFlops] = Decades(18, 28),
        [Bits] = [.. Enumerable.Range(7, 10).Select(i => i / 2.0), 9, 10, 11, 12, 13, 14, 15, 16],
        [Epochs] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64],
    };

    /// <summary>Stops of a quantity, ascending.</summary>
    public static IReadOnlyList<double> Of(TrainingQuantity quantity) => s_steps[quantity];

    /// <summary>Stops of the utilization.</summary>
    public static IReadOnlyList<double> Utilization { get; } = [.. Enumerable.Range(2, 79).Select(i => i / 100.0)];

    private static double[] Decades(int low, int high) =>
        [.. Enumerable.Range(low, high - low).SelectMany(exponent => s_decade.Select(step => double.Parse(FormattableString.Invariant($"{step}e{exponent}"), System.Globalization.CultureInfo.InvariantCulture))), Math.Pow(10, high)];
}
