using System.Globalization;
using System.Text;

namespace ScalingDashboard.Ingest;

/// <summary>Which column holds which quantity: <c>parameters=COL,run=colA+colB,flops=COL*3,budget=none</c>.</summary>
/// <remarks>
/// Only <c>run</c> joins columns, into the key that tells runs apart. A column may be multiplied by a number, to bring it into the quantity's unit.
/// <c>none</c> switches a recognised column off. A column name with a comma, a plus (in <c>run</c>), a star or the word none is written in double
/// quotes, a quote inside them twice.
/// </remarks>
public sealed class ColumnMapping
{
    private const string Off = "none";

    private readonly SortedDictionary<SweepQuantity, IReadOnlyList<string>> _columns = [];
    private readonly Dictionary<SweepQuantity, double> _factors = [];

    private ColumnMapping()
    {
    }

    /// <summary>Nothing mapped: columns are recognised by their names.</summary>
    public static ColumnMapping Empty { get; } = new();

    /// <summary>Reads one or several mapping texts.</summary>
    /// <exception cref="FormatException">A text is not of the form quantity=column, names an unknown quantity, or maps one twice.</exception>
    public static ColumnMapping Parse(params IEnumerable<string> texts)
    {
        var mapping = new ColumnMapping();
        foreach (var text in texts)
            mapping.ParseInto(text);
        return mapping;
    }

    /// <summary>A mapping from given columns; an empty list switches the quantity off.</summary>
    internal static ColumnMapping From(IEnumerable<KeyValuePair<SweepQuantity, IReadOnlyList<string>>> columns)
    {
        var mapping = new ColumnMapping();
        foreach (var (quantity, names) in columns)
            mapping._columns.Add(quantity, names);
        return mapping;
    }

    /// <summary>The columns of a quantity: null when it is not mapped, empty when it is switched off, more than one only for run.</summary>
    public IReadOnlyList<string>? Columns(SweepQuantity quantity) => _columns.GetValueOrDefault(quantity);

    /// <summary>What the values of the quantity's column are multiplied with.</summary>
    public double Factor(SweepQuantity quantity) => _factors.GetValueOrDefault(quantity, 1);

    /// <summary>A copy with other columns for one quantity: null to leave it to recognition, empty to switch it off, several only for run.</summary>
    public ColumnMapping With(SweepQuantity quantity, IReadOnlyList<string>? columns, double factor = 1)
    {
        var mapping = From(_columns.Where(pair => pair.Key != quantity));
        foreach (var (other, given) in _factors)
        {
            if (other != quantity)
                mapping._factors.Add(other, given);
        }

        if (columns is not null)
            mapping._columns.Add(quantity, columns);
        if (!factor.Equals(1.0))
            mapping._factors.Add(quantity, factor);
        return mapping;
    }

