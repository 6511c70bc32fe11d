using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>Puts the numbers of saved fits into words.</summary>
public static class SavedFitWords
{
    private static readonly Dictionary<string, string> s_symbols =
        LawForms.Listed.SelectMany(form => form.Parameters).DistinctBy(parameter => parameter.Key).ToDictionary(parameter => parameter.Key, parameter => parameter.Symbol);

    /// <summary>α for alpha; a key of no law as it is.</summary>
    public static string Symbol(string key) => s_symbols.GetValueOrDefault(key, key);

    /// <summary>"80 %: 1.78–1.84".</summary>
    public static string Eighty(IntervalReport? interval) => interval is null ? "no interval" : $"80 %: {Range(interval)}";

    /// <summary>A number with its 80 % interval; "–" where there is none.</summary>
    public static TableCell Cell(SavedNumber? number) =>
        number is not null && double.IsFinite(number.Value) ? new(FitTable.Number(number.Value), number.Interval is null ? "no interval" : Range(number.Interval)) : new("–");

    /// <summary>A version of the code, its commit cut to seven digits.</summary>
    public static string Version(string version) =>
        version.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus && version.Length > plus + 8 ? version[..(plus + 8)] : version;

    private static string Range(IntervalReport interval) => $"{FitTable.Number(interval.Low80)}–{FitTable.Number(interval.High80)}";
}
