using Microsoft.Extensions.Caching.Memory;
using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>Reads and decimates curves for pages and requests; what was read or drawn lately is kept in memory, within bounds.</summary>
public sealed partial class CurvesService(RunStore store, RunTables tables, CurveReadings readings) : IDisposable
{
    private const long MostBytes = 384L << 20;
    private const long MostDrawnPoints = 4_000_000;
    private const string Tokens = "tokens";
    private const string Flops = "flops";
    private const string Seconds = "seconds";

    // Steps and values; beside them x, smoothed values and a pyramid.
    private const int BytesPerRow = 16;
    private const int BytesPerDrawnRow = 36;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromMinutes(30);

    private readonly MemoryCache _curves = new(new MemoryCacheOptions { SizeLimit = MostBytes });
    private readonly MemoryCache _panels = new(new MemoryCacheOptions { SizeLimit = MostDrawnPoints });

    /// <summary>Finds out what would be drawn, without reading any curve.</summary>
    public async Task<CurvePlan> PlanAsync(CurveRequest request, CancellationToken cancellationToken)
    {
        string[] wanted = request.Reference.Length == 0 ? [.. request.Runs] : [.. request.Runs.Append(request.Reference).Distinct()];
        var rows = (await store.FindRunsAsync(wanted, cancellationToken)).ToDictionary(row => row.Id);
        var series = (await store.FindSeriesAsync(wanted, [.. new[] { request.Metric, Tokens, Flops, Seconds }.Distinct()], cancellationToken))
            .ToLookup(one => one.RunId, one => one.Summary);
        var keys = new Dictionary<string, CurveKey>();
        var lacking = new List<(string, RunRow?, string)>();
        foreach (var id in wanted)
        {
            var row = rows.GetValueOrDefault(id);
            var reason = row is null ? "there is no such run in this store"
                : row.Deleted is not null ? "it was deleted"
                : series[id].All(one => one.Metric != request.Metric) ? $"it has no curve of {request.Metric}"
                : null;
            if (reason is not null)
                lacking.Add((id, row, reason));
            else
                keys.Add(id, new CurveKey(id, row!.Parameters, [.. series[id].OrderBy(one => one.Metric != request.Metric).ThenBy(one => one.Metric, StringComparer.Ordinal)], PriceOf(row, request)));
        }

        return new CurvePlan(request, rows, keys, [.. lacking.Where(one => request.Runs.Contains(one.Item1))]);
    }

    /// <summary>Draws what was planned.</summary>
    public async Task<CurvePanel> PanelAsync(CurvePlan plan, CancellationToken cancellationToken)
    {
        if (_panels.TryGetValue(plan.ETag, out CurvePanel? kept))
            return kept!;
        var curves = await CurvesAsync(plan.Keys.Values, cancellationToken);
        // Nothing of it on the thread of a page.
        var panel = await Task.Run(() => Draw(plan, curves, cancellationToken), cancellationToken);
        var points = panel.Traces.Sum(one => (long)one.Trace.X.Length);
        _panels.Set(plan.ETag, panel, new MemoryCacheEntryOptions { Size = Math.Max(1, points), SlidingExpiration = s_keptFor });
        return panel;
    }

    /// <summary>Plans and draws.</summary>
    public async Task<CurvePanel> PanelAsync(CurveRequest request, CancellationToken cancellationToken) =>
        await PanelAsync(await PlanAsync(request, cancellationToken), cancellationToken);

