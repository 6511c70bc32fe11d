using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Questions about growing as they are typed, and numbers as they are read.</summary>
public static class GrowthText
{
    /// <summary>The options of a comparison.</summary>
    /// <exception cref="AnalysisException">The size is no number.</exception>
    public static GrowthComparisonOptions Options(string growthOperator, string? size, bool chargeSmall, int bootstrap, int seed) => new()
    {
        Operator = growthOperator,
        Parameters = size is null ? null : Quantity.TryParse(size, out var parameters) && parameters > 0 ? parameters : throw new AnalysisException($"size: '{size}' is not a number of parameters such as 110M."),
        ChargeSmall = chargeSmall,
        Bootstrap = bootstrap,
        Seed = seed,
    };

    /// <summary>A share saved: "44.7 %", "−5.7 %".</summary>
    public static string Percent(double share) =>
        !double.IsFinite(share) ? "–" : string.Create(CultureInfo.InvariantCulture, $"{(share < 0 ? "−" : "")}{Math.Abs(100 * share):0.0} %");

    /// <summary>After how many grown models the small one has paid off: "2 uses", "never", "–" where nobody knows.</summary>
    /// <param name="breakEven">Models; infinite for never.</param>
    /// <param name="smallFlops">FLOP of the small model; NaN where they are not known.</param>
    public static string Uses(double breakEven, double smallFlops) =>
        !double.IsFinite(smallFlops) || double.IsNaN(breakEven) ? "–"
        : !double.IsFinite(breakEven) ? "never"
        : Words.Count((int)Math.Min(int.MaxValue, Math.Max(1, Math.Ceiling(breakEven))), "use");
}
