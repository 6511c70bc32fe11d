using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Curves;

// What the page shows, put together from panels.
public sealed partial class CurvesService
{
    /// <summary>Most runs behind whose smoothed curves the logged ones are drawn.</summary>
    public const int MostRaw = 20;

    private const int MostProjects = 8;

    private readonly MemoryCache _projects = new(new MemoryCacheOptions { SizeLimit = MostProjects });

    /// <summary>All that a state of the page shows.</summary>
    public async Task<CurvesView> ViewAsync(CurvesState state, CancellationToken cancellationToken)
    {
        var stamp = await store.StampAsync(state.Project, cancellationToken);
        var (rows, metrics) = await ProjectAsync(state.Project, stamp, cancellationToken);
        var columns = await tables.ReadAsync(state.Project, cancellationToken);
        var filter = await RunFilter.Parse(state.Filter).BindAsync(columns, readings);
        // A value that only its curve tells is taken to pass: the curve is what is asked for here.
        var choice = RunChoice.Of(
            rows, state, string.IsNullOrWhiteSpace(state.Filter) ? null : row => columns.Table.Row(row.Id) is >= 0 and var at && filter.MatchesWithoutCurves(at), filter.Problems);
        var reference = rows.FirstOrDefault(row => row.Id == state.Reference);
        var panels = new List<CurvePanel>();
        foreach (var metric in Shown(state, metrics))
            panels.Add(await PanelAsync(Request(state, choice, metric, reference), cancellationToken));
        var (level, reached) = panels.Count == 0 ? (null, []) : await ReachedAsync(panels[0], state, cancellationToken);
        return new CurvesView
        {
            Stamp = stamp,
            Rows = rows,
            Metrics = metrics,
            Choice = choice,
            Panels = panels,
            Reference = reference,
            Level = level,
            Reached = reached,
            Missing = [.. state.Runs.Append(state.Reference).Where(id => id.Length > 0 && rows.All(row => row.Id != id)).Distinct()],
        };
    }

    /// <summary>The values of a panel at an x; at null the last of each run.</summary>
    public async Task<PanelReadings> ReadAsync(CurvePanel panel, double? x, CancellationToken cancellationToken)
    {
        var curves = await CurvesAsync(panel.Keys.Values, cancellationToken);
        var options = panel.Request.Options;
        var reference = curves.GetValueOrDefault(panel.Request.Reference)?.Over(options.Axis, options.Smoothing);
        var values = new Dictionary<string, double>();
        foreach (var group in panel.Groups)
        {
            var read = group.Runs.Select(run => curves.GetValueOrDefault(run.Id)).OfType<RunCurve>().Select(curve => Read(curve.Over(options.Axis, options.Smoothing))).Where(double.IsFinite).ToArray();
            values[group.Id] = read.Length == 0 ? double.NaN : read.Average();
        }

        return new PanelReadings(values, reference is null ? null : At(reference, x));

        double Read(DrawnRows rows)
        {
            if (reference is null || panel.Request.Grouping != CurveGrouping.None || options.Comparison == CurveComparison.Values)
                return At(rows, x);
            // Compared at the end of the one that ends first.
            var where = x ?? (rows.X.Length == 0 || reference.X.Length == 0 ? double.NaN : Math.Min(rows.X[^1], reference.X[^1]));
            var (value, other) = (At(rows, where), At(reference, where));
            return options.Comparison == CurveComparison.Difference ? value - other : value / other;
        }
    }

