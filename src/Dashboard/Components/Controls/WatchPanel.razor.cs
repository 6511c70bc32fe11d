using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>How the watching of a folder of logs goes; draws nothing where none is watched.</summary>
public sealed partial class WatchPanel
{
    private const int MostProblems = 100;

    [Inject] public required DashboardOptions Options { get; init; }
    [Inject] public required LogFolderWatch Watch { get; init; }
}
