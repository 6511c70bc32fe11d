using System.Text;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>One row a run. Every cell is configuration, and a number is also a metric with this one value, at the row's step where it has one.</summary>
internal sealed class RunRowsSink(LogInput input, LogCollector runs, string format) : LogTableSink(input.Path, input.Options, runs)
{
    private int _name = -1;
    private int _step = -1;
    private int _state = -1;

    public override void BindColumns()
    {
        _name = Find(SweepQuantity.Run, "Name", "run_name", "run", "Run Name", "tags.mlflow.runName", "ID", "Run ID", "run_id");
        _step = Find(SweepQuantity.Step, "_step", "step", "global_step", "trainer/global_step");
        _state = Find("State", "Status");
    }

    public override void AddRow(int line, RowCells cells)
    {
        var name = _name < 0 ? "" : cells.Text(_name);
        var run = Runs.Run($"{File}\n{line}", name.Length == 0 ? $"line {line}" : name, format, File);
        run.Line = line;
        var step = _step >= 0 && TryReadValue(cells.Bytes(_step), out var logged) && double.IsFinite(logged) ? logged : 0;
        foreach (var i in cells.Columns)
        {
            var cell = cells.Bytes(i);
            if (i == _name || cell.IsEmpty)
                continue;
            var column = Plain(Names[i]);
            run.Configure(column, cells.Text(i));
            if (i != _step && TryReadValue(cell, out var value))
                run.Add(column, step, value);
        }

        if (_state >= 0 && Encoding.UTF8.GetString(cells.Bytes(_state)).ToUpperInvariant() is "CRASHED" or "FAILED" or "KILLED")
            run.Flag($"its state is {cells.Text(_state)}: the last values may be of an unfinished run");
    }

    /// <summary>The name without what MLflow's command puts before it.</summary>
    private static string Plain(string name) =>
        name.StartsWith("metrics.", StringComparison.Ordinal) ? name["metrics.".Length..] : name.StartsWith("params.", StringComparison.Ordinal) ? name["params.".Length..] : name;
}
