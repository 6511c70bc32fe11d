using System.Globalization;
using System.Text;
using System.Text.Json;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Rows over the steps of one run or of several: a column for each metric, or a column of metric names beside one of values.</summary>
/// <remarks>
/// An empty cell was not logged. A column of texts becomes the run's configuration with its last value. A column <c>config</c> of JSON objects is configuration by its
/// keys, as in the lines of a live run; such a row needs no step. Other rows without a step go with the row before them.
/// </remarks>
internal sealed class HistorySink(LogInput input, LogCollector runs, string format, string runName, string? valueName = null) : LogTableSink(input.Path, input.Options, runs)
{
    public static readonly string[] StepNames = ["_step", "step", "global_step", "iteration", "iter", "steps", "train_step", "trainer/global_step"];
    public static readonly string[] RunNames = ["run", "run_name", "run_id", "run name", "Name", "experiment_name"];
    public static readonly string[] MetricNames = ["metric", "metric_name", "tag", "key", "variable"];
    public static readonly string[] ValueNames = ["value", "metric_value"];
    private static readonly string[] s_wallNames = ["_timestamp", "wall_time", "wall time", "walltime", "timestamp"];

    private readonly List<Column> _columns = [];
    private readonly Dictionary<string, LoggedRunBuilder> _runs = new(StringComparer.Ordinal);
    private byte[] _lastRunName = [];
    private LoggedRunBuilder? _lastRun;
    private int _step = -1;
    private int _run = -1;
    private int _wall = -1;
    private int _config = -1;
    private int _metric = -1;
    private int _value = -1;
    private double _lastStep = double.NaN;
    private long _values;

    public override void BindColumns()
    {
        while (_columns.Count < Names.Count)
            _columns.Add(new Column());
        _step = Find(SweepQuantity.Step, [.. StepNames, "epoch"]);
        _run = Find(SweepQuantity.Run, RunNames);
        _wall = Find(s_wallNames);
        _config = Find("config");
        _value = Find(ValueNames);
        _metric = _value < 0 ? -1 : Find([.. MetricNames, .. _run >= 0 && Names[_run].Equals("name", StringComparison.OrdinalIgnoreCase) ? [] : (string[])["name"]]);
        // A pandas index is the number of the row, nothing that was logged.
        if (_columns.Count > 0)
            _columns[0].IsIndex = Names[0] == "column 1" || Names[0].StartsWith("Unnamed:", StringComparison.Ordinal);
    }

    public override void RequireColumns()
    {
        if (_step < 0)
        {
            throw new IngestException(File, $"has no column of steps. Columns found: {ListColumns()}. Say which it is with --map step=COLUMN; recognised without a mapping: {string.Join(", ", StepNames)}.");
        }
    }

    public override void AddRow(int line, RowCells cells)
    {
        var run = RunOf(cells);
        run.Line = line;
        if (_config >= 0 && cells.Bytes(_config) is [(byte)'{', ..])
        {
            Configure(run, cells.Text(_config));
            if (Enumerable.Range(0, _columns.Count).All(index => index == _config || index == _run || cells.Bytes(index).IsEmpty))
                return;
        }

        var cell = _step < 0 ? default : cells.Bytes(_step);
        if (CellNumber.TryRead(cell, out var step))
        {
            _lastStep = step;
        }
        else if (cell.Trim(" "u8).IsEmpty && !double.IsNaN(_lastStep))
        {
            step = _lastStep;
        }
        else
        {
            LeaveOut(line, $"the step {CellNumber.Problem(Encoding.UTF8.GetString(cell)).Replace("is not above zero", "cannot be used", StringComparison.Ordinal)}", _step < 0 ? null : Names[_step]);
            return;
        }

        if (_wall >= 0 && TryReadMoment(cells.Bytes(_wall), out var wall))
            run.AddWallTime(step, wall);
        if (_metric >= 0)
        {
            AddNamed(run, line, step, cells);
            return;
        }

        foreach (var i in cells.Columns)
        {
            if (i == _step || i == _run || i == _wall || _columns[i].IsIndex || (i == _config && cells.Bytes(i) is [(byte)'{', ..]))
                continue;
            var value = cells.Bytes(i);
            if (!value.IsEmpty)
                AddCell(run, line, step, i, value, cells);
        }
    }

    public override void CutOff(int line)
    {
        base.CutOff(line);
        // Its run may be cut off with it; that of the row before is the likeliest.
        _lastRun?.Flag(LoggedRunBuilder.Truncated);
    }

