using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>What to train for a budget, a loss or a time, by several laws and in up to four scenarios.</summary>
public sealed partial class PlanPage
{
    private IReadOnlyList<ProjectRow> _projects = [];
    private IReadOnlyList<OfferedFit> _fits = [];
    private MeasuredUtilization _measured = MeasuredUtilization.None;
    private IReadOnlyList<TrainingLaw> _laws = [];
    private string? _readFor;
    private string? _lawsFor;
    private PlanView? _view;
    private PlanState? _shown;
    private string? _failure;
    private string _projectNotice = "";
    private string _fitNotice = "";
    private PlanAnswer _answer = new([], "");
    private IReadOnlyList<string> _lines = [];
    private IReadOnlyList<PageWarning> _warnings = [];
    private IReadOnlyList<KeyFigure> _keyFigures = [];
    private IReadOnlyList<string> _letters = [];
    private IReadOnlyList<PlanTableRow> _compared = [];
    private IReadOnlyList<PlanTableRow> _byLaw = [];
    private IReadOnlyList<Figure> _figures = [];

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required PlanService Service { get; init; }
    [Inject] public required IReadOnlyList<LandmarkModel> Landmarks { get; init; }

    private string _notice => string.Join(' ', new[] { _projectNotice, _fitNotice }.Where(text => text.Length > 0));

    protected override async Task OnStateChangedAsync(CancellationToken cancellationToken)
    {
        // Only the tab changed: what is drawn stays.
        if (_shown is not null && _shown == State with { Tab = default })
            return;
        _shown = null;
        try
        {
            await ReadProjectAsync(cancellationToken);
            await ReadLawsAsync(cancellationToken);
            _failure = null;
        }
        catch (StoreException exception) when (!cancellationToken.IsCancellationRequested)
        {
            (_failure, _readFor, _lawsFor) = (exception.Message, null, null);
            _laws = [.. State.Laws.Select(key => TrainingLaw.Find(key)!).DefaultIfEmpty(TrainingLaw.Published[0])];
        }

        var (state, laws, earlier) = (State, _laws, _view);
        var (view, figures) = await Task.Run(
            () =>
            {
                var solved = PlanView.Of(state, laws, earlier);
                return (solved, Figures(solved));
            },
            cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        Show(view, figures);
        _shown = state with { Tab = default };
    }

    /// <summary>Once a project: its saved fits and what its logs measured.</summary>
    private async Task ReadProjectAsync(CancellationToken cancellationToken)
    {
        if (_readFor == State.Project)
            return;
        _projects = await Store.ProjectsAsync(cancellationToken);
        var project = State.Project;
        var isThere = _projects.Any(other => other.Name == project);
        _projectNotice = project.Length == 0 || isThere ? "" : $"There is no project “{project}” in this store; published laws answer.";
        _fits = isThere ? await Service.FitsAsync(project, cancellationToken) : [];
        _measured = isThere ? await Service.MeasuredAsync(project, cancellationToken) : MeasuredUtilization.None;
        _readFor = project;
    }

    /// <summary>Once a choice of laws.</summary>
    private async Task ReadLawsAsync(CancellationToken cancellationToken)
    {
        var wanted = string.Join('\n', [.. State.Fits, "", .. State.Laws]);
        if (_lawsFor == wanted)
            return;
        var (saved, problems) = await Service.LawsAsync(State.Fits, cancellationToken);
        IReadOnlyList<TrainingLaw> laws = [.. saved, .. State.Laws.Select(key => TrainingLaw.Find(key)!)];
        _laws = laws.Count > 0 ? laws : [.. new PlanState().Laws.Select(key => TrainingLaw.Find(key)!)];
        _fitNotice = string.Join(' ', problems);
        _lawsFor = wanted;
    }

    private Figure[] Figures(PlanView view) =>
        [.. new[] { PlanFigures.Loss(view), PlanFigures.Frontier(view, Landmarks), PlanFigures.Bits(view), PlanFigures.Overhead(view), PlanFigures.Served(view), PlanFigures.Repeated(view) }.OfType<Figure>()];

    private void Show(PlanView view, Figure[] figures)
    {
        var (plan, scenario) = (view.Answer, view.Edited.Scenario);
        (_view, _figures) = (view, figures);
        _answer = PlanWords.Answer(plan, scenario);
        _lines = [.. new[] { PlanWords.Factored(scenario, plan), PlanWords.InBits(plan), PlanWords.OfLife(plan, scenario.Goals), PlanWords.Spread(view.Edited, plan), PlanWords.OffBest(plan, scenario.Goals) }.Where(line => line.Length > 0)];
        _warnings = [.. PlanWords.Warnings(plan, scenario).Select(text => new PageWarning(text))];
        _keyFigures = PlanWords.KeyFigures(plan, scenario);
        _letters = [.. view.Results.Select((_, i) => PlanState.Letter(i))];
        _compared = view.Results.Count > 1 ? PlanTable.ByScenario(view) : [];
        _byLaw = PlanTable.ByLaw(view.Edited);
    }

    /// <summary>A scenario clicked in a chart.</summary>
    private Task OpenAsync(string letter) => letter is [>= 'A' and <= 'D' and var which] && which - 'A' < State.Scenarios.Count
        ? ChangeAsync(State with { Edited = which - 'A' })
        : Task.CompletedTask;
}
