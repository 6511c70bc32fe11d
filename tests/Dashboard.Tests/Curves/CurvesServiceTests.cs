using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Curves;

#pragma warning disable CA1001 // Disposed with the test, by xunit's own interface.
public sealed class CurvesServiceTests : IAsyncLifetime
{
#pragma warning restore CA1001
    private TemporaryStore _temporary = null!;
    private CurvesService _service = null!;
    private string[] _ids = [];

    public async Task InitializeAsync()
    {
        _temporary = await TemporaryStore.OpenAsync();
        _service = new CurvesService(_temporary.Store, new RunTables(_temporary.Store), new CurveReadings(_temporary.Store));
        _ids = [.. (await _temporary.ImportAsync(CurveTable.Project, CurveTable.Seeds())).Added.Select(run => run.Id)];
    }

    public async Task DisposeAsync()
    {
        _service.Dispose();
        await _temporary.DisposeAsync();
    }

    private CurveRequest Request(CurveOptions? options = null) => new() { Runs = _ids, Metric = "loss", Options = options ?? new CurveOptions() };

    private Task<CurvePanel> PanelAsync(CurveRequest request) => _service.PanelAsync(request, CancellationToken.None);

    private Task<CurvesView> ViewAsync(CurvesState state) => _service.ViewAsync(state with { Project = CurveTable.Project }, CancellationToken.None);

    [Fact]
    public async Task Lines_are_the_runs_as_stored()
    {
        var panel = await PanelAsync(Request(new CurveOptions { Axis = CurveAxis.Flops }));
        Assert.Equal(_ids, panel.Traces.Select(trace => trace.Id));
        Assert.Equal(6 * 1e8 * 1e7, panel.Traces[0].Trace.X[0]);
        Assert.Equal(Enumerable.Range(1, 12).Select(i => CurveTable.Loss(1e8, 1, i)), panel.Traces[0].Trace.Y);
        Assert.Empty(panel.Lacking);
        Assert.Equal(CurveTable.Loss(4e8, 3, 12), panel.Summaries[_ids[5]].Last);
    }

    [Fact]
    public async Task The_same_again_is_the_same_object_and_any_change_is_another()
    {
        var panel = await PanelAsync(Request());
        Assert.Same(panel, await PanelAsync(Request()));
        var others = new[]
        {
            Request(new CurveOptions { LogX = true }), Request(new CurveOptions { Low = 20 }), Request(new CurveOptions { Points = 100 }), Request(new CurveOptions { Axis = CurveAxis.Tokens }),
            Request(new CurveOptions { Smoothing = new CurveSmoothing(SmoothingKind.Average, 0.9) }), Request(new CurveOptions { Smoothing = new CurveSmoothing(SmoothingKind.Average, 0.91) }),
            Request() with { Runs = [.. _ids.Skip(1)] }, Request() with { Runs = [.. _ids.Reverse()] }, Request() with { Reference = _ids[0], Options = new CurveOptions { Comparison = CurveComparison.Ratio } },
        };
        var tags = new List<string> { panel.ETag };
        foreach (var other in others)
            tags.Add((await PanelAsync(other)).ETag);
        Assert.Equal(tags.Count, tags.Distinct().Count());
    }

    [Fact]
    public async Task A_line_keeps_its_key_as_long_as_its_own_run_stays()
    {
        var before = await PanelAsync(Request());
        var added = (await _temporary.ImportAsync(CurveTable.Project, CurveTable.Long(30), "long.csv")).Added[0].Id;
        var after = await PanelAsync(Request() with { Runs = [.. _ids, added] });
        Assert.Equal(before.Traces.Select(trace => (trace.Id, trace.Key)), after.Traces.Take(6).Select(trace => (trace.Id, trace.Key)));
        Assert.NotEqual(before.ETag, after.ETag);
        Assert.Equal(added, after.Traces[6].Id);
    }

    [Fact]
    public async Task A_comparison_has_another_key_with_another_reference()
    {
        CurveRequest With(string reference) => Request(new CurveOptions { Comparison = CurveComparison.Ratio }) with { Reference = reference };
        var first = await PanelAsync(With(_ids[0]));
        var second = await PanelAsync(With(_ids[1]));
        Assert.All(first.Traces.Zip(second.Traces), pair => Assert.Equal((pair.First.Id, false), (pair.Second.Id, pair.First.Key == pair.Second.Key)));
    }

