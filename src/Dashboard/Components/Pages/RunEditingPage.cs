using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>A page on which runs are changed: one change at a time, said in a notice that takes it back.</summary>
public abstract class RunEditingPage<TState> : ViewStatePage<TState> where TState : class, IViewState<TState>
{
    private bool _working;

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required RunTables Tables { get; init; }
    [Inject] public required CurveReadings Readings { get; init; }

    /// <summary>What could not be stored.</summary>
    protected string? Failure { get; private set; }

    /// <summary>What was done last; null once it is dismissed.</summary>
    protected UndoNotice? Done { get; private set; }

    protected void CloseNotice() => Done = null;

    /// <summary>Does one thing to runs, shows what changed and how to take it back.</summary>
    /// <param name="project">Whose runs.</param>
    /// <param name="ids">The runs.</param>
    /// <param name="choose">What is done to them.</param>
    protected Task EditAsync(string project, IReadOnlyCollection<string> ids, Func<RunEdits, RunEdit> choose) => WorkAsync(async () =>
    {
        // As they are now, and not as they were when the page was drawn: somebody else may have changed them.
        var table = (await Tables.ReadAsync(project, CancellationToken.None)).Table;
        var edit = choose(new RunEdits(Store, table, [.. ids.Select(table.Row).Where(row => row >= 0).Order()]));
        return new UndoNotice(edit.Say(await edit.Make()), edit.Undo);
    });

    /// <summary>Stores something, shows what happened and how to take it back.</summary>
    protected async Task WorkAsync(Func<Task<UndoNotice>> change)
    {
        // A second click may be on its way before the first is done.
        if (_working)
            return;
        (_working, Failure) = (true, null);
        try
        {
            Done = await change();
        }
        catch (StoreException exception)
        {
            Failure = exception.Message;
        }
        finally
        {
            _working = false;
        }

        await OnStateChangedAsync(CancellationToken.None);
        // A part of the page may have asked, and only it would be drawn again.
        StateHasChanged();
    }

    protected async Task UndoAsync()
    {
        if (Done is not { } notice)
            return;
        try
        {
            await notice.Undo();
        }
        catch (StoreException exception)
        {
            Failure = exception.Message;
        }

        await OnStateChangedAsync(CancellationToken.None);
    }
}
