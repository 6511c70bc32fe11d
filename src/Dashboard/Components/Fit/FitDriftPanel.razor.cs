using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>What changed between a saved fit and the same one computed again.</summary>
public sealed partial class FitDriftPanel
{
    private const int MostNames = 12;

    /// <summary>Name and version of the saved fit.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    [Parameter, EditorRequired] public required FitDrift Drift { get; set; }

    /// <summary>Name of the run with an id; the id itself where it is not known.</summary>
    [Parameter] public Func<string, string> RunName { get; set; } = id => id;

    [Parameter] public EventCallback OnClose { get; set; }

    private string? Runs(string what, IReadOnlyList<string>? ids) =>
        ids is { Count: > 0 } ? $"{what}: {Words.List([.. ids.Select(RunName)], MostNames)}." : null;
}
