using System.Runtime.InteropServices;
using System.Text;
using CsvHelper;

namespace ScalingDashboard.Ingest.Tables;

/// <summary>The cells of the current row, valid until the next one is read.</summary>
internal abstract class RowCells
{
    /// <summary>UTF-8 of a cell; empty where the row has none.</summary>
    public abstract ReadOnlySpan<byte> Bytes(int column);

    /// <summary>Columns that may have a cell in this row: of JSON only those whose keys it has, so that sparse rows of many columns cost what they hold.</summary>
    public abstract ReadOnlySpan<int> Columns { get; }

    public virtual string Text(int column) => Encoding.UTF8.GetString(Bytes(column));
}

internal sealed class CsvCells(CsvReader reader, int columns) : RowCells
{
    private readonly int[] _columns = [.. Enumerable.Range(0, columns)];

    public override ReadOnlySpan<int> Columns => _columns;

    public override ReadOnlySpan<byte> Bytes(int column) => reader.GetSpan(column);

    // The reader pools repeated strings.
    public override string Text(int column) => reader.GetString(column);
}

/// <summary>Cells of a JSON object, in the columns the builder knows them under.</summary>
internal sealed class JsonCells : RowCells
{
    private byte[] _bytes = new byte[4096];
    private (int Start, int Length)[] _cells = [];
    private readonly List<int> _columns = [];
    private int _used;

    public override ReadOnlySpan<int> Columns => CollectionsMarshal.AsSpan(_columns);

    public override ReadOnlySpan<byte> Bytes(int column) =>
        column < _cells.Length ? _bytes.AsSpan(_cells[column].Start, Math.Max(_cells[column].Length, 0)) : default;

    public void Clear()
    {
        _used = 0;
        foreach (var column in _columns)
            _cells[column] = (0, -1);
        _columns.Clear();
    }

    /// <summary>Whether the current row already has a cell in the column, be it empty.</summary>
    public bool Has(int column) => column < _cells.Length && _cells[column].Length >= 0;

    /// <summary>Room for a cell of at most so many bytes; <see cref="Keep"/> says how many it got.</summary>
    public Span<byte> Room(int length)
    {
        if (_used + length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + length));
        return _bytes.AsSpan(_used, length);
    }

    public void Keep(int column, int length)
    {
        if (column >= _cells.Length)
        {
            var old = _cells.Length;
            Array.Resize(ref _cells, Math.Max(Math.Max(old * 2, 64), column + 1));
            _cells.AsSpan(old).Fill((0, -1));
        }

        if (_cells[column].Length < 0)
            _columns.Add(column);
        _cells[column] = (_used, length);
        _used += length;
    }
}
