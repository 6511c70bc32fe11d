using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Nothing to show yet: says so (title) and what to do next (content).</summary>
public sealed partial class EmptyState
{
    [Parameter, EditorRequired] public required string Title { get; set; }
    [Parameter] public RenderFragment? ChildContent { get; set; }
}
