using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Estimate;

namespace ScalingDashboard.Dashboard.Components.Estimate;

/// <summary>Which families and runs take part, which do not, and why.</summary>
public sealed partial class EstimateData
{
    private const int MostRows = 200;

    [Parameter, EditorRequired] public required EstimateResult Result { get; set; }
    [Parameter, EditorRequired] public required string Project { get; set; }
}
