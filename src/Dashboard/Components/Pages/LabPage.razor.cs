using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Lab;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>Trains tiny models on the server: what to train, how long it takes, and how far it is.</summary>
public sealed partial class LabPage
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private IReadOnlyList<LabRun> _runs = [];
    private SweepEstimate? _estimate;
    private ILanguage? _language;
    private LabJobView? _job;
    private LabJobView? _other;
    private IReadOnlyList<LabJobView> _jobs = [];
    private LabAnswer? _answer;
    private PageProblem? _problem;
    private Figure? _figure;
    private IReadOnlyList<(string Text, string Href)> _links = [];
    private string? _shownFor;
    private string? _stamp;
    private string? _wrong;
    private string? _failure;
    private bool _estimating;
    private bool _starting;
    private int _lastDraw;
    private int _drawn;
    private ITimer? _looking;
    private bool _isLooking;
    private bool _gone;

    [Inject] public required LabService Service { get; init; }
    [Inject] public required CurvesService Curves { get; init; }
    [Inject] public required RunStore Store { get; init; }

    private string Share => (_job?.Share ?? 0).ToString("0.###", CultureInfo.InvariantCulture);

    protected override async Task OnStateChangedAsync(CancellationToken cancellationToken)
    {
        // Only the tab changed: what is shown stays.
        var shown = (State with { Tab = default }).ToQuery().ToString();
        if (shown == _shownFor)
            return;
        _shownFor = null;
        (_runs, _estimate, _language, _job, _answer, _problem, _figure, _links, _stamp, _wrong, _failure) = ([], null, null, null, null, null, null, [], null, null, null);
        _jobs = Service.Jobs();
        _other = Service.Current;
        if (State.Job.Length > 0)
            await ShowJobAsync(cancellationToken);
        else
            await ShowPlanAsync(cancellationToken);
        _shownFor = shown;
    }

    protected override void Dispose(bool disposing)
    {
        _gone = true;
        _looking?.Dispose();
        base.Dispose(disposing);
    }

    private async Task ShowPlanAsync(CancellationToken cancellationToken)
    {
        LookOn(_other is not null);
        try
        {
            _runs = State.Sweep().Runs();
            _language = Service.Language(_runs[0].Language);
            // What runs would only be disturbed, and would disturb the measurement.
            if (_other is null)
            {
                _estimating = true;
                StateHasChanged();
                _estimate = await Service.EstimateAsync(_runs, cancellationToken);
                _wrong = Service.Limits.Problem(_estimate);
            }
        }
        catch (LabException exception)
        {
            _wrong = exception.Message;
        }
        finally
        {
            _estimating = false;
        }

        if (_wrong is not null)
            (_runs, _estimate) = ([], null);
        else if (_estimate is not null)
            _answer = LabWords.Planned(_runs, _estimate, LabService.Threads);
        else
            _answer = new LabAnswer(Words.Count(_runs.Count, "run"), " asked for", "(their time is estimated once the training that runs now has ended).");
    }

    private async Task ShowJobAsync(CancellationToken cancellationToken)
    {
        if (Service.Find(State.Job) is not { } job)
        {
            _problem = new PageProblem("No such training", "It is no longer on this server. Runs that it trained are still in their project.", [("Train something", PageUrls.For(PageUrls.Lab, State with { Job = "" }))]);
            return;
        }

        _runs = job.Job.Runs;
        try
        {
            _language = Service.Language(_runs[0].Language);
        }
        catch (LabException)
        {
            // Nothing is known of the entropy of a text anyway.
        }

        Take(job);
        await DrawAsync(cancellationToken);
    }

    private void Take(LabJobView job)
    {
        (_job, _other) = (job, Service.Current is { } current && current.Job.Id != job.Job.Id ? current : null);
        _answer = LabWords.Of(job, _language);
        LookOn(job.Status == LabJobStatus.Running);
    }

    private async Task DrawAsync(CancellationToken cancellationToken)
    {
        var ticket = ++_lastDraw;
        var job = _job!.Job;
        var names = job.Runs.Select(run => run.Name).ToHashSet();
        var stamp = await Store.StampAsync(job.Project, cancellationToken);
        string[] ids = [.. (await Store.RunsAsync(job.Project, cancellationToken: cancellationToken)).Where(run => names.Contains(run.Name)).Take(CurveRequest.MostRuns).Select(run => run.Id)];
        var seeds = job.Runs.Select(run => run.Training.Seed).Distinct().Count();
        var state = new CurvesState { Project = job.Project, Runs = ids, Axis = CurveAxis.Flops, LogX = true, Whole = true, Grouping = seeds > 1 ? CurveGrouping.Seed : CurveGrouping.None };
        var view = ids.Length == 0 ? null : await Curves.ViewAsync(state, cancellationToken);
        // A look that began earlier may end later: what it saw is older, or of another training.
        if (ticket < _drawn || _job?.Job.Id != job.Id)
            return;
        (_drawn, _stamp) = (ticket, stamp);
        if (view is null)
            return;
        _links = [.. Links(job, state)];
        if (view.Panels.Count > 0)
            _figure = CurveFigures.Panel(view.Panels[0], state, 0, "", CurveFigures.Range(view.Panels, state));
    }

    // To the pages that compare what differs between the runs.
    private static IEnumerable<(string Text, string Href)> Links(LabJob job, CurvesState curves)
    {
        yield return ("Curves", PageUrls.For(PageUrls.Curves, curves));
        if (job.Runs.Select(run => run.Training.Optimizer).Distinct().Count() > 1)
            yield return ("Optimizers", PageUrls.OfProject(PageUrls.Optimizers, job.Project));
        if (job.Runs.Any(run => run.Budget is not null))
            yield return ("IsoFLOP", PageUrls.OfProject(PageUrls.IsoFlop, job.Project));
        if (job.Runs.Any(run => run.Training.Bits != TrainingBits.Full))
            yield return ("Precision", PageUrls.OfProject(PageUrls.Precision, job.Project));
        yield return ("Runs", PageUrls.OfProject(PageUrls.Runs, job.Project));
    }

    /// <summary>The project has changed in the store.</summary>
    private async Task RefreshAsync()
    {
        if (_job is null || Service.Find(_job.Job.Id) is not { } job)
            return;
        Take(job);
        await DrawAsync(CancellationToken.None);
        StateHasChanged();
    }

    /// <summary>Looks once a second at a training that runs.</summary>
    private void LookOn(bool isRunning)
    {
        if (!isRunning || _gone)
        {
            _looking?.Dispose();
            _looking = null;
        }
        else
        {
            _looking ??= Clock.CreateTimer(_ => _ = InvokeAsync(LookAsync), null, s_look, s_look);
        }
    }

    private async Task LookAsync()
    {
        if (_gone || _isLooking)
            return;
        _isLooking = true;
        try
        {
            await LookOnceAsync();
        }
#pragma warning disable CA1031 // Handed on, to the error boundary of the layout.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await DispatchExceptionAsync(exception);
        }
        finally
        {
            _isLooking = false;
        }
    }

    private async Task LookOnceAsync()
    {
        if (_job is not null)
        {
            if (Service.Find(_job.Job.Id) is { } job)
            {
                Take(job);
                if (job.Status != LabJobStatus.Running)
                {
                    _jobs = Service.Jobs();
                    await DrawAsync(CancellationToken.None);
                }
            }
        }
        else if (_other is not null)
        {
            _other = Service.Current;
            if (_other is null)
                await AgainAsync();
        }

        StateHasChanged();
    }

    private Task AgainAsync()
    {
        _shownFor = null;
        return ChangeAsync(State, replace: true);
    }

    private async Task StartAsync()
    {
        string? id = null;
        await TryAsync(async () => id = await Service.StartAsync(State, CancellationToken.None));
        if (id is not null)
            await ChangeAsync(State with { Job = id });
    }

    private async Task ResumeAsync(string id)
    {
        await TryAsync(() => Service.ResumeAsync(id, CancellationToken.None));
        if (_failure is null && Service.Find(id) is { } view)
        {
            _shownFor = null;
            await ChangeAsync(LabState.Of(view.Job) with { Tab = State.Tab });
        }
    }

    private async Task CancelTrainingAsync()
    {
        await TryAsync(Service.CancelAsync);
        if (_failure is null)
            await AgainAsync();
    }

    private async Task DeleteAsync(string id)
    {
        await TryAsync(() =>
        {
            Service.Delete(id);
            return Task.CompletedTask;
        });
        _jobs = Service.Jobs();
        if (State.Job == id)
            await ChangeAsync(State with { Job = "" });
    }

    private async Task KeepTextAsync(IReadOnlyList<string> staged)
    {
        LanguageOptions? text = null;
        await TryAsync(async () => text = await Service.KeepTextAsync(staged[0], CancellationToken.None));
        if (text is not null)
            await ChangeAsync(State with { TextName = text.Text!, TextSha256 = text.TextSha256!, Job = "" });
    }

    private async Task TryAsync(Func<Task> action)
    {
        // A second click may be on its way before the button is drawn disabled.
        if (_starting)
            return;
        (_starting, _failure) = (true, null);
        try
        {
            await action();
        }
        catch (Exception exception) when (exception is LabException or StoreException or IOException)
        {
            _failure = exception.Message;
        }
        finally
        {
            _starting = false;
        }
    }
}