    /// <summary>The part of another axis that has the rows which a zoom shows; null where no run has both axes there.</summary>
    public async Task<(double Low, double High)?> TranslateAsync(CurvePanel panel, (double Low, double High) zoom, CurveAxis axis, CancellationToken cancellationToken)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var curve in (await CurvesAsync(panel.Keys.Values, cancellationToken)).Values)
        {
            var steps = curve.Series.Steps;
            var (before, after) = (curve.Axes.At(panel.Request.Options.Axis, steps), curve.Axes.At(axis, steps));
            for (var i = 0; i < steps.Length; i++)
            {
                if (before[i] >= zoom.Low && before[i] <= zoom.High && double.IsFinite(after[i]))
                    (low, high) = (Math.Min(low, after[i]), Math.Max(high, after[i]));
            }
        }

        return low < high ? (low, high) : null;
    }

    private static double At(DrawnRows rows, double? x)
    {
        if (x is { } where)
            return CurveInterpolation.At(rows.X, rows.Y, where);
        var last = Array.FindLastIndex(rows.Y, double.IsFinite);
        return last < 0 ? double.NaN : rows.Y[last];
    }

    private async Task<(IReadOnlyList<RunRow> Rows, IReadOnlyList<MetricOfProject> Metrics)> ProjectAsync(string project, string stamp, CancellationToken cancellationToken)
    {
        if (_projects.TryGetValue(project, out (string Stamp, IReadOnlyList<RunRow> Rows, IReadOnlyList<MetricOfProject> Metrics) kept) && kept.Stamp == stamp)
            return (kept.Rows, kept.Metrics);
        var rows = await store.RunsAsync(project, false, cancellationToken);
        var metrics = await store.MetricsOfProjectAsync(project, cancellationToken);
        _projects.Set(project, (stamp, rows, metrics), new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_keptFor });
        return (rows, metrics);
    }

    /// <summary>The metrics of the address that there are; else the loss, else the first that sounds like one, else the first.</summary>
    private static string[] Shown(CurvesState state, IReadOnlyList<MetricOfProject> metrics)
    {
        string[] asked = [.. state.Metrics.Where(name => metrics.Any(metric => metric.Metric == name))];
        if (asked.Length > 0)
            return asked;
        var first = metrics.FirstOrDefault(metric => metric.Metric == CurvePlan.Loss)
            ?? metrics.FirstOrDefault(metric => metric.Metric.Contains(CurvePlan.Loss, StringComparison.OrdinalIgnoreCase))
            ?? (metrics.Count > 0 ? metrics[0] : null);
        return first is null ? [] : [first.Metric];
    }

    private static CurveRequest Request(CurvesState state, RunChoice choice, string metric, RunRow? reference)
    {
        var raw = state.Raw && state.Smoothing != SmoothingKind.None && state.Grouping == CurveGrouping.None && choice.Shown.Count <= MostRaw;
        return new CurveRequest
        {
            Runs = [.. choice.Shown.Select(row => row.Id)],
            Metric = metric,
            Reference = reference?.Id ?? "",
            Grouping = state.Grouping,
            GroupBy = state.Grouping == CurveGrouping.Columns ? state.GroupBy : [],
            Envelope = state.Envelope && metric == CurvePlan.Loss,
            Price = state.Price,
            Devices = state.Devices,
            Options = new CurveOptions
            {
                Axis = state.Axis,
                LogX = state.LogX,
                // A difference is mostly of both signs.
                LogY = state.LogY && (reference is null || state.Comparison != CurveComparison.Difference),
                Smoothing = state.CurveSmoothing,
                Raw = raw,
                Low = state.Zoom?.Low,
                High = state.Zoom?.High,
                Points = CurveOptions.PointsOf(choice.Shown.Count * (raw ? 2 : 1)),
                Comparison = reference is null || state.Grouping != CurveGrouping.None ? CurveComparison.Values : state.Comparison,
                Spread = state.Spread,
            },
        };
    }

    private async Task<(double? Level, IReadOnlyList<LossReached> Reached)> ReachedAsync(CurvePanel panel, CurvesState state, CancellationToken cancellationToken)
    {
        var curves = await CurvesAsync(panel.Keys.Values, cancellationToken);
        var smoothing = panel.Request.Options.Smoothing;
        PanelRun[] runs = [.. panel.Request.Runs.Where(curves.ContainsKey).Select(id => new PanelRun(id, curves[id]))];
        return await Task.Run<(double?, IReadOnlyList<LossReached>)>(
            () => (state.Level ?? LossReached.Default(runs, smoothing)) is { } level ? (level, [.. runs.Select(run => LossReached.Of(run, smoothing, level))]) : (null, []),
            cancellationToken);
    }
}