    /// <summary>The text <see cref="Parse"/> reads back.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (quantity, columns) in _columns)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(SweepQuantities.Name(quantity)).Append('=');
            text.Append(columns.Count == 0 ? Off : string.Join('+', columns.Select(column => Quote(quantity, column))));
            if (Factor(quantity) is var factor && !factor.Equals(1.0))
                text.Append(CultureInfo.InvariantCulture, $"*{factor:R}");
        }

        return text.ToString();
    }

    private static string Quote(SweepQuantity quantity, string column)
    {
        var plain = column.Length > 0
            && column[0] != '"'
            && !column.Contains(',', StringComparison.Ordinal)
            && !column.Contains('*', StringComparison.Ordinal)
            && !(quantity == SweepQuantity.Run && column.Contains('+', StringComparison.Ordinal))
            && column.AsSpan().Trim().Length == column.Length
            && !column.Equals(Off, StringComparison.OrdinalIgnoreCase);
        return plain ? column : $"\"{column.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private void ParseInto(string text)
    {
        var position = 0;
        do
        {
            var equals = text.IndexOf('=', position);
            var comma = text.IndexOf(',', position);
            if (equals < 0 || (comma >= 0 && comma < equals))
            {
                var part = text[position..(comma < 0 ? text.Length : comma)].Trim();
                throw new FormatException(
                    $"column mapping '{text}': '{part}' is not of the form quantity=column. Quote a column name that contains a comma: loss=\"eval, mean\".");
            }

            var name = text[position..equals].Trim();
            if (!SweepQuantities.TryFind(name, out var quantity))
            {
                throw new FormatException(
                    $"column mapping '{text}': unknown quantity '{name}'. Known quantities: {string.Join(", ", SweepQuantities.Names)}.");
            }

            position = equals + 1;
            var columns = ReadColumns(text, quantity, ref position);
            if (!_columns.TryAdd(quantity, columns))
                throw new FormatException($"column mapping '{text}': {name} is mapped twice. Give each quantity once.");
        }
        while (position++ < text.Length);
    }

    private List<string> ReadColumns(string text, SweepQuantity quantity, ref int position)
    {
        var columns = new List<string>();
        while (true)
        {
            var column = ReadColumn(text, quantity, ref position, out var quoted);
            var ends = position >= text.Length || text[position] == ',';
            if (!quoted && ends && columns.Count == 0 && column.Equals(Off, StringComparison.OrdinalIgnoreCase))
                return columns;
            if (column.Length == 0 && !quoted)
                throw new FormatException($"column mapping '{text}': {SweepQuantities.Name(quantity)} names an empty column. Write {SweepQuantities.Name(quantity)}=COLUMN, or =none to switch it off.");
            columns.Add(column);
            if (ends)
                return columns;
            position++;
        }
    }

    /// <summary>Takes a multiplier off the end of a column: COL*3, "eval, mean"*1e9.</summary>
    private string Multiplied(string text, SweepQuantity quantity, string column)
    {
        var star = column.LastIndexOf('*');
        if (star < 0 || !double.TryParse(column.AsSpan(star + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var factor))
            return column;
        if (!(double.IsFinite(factor) && factor > 0) || quantity is SweepQuantity.Run or SweepQuantity.Family)
            throw new FormatException($"column mapping '{text}': {SweepQuantities.Name(quantity)} cannot be multiplied by {column[(star + 1)..]}. Quote a column name that contains a star.");
        _factors[quantity] = factor;
        return column[..star].TrimEnd();
    }

    /// <summary>Reads up to the next comma, or plus in a run key; leaves the position on it.</summary>
    private string ReadColumn(string text, SweepQuantity quantity, ref int position, out bool quoted)
    {
        while (position < text.Length && text[position] == ' ')
            position++;
        quoted = position < text.Length && text[position] == '"';
        var separators = quantity == SweepQuantity.Run ? ",+" : ",";
        if (!quoted)
        {
            var length = text.AsSpan(position).IndexOfAny(separators);
            var end = length < 0 ? text.Length : position + length;
            var plain = text[position..end].Trim();
            position = end;
            return Multiplied(text, quantity, plain);
        }

        var column = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            if (text[position] == '"' && (++position >= text.Length || text[position] != '"'))
            {
                if (position < text.Length && text[position] == '*')
                {
                    var length = text.AsSpan(position).IndexOfAny(separators);
                    var end = length < 0 ? text.Length : position + length;
                    if (Multiplied(text, quantity, text[position..end]).Length == 0)
                        position = end;
                }

                while (position < text.Length && text[position] == ' ')
                    position++;
                if (position < text.Length && !separators.Contains(text[position], StringComparison.Ordinal))
                    throw new FormatException($"column mapping '{text}': text follows the closing quote of \"{column}\". Write a comma between mappings.");
                return column.ToString();
            }

            column.Append(text[position]);
        }

        throw new FormatException($"column mapping '{text}': the quote before '{column}' is never closed.");
    }
}
