using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Plan;

namespace ScalingDashboard.Dashboard.Components.Plan;

/// <summary>Assumptions with their sources, and the table of accelerators.</summary>
public sealed partial class PlanData
{
    [Parameter, EditorRequired] public required PlanView View { get; set; }

    /// <summary>Hears of an assumption that goes back to its default.</summary>
    [Parameter] public EventCallback<AssumptionKind> OnReset { get; set; }
}
