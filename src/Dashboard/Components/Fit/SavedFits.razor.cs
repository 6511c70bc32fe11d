using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Fit;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>The saved fits of a project: lay them over each other, open, compute again, delete.</summary>
public sealed partial class SavedFits
{
    /// <summary>Most fits laid over each other: more lines than colours could be told apart.</summary>
    public const int MostOverlaid = 6;

    private SavedFitEntry? _deleted;

    /// <summary>Newest first.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<SavedFitEntry> Entries { get; set; }

    /// <summary>Path of the page that makes fits: what <em>Open</em> opens in the state of the fit.</summary>
    [Parameter, EditorRequired] public required string Path { get; set; }

    /// <summary>Ids of the fits laid over.</summary>
    [Parameter] public IReadOnlyList<string> Overlaid { get; set; } = [];

    /// <summary>The ids in the order they were chosen.</summary>
    [Parameter] public EventCallback<IReadOnlyList<string>> OverlaidChanged { get; set; }

    /// <summary>Compute the fit with this id again.</summary>
    [Parameter] public EventCallback<string> OnRecompute { get; set; }

    /// <summary>Delete the fit with this id, then hand over the entries without it; a way back is offered here.</summary>
    [Parameter] public EventCallback<string> OnDelete { get; set; }

    /// <summary>Bring the fit with this id back.</summary>
    [Parameter] public EventCallback<string> OnUndelete { get; set; }

    /// <summary>While something is computed or stored.</summary>
    [Parameter] public bool Disabled { get; set; }

    private bool IsFull => Overlaid.Count >= MostOverlaid;

    private Task OverlayAsync(string id, ChangeEventArgs change) =>
        OverlaidChanged.InvokeAsync(change.Value is true ? [.. Overlaid.Where(other => other != id), id] : [.. Overlaid.Where(other => other != id)]);

    private Task DeleteAsync(SavedFitEntry entry)
    {
        _deleted = entry;
        return OnDelete.InvokeAsync(entry.Saved.Id);
    }
}
