using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Ingest.Sources;

/// <summary>Numbers in table cells, and what is wrong with a cell that is none.</summary>
internal static partial class CellNumber
{
    /// <summary>Characters of a cell that may have been meant as a number.</summary>
    private const int LongestNumber = 100;

    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Same as <see cref="Quantity.TryParse"/>, without making a string of a plain number.</summary>
    public static bool TryRead(ReadOnlySpan<byte> cell, out double value) =>
        (double.TryParse(cell, Style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value))
        || Quantity.TryParse(Encoding.UTF8.GetString(cell), out value);

    /// <summary>Why a cell is not a finite number above zero.</summary>
    public static string Problem(string cell)
    {
        var value = Shorten(cell);
        if (string.IsNullOrWhiteSpace(cell))
            return "is empty";
        if (Quantity.TryParse(cell, out _))
            return $"'{value}' is not above zero";
        if (cell.Length > LongestNumber)
            return $"'{value}' is not a number; write it like 7000000000, 7e9 or 7B";
        if (ThousandsSeparator().IsMatch(cell))
            return $"'{value}' has a thousands separator; remove it ({Shorten(cell.Replace(",", "", StringComparison.Ordinal))})";
        if (DecimalComma().IsMatch(cell))
            return $"'{value}' has a decimal comma; write a point ({Shorten(cell.Replace(',', '.'))})";
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || Infinite().IsMatch(cell))
            return $"'{value}' is not a finite number";
        return $"'{value}' is not a number; write it like 7000000000, 7e9 or 7B";
    }

    /// <summary>A cell for a message: at most 60 characters and no control characters.</summary>
    public static string Shorten(string cell)
    {
        var text = cell.Length <= 60 ? cell : cell[..(char.IsHighSurrogate(cell[56]) ? 56 : 57)] + "…";
        return string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
                target[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }

    [GeneratedRegex(@"^\s*[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\s*[KMBGTkmbgt]?\s*$")]
    private static partial Regex ThousandsSeparator();

    [GeneratedRegex(@"^\s*[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?\s*[KMBGTkmbgt]?\s*$")]
    private static partial Regex DecimalComma();

    [GeneratedRegex(@"^\s*[+-]?(nan|inf|infinity)\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Infinite();
}
