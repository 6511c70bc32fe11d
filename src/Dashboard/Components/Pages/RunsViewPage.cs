using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>
/// A page that analyses the runs of one project off its circuit: finds the project, shows progress, can be cancelled, and leaves runs out of the view
/// or of the project.
/// </summary>
public abstract class RunsViewPage<TState> : ViewStatePage<TState> where TState : class, IRunsView<TState>
{
    private const int FewDraws = 100;
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private TState? _drawnFor;
    private (string Project, bool Needed)? _contentOf;
    private bool _stopped;
    private int _drawsDone;
    private CancellationTokenSource? _computing;

    [Inject] public required RunStore Store { get; init; }

    protected IReadOnlyList<ProjectRow> Projects { get; private set; } = [];

    /// <summary>What stands in the way of an answer; null where nothing does.</summary>
    protected PageProblem? Problem { get; set; }

    /// <summary>What could not be stored.</summary>
    protected string? Failure { get; set; }

    /// <summary>Runs named by the link that are gone.</summary>
    protected string? Notice { get; private set; }

    protected ToastNotice? Toast { get; set; }

    protected bool IsBusy { get; private set; }

    /// <summary>Share of the draws; null where there are none, or all are done and something else is still to come.</summary>
    protected double? Progress => _drawsDone < State.Draws ? (double)_drawsDone / State.Draws : null;

    /// <summary>Path of the page.</summary>
    protected abstract string Path { get; }

    /// <summary>The runs in view; null before they were read.</summary>
    protected abstract ProjectSelection? Selection { get; }

    /// <summary>This state shows a project.</summary>
    protected virtual bool NeedsProject => true;

    /// <summary>Why this view leaves a run out; empty where nobody said, or where the page does not ask.</summary>
    protected virtual string ReasonOf(string runId) => "";

    /// <summary>Takes away what belongs to the project that was shown.</summary>
    protected abstract void Clear();

    /// <summary>Computes and shows the state.</summary>
    protected abstract Task ShowAsync(CancellationToken cancellationToken);

    /// <summary>The store has no project.</summary>
    protected abstract Task ShowNoProjectAsync();

    /// <summary>Address of this page in another state.</summary>
    protected string Here(TState state) => PageUrls.For(Path, state);

    protected sealed override async Task OnStateChangedAsync(CancellationToken cancellationToken)
    {
        // Only the tab changed: what is drawn stays.
        if (State.WithTab(default).Equals(_drawnFor))
            return;
        // Until this one is through nothing counts as drawn, and what it overtakes no longer shows as busy.
        (_drawnFor, Problem, Failure, _computing, IsBusy, _stopped) = (null, null, null, null, false, false);
        // The answer of one project must not stand under the name of the next.
        if (_contentOf != (State.Project, NeedsProject))
        {
            Notice = null;
            Clear();
        }

        try
        {
            Projects = await Store.ProjectsAsync(cancellationToken);
            if (NeedsProject && State.Project.Length == 0)
            {
                if (Projects.MaxBy(project => project.LastImport) is { } latest)
                    await ChangeAsync(State.OfProject(latest.Name), replace: true);
                else
                    await ShowNoProjectAsync();
                return;
            }

            _contentOf = (State.Project, NeedsProject);
            if (!NeedsProject || Projects.Any(project => project.Name == State.Project))
            {
                await ShowAsync(cancellationToken);
            }
            else
            {
                Problem = new PageProblem(
                    "No such project",
                    $"There is no project “{State.Project}” in this store; it may have been renamed, or its runs deleted. Nothing else is wrong with the link.",
                    [.. Projects.Take(5).Select(other => (other.Name, PageUrls.OfProject(Path, other.Name)))]);
            }
        }
        catch (StoreException exception) when (!cancellationToken.IsCancellationRequested)
        {
            Problem = new PageProblem("The runs cannot be read", exception.Message, [("Try again", Here(State))]);
            return;
        }

        // A fit that was stopped is run again by the same address.
        _drawnFor = _stopped ? null : State.WithTab(default);
    }

