using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>The warnings of a page below its answer: the first two, the others on request.</summary>
public sealed partial class PageWarnings
{
    private const int MostShown = 2;

    [Parameter, EditorRequired] public required IReadOnlyList<PageWarning> Items { get; set; }

    /// <summary>Without an answer they are what there is to read: all of them.</summary>
    [Parameter] public bool ShowAll { get; set; }

    private int Shown => ShowAll ? Items.Count : MostShown;
}
