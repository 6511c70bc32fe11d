using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;

namespace ScalingDashboard.Dashboard.Components.Estimate;

/// <summary>Formulas, source, options in force and provenance.</summary>
public sealed partial class EstimateMethod
{
    [Parameter, EditorRequired] public required EstimateStudy Study { get; set; }
}
