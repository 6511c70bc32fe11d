using Microsoft.AspNetCore.Components;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Fills the project area of the top bar with a choice of projects and what is in the chosen one.</summary>
public sealed partial class ProjectPicker
{
    [Parameter, EditorRequired] public required IReadOnlyList<ProjectRow> Projects { get; set; }

    /// <summary>Name of the project in view; shown as it is when there is none of that name.</summary>
    [Parameter, EditorRequired] public required string Project { get; set; }

    [Parameter] public EventCallback<string> ProjectChanged { get; set; }

    private ProjectRow? Chosen => Projects.FirstOrDefault(project => project.Name == Project);
}
