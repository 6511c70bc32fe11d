using Microsoft.AspNetCore.Components;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Everything that is known about one run, beside the table.</summary>
public sealed partial class RunDetail
{
    [Parameter, EditorRequired] public required RunRow Run { get; set; }

    /// <summary>The page of the run.</summary>
    [Parameter, EditorRequired] public required string PageHref { get; set; }

    /// <summary>The page without the details.</summary>
    [Parameter, EditorRequired] public required string CloseHref { get; set; }
}
