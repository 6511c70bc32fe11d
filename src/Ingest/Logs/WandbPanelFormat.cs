using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>A chart's data as Weights &amp; Biases exports it: the x, then for each run <c>RUN - METRIC</c> and the same with <c>__MIN</c> and <c>__MAX</c>.</summary>
/// <remarks>
/// The name is split at the last " - ": names of runs hold slashes, colons, spaces and dates. Where minimum and maximum differ the point is a bucket
/// of several logged rows, and both are kept as metrics of their own. Another x than the step comes with <c>RUN - _step</c> columns.
/// </remarks>
internal sealed class WandbPanelFormat : LogFormat
{
    private const string Separator = " - ";

    public override string Key => "wandb-panel";

    public override string Title => "W&B panel";

    public override double Confidence(LogHead head)
    {
        if (head.Columns.Count < 2)
            return 0;
        var series = head.Columns.Skip(1).Count(name => name.Contains(Separator, StringComparison.Ordinal));
        var bounds = head.Columns.Skip(1).Count(name => name.EndsWith("__MIN", StringComparison.Ordinal) || name.EndsWith("__MAX", StringComparison.Ordinal));
        return series == head.Columns.Count - 1 && bounds > 0 ? 0.97
            : series > 0 && bounds > 0 ? 0.92
            : series == head.Columns.Count - 1 && head.Columns[0] == "Step" ? 0.8
            : 0;
    }

    public override Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken) =>
        new Sink(input, runs, Key).ReadAsync(input, cancellationToken);

    private sealed class Sink(LogInput input, LogCollector runs, string format) : LogTableSink(input.Path, input.Options, runs)
    {
        private readonly List<Series> _series = [];
        private bool _isStep;
        private long _values;

        // Two runs of one name have columns of one name.
        public override bool TryFindColumn(string name, out int index)
        {
            index = -1;
            return false;
        }

        public override void BindColumns()
        {
            _series.Clear();
            _isStep = ColumnCount > 0 && HistorySink.StepNames.Contains(Names[0], StringComparer.OrdinalIgnoreCase);
            for (var i = 1; i < ColumnCount; i++)
            {
                var name = Names[i];
                if (Bound(name) is not null)
                    continue;
                var split = name.LastIndexOf(Separator, StringComparison.Ordinal);
                if (split <= 0)
                {
                    Runs.LeaveOut(File, 1, $"column {CellNumber.Shorten(name)}: is not of the form RUN - METRIC");
                    continue;
                }

                var run = name[..split];
                var key = $"{File}\n{run}";
                if (run.StartsWith("Group: ", StringComparison.Ordinal))
                    run = run["Group: ".Length..];
                var metric = name[(split + Separator.Length)..];
                // A second column of the same name is of another run of that name.
                var times = _series.Count(other => other.Column == name);
                var builder = Runs.Run(times == 0 ? key : $"{key}\n{times}", run, format, File);
                _series.Add(new Series(name, builder, metric, i) { Low = FindBound(name, i, "__MIN"), High = FindBound(name, i, "__MAX") });
            }

            var steps = _series.Where(series => series.Metric == "_step").DistinctBy(series => series.Run).ToDictionary(series => series.Run, series => series.Value);
            _series.RemoveAll(series => series.Metric == "_step");
            foreach (var series in _series)
                series.Step = steps.GetValueOrDefault(series.Run, 0);
        }

        public override void RequireColumns()
        {
            if (_series.Count == 0)
                throw new IngestException(File, "has no column of the form RUN - METRIC, as a panel of Weights & Biases is exported. Choose another format.");
        }

        public override void AddRow(int line, RowCells cells)
        {
            // An object without members, before any other: it names no column and holds no value.
            if (Names.Count == 0)
            {
                LeaveOut(line, "holds no value");
                return;
            }

            if (!TryReadValue(cells.Bytes(0), out var x) || !double.IsFinite(x))
            {
                LeaveOut(line, CellNumber.Problem(cells.Text(0)), Names[0], cells.Text(0));
                return;
            }

            foreach (var series in _series)
            {
                var cell = cells.Bytes(series.Value);
                if (cell.IsEmpty)
                    continue;
                if (!TryReadValue(cell, out var value))
                {
                    LeaveOut(line, CellNumber.Problem(cells.Text(series.Value)), Names[series.Value], cells.Text(series.Value));
                    continue;
                }

                var step = x;
                if (series.Step > 0 && (!TryReadValue(cells.Bytes(series.Step), out step) || !double.IsFinite(step)))
                    continue;

                // Another x than the step is worth keeping: tokens, or time.
                if (!_isStep)
                    series.Run.AddOnce(Names[0], step, x);

                series.Run.Line = line;
                series.Run.Add(series.Metric, step, value);
                LogCollector.Refuse(File, ++_values);
                if (series.Low > 0 && series.High > 0 && TryReadValue(cells.Bytes(series.Low), out var low) && TryReadValue(cells.Bytes(series.High), out var high) && !low.Equals(high))
                {
                    series.Run.Add(series.Metric + "__MIN", step, low);
                    series.Run.Add(series.Metric + "__MAX", step, high);
                    Runs.Warn($"{File}: points are buckets of several logged rows, with their mean; minimum and maximum are kept beside it. Export the history for all rows.");
                }
            }
        }

        private static string? Bound(string name) =>
            name.EndsWith("__MIN", StringComparison.Ordinal) ? "__MIN" : name.EndsWith("__MAX", StringComparison.Ordinal) ? "__MAX" : null;

        /// <summary>The column of the bound behind its series.</summary>
        private int FindBound(string name, int column, string bound)
        {
            for (var i = column + 1; i < Math.Min(column + 3, ColumnCount); i++)
            {
                if (Names[i].Length == name.Length + bound.Length && Names[i].StartsWith(name, StringComparison.Ordinal) && Names[i].EndsWith(bound, StringComparison.Ordinal))
                    return i;
            }

            return 0;
        }

        private sealed class Series(string column, LoggedRunBuilder run, string metric, int value)
        {
            public string Column { get; } = column;
            public LoggedRunBuilder Run { get; } = run;
            public string Metric { get; } = metric;
            public int Value { get; } = value;
            public int Low { get; init; }
            public int High { get; init; }

            /// <summary>Column of the step; 0 is the x itself.</summary>
            public int Step { get; set; }
        }
    }
}
