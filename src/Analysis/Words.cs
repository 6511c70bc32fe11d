using System.Globalization;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>Small pieces of English.</summary>
public static class Words
{
    /// <summary>"1 run", "3 runs", "30,000 runs".</summary>
    public static string Count(int count, string noun) =>
        Count(count, noun, noun + "s");

    /// <summary>"1 family", "3 families".</summary>
    public static string Count(int count, string noun, string plural) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? noun : plural)}");

    /// <summary>"1/12 of", "0.8 of", "about all of", "2.4 times".</summary>
    public static string Share(double ratio) =>
        ratio is >= 0.95 and <= 1.05 ? "about all of"
        : ratio > 1.05 ? $"{Quantity.Significant(ratio, 2)} times"
        : ratio < 0.55 ? $"1/{Quantity.Significant(1 / ratio, 2)} of"
        : $"{Quantity.Significant(ratio, 2)} of";

    /// <summary>"a", "a and b", "a, b and c"; more than <paramref name="most"/> end in "and 4 more".</summary>
    public static string List(IReadOnlyList<string> items, int most = 5)
    {
        if (items.Count <= 1)
            return items.Count == 0 ? "" : items[0];
        if (items.Count > most)
            return string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", items.Take(most - 1))} and {items.Count - most + 1} more");
        return $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}";
    }
}
