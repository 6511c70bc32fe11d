using System.Collections;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>The values of one column for all runs of a table: numbers, texts, or numbers that are told by a text.</summary>
/// <param name="column">The column.</param>
/// <param name="numbers">For each run, NaN for none; null for a column of texts.</param>
/// <param name="texts">What is shown; null for a column of numbers.</param>
/// <param name="unread">Runs whose curve has to be read first; null for none.</param>
public sealed class ColumnValues(RunColumn column, double[]? numbers, TextColumn? texts, BitArray? unread = null)
{
    /// <summary>What is shown until a curve was read.</summary>
    public const string Unread = "…";

    public RunColumn Column => column;

    /// <summary>Can be put on an axis, averaged and compared with a number.</summary>
    public bool IsNumber { get; } = texts is null || (numbers is null && texts.IsNumeric);

    public TextColumn? Texts => texts;

    /// <summary>Number of a run; NaN for none.</summary>
    public double Number(int row) =>
        numbers is not null ? numbers[row]
        : texts!.Codes[row] is >= 0 and var code ? texts.Numbers[code]
        : double.NaN;

    /// <summary>As the table shows it; a dash for no number, empty for no text.</summary>
    public string Text(int row) =>
        IsUnread(row) ? Unread
        : texts is not null ? texts[row] ?? ""
        : RunColumnText.Number(column, numbers![row]);

    /// <summary>The run's curve has to be read first.</summary>
    public bool IsUnread(int row) => unread?[row] == true;

    /// <summary>A number for each run by which runs are put in order, those without a value last in either direction.</summary>
    internal ulong[] SortKeys(ReadOnlySpan<int> rows, bool descending)
    {
        var keys = new ulong[rows.Length];
        var byNumber = numbers is not null || texts!.IsNumeric;
        var codes = texts is null ? default : texts.Codes;
        var ranks = byNumber ? default : texts!.Ranks;
        for (var i = 0; i < rows.Length; i++)
        {
            var key = byNumber ? SortKey(Number(rows[i])) : codes[rows[i]] is >= 0 and var code ? (ulong)ranks[code] : ulong.MaxValue;
            keys[i] = descending && key != ulong.MaxValue ? ulong.MaxValue - 1 - key : key;
        }

        return keys;
    }

    /// <summary>Rises with the value; the largest of all for NaN.</summary>
    internal static ulong SortKey(double value)
    {
        if (double.IsNaN(value))
            return ulong.MaxValue;
        // The bits of doubles above zero rise with the value, below zero they fall.
        var bits = unchecked((ulong)BitConverter.DoubleToInt64Bits(value + 0.0));
        return (bits >> 63) == 0 ? bits | 0x8000_0000_0000_0000 : ~bits;
    }
}
