using System.Globalization;
using System.Text;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Columns and limits that all tables of logs share.</summary>
internal abstract class LogTableSink(string file, LogReadOptions options, LogCollector runs) : ITableSink
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _anyCase = new(StringComparer.OrdinalIgnoreCase);
    private int _rows;

    public bool IsComplete => false;

    public int ColumnCount => _names.Count;

    protected string File => file;

    protected LogCollector Runs => runs;

    protected LogReadOptions Options => options;

    protected IReadOnlyList<string> Names => _names;

    public string ColumnName(int index) => _names[index];

    public virtual bool TryFindColumn(string name, out int index) => _index.TryGetValue(name, out index);

    public int AddColumn(string name, int line)
    {
        if (_names.Count == TableLimits.Columns)
            throw new IngestException(file, $"has more than {TableLimits.Columns} columns. Export only the columns that are needed.", line);
        _index.TryAdd(name, _names.Count);
        _anyCase.TryAdd(name, _names.Count);
        _names.Add(name);
        return _names.Count - 1;
    }

    public abstract void BindColumns();

    public virtual void RequireColumns()
    {
    }

    public void CountRow(int line)
    {
        if (++_rows > TableLimits.Rows)
            throw new IngestException(file, string.Create(CultureInfo.InvariantCulture, $"has more than {TableLimits.Rows} rows. Split it, or log less often."), line);
    }

    public void LeaveOut(int line, string problem, string? column = null, string? value = null)
    {
        if (options.Strict)
            throw new IngestException(file, problem, line, column, value);
        runs.LeaveOut(file, line, column is null ? problem : $"column {column}: {problem}");
    }

    public virtual void CutOff(int line) => LeaveOut(line, LoggedRunBuilder.EndsWithin);

    public abstract void AddRow(int line, RowCells cells);

    /// <summary>Reads the file into the sink, delimited or as JSON Lines.</summary>
    public async Task ReadAsync(LogInput input, CancellationToken cancellationToken)
    {
        await using var source = await input.OpenTextAsync(cancellationToken).ConfigureAwait(false);
        if (source.Head.AsSpan().TrimStart()[0] == '{')
            await new JsonlTableReader(file, this).ReadAsync(source, cancellationToken).ConfigureAwait(false);
        else
            await CsvTableReader.ReadAsync(source, file, this, cancellationToken).ConfigureAwait(false);
        if (_rows == 0)
            throw new IngestException(file, "has a header but no rows. Check that the export contains the runs.");
        Finish();
        if (source.InvalidCharacters > 0)
            runs.Warn(string.Create(CultureInfo.InvariantCulture, $"{file}: not UTF-8 in {source.InvalidCharacters} places, read as \uFFFD; save the file as UTF-8."));
    }

    /// <summary>Called after the last row.</summary>
    protected virtual void Finish()
    {
    }

    /// <summary>The first of the names that is a column, whatever the case; -1 when none is.</summary>
    protected int Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_index.TryGetValue(name, out var exact))
                return exact;
        }

        foreach (var name in names)
        {
            if (_anyCase.TryGetValue(name, out var index))
                return index;
        }

        return -1;
    }

    /// <summary>A column the caller maps to a quantity, else the first known name; -1 when there is none.</summary>
    /// <exception cref="IngestException">The mapped column is not there.</exception>
    protected int Find(SweepQuantity quantity, params ReadOnlySpan<string> names) => options.Mapping.Columns(quantity) switch
    {
        null => Find(names),
        [] => -1,
        [var column, ..] => Find(column),
    };

    /// <summary>A logged value: also NaN and infinity, as Python and C write them.</summary>
    protected static bool TryReadValue(ReadOnlySpan<byte> cell, out double value)
    {
        if (CellNumber.TryRead(cell, out value))
            return true;
        Span<char> text = stackalloc char[12];
        if (cell.Length is 0 or > 12 || !Encoding.UTF8.TryGetChars(cell, text, out var length))
            return false;
        switch (text[..length].Trim().ToString().ToUpperInvariant())
        {
            case "NAN" or "-NAN" or "+NAN":
                value = double.NaN;
                return true;
            case "INF" or "INFINITY" or "+INF" or "+INFINITY":
                value = double.PositiveInfinity;
                return true;
            case "-INF" or "-INFINITY":
                value = double.NegativeInfinity;
                return true;
            default:
                return false;
        }
    }
}
