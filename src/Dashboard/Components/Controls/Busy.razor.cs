using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Long work, with a way to stop it; invisible for its first 300 ms.</summary>
public sealed partial class Busy
{
    [Parameter, EditorRequired] public required string Message { get; set; }

    /// <summary>Share done, 0 to 1; null where it is not known.</summary>
    [Parameter] public double? Progress { get; set; }

    [Parameter] public EventCallback OnCancel { get; set; }

    private string? Share => Progress is { } progress ? Math.Clamp(progress, 0, 1).ToString("0.###", CultureInfo.InvariantCulture) : null;
}
