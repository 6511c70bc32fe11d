using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Curves;

/// <summary>Names the lines of all panels, with their values where the mouse is; hides lines and pins a reference.</summary>
public sealed partial class CurvesLegend
{
    [Parameter, EditorRequired] public required CurvesState State { get; set; }
    [Parameter, EditorRequired] public required CurvesView View { get; set; }

    /// <summary>One for each panel.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<PanelReadings> Readings { get; set; }

    /// <summary>Where they were read; null at the end of each run.</summary>
    [Parameter] public double? At { get; set; }

    [Parameter] public EventCallback<CurvesState> OnChange { get; set; }

    private IEnumerable<RunGroup> Groups => View.Panels.SelectMany(panel => panel.Groups).DistinctBy(group => group.Id);

    private string Reading => At is { } at ? $"At {CurvesWords.Place(State.Axis, at)}" : State.Grouping == CurveGrouping.None ? "At the end of each run" : "At the end of each run, mean of the group";

    private (string Value, string Beside) Cell(int panel, string group)
    {
        if (panel >= Readings.Count || !Readings[panel].Values.TryGetValue(group, out var value))
            return ("–", "");
        var comparison = View.Panels[panel].Request.Options.Comparison;
        if (comparison == CurveComparison.Difference)
            return (CurvesWords.WithSign(value), "");
        return Readings[panel].Beside is { } other && comparison == CurveComparison.Values && group != View.Reference?.Id && double.IsFinite(value) && double.IsFinite(other)
            ? (CurvesWords.Value(value), $"{(value > other ? "+" : "")}{Quantity.Significant(value - other, 3)}, ×{Quantity.Significant(value / other, 4)}")
            : (CurvesWords.Value(value), "");
    }
}
