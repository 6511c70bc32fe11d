using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>The projects there are; without any, the three ways on.</summary>
public sealed partial class OverviewPage
{
    private IReadOnlyList<ProjectRow>? _projects;
    private string? _reach;

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required Samples Samples { get; init; }

    protected override async Task OnInitializedAsync()
    {
        _projects = await Store.ProjectsAsync();
        _reach = _projects.Max(project => project.LargestFlops) is { } largest ? $"(the largest spent {Quantity.Scientific(largest)} FLOP)." : null;
    }
}
