using System.Globalization;
using System.Text;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Links;

/// <summary>
/// The query string of a page: read with a default for everything, written without the defaults. Immutable.
/// A list is its key repeated; a key with an empty value is the empty list.
/// </summary>
public sealed class ViewQuery
{
    /// <summary>Longest query string that is written, question mark included; longer links break in mail and chat programs.</summary>
    public const int MaximumLength = 4000;

    /// <summary>Longest single value, in characters before escaping.</summary>
    public const int MaximumValueLength = 500;

    public static readonly ViewQuery Empty = new([]);

    private readonly IReadOnlyList<KeyValuePair<string, string>> _pairs;

    private ViewQuery(IReadOnlyList<KeyValuePair<string, string>> pairs) => _pairs = pairs;

    /// <summary>Reads <c>?a=1&amp;b=2</c>, with or without the question mark. Never throws: what cannot be read is left out.</summary>
    public static ViewQuery Parse(string? query)
    {
        if (string.IsNullOrEmpty(query))
            return Empty;
        var pairs = new List<KeyValuePair<string, string>>();
        var read = 0;
        foreach (var part in query.TrimStart('?').Split('&'))
        {
            read += part.Length + 1;
            if (read > MaximumLength)
                break;
            var split = part.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
                continue;
            var value = Unescape(part[(split + 1)..]);
            if (value.Length <= MaximumValueLength)
                pairs.Add(new(Unescape(part[..split]), value));
        }

        return new ViewQuery(pairs);
    }

    /// <summary>The first value of the key; the default where there is none or an empty one.</summary>
    public string Text(string key, string fallback = "") => First(key) is { Length: > 0 } value ? value : fallback;

    /// <summary>A finite number, also one typed as 70B; the default where there is none between the bounds.</summary>
    public double Number(string key, double fallback, double minimum = double.MinValue, double maximum = double.MaxValue) =>
        NumberOrNull(key, minimum, maximum) ?? fallback;

    /// <summary>A finite number, or null where there is none between the bounds.</summary>
    public double? NumberOrNull(string key, double minimum = double.MinValue, double maximum = double.MaxValue) =>
        Quantity.TryParse(First(key), out var value) && value >= minimum && value <= maximum ? value : null;

    public int WholeNumber(string key, int fallback, int minimum = int.MinValue, int maximum = int.MaxValue) =>
        int.TryParse(First(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : fallback;

    /// <summary>1 or 0.</summary>
    public bool Flag(string key, bool fallback) => First(key) switch
    {
        "1" => true,
        "0" => false,
        _ => fallback,
    };

    /// <summary>A named value of an enum, upper or lower case alike.</summary>
    public TChoice Choice<TChoice>(string key, TChoice fallback) where TChoice : struct, Enum
    {
        var text = First(key);
        foreach (var choice in Enum.GetValues<TChoice>())
        {
            if (string.Equals(choice.ToString(), text, StringComparison.OrdinalIgnoreCase))
                return choice;
        }

        return fallback;
    }

    /// <summary>The values of a repeated key without repetitions, at most <paramref name="maximumCount"/>; the default where the key is absent.</summary>
    public IReadOnlyList<string> List(string key, IReadOnlyList<string> fallback, int maximumCount = 50) =>
        _pairs.Any(pair => pair.Key == key)
            ? [.. _pairs.Where(pair => pair.Key == key && pair.Value.Length > 0).Select(pair => pair.Value).Distinct(StringComparer.Ordinal).Take(maximumCount)]
            : fallback;

    /// <summary>Short ids of runs, joined by dots under a key that may be repeated, without repetitions.</summary>
    public IReadOnlyList<string> Ids(string key, int maximumCount) =>
        [.. _pairs.Where(pair => pair.Key == key).SelectMany(pair => pair.Value.Split('.', StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal).Take(maximumCount)];

    /// <summary>A copy with short ids of runs added, as many under one key as a value may hold.</summary>
    public ViewQuery WithIds(string key, IReadOnlyList<string> ids)
    {
        var query = this;
        var value = "";
        foreach (var id in ids)
        {
            if (value.Length > 0 && value.Length + 1 + id.Length > MaximumValueLength)
                (query, value) = (query.Add(key, value), "");
            value = value.Length == 0 ? id : $"{value}.{id}";
        }

        return value.Length == 0 ? query : query.Add(key, value);
    }

    /// <summary>A copy with the value added, unless it is the default.</summary>
    public ViewQuery With(string key, string value, string fallback = "") => value == fallback ? this : Add(key, value);

    /// <inheritdoc cref="With(string, string, string)"/>
    public ViewQuery With(string key, double? value, double? fallback = null) =>
        value is not { } number || value == fallback || !double.IsFinite(number) ? this : Add(key, Number(number));

    /// <inheritdoc cref="With(string, string, string)"/>
    public ViewQuery With(string key, int value, int fallback) =>
        value == fallback ? this : Add(key, value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="With(string, string, string)"/>
    public ViewQuery With(string key, bool value, bool fallback) => value == fallback ? this : Add(key, value ? "1" : "0");

    /// <inheritdoc cref="With(string, string, string)"/>
    public ViewQuery With<TChoice>(string key, TChoice value, TChoice fallback) where TChoice : struct, Enum =>
#pragma warning disable CA1308 // Links are lower case.
        EqualityComparer<TChoice>.Default.Equals(value, fallback) ? this : Add(key, value.ToString().ToLowerInvariant());
#pragma warning restore CA1308

    /// <inheritdoc cref="With(string, string, string)"/>
    public ViewQuery With(string key, IReadOnlyList<string> values, IReadOnlyList<string> fallback)
    {
        if (values.SequenceEqual(fallback, StringComparer.Ordinal))
            return this;
        return values.Count == 0 ? Add(key, "") : values.Aggregate(this, (query, value) => query.Add(key, value));
    }

    /// <summary>The query string with its question mark, or nothing. What no longer fits <see cref="MaximumLength"/> is left out, in whole pairs.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (key, value) in _pairs)
        {
            var pair = Uri.EscapeDataString(key) + "=" + Uri.EscapeDataString(value);
            if (text.Length + 1 + pair.Length <= MaximumLength)
                text.Append(text.Length == 0 ? '?' : '&').Append(pair);
        }

        return text.ToString();
    }

    /// <summary>The shortest text that reads back as the same number, without a plus sign: 5.76e23, 1.5e-7.</summary>
    private static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var split = text.IndexOf('E', StringComparison.Ordinal);
        return split < 0
            ? text
            : $"{text.AsSpan(0, split)}e{int.Parse(text.AsSpan(split + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)}";
    }

    // A plus never comes from here, but mail and form tools write it for a space.
    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private string? First(string key) => _pairs.FirstOrDefault(pair => pair.Key == key).Value;

    private ViewQuery Add(string key, string value) =>
        value.Length > MaximumValueLength ? this : new([.. _pairs, new(key, value)]);
}
