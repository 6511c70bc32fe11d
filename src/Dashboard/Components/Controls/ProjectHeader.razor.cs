using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Fills the top bar of the layout from within a page.</summary>
public sealed partial class ProjectHeader
{
    public const string Section = "project";

    [Parameter, EditorRequired] public required string Name { get; set; }

    /// <summary>Such as "123 runs · 9 budgets · 6e18–3e21 FLOP".</summary>
    [Parameter] public string? Summary { get; set; }
}