    protected override void Finish()
    {
        foreach (var (column, index) in _columns.Select((column, index) => (column, index)))
        {
            if (column is { Numbers: > 0, BadCells: > 0 })
            {
                Runs.Warn(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{File}: column {Names[index]}: {column.BadCells} cell{(column.BadCells == 1 ? "" : "s")} read as missing, first in line {column.BadLine}: {CellNumber.Problem(column.BadCell)}."));
            }
        }
    }

    /// <summary>Moments come in seconds or in milliseconds since 1970, or as ISO 8601 writes them.</summary>
    private static bool TryReadMoment(ReadOnlySpan<byte> cell, out double seconds)
    {
        if (CellNumber.TryRead(cell, out seconds))
        {
            seconds = seconds > 1e11 ? seconds / 1000 : seconds;
            return true;
        }

        if (cell.Length is < 10 or > 40 || !DateTimeOffset.TryParse(Encoding.UTF8.GetString(cell), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            return false;
        seconds = (moment - DateTimeOffset.UnixEpoch).TotalSeconds;
        return true;
    }

    private LoggedRunBuilder RunOf(RowCells cells)
    {
        if (_run < 0)
            return _lastRun ??= Runs.Run(File, runName, format, File);
        var name = cells.Bytes(_run);
        // A run's rows mostly follow each other.
        if (_lastRun is not null && name.SequenceEqual(_lastRunName))
            return _lastRun;
        _lastRunName = name.ToArray();
        _lastStep = double.NaN;
        var text = name.IsEmpty ? runName : cells.Text(_run);
        if (!_runs.TryGetValue(text, out _lastRun))
            _runs.Add(text, _lastRun = Runs.Run($"{File}\n{text}", text, format, File));
        return _lastRun;
    }

    private void Configure(LoggedRunBuilder run, string json)
    {
        try
        {
            using var config = JsonDocument.Parse(json);
            foreach (var (key, value) in JsonConfig.Flatten(config.RootElement))
                run.Configure(key, value);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Of a CSV file: only text that looks like JSON.
            run.Configure(Names[_config], json);
        }
    }

    private void AddNamed(LoggedRunBuilder run, int line, double step, RowCells cells)
    {
        var value = cells.Bytes(_value);
        if (value.IsEmpty)
            return;
        var metric = cells.Text(_metric);
        if (TryReadValue(value, out var number))
        {
            _columns[_value].Numbers++;
            run.Add(metric.Length == 0 ? "value" : metric, step, number);
        }
        else
        {
            _columns[_value].Bad(line, Encoding.UTF8.GetString(value));
        }

        Count();
        foreach (var i in cells.Columns)
        {
            if (i != _step && i != _run && i != _wall && i != _metric && i != _value && !_columns[i].IsIndex && !cells.Bytes(i).IsEmpty)
                run.Configure(Names[i], cells.Text(i));
        }
    }

    private void AddCell(LoggedRunBuilder run, int line, double step, int index, ReadOnlySpan<byte> cell, RowCells cells)
    {
        var column = _columns[index];
        if (TryReadValue(cell, out var number))
        {
            // One look-up a run and column, not one a cell.
            if (column.Run != run)
                (column.Run, column.Metric) = (run, run.Metric(index == _value && valueName is not null ? valueName : Names[index]));
            column.Numbers++;
            column.Metric!.Add(step, number);
            Count();
        }
        else if (column.Numbers > 0)
        {
            column.Bad(line, Encoding.UTF8.GetString(cell));
        }
        else
        {
            run.Configure(Names[index], cells.Text(index));
            column.Bad(line, Encoding.UTF8.GetString(cell));
        }
    }

    private void Count() => LogCollector.Refuse(File, ++_values);

    private string ListColumns() => string.Join(", ", Names.Take(40).Select(CellNumber.Shorten)) + (Names.Count > 40 ? $" and {Names.Count - 40} more" : "");

    private sealed class Column
    {
        public bool IsIndex { get; set; }
        public LoggedRunBuilder? Run { get; set; }
        public MetricBuilder? Metric { get; set; }
        public int Numbers { get; set; }
        public int BadCells { get; private set; }
        public int BadLine { get; private set; }
        public string BadCell { get; private set; } = "";

        public void Bad(int line, string cell)
        {
            if (BadCells++ == 0)
                (BadLine, BadCell) = (line, cell);
        }
    }
}