    [Fact]
    public async Task A_size_that_becomes_known_changes_what_follows_from_it()
    {
        var bare = "run,step,flops,loss\na,1,1e18,4\na,2,2e18,3\n";
        var id = (await _temporary.ImportAsync("bare", bare, "bare.csv")).Added[0].Id;
        var request = new CurveRequest { Runs = [id], Metric = "loss", Options = new CurveOptions { Axis = CurveAxis.Tokens } };
        var before = await PanelAsync(request);
        Assert.Empty(before.Traces);
        Assert.Equal("its log has no tokens, and without a parameter count none follow from flops", Assert.Single(before.Lacking).Reason);
        await _temporary.Store.SetParametersAsync([id], 1e8);
        var after = await PanelAsync(request);
        Assert.NotEqual(before.ETag, after.ETag);
        Assert.Equal(1e18 / 6e8, Assert.Single(after.Traces).Trace.X[0], 1);
    }

    [Fact]
    public async Task Runs_that_cannot_be_drawn_are_named_with_the_reason()
    {
        await _temporary.Store.DeleteAsync([_ids[1]]);
        var panel = await PanelAsync(Request() with { Runs = [_ids[0], _ids[1], "zzz", "not an id"], Metric = "loss" });
        Assert.Equal([_ids[0]], panel.Traces.Select(trace => trace.Id));
        Assert.Equal([(_ids[1], "it was deleted"), ("zzz", "there is no such run in this store"), ("not an id", "there is no such run in this store")], panel.Lacking.Select(one => (one.Id, one.Reason)));
        Assert.Equal("it has no curve of grad_norm", (await PanelAsync(Request() with { Metric = "grad_norm" })).Lacking[0].Reason);
    }

    [Fact]
    public async Task Seeds_are_two_bands_of_three()
    {
        var panel = await PanelAsync(Request(new CurveOptions { Spread = SpreadKind.Range }) with { Grouping = CurveGrouping.Seed });
        Assert.Equal(["parameters 100000000 (×3)", "parameters 400000000 (×3)"], panel.Groups.Select(group => group.Name));
        Assert.Equal([_ids[0] + "G", _ids[3] + "G"], panel.Traces.Select(trace => trace.Id));
        var band = panel.Traces[0].Trace;
        Assert.Equal((CurveTable.Loss(1e8, 1, 12), CurveTable.Loss(1e8, 3, 12), 3), (band.Low![^1], band.High![^1], band.Runs![^1]));
        Assert.Equal(CurveTable.Loss(1e8, 2, 12), band.Y[^1], 1e-12);
    }

    [Fact]
    public async Task The_envelope_is_the_one_approach_1_fits()
    {
        var panel = await PanelAsync(Request(new CurveOptions { Axis = CurveAxis.Flops, Smoothing = new CurveSmoothing(SmoothingKind.Average, 0.9) }) with { Envelope = true });
        var trace = Assert.Single(panel.Traces, one => one.Trace.Kind == CurveTraceKind.Envelope).Trace;
        var (envelope, _) = IsoFlopRecipe.Envelope(await _temporary.Store.CheckpointsAsync(CurveTable.Project), new IsoFlopOptions { Surface = new FitRecipeOptions { Bootstrap = 0 } })!.Value;
        Assert.Equal(envelope.Points.Select(point => (point.Flops, point.Loss)), trace.X.Zip(trace.Y));
        // Excluded runs stay out of it, as they do of Approach 1.
        await _temporary.Store.ExcludeAsync(_ids[3..], "too good");
        var without = await PanelAsync(panel.Request);
        Assert.NotEqual(panel.ETag, without.ETag);
        Assert.NotEqual(panel.Traces[^1].Key, without.Traces[^1].Key);
        Assert.True(without.Traces[^1].Trace.Y.Min() > trace.Y.Min());
        Assert.DoesNotContain((await PanelAsync(panel.Request with { Options = new CurveOptions() })).Traces, one => one.Trace.Kind == CurveTraceKind.Envelope);
    }

    [Fact]
    public async Task Values_are_read_off_at_an_x_and_at_the_end()
    {
        var panel = await PanelAsync(Request() with { Reference = _ids[0] });
        var at = await _service.ReadAsync(panel, 15, CancellationToken.None);
        Assert.Equal((CurveTable.Loss(1e8, 1, 1) + CurveTable.Loss(1e8, 1, 2)) / 2, at.Values[_ids[0]], 1e-12);
        Assert.Equal(at.Values[_ids[0]], at.Beside);
        Assert.True(double.IsNaN((await _service.ReadAsync(panel, 1e9, CancellationToken.None)).Values[_ids[0]]));
        var difference = await PanelAsync(Request(new CurveOptions { Comparison = CurveComparison.Difference }) with { Reference = _ids[0] });
        Assert.Equal(0.01, (await _service.ReadAsync(difference, null, CancellationToken.None)).Values[_ids[1]], 1e-12);
        var ratio = await PanelAsync(Request(new CurveOptions { Comparison = CurveComparison.Ratio }) with { Reference = _ids[0] });
        Assert.Equal(CurveTable.Loss(1e8, 2, 12) / CurveTable.Loss(1e8, 1, 12), (await _service.ReadAsync(ratio, 120, CancellationToken.None)).Values[_ids[1]], 1e-12);
        // A run that goes on beyond the reference is compared where that one ends.
        var longer = (await _temporary.ImportAsync("longer", CurveTable.Long(500), "long.csv")).Added[0].Id;
        var beyond = await PanelAsync(difference.Request with { Runs = [longer] });
        Assert.Equal(2 + 3.0 / 120 + 120 % 7 * 0.01 - CurveTable.Loss(1e8, 1, 12), (await _service.ReadAsync(beyond, null, CancellationToken.None)).Values[longer], 1e-12);
        var groups = await PanelAsync(Request() with { Grouping = CurveGrouping.Seed });
        Assert.Equal(CurveTable.Loss(1e8, 2, 12), (await _service.ReadAsync(groups, null, CancellationToken.None)).Values[_ids[0]], 1e-12);
    }

