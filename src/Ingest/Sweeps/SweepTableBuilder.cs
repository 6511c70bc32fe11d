using System.Globalization;
using System.Text;
using ScalingDashboard.Ingest.Logs;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest.Sweeps;

/// <summary>Takes the rows of a table one by one, checks them, and makes the <see cref="SweepTable"/>.</summary>
internal sealed class SweepTableBuilder(string fileName, SweepTableOptions options, bool headerOnly = false) : ITableSink
{
    private const int SampledRows = 100;
    private const int SamplesPerColumn = 3;
    private const string KeySeparator = " · ";

    private readonly ColumnBinding _columns = new(fileName, options.Mapping);
    private readonly List<List<string>> _samples = [];
    private readonly RunCollector _runs = new();
    private readonly LeftOutRows _leftOut = new();
    private readonly SortedDictionary<SweepQuantity, (int Count, int Line, string Value)> _ignored = [];
    private readonly StringBuilder _key = new();
    private int[] _filterColumns = [];
    private int[] _rowColumns = [];
    private int[] _keptColumns = [];
    private int _rowsRead;
    private int _rowsFilteredOut;
    private int _inferredTokens;
    private int _inferredFlops;

    // How the parameters of the first row were counted that has none.
    private string? _counted;

    public bool TryFindColumn(string name, out int index) => _columns.TryFind(name, out index);

    /// <summary>No further row is needed.</summary>
    public bool IsComplete => headerOnly && _rowsRead >= SampledRows;

    public int ColumnCount => _columns.Names.Count;

    public string ColumnName(int index) => _columns.Names[index];

    /// <exception cref="IngestException">There are too many columns.</exception>
    public int AddColumn(string name, int line)
    {
        if (ColumnCount == TableLimits.Columns)
            throw new IngestException(fileName, $"has more than {TableLimits.Columns} columns. Export only the columns that are needed.", line);
        _samples.Add([]);
        return _columns.Add(name);
    }

    /// <summary>Looks up the columns of the mapping and the filters; again whenever columns were added.</summary>
    public void BindColumns()
    {
        _columns.Bind();
        _filterColumns = [.. options.Where.Select(filter => _columns.Find(filter.Column))];
        _rowColumns = [.. options.RowColumns.Select(_columns.Find)];
        _keptColumns = [.. _rowColumns.Concat(Enumerable.Range(0, _columns.Names.Count).Where(column => options.KeepsColumn(_columns.Names[column]))).Distinct()];
    }

    /// <exception cref="IngestException">A column that is needed or was named is not there.</exception>
    public void RequireColumns()
    {
        if (headerOnly)
            return;
        // The first row tells whether the parameters can be counted.
        _columns.Require(except: SweepQuantity.Parameters);
        RequireFound(_filterColumns, missing => options.Where[missing].Column, "to filter on");
        RequireFound(_rowColumns, missing => options.RowColumns[missing], "to fit with");
    }

    private void RequireFound(int[] columns, Func<int, string> name, string purpose)
    {
        var missing = Array.IndexOf(columns, -1);
        if (missing >= 0)
            throw new IngestException(fileName, $"has no column '{name(missing)}' {purpose}. Columns found: {_columns.ListColumns()}.", column: name(missing));
    }

    /// <summary>Counts a row of the file, usable or not.</summary>
    public void CountRow(int line)
    {
        if (++_rowsRead > options.MaximumRows)
            throw new IngestException(fileName, string.Create(CultureInfo.InvariantCulture, $"has more than {options.MaximumRows} rows. Split it, or keep fewer checkpoints per run."), line);
    }

    /// <summary>Leaves a row out; in strict mode refuses the file instead.</summary>
    public void LeaveOut(int line, string problem, string? column = null, string? value = null)
    {
        if (options.Strict)
            throw new IngestException(fileName, problem, line, column, value);
        _leftOut.Add(new LeftOutRow(fileName, line, column is null ? problem : $"column {column}: {problem}"));
    }

