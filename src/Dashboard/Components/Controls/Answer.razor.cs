using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>The headline of a page: a sentence with its numbers in bold, its interval and extrapolation in a softer weight.</summary>
public sealed partial class Answer
{
    [Parameter, EditorRequired] public required RenderFragment ChildContent { get; set; }

    /// <summary>Such as "(80 %: 31B–91B; 2.3 decades beyond your largest budget)."</summary>
    [Parameter] public string? Interval { get; set; }
}
