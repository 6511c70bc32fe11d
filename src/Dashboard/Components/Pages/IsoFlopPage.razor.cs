using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>How large a model, on how many tokens, for a budget: by the user's own sweep, beside the published laws.</summary>
public sealed partial class IsoFlopPage
{
    private const int MostWarnings = 2;
    private const int FewDraws = 100;
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private static readonly IReadOnlyList<string> s_frontierShown = ["3"];

    private IsoFlopState? _drawnFor;
    private (string Project, bool Published) _contentOf;
    private (IsoFlopAnalysis Analysis, IsoFlopState State)? _curvesOf;
    private (IsoFlopAnalysis? Analysis, IsoFlopState State)? _sizesOf;
    private (IsoFlopAnalysis? Analysis, IsoFlopState State)? _frontierOf;
    private IsoFlopResult? _result;
    private IsoFlopAnalysis? _analysis;
    private IReadOnlyList<ProjectRow> _projects = [];
    private bool _published;
    private string? _notice;
    private Problem? _problem;
    private string? _failure;
    private IsoFlopAnswer? _answer;
    private IReadOnlyList<KeyFigure> _keyFigures = [];
    private IReadOnlyList<PageWarning> _warnings = [];
    private Figure? _loss;
    private Figure? _size;
    private Figure? _tokens;
    private Figure? _frontier;
    private bool _busy;
    private bool _stopped;
    private int _drawsDone;
    private CancellationTokenSource? _fitting;
    private ToastNotice? _toast;

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required IsoFlopService Service { get; init; }
    [Inject] public required IReadOnlyList<LandmarkModel> Landmarks { get; init; }

    // Without an answer they are what there is to read.
    private int WarningsShown => _answer is null ? _warnings.Count : MostWarnings;

    private sealed record Problem(string Title, string Text, IReadOnlyList<(string Text, string Href)> Links);

    private sealed record ToastNotice(string Message, string ActionLabel, EventCallback Action);

    protected override async Task OnStateChangedAsync(CancellationToken cancellationToken)
    {
        // Only the tab changed: what is drawn stays.
        if (_drawnFor == State with { Tab = default })
            return;
        // Until this one is through nothing counts as drawn, and what it overtakes no longer shows as busy.
        (_drawnFor, _problem, _failure, _fitting, _busy, _stopped) = (null, null, null, null, false, false);
        // The answer of one project must not stand under the name of the next.
        if (_contentOf != (State.Project, State.PublishedOnly))
            Clear();
        try
        {
            _projects = await Store.ProjectsAsync(cancellationToken);
            if (State is { Project: "", PublishedOnly: false })
            {
                await ChangeAsync(
                    _projects.MaxBy(project => project.LastImport) is { } latest
                        ? State with { Project = latest.Name }
                        : IsoFlopState.PublishedLaws with { Target = State.Target, LogX = State.LogX },
                    replace: true);
                return;
            }

            (_published, _contentOf) = (State.PublishedOnly, (State.Project, State.PublishedOnly));
            if (_published)
            {
                DrawSizes();
            }
            else if (_projects.Any(project => project.Name == State.Project))
            {
                await ShowProjectAsync(cancellationToken);
            }
            else
            {
                _problem = new Problem(
                    "No such project",
                    $"There is no project “{State.Project}” in this store; it may have been renamed, or its runs deleted. Nothing else is wrong with the link.",
                    [.. _projects.Take(5).Select(other => (other.Name, PageUrls.For(PageUrls.IsoFlop, new IsoFlopState { Project = other.Name })))]);
            }
        }
        catch (StoreException exception) when (!cancellationToken.IsCancellationRequested)
        {
            _problem = new Problem("The runs cannot be read", exception.Message, [("Try again", PageUrls.For(PageUrls.IsoFlop, State))]);
            return;
        }

        // A fit that was stopped is run again by the same address.
        _drawnFor = _stopped ? null : State with { Tab = default };
    }

    private static string Here(IsoFlopState state) => PageUrls.For(PageUrls.IsoFlop, state);

