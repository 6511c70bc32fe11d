using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>Which small models to train, so that a law through them predicts the large one (arXiv 2410.11840).</summary>
public sealed partial class EstimatePage
{
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private EstimateState? _drawnFor;
    private string _contentOf = "";
    private EstimateStudy? _parametersOf;
    private EstimateResult? _result;
    private IReadOnlyList<ProjectRow> _projects = [];
    private bool _empty;
    private Problem? _problem;
    private EstimateAnswer? _answer;
    private string _advice = "";
    private (string Text, string Href)? _wayOn;
    private IReadOnlyList<PageWarning> _warnings = [];
    private IReadOnlyList<KeyFigure> _keyFigures = [];
    private Figure? _map;
    private Figure? _cost;
    private Figure? _curve;
    private Figure? _parameters;
    private bool _busy;
    private double? _progress;
    private CancellationTokenSource? _fitting;

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required EstimateService Service { get; init; }
    [Inject] public required Samples Samples { get; init; }

    private sealed record Problem(string Title, string Text, IReadOnlyList<(string Text, string Href)> Links, bool OffersSample = false);

    protected override async Task OnStateChangedAsync(CancellationToken cancellationToken)
    {
        // Only the tab changed: what is drawn stays.
        if (_drawnFor == State with { Tab = default })
            return;
        // The answer of one project must not stand under the name of the next.
        if (_contentOf != State.Project)
            _result = null;
        _contentOf = State.Project;
        (_drawnFor, _problem, _fitting, _busy, _empty) = (null, null, null, false, false);
        try
        {
            _projects = await Store.ProjectsAsync(cancellationToken);
            if (State.Project.Length == 0)
            {
                if (_projects.Where(project => project.Runs > 0).MaxBy(project => project.LastImport) is { } latest)
                    await ChangeAsync(State with { Project = latest.Name }, replace: true);
                else
                    _empty = true;
                return;
            }

            if (_projects.All(project => project.Name != State.Project))
            {
                Fail(
                    "No such project", $"There is no project “{State.Project}” in this store; it may have been renamed, or its runs deleted. Nothing else is wrong with the link.",
                    [.. _projects.Take(5).Select(other => (other.Name, PageUrls.OfProject(PageUrls.Estimate, other.Name)))]);
                return;
            }

            await StudyAsync(cancellationToken);
        }
        catch (StoreException exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fail("The runs cannot be read", exception.Message, [("Try again", Here(State))]);
        }
    }

    private static string Here(EstimateState state) => PageUrls.For(PageUrls.Estimate, state);

    /// <summary>The same question to another project; what named this one's runs and columns is dropped.</summary>
    private Task OpenProjectAsync(string project) =>
        ChangeAsync(new EstimateState { Project = project, MinimumTokens = State.MinimumTokens, Budget = State.Budget, Checkpoints = State.Checkpoints, Method = State.Method });

    private void Fail(string title, string text, IReadOnlyList<(string, string)> links, bool offersSample = false) =>
        (_problem, _result) = (new Problem(title, text, links, offersSample), null);

    private async Task StudyAsync(CancellationToken cancellationToken)
    {
        using var fitting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        (_fitting, _busy, _progress) = (fitting, true, null);
        StateHasChanged();
        EstimateResult result;
        try
        {
            result = await Service.StudyAsync(State, new FitProgress(this, fitting), fitting.Token);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Fail("Fitting was stopped", "Nothing stored was changed. Fewer families, or one checkpoint at each tenth of a training, take less time.",
                [("Fit again", Here(State)), ("Fit tenths of the trainings", Here(State with { Checkpoints = CheckpointUse.Tenths }))]);
            return;
        }
        catch (UnknownColumnException exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fail("The filter fits no column", exception.Message, [("Remove the filter", Here(State with { Where = [] }))]);
            return;
        }
        catch (AnalysisException exception) when (!cancellationToken.IsCancellationRequested)
        {
            Fail("Nothing to estimate", exception.Message, [("Start over with this project", PageUrls.OfProject(PageUrls.Estimate, State.Project)), ("Open the runs", PageUrls.OfProject(PageUrls.Runs, State.Project))], offersSample: true);
            return;
        }
        finally
        {
            // A later change may be fitting by now.
            if (_fitting == fitting)
                (_fitting, _busy) = (null, false);
        }

        Show(result);
        _drawnFor = State with { Tab = default };
    }

    private void Show(EstimateResult result)
    {
        var (study, view) = (result.Study, result.View);
        _result = result;
        _answer = EstimateWords.Answer(study, view);
        _advice = EstimateWords.Advice(result, State);
        _keyFigures = view.Chosen is { } chosen && _answer is not null ? EstimateWords.KeyFigures(study, view, chosen) : [];
        _warnings = [.. EstimateWords.Warnings(study, view).Select(text => new PageWarning(text))];
        _wayOn = WayOn(study);
        _map = EstimateFigures.Map(study, view, State);
        _cost = EstimateFigures.Cost(study, view);
        _curve = EstimateFigures.Curve(study, view);
        // The same for every plan of a study: the chart is drawn once.
        if (!ReferenceEquals(_parametersOf, study))
            _parameters = study.Structure is null ? null : EstimateFigures.Parameters(study);
        _parametersOf = study;
    }

    /// <summary>Where there is no answer: to a lower cut when every model ends before it, or to the lenders when one model is all there is.</summary>
    private (string, string)? WayOn(EstimateStudy study)
    {
        var candidates = study.Target.Estimation.Candidates;
        if (candidates.Count == 0 || study.Target.Problem is null || study.Target.Family.Refusal is not null)
            return null;
        var longest = candidates.Max(model => model.MostTokens);
        if (longest > State.MinimumTokens)
            return candidates.Count == 1 ? ("See who lends A and α", Here(State with { Tab = PageTab.Table }) + "#borrowing") : null;
        var lower = Quantity.TryParse(Quantity.Significant(longest / 10, 2), out var round) ? round : longest / 10;
        return ($"Lower the cut to {Quantity.Count(lower)} tokens", Here(State with { MinimumTokens = lower }));
    }

    /// <summary>A cell of the map or a point of the chart: its plan answers.</summary>
    private Task ChooseAsync(string id)
    {
        if (_result is null || _result.Study.Target.Plans.FirstOrDefault(score => EstimateFigures.Id(score) == id) is not { } score)
            return Task.CompletedTask;
        var plan = score.Plan;
        var next = State with { Models = plan.Models, Share = plan.Share };
        if (plan.First + plan.Models == _result.View.Allowed.Count && State.FromLargest)
            return ChangeAsync(next);
        return ChangeAsync(plan.First == 0 ? next with { FromLargest = false } : next with { FromLargest = true, Largest = score.LargestParameters });
    }

    private void Cancel() => _fitting?.Cancel();

    /// <summary>Tells the page five times a second how many laws are done.</summary>
    private sealed class FitProgress(EstimatePage page, CancellationTokenSource fitting) : IProgress<(int Done, int Of)>
    {
        private long _last = page.Clock.GetTimestamp();

        public void Report((int Done, int Of) value)
        {
            var last = Interlocked.Read(ref _last);
            if (page.Clock.GetElapsedTime(last) < s_progressInterval || Interlocked.CompareExchange(ref _last, page.Clock.GetTimestamp(), last) != last)
                return;
            _ = page.InvokeAsync(() =>
            {
                if (page._fitting != fitting)
                    return;
                page._progress = (double)value.Done / value.Of;
                page.StateHasChanged();
            });
        }
    }
}
