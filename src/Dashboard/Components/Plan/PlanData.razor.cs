using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Dashboard.Components.Plan;

/// <summary>Assumptions with their sources, and the table of accelerators.</summary>
public sealed partial class PlanData
{
    [Parameter, EditorRequired] public required PlanView View { get; set; }

    /// <summary>Hears of an assumption that goes back to its default.</summary>
    [Parameter] public EventCallback<AssumptionKind> OnReset { get; set; }

    private Accelerator? Own => View.Edited.Scenario.Accelerator is { IsOwn: true } own ? own : null;

    private double Assumed(AssumptionKind kind) => View.Edited.Scenario.Assume(kind).Value;

    private static string Number(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);
}
