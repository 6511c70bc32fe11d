using System.Text;
using ScalingDashboard.Ingest.Sources;

namespace ScalingDashboard.Ingest;

/// <summary>Keeps the rows whose cell equals a value: as numbers when both parse, else as exact text.</summary>
public sealed class RowFilter
{
    private readonly byte[] _text;
    private readonly double? _number;

    private RowFilter(string column, string value)
    {
        Column = column;
        Value = value;
        _text = Encoding.UTF8.GetBytes(value);
        _number = CellNumber.TryRead(_text, out var number) ? number : null;
    }

    public string Column { get; }

    public string Value { get; }

    /// <summary>Reads <c>COL=VALUE</c>, split at the first equals sign.</summary>
    /// <exception cref="FormatException">There is no equals sign, or no column before it.</exception>
    public static RowFilter Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var column = equals < 0 ? "" : text[..equals].Trim();
        return column.Length > 0
            ? new RowFilter(column, text[(equals + 1)..].Trim())
            : throw new FormatException($"row filter '{text}' is not of the form COLUMN=VALUE, such as subset=hot or budget=1e20.");
    }

    public bool Matches(string cell) => Matches(Encoding.UTF8.GetBytes(cell));

    /// <summary>The same on a cell's UTF-8 bytes.</summary>
    internal bool Matches(ReadOnlySpan<byte> cell) =>
        _number is { } number && CellNumber.TryRead(cell, out var other)
            ? number.Equals(other)
            : cell.SequenceEqual(_text);

    public override string ToString() => $"{Column}={Value}";
}
