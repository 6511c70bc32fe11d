using System.Collections;
using System.Collections.Concurrent;
using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>
/// Values for which a run's curve has to be read: at a step, token or FLOP count, and smoothed. Read when somebody asks, with progress, and kept: a curve
/// that did not change is not read again when a tag does.
/// </summary>
public sealed class CurveReadings(RunStore store)
{
    // 100,000 values take about 4 MB.
    private const int MostColumns = 8;

    /// <summary>Runs whose curves are in memory at once.</summary>
    private const int BatchLength = 128;

    private readonly Lock _gate = new();

    // The one asked for last stands first.
    private readonly List<(string Project, RunColumn.MetricColumn Column, ConcurrentDictionary<Curve, double> Values)> _kept = [];

    /// <summary>A curve as far as a value depends on it: it only ever grows, and C = 6ND takes N.</summary>
    private readonly record struct Curve(long Key, int Points, double Parameters);

    /// <summary>The column as far as it is known.</summary>
    public async Task<ColumnValues> ValuesAsync(RunColumns columns, RunColumn.MetricColumn column)
    {
        var table = columns.Table;
        var metric = await columns.MetricAsync(column.Metric);
        var known = Known(table.Project, column);
        var (numbers, unread) = (new double[table.Count], new BitArray(table.Count));
        for (var row = 0; row < numbers.Length; row++)
        {
            if (metric.Counts[row] == 0)
                numbers[row] = OfSinglePoint(table, column, metric.Last[row], row);
            else if (!known.TryGetValue(Of(table, metric, row), out numbers[row]))
                (numbers[row], unread[row]) = (double.NaN, true);
        }

        return new ColumnValues(column, numbers, null, unread);
    }

    /// <summary>Reads the curves of some runs.</summary>
    /// <param name="columns">The runs.</param>
    /// <param name="column">What of them.</param>
    /// <param name="rows">Those to read.</param>
    /// <param name="progress">Hears how many are done.</param>
    /// <param name="cancellationToken">What was read until then is kept.</param>
    public async Task ReadAsync(RunColumns columns, RunColumn.MetricColumn column, IReadOnlyList<int> rows, IProgress<int> progress, CancellationToken cancellationToken)
    {
        var table = columns.Table;
        var metric = await columns.MetricAsync(column.Metric);
        var known = Known(table.Project, column);
        string[] needed = column is { Summary: Summary.At, Axis: not SummaryAxis.Steps } ? [.. new[] { column.Metric, "tokens", "flops" }.Distinct()] : [column.Metric];
        var done = 0;
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForEachAsync(rows.Chunk(BatchLength), parallel, async (batch, cancelled) =>
        {
            var curves = await store.SeriesAsync(batch.Select(table.Id), needed, cancelled);
            foreach (var row in batch)
                known[Of(table, metric, row)] = Read(column, [.. curves[table.Id(row)]], table.Parameters[row]);
            progress.Report(Interlocked.Add(ref done, batch.Length));
        });
    }

    /// <summary>The value of one run.</summary>
    /// <param name="column">What is read.</param>
    /// <param name="curves">Its curves: the metric and, for a token or FLOP count, what there is of tokens and flops.</param>
    /// <param name="parameters">N; NaN where nobody knows it.</param>
    public static double Read(RunColumn.MetricColumn column, IReadOnlyList<ImportedSeries> curves, double parameters)
    {
        if (Find(column.Metric) is not { } curve)
            return double.NaN;
        if (column.Summary == Summary.Smoothed)
        {
            var smoothed = new CurveSmoothing(SmoothingKind.Average, column.Where).Apply(curve.Values);
            var last = Array.FindLastIndex(smoothed, double.IsFinite);
            return last < 0 ? double.NaN : smoothed[last];
        }

        var places = new RunAxes(double.IsFinite(parameters) ? parameters : null, Find("tokens"), Find("flops"), null).At(Axis(column.Axis), curve.Steps);
        int[] rows = [.. Enumerable.Range(0, places.Length).Where(row => double.IsFinite(places[row]) && double.IsFinite(curve.Values[row]))];
        return CurveInterpolation.At(Array.ConvertAll(rows, row => places[row]), Array.ConvertAll(rows, row => curve.Values[row]), column.Where);

        ImportedSeries? Find(string metric) => curves.FirstOrDefault(one => one.Metric == metric);
    }

    private static CurveAxis Axis(SummaryAxis axis) => axis switch
    {
        SummaryAxis.Tokens => CurveAxis.Tokens,
        SummaryAxis.Flops => CurveAxis.Flops,
        _ => CurveAxis.Step,
    };

    // Without a curve there is the final value alone.
    private static double OfSinglePoint(RunTable table, RunColumn.MetricColumn column, double final, int row) =>
        column.Summary == Summary.Smoothed || column.Where == (column.Axis switch { SummaryAxis.Tokens => table.Tokens[row], SummaryAxis.Flops => table.Flops[row], _ => double.NaN }) ? final : double.NaN;

    private static Curve Of(RunTable table, MetricValues metric, int row) => new(table.Key(row), metric.Counts[row], table.Parameters[row]);

    private ConcurrentDictionary<Curve, double> Known(string project, RunColumn.MetricColumn column)
    {
        lock (_gate)
        {
            var at = _kept.FindIndex(kept => kept.Project == project && kept.Column == column);
            var entry = at < 0 ? (project, column, new ConcurrentDictionary<Curve, double>()) : _kept[at];
            if (at >= 0)
                _kept.RemoveAt(at);
            _kept.Insert(0, entry);
            if (_kept.Count > MostColumns)
                _kept.RemoveAt(MostColumns);
            return entry.Item3;
        }
    }
}
