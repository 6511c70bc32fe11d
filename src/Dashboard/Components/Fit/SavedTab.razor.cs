using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>Saves the fit of the page, and lists, compares and recomputes the saved ones of the project.</summary>
public sealed partial class SavedTab
{
    private string? _listedFor;
    private IReadOnlyList<SavedFitEntry> _entries = [];
    private string? _saved;
    private string? _failure;
    private (SavedFitDocument? Current, IReadOnlyList<SavedFitEntry> Overlaid, double Target, FitComparison Comparison)? _compared;

    [Inject] public required RunStore Store { get; init; }

    [Parameter, EditorRequired] public required FitState State { get; set; }

    /// <summary>The fit of the page; null where there is none.</summary>
    [Parameter] public SavedFitDocument? Current { get; set; }

    /// <summary>The saved fits laid over.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<SavedFitEntry> Overlaid { get; set; }

    /// <summary>The saved fit whose state this page computes again; null for none.</summary>
    [Parameter] public SavedFitEntry? Recomputed { get; set; }

    /// <summary>Runs of the project, to name them.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<RunRow> Runs { get; set; }

    [Parameter] public EventCallback<FitState> OnChange { get; set; }

    private string SuggestedName => Recomputed?.Saved.Name ?? "";

    protected override async Task OnParametersSetAsync()
    {
        if (_listedFor == State.Project)
            return;
        (_listedFor, _saved, _failure) = (State.Project, null, null);
        await TryAsync(ListAsync);
    }

    private string RunName(string id) => Runs.FirstOrDefault(run => run.Id == id)?.Name ?? id;

    private FitComparison Compare()
    {
        if (_compared is not { } known || known.Current != Current || known.Overlaid != Overlaid || known.Target != State.Target)
        {
            ComparedFit[] fits = [.. Current is null ? [] : new[] { new ComparedFit("this view", Current) }, .. Overlaid.Select(entry => new ComparedFit(entry.Label, entry.Document!))];
            _compared = known = (Current, Overlaid, State.Target, FitComparison.Of(fits, [State.Target], FitDocuments.Predict));
        }

        return known.Comparison;
    }

    private Task SaveAsync(SaveFitRequest request) => TryAsync(async () =>
    {
        // Opened again it is this view, not what was laid over it.
        var query = (State with { Overlaid = [], Recomputed = "", Tab = default }).ToQuery().ToString();
        var saved = await Store.SaveFitAsync(State.Project, Current!.ToNewFit(request.Name, request.Note, query));
        _saved = SavedFitEntry.Of(saved).Label;
        await ListAsync();
    });

    private async Task RecomputeAsync(string id)
    {
        if (_entries.FirstOrDefault(entry => entry.Saved.Id == id) is { } entry)
            await OnChange.InvokeAsync(FitState.FromQuery(ViewQuery.Parse(entry.Saved.State)) with { Overlaid = State.Overlaid, Recomputed = id, Tab = State.Tab });
    }

    private async Task DeleteAsync(string id)
    {
        await TryAsync(async () =>
        {
            await Store.DeleteFitAsync(id);
            await ListAsync();
        });
        if (State.Overlaid.Contains(id) || State.Recomputed == id)
            await OnChange.InvokeAsync(State with { Overlaid = [.. State.Overlaid.Where(other => other != id)], Recomputed = State.Recomputed == id ? "" : State.Recomputed });
    }

    private Task UndeleteAsync(string id) => TryAsync(async () =>
    {
        await Store.UndeleteFitAsync(id);
        await ListAsync();
    });

    private async Task ListAsync() => _entries = [.. (await Store.FitsAsync(State.Project)).Select(SavedFitEntry.Of)];

    private async Task TryAsync(Func<Task> work)
    {
        _failure = null;
        try
        {
            await work();
        }
        catch (StoreException exception)
        {
            _failure = exception.Message;
        }
    }
}
