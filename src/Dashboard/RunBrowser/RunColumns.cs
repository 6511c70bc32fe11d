using System.Collections.Concurrent;
using System.Globalization;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>How many of a project's runs count, and why others do not. Archived ones are in no other figure.</summary>
public sealed record RunCounts(int Runs, int Excluded, int Lacking, int Flagged, int Archived);

/// <summary>One state of a project's runs, column by column, for whoever asks: shared by all visitors and read from the store once.</summary>
/// <param name="table">The runs.</param>
/// <param name="readMetric">Reads one metric of all of them.</param>
/// <param name="readMetricNames">Reads which metrics there are.</param>
public sealed class RunColumns(RunTable table, Func<string, Task<MetricValues>> readMetric, Func<Task<IReadOnlyList<string>>> readMetricNames)
{
    // A metric of 100,000 runs takes 3 MB.
    private const int MostMetrics = 24;

    private readonly ConcurrentDictionary<RunField, ColumnValues> _fields = new();
    private readonly Dictionary<string, Task<MetricValues>> _metrics = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Task<IReadOnlyList<string>>? _metricNames;
    private RunCounts? _counts;

    public RunTable Table => table;

    public RunCounts Counts => _counts ??= Count();

    /// <summary>Names of all metrics, in natural order.</summary>
    public Task<IReadOnlyList<string>> MetricNamesAsync()
    {
        lock (_gate)
            return _metricNames is { IsFaulted: false } known ? known : _metricNames = readMetricNames();
    }

    /// <summary>Last, smallest and largest value of a metric and the number of points; a run without the curve <c>loss</c>, <c>tokens</c> or <c>flops</c> has its one final value of it.</summary>
    public Task<MetricValues> MetricAsync(string metric)
    {
        lock (_gate)
        {
            if (_metrics.TryGetValue(metric, out var known) && !known.IsFaulted)
                return known;
            if (_metrics.Count >= MostMetrics)
                _metrics.Clear();
            return _metrics[metric] = ReadMetricAsync(metric);
        }
    }

    /// <summary>Whether any run has a value of the metric.</summary>
    public async Task<bool> HasMetricAsync(string metric) => (await MetricAsync(metric)).Last.AsSpan().ContainsAnyExcept(double.NaN);

    /// <summary>A field or a setting; null for a setting no run has, and for a metric, which has to be waited for.</summary>
    public ColumnValues? Values(RunColumn column) => column switch
    {
        RunColumn.FieldColumn { Field: var field } => _fields.GetOrAdd(field, Field),
        RunColumn.ConfigColumn { Key: var key } => table.Config.TryGetValue(key, out var texts) ? new ColumnValues(column, null, texts) : null,
        _ => null,
    };

    /// <summary>Any column; without a value for any run where none has the setting or the metric.</summary>
    public async Task<ColumnValues> ValuesAsync(RunColumn column, CurveReadings readings)
    {
        if (column is RunColumn.MetricColumn { NeedsCurve: true } curve)
            return await readings.ValuesAsync(this, curve);
        if (column is not RunColumn.MetricColumn metric)
            return Values(column) ?? new ColumnValues(column, null, new TextColumn([.. Enumerable.Repeat(-1, table.Count)], []));
        var values = await MetricAsync(metric.Metric);
        return new ColumnValues(column, metric.Summary switch { Summary.Min => values.Min, Summary.Max => values.Max, _ => values.Last }, null);
    }

    /// <summary>What an analysis needs and the run has not; null where it has all.</summary>
    public string? Lacks(int row) => ProjectRuns.Lacks(
        double.IsNaN(table.Parameters[row]), double.IsNaN(table.Loss[row]), double.IsNaN(table.Tokens[row]) || double.IsNaN(table.Flops[row]));

    private async Task<MetricValues> ReadMetricAsync(string metric)
    {
        var read = await readMetric(metric);
        var final = metric switch { "loss" => table.Loss, "tokens" => table.Tokens, "flops" => table.Flops, _ => null };
        if (final is null)
            return read;
        for (var row = 0; row < table.Count; row++)
        {
            if (read.Counts[row] == 0)
                read.Last[row] = read.Min[row] = read.Max[row] = final[row];
        }

        return read;
    }

    private ColumnValues Field(RunField field)
    {
        var column = RunColumn.Of(field);
        return field switch
        {
            RunField.Added => Numbers(row => row),
            RunField.Count => Numbers(_ => 1),
            RunField.Run => Texts(table.Names),
            RunField.Parameters => new ColumnValues(column, table.Parameters, null),
            RunField.NonEmbedding => new ColumnValues(column, table.NonEmbeddingParameters, null),
            RunField.Tokens => new ColumnValues(column, table.Tokens, null),
            RunField.Ratio => Numbers(row => table.Tokens[row] / table.Parameters[row]),
            RunField.Flops => new ColumnValues(column, table.Flops, null),
            RunField.Loss => new ColumnValues(column, table.Loss, null),
            RunField.Budget => new ColumnValues(column, table.Budget, null),
            RunField.Family => Texts(table.Family),
            RunField.Tags => Texts(table.Tags),
            RunField.Note => Texts(table.Note),
            // Sorted by how many there are.
            RunField.Flags => new ColumnValues(column, [.. Enumerable.Range(0, table.Count).Select(row => table.FlagsOf(row) is { Count: > 0 } flags ? flags.Count : double.NaN)], table.Flags),
            RunField.Points => Numbers(row => table.Points[row]),
            RunField.Line => Numbers(row => table.Lines[row]),
            RunField.Imported => Numbers(row => table.File(row).Imported.UtcTicks),
            RunField.File => Texts(Told(row => table.File(row).FileName)),
            RunField.Status => Texts(Told(Status)),
            _ => throw new ArgumentOutOfRangeException(nameof(field), field, "No such field."),
        };

        ColumnValues Numbers(Func<int, double> number) => new(column, [.. Enumerable.Range(0, table.Count).Select(number)], null);

        ColumnValues Texts(TextColumn texts) => new(column, null, texts);
    }

    private string Status(int row) =>
        table.IsArchived(row) ? string.Create(CultureInfo.InvariantCulture, $"archived {table.Archived(row):yyyy-MM-dd}")
        : table.ExclusionReason[row] is { } reason ? $"excluded: {reason}"
        : Lacks(row) ?? "counts";

    private TextColumn Told(Func<int, string> tell)
    {
        var (codes, index, values) = (new int[table.Count], new Dictionary<string, int>(StringComparer.Ordinal), new List<string>());
        for (var row = 0; row < codes.Length; row++)
        {
            var text = tell(row);
            if (!index.TryGetValue(text, out codes[row]))
            {
                index.Add(text, codes[row] = values.Count);
                values.Add(text);
            }
        }

        return new TextColumn(codes, [.. values]);
    }

    private RunCounts Count()
    {
        var (runs, excluded, lacking, flagged, archived) = (0, 0, 0, 0, 0);
        for (var row = 0; row < table.Count; row++)
        {
            if (table.IsArchived(row))
            {
                archived++;
                continue;
            }

            runs++;
            if (table.Flags.Codes[row] >= 0)
                flagged++;
            if (table.ExclusionReason.Codes[row] >= 0)
                excluded++;
            else if (Lacks(row) is not null)
                lacking++;
        }

        return new RunCounts(runs, excluded, lacking, flagged, archived);
    }
}
