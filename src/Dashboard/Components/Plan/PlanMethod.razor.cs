using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Plan;

namespace ScalingDashboard.Dashboard.Components.Plan;

/// <summary>Formulas, sources and the laws in force.</summary>
public sealed partial class PlanMethod
{
    [Parameter, EditorRequired] public required PlanView View { get; set; }
}
