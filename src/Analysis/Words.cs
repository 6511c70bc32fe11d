using System.Globalization;

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