    public void CutOff(int line) => LeaveOut(line, LoggedRunBuilder.EndsWithin);

    /// <summary>Checks a counted row and adds it to its run.</summary>
    public void AddRow(int line, RowCells cells)
    {
        if (_rowsRead <= SampledRows)
            Sample(cells);
        if (headerOnly)
            return;
        for (var i = 0; i < _filterColumns.Length; i++)
        {
            if (_filterColumns[i] < 0 || !options.Where[i].Matches(cells.Bytes(_filterColumns[i])))
            {
                _rowsFilteredOut++;
                return;
            }
        }

        if (!TryRead(line, cells, out var row))
            return;
        if (row.TokensInferred)
            _inferredTokens++;
        if (!row.FlopsLogged)
            _inferredFlops++;
        if (_runs.Add(row, RunName(cells), _columns.RunColumns.Length > 1) is not { } run)
            return;
        _runs.Configure(run, RunConfig(cells));
    }

    public SweepHeader BuildHeader() => new(Columns(), _columns.InForce());

    /// <exception cref="IngestException">There is no usable row.</exception>
    public SweepTable Build(string format, string sha256, long invalidCharacters)
    {
        if (_rowsRead == 0)
            throw new IngestException(fileName, "has a header but no rows. Check that the export contains the runs.");
        if (_runs.Rows == 0)
            throw NoUsableRow();

        var warnings = _columns.Notes().ToList();
        if (_counted is not null)
            warnings.Add($"no column of parameters: N is counted from the model's shape, in the first row from {_counted}.");
        if (invalidCharacters > 0)
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"not UTF-8 in {invalidCharacters} place{(invalidCharacters == 1 ? "" : "s")}, read as \uFFFD; save the file as UTF-8."));
        foreach (var (quantity, (count, line, value)) in _ignored)
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"column {_columns.Names[_columns[quantity]]}: {count} cell{(count == 1 ? "" : "s")} read as missing, first in line {line}: {value}."));
        }

        var runs = _runs.Finish(_columns[SweepQuantity.Seconds] >= 0, warnings);
        return new SweepTable
        {
            FileName = fileName,
            Format = format,
            Columns = Columns(),
            Mapping = _columns.InForce(),
            Observations = _runs.Observations,
            Runs = runs,
            LeftOut = _leftOut.All,
            Warnings = warnings,
            Sha256 = sha256,
            RowsRead = _rowsRead,
            RowsFilteredOut = _rowsFilteredOut,
            InferredTokens = _inferredTokens,
            InferredFlops = _inferredFlops,
            ForwardOnly = options.Mapping.Factor(SweepQuantity.Flops).Equals(1.0) && _columns[SweepQuantity.Flops] is >= 0 and var flops
                ? ForwardOnlyFlops.Find(_columns.Names[flops], _runs.LoggedComputes())
                : null,
        };
    }

    private SweepColumn[] Columns() => [.. _columns.Names.Select((name, index) => new SweepColumn(name, _samples[index]))];

    private bool TryRead(int line, RowCells cells, out SweepRow row)
    {
        row = default;
        var (tokens, flops) = (double.NaN, double.NaN);
        if (!TryReadParameters(line, cells, out var parameters, out var counted))
            return false;
        var hasTokens = !IsEmpty(cells, SweepQuantity.Tokens);
        var hasFlops = !IsEmpty(cells, SweepQuantity.Flops);
        if (hasTokens && !TryReadRequired(line, cells, SweepQuantity.Tokens, out tokens))
            return false;
        if (hasFlops && !TryReadRequired(line, cells, SweepQuantity.Flops, out flops))
            return false;
        if (!TryReadRequired(line, cells, SweepQuantity.Loss, out var loss))
            return false;
        if (!hasTokens && !hasFlops)
        {
            var columns = string.Join(" and ", new[] { SweepQuantity.Tokens, SweepQuantity.Flops }.Where(one => _columns[one] >= 0).Select(one => _columns.Names[_columns[one]]));
            LeaveOut(line, $"has neither tokens nor flops{(columns.Length > 0 ? $" ({columns} empty)" : "")}; fill in one of them");
            return false;
        }

        if (!hasTokens)
            tokens = flops / (6 * parameters);
        if (!hasFlops)
            flops = 6 * parameters * tokens;
        if (!(double.IsFinite(tokens) && tokens > 0 && double.IsFinite(flops) && flops > 0 && double.IsFinite(6 * parameters * tokens)))
        {
            LeaveOut(line, "parameters and tokens are out of range: 6·N·D or C/(6·N) is not a finite number above zero; check the units");
            return false;
        }

        row = new SweepRow(line, parameters, tokens, flops, loss, Number(line, cells, SweepQuantity.Step), Number(line, cells, SweepQuantity.Seconds))
        {
            NonEmbeddingParameters = Positive(line, cells, SweepQuantity.NonEmbeddingParameters) is var named && double.IsNaN(named) ? counted?.NonEmbeddingParameters ?? double.NaN : named,
            Budget = Positive(line, cells, SweepQuantity.Budget),
            TokensInferred = !hasTokens,
            FlopsLogged = hasFlops,
            FlopsCellEmpty = !hasFlops && _columns[SweepQuantity.Flops] >= 0,
            Family = Optional(cells, SweepQuantity.Family),
            Config = _keptColumns.Length == 0 ? null : Config(cells, _keptColumns),
        };
        return true;
    }

    /// <summary>N of a row: its cell, or where the table has no such column what the shape of the model in the row comes to.</summary>
    private bool TryReadParameters(int line, RowCells cells, out double parameters, out ModelCount? counted)
    {
        counted = null;
        if (_columns[SweepQuantity.Parameters] >= 0)
            return TryReadRequired(line, cells, SweepQuantity.Parameters, out parameters);
        counted = options.CountModel(RunConfig(cells));
        parameters = counted?.Parameters ?? double.NaN;
        if (counted?.Parameters is not null)
        {
            _counted ??= counted.From;
            return true;
        }

        if (_counted is null)
            _columns.Require();
        LeaveOut(line, counted is null ? "has no parameters, and not the layers and width to count them from" : "has no parameters, and no vocabulary to count them with");
        return false;
    }

    private bool TryReadRequired(int line, RowCells cells, SweepQuantity quantity, out double value)
    {
        var column = _columns[quantity];
        if (column < 0)
        {
            value = double.NaN;
            LeaveOut(line, $"has no {SweepQuantities.Name(quantity)}");
            return false;
        }

        var cell = cells.Bytes(column);
        if (CellNumber.TryRead(cell, out value) && (value *= _columns.Unit(quantity)) > 0 && double.IsFinite(value))
            return true;
        var text = Encoding.UTF8.GetString(cell);
        LeaveOut(line, CellNumber.Problem(text), _columns.Names[column], text);
        return false;
    }

    private bool IsEmpty(RowCells cells, SweepQuantity quantity) =>
        _columns[quantity] < 0 || cells.Bytes(_columns[quantity]).Trim(" \t"u8).IsEmpty;

    /// <summary>An optional number above zero, NaN when missing; anything else is missing, with a warning.</summary>
    private double Positive(int line, RowCells cells, SweepQuantity quantity)
    {
        if (IsEmpty(cells, quantity))
            return double.NaN;
        var cell = cells.Bytes(_columns[quantity]);
        if (CellNumber.TryRead(cell, out var value) && (value *= _columns.Unit(quantity)) > 0 && double.IsFinite(value))
            return value;
        Ignore(line, quantity, CellNumber.Problem(Encoding.UTF8.GetString(cell)));
        return double.NaN;
    }

    /// <summary>An optional finite number, NaN when missing; anything else is missing, with a warning.</summary>
    private double Number(int line, RowCells cells, SweepQuantity quantity)
    {
        if (IsEmpty(cells, quantity))
            return double.NaN;
        var cell = cells.Bytes(_columns[quantity]);
        if (CellNumber.TryRead(cell, out var value))
            return value * _columns.Unit(quantity);
        Ignore(line, quantity, CellNumber.Problem(Encoding.UTF8.GetString(cell)));
        return double.NaN;
    }

    private void Ignore(int line, SweepQuantity quantity, string problem) =>
        _ignored[quantity] = _ignored.TryGetValue(quantity, out var earlier)
            ? earlier with { Count = earlier.Count + 1 }
            : (1, line, problem);

    private string? Optional(RowCells cells, SweepQuantity quantity) =>
        IsEmpty(cells, quantity) ? null : cells.Text(_columns[quantity]);

    /// <summary>The row's run, from one column or several; null when all are empty.</summary>
    private string? RunName(RowCells cells)
    {
        var columns = _columns.RunColumns;
        if (columns.Length <= 1)
            return columns.Length == 0 || cells.Bytes(columns[0]).IsEmpty ? null : cells.Text(columns[0]);
        _key.Clear();
        var empty = true;
        foreach (var column in columns)
        {
            if (_key.Length > 0)
                _key.Append(KeySeparator);
            var part = cells.Bytes(column).IsEmpty ? "–" : cells.Text(column);
            empty &= cells.Bytes(column).IsEmpty;
            _key.Append(part);
        }

        return empty ? null : _key.ToString();
    }

    private KeyValuePair<string, string>[] Config(RowCells cells, int[] columns) =>
        [.. columns.Where(column => !cells.Bytes(column).IsEmpty).Select(column => KeyValuePair.Create(_columns.Names[column], cells.Text(column)))];

    /// <summary>All cells that no field of a run carries.</summary>
    private KeyValuePair<string, string>[] RunConfig(RowCells cells)
    {
        var count = 0;
        foreach (var column in cells.Columns)
            count += _columns.IsConfig(column) && !cells.Bytes(column).IsEmpty ? 1 : 0;
        if (count == 0)
            return [];
        var config = new KeyValuePair<string, string>[count];
        var next = 0;
        foreach (var column in cells.Columns)
        {
            if (_columns.IsConfig(column) && !cells.Bytes(column).IsEmpty)
                config[next++] = new(_columns.Names[column], cells.Text(column));
        }

        return config;
    }

    private void Sample(RowCells cells)
    {
        for (var column = 0; column < _samples.Count; column++)
        {
            var samples = _samples[column];
            if (samples.Count == SamplesPerColumn || cells.Bytes(column).IsEmpty)
                continue;
            var text = CellNumber.Shorten(cells.Text(column));
            if (!samples.Contains(text))
                samples.Add(text);
        }
    }

    private IngestException NoUsableRow()
    {
        const int shown = 3;
        var problem = new StringBuilder();
        problem.Append(CultureInfo.InvariantCulture, $"has no usable row among {_rowsRead}.");
        if (_rowsFilteredOut > 0)
        {
            problem.Append(CultureInfo.InvariantCulture, $" {_rowsFilteredOut} do not match {string.Join(" and ", options.Where)}");
            var samples = options.Where.Select(filter => $"{filter.Column} holds {string.Join(", ", _samples[_columns.Find(filter.Column)])}");
            problem.Append(CultureInfo.InvariantCulture, $" ({string.Join("; ", samples)}, …).");
        }

        foreach (var row in _leftOut.All.Take(shown))
            problem.Append(CultureInfo.InvariantCulture, $" Line {row.Line}: {row.Reason}.");
        if (_leftOut.Count > shown)
            problem.Append(CultureInfo.InvariantCulture, $" And {_leftOut.Count - shown} more.");
        return new IngestException(fileName, problem.ToString(), _leftOut.Count > 0 ? _leftOut.All[0].Line : null);
    }
}