    [Fact]
    public async Task A_zoom_goes_along_to_another_axis_with_the_rows_it_shows()
    {
        var panel = await PanelAsync(Request());
        Assert.Equal((2e7, 5e7), await _service.TranslateAsync(panel, (15, 55), CurveAxis.Tokens, CancellationToken.None));
        // The larger runs get further in compute at the same step.
        Assert.Equal((6 * 1e8 * 2e7, 6 * 4e8 * 5e7), await _service.TranslateAsync(panel, (15, 55), CurveAxis.Flops, CancellationToken.None));
        Assert.Equal((0.2, 0.5), await _service.TranslateAsync(panel, (15, 55), CurveAxis.Time, CancellationToken.None));
        Assert.Null(await _service.TranslateAsync(panel, (1e6, 2e6), CurveAxis.Tokens, CancellationToken.None));
    }

    [Fact]
    public async Task A_view_takes_the_loss_where_no_metric_is_asked_for()
    {
        var view = await ViewAsync(new CurvesState());
        Assert.Equal("loss", Assert.Single(view.Panels).Request.Metric);
        Assert.Equal(["flops", "loss", "seconds", "tokens"], view.Metrics.Select(metric => metric.Metric));
        Assert.Equal(2.2, view.Level);
        Assert.All(view.Reached, reached => Assert.True(reached.Reached));
        Assert.Equal(["seconds", "loss"], (await ViewAsync(new CurvesState { Metrics = ["seconds", "nothing", "loss"] })).Panels.Select(panel => panel.Request.Metric));
    }

    [Fact]
    public async Task A_view_follows_the_store()
    {
        var before = await ViewAsync(new CurvesState { Runs = [_ids[0]], Reference = "gone" });
        Assert.Equal(["gone"], before.Missing);
        await _temporary.ImportAsync(CurveTable.Project, CurveTable.Long(30), "long.csv");
        var after = await ViewAsync(new CurvesState { Runs = [_ids[0]] });
        Assert.NotEqual(before.Stamp, after.Stamp);
        Assert.Equal(before.Rows.Count + 1, after.Rows.Count);
    }

    [Fact]
    public async Task Many_lines_share_the_points_and_what_was_logged_is_drawn_behind_few()
    {
        var smoothed = new CurvesState { Smoothing = SmoothingKind.Average };
        Assert.Equal((true, 2000), ((await ViewAsync(smoothed)).Panels[0].Request.Options.Raw, (await ViewAsync(smoothed)).Panels[0].Request.Options.Points));
        Assert.False((await ViewAsync(smoothed with { Raw = false })).Panels[0].Request.Options.Raw);
        Assert.False((await ViewAsync(smoothed with { Grouping = CurveGrouping.Seed })).Panels[0].Request.Options.Raw);
        for (var i = 0; i < 20; i++)
            await _temporary.ImportAsync(CurveTable.Project, CurveTable.Long(3, $"more {i}"), "more.csv");
        var many = (await ViewAsync(smoothed with { Filter = "loss<9" })).Panels[0].Request;
        Assert.Equal((26, false, CurveOptions.PointsOf(26)), (many.Runs.Count, many.Options.Raw, many.Options.Points));
    }

    [Fact]
    public async Task A_difference_is_never_drawn_on_a_logarithmic_axis()
    {
        var state = new CurvesState { LogY = true, Reference = _ids[0], Comparison = CurveComparison.Difference };
        Assert.False((await ViewAsync(state)).Panels[0].Request.Options.LogY);
        Assert.True((await ViewAsync(state with { Comparison = CurveComparison.Ratio })).Panels[0].Request.Options.LogY);
        Assert.Equal(CurveComparison.Values, (await ViewAsync(state with { Reference = "gone" })).Panels[0].Request.Options.Comparison);
    }
}
