using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>What a result was made from, so that it can be made again.</summary>
public sealed partial class ProvenanceTable
{
    [Parameter, EditorRequired] public required Provenance Provenance { get; set; }
}