    /// <summary>The same view of another project; what named this one's runs and columns is dropped.</summary>
    private Task OpenProjectAsync(string project) =>
        ChangeAsync(State with
        {
            Project = project,
            PublishedOnly = false,
            Shown = State.PublishedOnly ? new IsoFlopState().Shown : State.Shown,
            Where = [],
            Excluded = [],
            GroupByCompute = false,
            NonEmbedding = false,
        });

    private void Clear()
    {
        (_result, _analysis, _answer, _notice) = (null, null, null, null);
        (_warnings, _keyFigures) = ([], []);
        (_loss, _size, _tokens, _frontier, _curvesOf, _sizesOf, _frontierOf) = (null, null, null, null, null, null, null);
    }

    private async Task ShowProjectAsync(CancellationToken cancellationToken)
    {
        using var fitting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        (_fitting, _busy, _drawsDone) = (fitting, true, 0);
        StateHasChanged();
        IsoFlopResult result;
        try
        {
            result = await Service.AnalyseAsync(State, new DrawProgress(this, fitting), fitting.Token);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _stopped = true;
            _problem = new Problem(
                "Fitting was stopped",
                "Nothing stored was changed. Fewer bootstrap draws take less time, with rougher intervals.",
                [("Fit again", Here(State)), .. State.Draws > FewDraws ? [($"Fit with {FewDraws} draws", Here(State with { Draws = FewDraws }))] : Array.Empty<(string, string)>(), ("Fit without intervals", Here(State with { Draws = 0 }))]);
            return;
        }
        catch (UnknownColumnException exception) when (!cancellationToken.IsCancellationRequested)
        {
            _problem = new Problem(
                "The filter fits no column", exception.Message, [("Remove the filter", PageUrls.For(PageUrls.IsoFlop, State with { Where = [] }))]);
            return;
        }
        finally
        {
            // A later change may be fitting by now.
            if (_fitting == fitting)
                (_fitting, _busy) = (null, false);
        }

        (_result, _analysis) = (result, result.Analysis);
        _notice = await MissingRunsAsync(cancellationToken);
        if (_analysis is null)
        {
            _problem = new Problem(
                "No runs are left",
                $"All {Words.Count(result.Selection.All.Count, "run")} of the project are filtered out or excluded.",
                [("Show all runs", PageUrls.For(PageUrls.IsoFlop, new IsoFlopState { Project = State.Project })), ("Open the runs", PageUrls.OfProject(PageUrls.Runs, State.Project))]);
            return;
        }

        var answering = IsoFlopWords.Answering(_analysis, State.Headline);
        _answer = answering is null ? null : IsoFlopWords.Answer(_analysis, answering, State.Target);
        _keyFigures = answering is null ? [] : IsoFlopWords.KeyFigures(_analysis, answering, State.Target);
        _warnings = [.. _analysis.Warnings.Select(warning => new PageWarning(
            warning.Text,
            LinkText: "See the budgets",
            Href: warning.Budgets.Count > 0 ? PageUrls.For(PageUrls.IsoFlop, State with { Tab = PageTab.Table }) + "#budgets" : null))];
        // Only charts that a change touches are drawn again: the target is not in the loss curves, their axis not in the others.
        var curves = (_analysis, State with { Target = default, Shown = [], Headline = default, Landmarks = false, Tab = default });
        if (_curvesOf != curves)
            _loss = IsoFlopFigures.LossAtEqualCompute(_analysis, result.Selection.Rows, State);
        _curvesOf = curves;
        DrawSizes();
    }

    private void DrawSizes()
    {
        // Neither shows the sizes' own axis; the frontier no published law, the sizes no loss.
        var common = State with { Axis = default, Tab = default };
        var sizes = (_analysis, common with { LogLoss = default });
        var frontier = (_analysis, common with { Landmarks = default, Shown = State.Shows("3") ? s_frontierShown : [] });
        var (sameSizes, sameFrontier) = (_sizesOf == sizes, _frontierOf == frontier);
        (_sizesOf, _frontierOf) = (sizes, frontier);
        if (sameSizes && sameFrontier)
            return;
        IReadOnlyList<LandmarkModel> landmarks = State.Landmarks ? Landmarks : [];
        IReadOnlyList<Projection> projections = _analysis is null ? [] : IsoFlopFigures.Project(_analysis, State, landmarks);
        if (!sameFrontier)
            _frontier = _analysis is null ? null : IsoFlopFigures.Frontier(_analysis, projections, State);
        if (sameSizes)
            return;
        _size = IsoFlopFigures.OptimalSize(_analysis, projections, State, landmarks, tokens: false);
        _tokens = IsoFlopFigures.OptimalSize(_analysis, projections, State, landmarks, tokens: true);
    }

