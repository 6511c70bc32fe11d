using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Curves;

namespace ScalingDashboard.Dashboard.Components.Curves;

/// <summary>How what is drawn came about.</summary>
public sealed partial class CurvesMethod
{
    [Parameter, EditorRequired] public required CurvesState State { get; set; }
    [Parameter, EditorRequired] public required CurvesView View { get; set; }
}
