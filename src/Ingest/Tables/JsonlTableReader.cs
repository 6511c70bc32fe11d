using System.Globalization;
using System.Text;
using System.Text.Json;
using ScalingDashboard.Ingest.Sources;

namespace ScalingDashboard.Ingest.Tables;

/// <summary>Reads one JSON object a line. Columns are the keys, in the order in which they first appear.</summary>
internal sealed class JsonlTableReader(string fileName, ITableSink builder)
{
    private readonly JsonCells _cells = new();
    private readonly List<byte[]> _keys = [];
    private byte[] _quoted = [];
    private string? _duplicate;

    public async Task ReadAsync(SourceText source, CancellationToken cancellationToken)
    {
        var lines = new Utf8LineReader(source.Utf8, fileName, TableLimits.Line);
        while (!builder.IsComplete && await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!lines.Line.Span.Trim(" \t"u8).IsEmpty)
                ReadLine(lines.Line.Span, lines.LineNumber, lines.IsWhole);
        }

        builder.BindColumns();
        if (builder.ColumnCount > 0)
            builder.RequireColumns();
    }

    private void ReadLine(ReadOnlySpan<byte> line, int number, bool isWhole)
    {
        builder.CountRow(number);
        var trimmed = line.Trim(" \t"u8);
        if (trimmed[0] != (byte)'{' || trimmed[^1] != (byte)'}')
        {
            // A whole document over many lines: one error instead of one a line.
            if (number == 1 && trimmed[^1] is ((byte)'{' or (byte)'[' or (byte)','))
                throw new IngestException(fileName, "is one JSON document, not JSON Lines. Write one object a line, a run or a checkpoint each, with parameters, loss, and tokens or flops.", number);
            LeaveOut("is not a JSON object; write one object a line");
            return;
        }

        var columns = builder.ColumnCount;
        try
        {
            ReadObject(PythonJson.QuoteNonFinite(trimmed, ref _quoted), number);
        }
        catch (JsonException exception)
        {
            LeaveOut(string.Create(CultureInfo.InvariantCulture, $"is not valid JSON near character {(exception.BytePositionInLine ?? 0) + 1}; write one object a line"));
            return;
        }
        catch (InvalidOperationException)
        {
            builder.LeaveOut(number, "holds text that is not valid Unicode");
            return;
        }
        finally
        {
            if (builder.ColumnCount > columns)
                builder.BindColumns();
        }

        if (_duplicate is not null)
            builder.LeaveOut(number, $"has the key '{CellNumber.Shorten(_duplicate)}' more than once; keep one");
        else
            builder.AddRow(number, _cells);

        void LeaveOut(string problem)
        {
            // The first line is none of a log that was cut off, but no log.
            if (isWhole || number == 1)
                builder.LeaveOut(number, problem);
            else
                builder.CutOff(number);
        }
    }

    private void ReadObject(ReadOnlySpan<byte> json, int line)
    {
        _cells.Clear();
        _duplicate = null;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var column = FindColumn(ref reader, expected, line);
            expected = column + 1;
            reader.Read();
            if (_cells.Has(column))
                _duplicate ??= builder.ColumnName(column);
            ReadValue(ref reader, json, column, line);
        }

        // Raises an error when something follows the object.
        reader.Read();
    }

    /// <summary>Objects of a file mostly have the same keys in the same order: try the next column before searching.</summary>
    private int FindColumn(ref Utf8JsonReader reader, int expected, int line)
    {
        if (expected < _keys.Count && reader.ValueTextEquals(_keys[expected]))
            return expected;
        var name = reader.GetString()!;
        if (builder.TryFindColumn(name, out var column))
            return column;
        _keys.Add(Encoding.UTF8.GetBytes(name));
        return builder.AddColumn(name, line);
    }

    private void ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int column, int line)
    {
        var length = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                break;
            case JsonTokenType.String when reader.ValueIsEscaped:
                length = reader.CopyString(_cells.Room(reader.ValueSpan.Length));
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                length = Copy(json[start..(int)reader.BytesConsumed]);
                break;
            default:
                length = Copy(reader.ValueSpan);
                break;
        }

        if (length > TableLimits.Cell)
        {
            throw new IngestException(
                fileName,
                $"a value is longer than {TableLimits.Cell / 1024} KB. Leave the key out of the export.",
                line,
                builder.ColumnName(column));
        }

        _cells.Keep(column, length);
    }

    private int Copy(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_cells.Room(value.Length));
        return value.Length;
    }
}
