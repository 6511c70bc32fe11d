using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Options of an analysis as people write them, the same in commands and requests.</summary>
public static class AnalysisText
{
    /// <summary>Budgets in FLOP, separated by commas.</summary>
    /// <exception cref="FormatException">One is no number above zero.</exception>
    public static double[] Budgets(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part =>
            Quantity.TryParse(part, out var flops) && flops > 0
                ? flops
                : throw new FormatException($"'{part}' is not a compute budget; write FLOP as 5.76e23, several separated by commas."))];

    /// <summary>Bounds of α and β, <c>LOW..HIGH</c>.</summary>
    /// <exception cref="FormatException">It is no range.</exception>
    public static (double Low, double High) Exponents(string text) =>
        text.Split("..") is [var low, var high] && Quantity.TryParse(low, out var least) && Quantity.TryParse(high, out var most) && least >= 0 && least < most
            ? (least, most)
            : throw new FormatException($"'{text}' is not a range such as 0..5.");

    /// <summary>huber, vpnls, squared …</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static FitMethod Method(string text) => FitRecipeOptions.Methods.TryGetValue(text, out var method)
        ? method
        : throw new FormatException($"'{text}' is not one of {string.Join(", ", FitRecipeOptions.Methods.Keys)}.");

    /// <summary>δ of the Huber loss.</summary>
    /// <exception cref="FormatException">It is not above zero.</exception>
    public static double Delta(double value) => value is > 0 and < 1e6 ? value : throw new FormatException("δ must be above zero and below 1e6.");

    /// <summary>Largest budgets to hold out of a fit.</summary>
    /// <exception cref="FormatException">They are out of range.</exception>
    public static int HoldoutBudgets(int value) => value is >= 0 and <= 1000 ? value : throw new FormatException("the budgets to hold out must be between 0 and 1000.");

    /// <summary>Tolerance of a budget.</summary>
    /// <exception cref="FormatException">It is out of range.</exception>
    public static double Tolerance(double value) => value is >= 0 and < 100 ? value : throw new FormatException("the tolerance must be between 0 and 100.");

    /// <summary>Logged rows to smooth over.</summary>
    /// <exception cref="FormatException">They are out of range.</exception>
    public static int SmoothingRows(int value) => value is >= 0 and <= 10_000 ? value : throw new FormatException("the window must be between 0 and 10000 rows.");
}