    /// <summary>Runs a computation with progress and a way to stop it; what stops it becomes the <see cref="Problem"/>.</summary>
    /// <returns>Null where it was stopped, or where a filter names a column that no run has.</returns>
    protected async Task<TResult?> ComputeAsync<TResult>(Func<IProgress<int>, CancellationToken, Task<TResult>> compute, CancellationToken cancellationToken)
        where TResult : class
    {
        using var computing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        (_computing, IsBusy, _drawsDone) = (computing, true, 0);
        StateHasChanged();
        try
        {
            var result = await compute(new DrawProgress(this, computing), computing.Token);
            cancellationToken.ThrowIfCancellationRequested();
            Notice = await MissingRunsAsync(cancellationToken);
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _stopped = true;
            Problem = new PageProblem(
                "Fitting was stopped",
                "Nothing stored was changed. Fewer bootstrap draws take less time, with rougher intervals.",
                [("Fit again", Here(State)), .. State.Draws > FewDraws ? [($"Fit with {FewDraws} draws", Here(State.WithDraws(FewDraws)))] : Array.Empty<(string, string)>(), ("Fit without intervals", Here(State.WithDraws(0)))]);
        }
        catch (UnknownColumnException exception) when (!cancellationToken.IsCancellationRequested)
        {
            Problem = new PageProblem("The filter fits no column", exception.Message, [("Remove the filter", Here(State.WithFilters([])))]);
        }
        finally
        {
            // A later change may be computing by now.
            if (_computing == computing)
                (_computing, IsBusy) = (null, false);
        }

        return null;
    }

    /// <summary>Every run of the project is filtered out or excluded.</summary>
    protected PageProblem NoRunsLeft(ProjectSelection selection, TState all) => new(
        "No runs are left",
        $"All {Words.Count(selection.All.Count, "run")} of the project are filtered out or excluded.",
        [("Show all runs", Here(all)), ("Open the runs", PageUrls.OfProject(PageUrls.Runs, State.Project))]);

    /// <summary>The same view of another project.</summary>
    protected Task OpenProjectAsync(string project) => ChangeAsync(State.OfProject(project));

    protected void Cancel() => _computing?.Cancel();

    protected void CloseToast() => Toast = null;

    /// <summary>Leaves a run out of this view, or takes it back; the toast undoes it.</summary>
    protected async Task ToggleAsync(string runId)
    {
        if (Selection?.Rows.FirstOrDefault(row => row.Id == runId) is not { } run)
            return;
        if (run.ExclusionReason is { } reason)
        {
            Toast = new ToastNotice(
                $"{run.Name} is excluded for everyone: {reason}.", "Open runs",
                EventCallback.Factory.Create(this, () => Navigation.NavigateTo(PageUrls.OfProject(PageUrls.Runs, State.Project))));
            return;
        }

        var wasExcluded = State.Excluded.Contains(runId);
        if (!wasExcluded && State.Excluded.Count >= RunsView.MostExcluded)
        {
            Toast = new ToastNotice(
                $"A link holds at most {RunsView.MostExcluded} excluded points. Keep these for the project first.", "Show them",
                EventCallback.Factory.Create(this, () => ChangeAsync(State.WithTab(PageTab.Data))));
            return;
        }

        Toast = new ToastNotice(
            wasExcluded ? $"{run.Name} counts again." : $"{run.Name} is excluded from this view.", "Undo",
            EventCallback.Factory.Create(this, () => ChangeAsync(State.Toggle(runId))));
        await ChangeAsync(State.Toggle(runId));
    }

    /// <summary>Stores the exclusions of this view for everyone, each with its own reason, else with this one; the toast undoes it.</summary>
    protected async Task KeepAsync(string reason)
    {
        // Not the ones excluded for everyone meanwhile: they keep their own reason.
        string[] ids = [.. (Selection?.All ?? []).Where(row => row.ExclusionReason is null && State.Excluded.Contains(row.Id)).Select(row => row.Id)];
        try
        {
            var count = 0;
            foreach (var same in ids.GroupBy(id => ReasonOf(id) is { Length: > 0 } own ? own : reason, StringComparer.Ordinal))
                count += await Store.ExcludeAsync([.. same], same.Key);
            Toast = new ToastNotice($"{Words.Count(count, "run")} excluded for everyone.", "Undo", EventCallback.Factory.Create(this, () => UnkeepAsync(ids)));
        }
        catch (StoreException exception)
        {
            Failure = exception.Message;
            return;
        }

        await ChangeAsync(State.WithExcluded([]));
    }

    private async Task UnkeepAsync(string[] ids)
    {
        try
        {
            await Store.IncludeAsync(ids);
        }
        catch (StoreException exception)
        {
            Failure = exception.Message;
            return;
        }

        await ChangeAsync(State.WithExcluded(ids));
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

    /// <summary>Tells the page five times a second how many draws are done.</summary>
    private sealed class DrawProgress(RunsViewPage<TState> page, CancellationTokenSource computing) : IProgress<int>
    {
        private long _last = page.Clock.GetTimestamp();

        public void Report(int value)
        {
            var last = Interlocked.Read(ref _last);
            // The last one always: what comes after the draws shows otherwise.
            if ((value < page.State.Draws && page.Clock.GetElapsedTime(last) < s_progressInterval) || Interlocked.CompareExchange(ref _last, page.Clock.GetTimestamp(), last) != last)
                return;
            _ = page.InvokeAsync(() =>
            {
                if (page._computing != computing)
                    return;
                page._drawsDone = value;
                page.StateHasChanged();
            });
        }
    }
}
