using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Charts;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>How runs train: any of their metrics over steps, tokens, compute or time, also while they still run.</summary>
public sealed partial class CurvesPage
{
    private const int SinglePanel = 380;
    private const int OneOfMany = 270;

    private IReadOnlyList<ProjectRow> _projects = [];
    private CurvesView? _view;
    private PageProblem? _problem;
    private CurvesAnswer? _answer;
    private string? _notice;
    private IReadOnlyList<KeyFigure> _keyFigures = [];
    private IReadOnlyList<Figure> _figures = [];
    private IReadOnlyList<PanelReadings> _readings = [];
    private double? _at;
    private string? _drawnFor;
    private bool _loaded;

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required CurvesService Service { get; init; }

    private string NothingDrawn => _view!.Choice.Shown.Count == 0 ? "(choose runs, or loosen the filter)."
        : _view.Panels[0].Groups.Count == 0 ? "(the tab Data says why)."
        : "(all lines are hidden, or have no finite value).";

    protected override async Task OnStateChangedAsync(CancellationToken cancellationToken)
    {
        // Only the tab, or the order of the table, changed: what is drawn stays.
        var drawn = (State with { Tab = default, Sort = default, Descending = false }).ToQuery().ToString();
        if (drawn == _drawnFor)
            return;
        _drawnFor = null;
        if (await LoadAsync(cancellationToken))
            _drawnFor = drawn;
    }

    /// <summary>The project has changed in the store.</summary>
    private async Task RefreshAsync()
    {
        await LoadAsync(CancellationToken.None);
        StateHasChanged();
    }

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        var state = State;
        try
        {
            _projects = await Store.ProjectsAsync(cancellationToken);
            if (state.Project.Length == 0)
            {
                _loaded = _projects.Count == 0;
                if (_projects.MaxBy(project => project.LastImport) is { } latest)
                    await ChangeAsync(state.OfProject(latest.Name), replace: true);
                return false;
            }

            if (_projects.All(project => project.Name != state.Project))
            {
                (_view, _loaded) = (null, true);
                _problem = new PageProblem(
                    "No such project",
                    $"There is no project “{state.Project}” in this store; it may have been renamed, or its runs deleted. Nothing else is wrong with the link.",
                    [.. _projects.Take(5).Select(other => (other.Name, PageUrls.OfProject(PageUrls.Curves, other.Name)))]);
                return false;
            }

            var view = await Service.ViewAsync(state, cancellationToken);
            IReadOnlyList<PanelReadings> readings = await ReadAsync(view, state.At, cancellationToken);
            // Another state was asked for after the store had changed, which cancels nothing.
            if (state != State)
                return false;
            (_view, _problem, _loaded, _readings, _at) = (view, null, true, readings, state.At);
            Draw(view);
            return true;
        }
        catch (StoreException exception) when (!cancellationToken.IsCancellationRequested)
        {
            (_loaded, _problem) = (true, new PageProblem("The curves cannot be read", exception.Message, [("Try again", PageUrls.For(PageUrls.Curves, state))]));
            return false;
        }
    }

    private void Draw(CurvesView view)
    {
        _answer = view.Panels.Count == 0 ? null : CurvesWords.Answer(view.Panels[0], State);
        _keyFigures = view.Panels.Count == 0 ? [] : CurvesWords.KeyFigures(view.Panels[0], State, view.Choice);
        _notice = CurvesWords.Missing(view, State);
        var range = CurveFigures.Range(view.Panels, State);
        _figures = [.. view.Panels.Select((panel, i) => CurveFigures.Panel(panel, State, i, view.Reference?.Name ?? "", range))];
    }

    private async Task<IReadOnlyList<PanelReadings>> ReadAsync(CurvesView view, double? at, CancellationToken cancellationToken)
    {
        var readings = new List<PanelReadings>();
        foreach (var panel in view.Panels)
            readings.Add(await Service.ReadAsync(panel, at, cancellationToken));
        return readings;
    }

    /// <summary>The mouse is over an x, or gone.</summary>
    private async Task PointAsync(double? x)
    {
        if (_view is not { } view)
            return;
        var at = x ?? State.At;
        var readings = await ReadAsync(view, at, CancellationToken.None);
        // What was read of another view names other runs.
        if (ReferenceEquals(view, _view))
            (_readings, _at) = (readings, at);
    }

    private Task ZoomAsync(int panel, ChartZoom zoom) => ChangeAsync(
        zoom is { X: null, Y: null } ? State with { Zoom = null, PanelZooms = [] } : State with
        {
            Zoom = zoom.X is { } x ? CurvesState.Rounded(x.Low, x.High) : State.Zoom,
            PanelZooms = zoom.Y is { } y && CurvesState.Rounded(y.Low, y.High) is var (low, high) ? [.. State.PanelZooms.Where(other => other.Panel != panel), new PanelZoom(panel, low, high)] : State.PanelZooms,
        },
        replace: true);

    private async Task SetAxisAsync(CurveAxis axis)
    {
        var state = State;
        var zoom = state.Zoom is { } shown && _view is { Panels.Count: > 0 } view ? await Service.TranslateAsync(view.Panels[0], shown, axis, CancellationToken.None) : null;
        if (state == State)
            await ChangeAsync(State with { Axis = axis, Zoom = zoom, At = null });
    }

    /// <summary>The envelope is over compute, so it brings that axis along.</summary>
    private async Task SetEnvelopeAsync(bool shown)
    {
        if (shown && State.Axis != CurveAxis.Flops)
            await SetAxisAsync(CurveAxis.Flops);
        await ChangeAsync(State with { Envelope = shown, Comparison = shown ? CurveComparison.Values : State.Comparison });
    }
}
