using System.Globalization;

namespace ScalingDashboard.Runs.Quantities;

/// <summary>Numbers as people in the field write and read them: <c>70B</c>, <c>1.4T</c>, <c>5.76e23</c>. Always the invariant culture.</summary>
public static class Quantity
{
    private static readonly (char Suffix, double Factor, string Exponent)[] s_suffixes =
        [('K', 1e3, "e3"), ('M', 1e6, "e6"), ('B', 1e9, "e9"), ('T', 1e12, "e12")];

    /// <summary>Reads <c>7e9</c>, <c>7B</c>, <c>1.4 T</c>, <c>5.76e23 FLOP</c>. Refuses thousands separators, hexadecimal and anything not finite.</summary>
    public static bool TryParse(string? text, out double value)
    {
        value = double.NaN;
        if (text is null)
            return false;
        var span = text.AsSpan().Trim();
        if (span.EndsWith("FLOPs", StringComparison.OrdinalIgnoreCase))
            span = span[..^5].TrimEnd();
        else if (span.EndsWith("FLOP", StringComparison.OrdinalIgnoreCase))
            span = span[..^4].TrimEnd();
        if (span.IsEmpty)
            return false;

        var (factor, exponent) = (1.0, "");
        var last = char.ToUpperInvariant(span[^1]);
        // G is what engineers write for billion.
        if (last == 'G')
            last = 'B';
        foreach (var (suffix, scale, exponentOfScale) in s_suffixes)
        {
            if (last != suffix)
                continue;
            span = span[..^1].TrimEnd();
            // 67.1 times 1e9 is not 67.1e9 to the last digit, so the suffix is read as an exponent where there is room for one.
            if (span.ContainsAny('e', 'E'))
                factor = scale;
            else
                exponent = exponentOfScale;
            break;
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse($"{span}{exponent}", style, CultureInfo.InvariantCulture, out var number))
            return false;
        number *= factor;
        if (!double.IsFinite(number))
            return false;
        value = number;
        return true;
    }

    /// <summary>A count in SI: 70B, 1.4T, 331M; three significant digits.</summary>
    public static string Count(double value)
    {
        if (!double.IsFinite(value))
            return "–";
        var magnitude = Math.Abs(value);
        foreach (var (suffix, factor, _) in s_suffixes.Reverse())
        {
            // 999.6M reads as 1B, not as 1000M.
            if (magnitude >= factor * 0.9995)
                return magnitude >= 0.9995e15 ? Scientific(value) : Significant(value / factor, 3) + suffix;
        }

        return Significant(value, 3);
    }

    /// <summary>Compute in scientific notation: 5.76e23, 6e18; three significant digits.</summary>
    public static string Scientific(double value)
    {
        if (!double.IsFinite(value))
            return "–";
        if (value == 0)
            return "0";
        var text = value.ToString("E2", CultureInfo.InvariantCulture);
        var split = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = text[..split].TrimEnd('0').TrimEnd('.');
        var exponent = int.Parse(text.AsSpan(split + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{exponent}");
    }

    /// <summary>A plain number with a fixed count of significant digits, without an exponent.</summary>
    public static string Significant(double value, int digits)
    {
        if (!double.IsFinite(value))
            return "–";
        if (value == 0)
            return "0";
        var decimals = digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        if (decimals < 0)
        {
            var scale = Math.Pow(10, -decimals);
            return (Math.Round(value / scale) * scale).ToString("F0", CultureInfo.InvariantCulture);
        }

        var text = value.ToString("F" + Math.Min(decimals, 15).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }
}