    /// <summary>The whole curves behind keys, by run; what was deleted meanwhile is left out.</summary>
    public async Task<IReadOnlyDictionary<string, RunCurve>> CurvesAsync(IEnumerable<CurveKey> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, RunCurve>();
        var missing = new List<CurveKey>();
        foreach (var key in keys)
        {
            if (_curves.TryGetValue(key.Hash, out RunCurve? curve))
                found.Add(key.RunId, curve!);
            else
                missing.Add(key);
        }

        if (missing.Count == 0)
            return found;
        // Tokens and the like serve all metrics of a run.
        var series = new Dictionary<(string Run, string Metric), (SeriesSummary Summary, ImportedSeries Series)>();
        foreach (var key in missing)
        {
            foreach (var summary in key.Series)
            {
                if (_curves.TryGetValue((key.RunId, summary.Sha256), out ImportedSeries? one))
                    series[(key.RunId, summary.Metric)] = (summary, one!);
            }
        }

        var read = await store.ReadSeriesAsync(
            [.. missing.SelectMany(key => key.Series.Select(summary => (key.RunId, summary.Metric))).Where(one => !series.ContainsKey(one))], cancellationToken);
        foreach (var (run, summary, one) in read)
        {
            series[(run, summary.Metric)] = (summary, one);
            Keep((run, summary.Sha256), one, one.Steps.Length, BytesPerRow);
        }

        foreach (var key in missing)
        {
            if (!series.TryGetValue((key.RunId, key.Series[0].Metric), out var metric))
                continue;
            var curve = new RunCurve(metric.Series, new RunAxes(key.Parameters, Axis(key, Tokens), Axis(key, Flops), Axis(key, Seconds), key.Price));
            found.Add(key.RunId, curve);
            // Rows may have been added since the key was made.
            var actual = key with { Series = [.. key.Series.Select(one => series.TryGetValue((key.RunId, one.Metric), out var there) ? there.Summary : one)] };
            Keep(actual.Hash, curve, curve.Series.Steps.Length, BytesPerDrawnRow);
        }

        return found;

        ImportedSeries? Axis(CurveKey key, string name) => series.TryGetValue((key.RunId, name), out var one) ? one.Series : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _curves.Dispose();
        _panels.Dispose();
        _projects.Dispose();
    }

    private static RunPrice? PriceOf(RunRow run, CurveRequest request) =>
        request.Price is { } price ? new RunPrice(price, MeasuredUtilization.DevicesOf(run) ?? request.Devices) : null;

    private void Keep(object key, object value, int rows, int bytesPerRow) =>
        _curves.Set(key, value, new MemoryCacheEntryOptions { Size = (long)rows * bytesPerRow + 1, SlidingExpiration = s_keptFor });

    private static CurvePanel Draw(CurvePlan plan, IReadOnlyDictionary<string, RunCurve> curves, CancellationToken cancellationToken)
    {
        var request = plan.Request;
        var options = request.Options;
        var lacking = plan.Lacking.ToList();
        var runs = new List<PanelRun>();
        foreach (var id in request.Runs.Distinct())
        {
            if (!curves.TryGetValue(id, out var curve))
                continue;
            if (curve.Axes.Lacks(options.Axis) is { } reason)
                lacking.Add((id, plan.Rows[id], reason));
            else
                runs.Add(new PanelRun(id, curve));
        }

        var reference = curves.TryGetValue(request.Reference, out var pinned) ? new PanelRun(request.Reference, pinned) : null;
        var groups = RunGroups.Of([.. runs.Select(run => plan.Rows[run.Id])], request.Grouping, request.GroupBy);
        var byId = runs.ToDictionary(run => run.Id);
        var drawn = new IReadOnlyList<KeyedTrace>[groups.Count];
        Parallel.For(0, groups.Count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            var members = groups[i].Runs.Select(row => byId[row.Id]).ToArray();
            drawn[i] = [.. (request.Grouping == CurveGrouping.None
                ? CurvePanelRecipe.OfRun(members[0], reference, options)
                : [CurvePanelRecipe.OfGroup(new PanelGroup(groups[i].Id, members), options)])
                .Select(trace => new KeyedTrace(CurvePlan.Id(trace), plan.KeyOf([.. members.Select(run => run.Id)]), trace))];
        });

