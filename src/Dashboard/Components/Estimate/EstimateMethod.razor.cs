using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Numerics.Estimation;

namespace ScalingDashboard.Dashboard.Components.Estimate;

/// <summary>Formulas, source, options in force and provenance.</summary>
public sealed partial class EstimateMethod
{
    [Parameter, EditorRequired] public required EstimateStudy Study { get; set; }
    [Parameter, EditorRequired] public required EstimateState State { get; set; }

    /// <summary>The plan that answers; null where there is none.</summary>
    [Parameter] public EstimationPlan? Plan { get; set; }

    [Inject] public required DashboardOptions Server { get; init; }
}