    /// <summary>A link may name runs that were deleted since, or that another store holds.</summary>
    private async Task<string?> MissingRunsAsync(CancellationToken cancellationToken)
    {
        if (State.Excluded.Count == 0)
            return null;
        var found = await Store.FindRunsAsync(State.Excluded, cancellationToken);
        var deleted = found.Where(run => run.Deleted is not null).Select(run => run.Name).ToArray();
        var unknown = State.Excluded.Count(id => found.All(run => run.Id != id));
        var parts = new List<string>();
        if (deleted.Length > 0)
            parts.Add($"{Words.List(deleted)}, excluded by this link, {(deleted.Length == 1 ? "was" : "were")} deleted since.");
        if (unknown > 0)
            parts.Add($"{Words.Count(unknown, "run")} excluded by this link {(unknown == 1 ? "is" : "are")} not in this store.");
        return parts.Count == 0 ? null : string.Join(" ", parts);
    }

    private async Task ToggleAsync(string runId)
    {
        if (_result?.Selection.Rows.FirstOrDefault(row => row.Id == runId) is not { } run)
            return;
        if (run.ExclusionReason is { } reason)
        {
            _toast = new ToastNotice(
                $"{run.Name} is excluded for everyone: {reason}.", "Open runs",
                EventCallback.Factory.Create(this, () => Navigation.NavigateTo(PageUrls.OfProject(PageUrls.Runs, State.Project))));
            return;
        }

        var wasExcluded = State.Excluded.Contains(runId);
        if (!wasExcluded && State.Excluded.Count >= IsoFlopState.MostExcluded)
        {
            _toast = new ToastNotice(
                $"A link holds at most {IsoFlopState.MostExcluded} excluded points. Keep these for the project first.", "Show them",
                EventCallback.Factory.Create(this, () => ChangeAsync(State with { Tab = PageTab.Data })));
            return;
        }

        _toast = new ToastNotice(
            wasExcluded ? $"{run.Name} counts again." : $"{run.Name} is excluded from this view.", "Undo",
            EventCallback.Factory.Create(this, () => ChangeAsync(State.Toggle(runId))));
        await ChangeAsync(State.Toggle(runId));
    }

    private async Task KeepAsync(string reason)
    {
        // Not the ones excluded for everyone meanwhile: they keep their own reason.
        string[] ids = [.. (_result?.Selection.All ?? []).Where(row => row.ExclusionReason is null && State.Excluded.Contains(row.Id)).Select(row => row.Id)];
        try
        {
            var count = await Store.ExcludeAsync(ids, reason);
            _toast = new ToastNotice($"{Words.Count(count, "run")} excluded for everyone.", "Undo", EventCallback.Factory.Create(this, () => UnkeepAsync(ids)));
        }
        catch (StoreException exception)
        {
            _failure = exception.Message;
            return;
        }

        await ChangeAsync(State with { Excluded = [] });
    }

    private async Task UnkeepAsync(string[] ids)
    {
        try
        {
            await Store.IncludeAsync(ids);
        }
        catch (StoreException exception)
        {
            _failure = exception.Message;
            return;
        }

        await ChangeAsync(State with { Excluded = ids });
    }

    private void Cancel() => _fitting?.Cancel();

    /// <summary>Tells the page five times a second how many draws are done.</summary>
    private sealed class DrawProgress(IsoFlopPage page, CancellationTokenSource fitting) : IProgress<int>
    {
        private long _last = page.Clock.GetTimestamp();

        public void Report(int value)
        {
            var last = Interlocked.Read(ref _last);
            if (page.Clock.GetElapsedTime(last) < s_progressInterval || Interlocked.CompareExchange(ref _last, page.Clock.GetTimestamp(), last) != last)
                return;
            _ = page.InvokeAsync(() =>
            {
                if (page._fitting != fitting)
                    return;
                page._drawsDone = value;
                page.StateHasChanged();
            });
        }
    }
}
