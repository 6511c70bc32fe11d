using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.RunBrowser;

/// <summary>Saved views of the project: opened, saved, replaced, deleted.</summary>
public sealed partial class ViewMenu
{
    private Popover? _menu;
    private IReadOnlyList<SavedView>? _views;
    private string? _listedFor;
    private string _name = "";
    private string? _failure;

    // The view that is on the page.
    private SavedView? _open;

    [Inject] public required RunStore Store { get; init; }

    [Parameter, EditorRequired] public required RunsState State { get; set; }

    /// <summary>Stores something and shows how to take it back.</summary>
    [Parameter, EditorRequired] public required Func<Func<Task<UndoNotice>>, Task> OnWork { get; set; }

    private bool Taken => _views?.Any(view => view.Name == _name.Trim()) == true;

    protected override async Task OnParametersSetAsync()
    {
        if (_listedFor != State.Project)
        {
            _listedFor = State.Project;
            await LoadAsync();
        }

        _open = _views?.FirstOrDefault(view => Query(RunsState.FromQuery(ViewQuery.Parse(view.Query))) == Query(State));
    }

    private async Task LoadAsync()
    {
        try
        {
            (_views, _failure) = (await Store.ViewsAsync(State.Project), null);
        }
        catch (StoreException exception)
        {
            _failure = exception.Message;
        }
    }

    private Task SaveOnEnterAsync(KeyboardEventArgs key) => key.Key == "Enter" && !string.IsNullOrWhiteSpace(_name) ? SaveAsync() : Task.CompletedTask;

    private async Task SaveAsync()
    {
        var (project, name) = (State.Project, _name.Trim());
        Close();
        _name = "";
        await OnWork(async () =>
        {
            var replaced = await Store.SaveViewAsync(project, name, Query(State));
            await LoadAsync();
            return new UndoNotice($"View “{name}” {(replaced is null ? "saved" : "replaced")}.", async () =>
            {
                await (replaced is null ? Store.DeleteViewAsync(project, name) : Store.RestoreViewAsync(project, replaced));
                await LoadAsync();
            });
        });
    }

    private async Task DeleteAsync(string name)
    {
        var project = State.Project;
        await OnWork(async () =>
        {
            var deleted = await Store.DeleteViewAsync(project, name);
            await LoadAsync();
            return new UndoNotice($"View “{name}” deleted.", async () =>
            {
                if (deleted is not null)
                    await Store.RestoreViewAsync(project, deleted);
                await LoadAsync();
            });
        });
    }

    private void Close() => _menu?.Close();

    private static string Query(RunsState state) => state.AsView.ToQuery().ToString();
}
