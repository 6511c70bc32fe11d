using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Lab.Sweeps;

namespace ScalingDashboard.Dashboard.Components.Lab;

/// <summary>How the Lab trains, within which limits, and the command that does the same.</summary>
public sealed partial class LabMethod
{
    [Inject] public required DashboardOptions Options { get; init; }

    [Parameter, EditorRequired] public required LabState State { get; set; }

    /// <summary>Project of the command.</summary>
    [Parameter, EditorRequired] public required string Project { get; set; }

    /// <summary>Of this server.</summary>
    [Parameter, EditorRequired] public required LabLimits Limits { get; set; }
}
