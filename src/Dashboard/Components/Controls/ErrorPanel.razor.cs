using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Says what happened (title), what was kept and what to do (content).</summary>
public sealed partial class ErrorPanel
{
    [Parameter, EditorRequired] public required string Title { get; set; }
    [Parameter] public RenderFragment? ChildContent { get; set; }
}
