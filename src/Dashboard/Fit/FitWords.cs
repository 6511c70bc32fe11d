using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>Puts the numbers of saved fits into words.</summary>
public static class FitWords
{
    /// <summary>α for alpha; every other key as it is.</summary>
    public static string Symbol(string key) => key switch
    {
        "alpha" => "α",
        "beta" => "β",
        "gamma" => "γ",
        "delta" => "δ",
        _ => key,
    };

    /// <summary>Five significant digits; in scientific notation where zeros would have to be counted.</summary>
    public static string Number(double value) =>
        Math.Abs(value) is >= 1e6 or (> 0 and < 1e-3) ? Quantity.Scientific(value) : Quantity.Significant(value, 5);

    /// <summary>"80 %: 1.78–1.84".</summary>
    public static string Eighty(IntervalReport? interval) => interval is null ? "no interval" : $"80 %: {Range(interval)}";

    /// <summary>A number with its 80 % interval; "–" where there is none.</summary>
    public static TableCell Cell(SavedNumber? number) =>
        number is not null && double.IsFinite(number.Value) ? new(Number(number.Value), number.Interval is null ? "no interval" : Range(number.Interval)) : new("–");

    /// <summary>A version of the code, its commit cut to seven digits.</summary>
    public static string Version(string version) =>
        version.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus && version.Length > plus + 8 ? version[..(plus + 8)] : version;

    private static string Range(IntervalReport interval) => $"{Number(interval.Low80)}–{Number(interval.High80)}";
}