        // What lies behind comes first: logged values below the smoothed lines of all runs.
        var traces = drawn.SelectMany(one => one).OrderBy(one => one.Trace.Kind == CurveTraceKind.Raw ? 0 : 1).ToList();
        if (plan.HasEnvelope && EnvelopeOf([.. runs.Where(run => plan.Rows[run.Id].ExclusionReason is null)], plan, options) is { } envelope)
            traces.Add(new KeyedTrace(CurvePlan.Id(envelope), plan.ETag, envelope));
        return new CurvePanel
        {
            Request = request,
            ETag = plan.ETag,
            Traces = traces,
            Groups = groups,
            Lacking = lacking,
            Keys = plan.Keys,
            Summaries = runs.Select(run => CurveSummary.Of(run, options.Axis, options.Smoothing)).OfType<CurveSummary>().ToDictionary(summary => summary.Run),
            WithoutX = runs.Sum(run => run.Curve.WithoutX(options.Axis)),
        };
    }

    /// <summary>The envelope of Approach 1 (no smoothing): the losses as logged.</summary>
    private static CurveTrace? EnvelopeOf(PanelRun[] runs, CurvePlan plan, CurveOptions options)
    {
        var curves = runs.Select(run =>
        {
            var rows = run.Curve.Over(CurveAxis.Flops, Numerics.Curves.CurveSmoothing.None);
            int[] usable = [.. Enumerable.Range(0, rows.X.Length).Where(i => rows.X[i] > 0 && double.IsFinite(rows.Y[i]) && rows.Y[i] > 0)];
            return new TrainingCurve(plan.Rows[run.Id].Parameters ?? double.NaN, Array.ConvertAll(usable, i => rows.X[i]), Array.ConvertAll(usable, i => rows.Y[i]));
        });
        if (LossEnvelope.Fit([.. curves], smoothingRows: 0, draws: 0, seed: 0) is not { } envelope)
            return null;
        var shown = envelope.Points.Where(point => point.Winner >= 0 && point.Flops >= (options.Low ?? 0) && point.Flops <= (options.High ?? double.PositiveInfinity)).ToArray();
        return new CurveTrace { Of = "", Kind = CurveTraceKind.Envelope, X = [.. shown.Select(point => point.Flops)], Y = [.. shown.Select(point => point.Loss)], Total = shown.Length };
    }
}

/// <summary>What a request would draw.</summary>
/// <param name="Request">The request.</param>
/// <param name="Rows">Runs it names, by id.</param>
/// <param name="Keys">Their curves, by id.</param>
/// <param name="Lacking">Runs that cannot be drawn, and why.</param>
public sealed record CurvePlan(
    CurveRequest Request, IReadOnlyDictionary<string, RunRow> Rows, IReadOnlyDictionary<string, CurveKey> Keys, IReadOnlyList<(string Id, RunRow? Run, string Reason)> Lacking)
{
    /// <summary>The metric that has an envelope.</summary>
    public const string Loss = "loss";

    /// <summary>Another one whenever anything that would be drawn, or said about who is not, is another.</summary>
    public string ETag { get; } = Hashes.Of(
    [
        Request.ToQuery().ToString(),
        .. Request.Runs,
        .. Keys.Values.Select(key => key.Hash),
        .. Rows.Values.Where(_ => Request.Envelope).Select(row => row.ExclusionReason is null ? "counts" : "excluded"),
        .. Lacking.Select(one => one.Id + one.Reason),
    ]);

    /// <summary>The envelope is over compute and of losses alone.</summary>
    public bool HasEnvelope => Request is { Envelope: true, Metric: Loss, Options: { Axis: CurveAxis.Flops, Comparison: CurveComparison.Values } };

    /// <summary>The key of a line that rests on these runs: another one whenever they, or how they are drawn, are others.</summary>
    public string KeyOf(IReadOnlyList<string> runs) => Hashes.Of(
    [
        // The runs beside it change nothing about a line.
        (Request with { Runs = [], Envelope = false }).ToQuery().ToString(),
        .. runs.Append(Request.Reference).Select(run => Keys.GetValueOrDefault(run)?.Hash ?? ""),
    ]);

    /// <summary>The id of a line: that of its run, and what it is of it.</summary>
    public static string Id(CurveTrace trace) => trace.Kind switch
    {
        CurveTraceKind.Raw => trace.Of + "L",
        CurveTraceKind.NotFinite => trace.Of + "X",
        CurveTraceKind.Band => trace.Of + "G",
        CurveTraceKind.Envelope => "E",
        _ => trace.Of,
    };
}
