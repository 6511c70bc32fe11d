using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Optimizers;

/// <summary>The controls of a comparison of optimizers: who, by which measure, which size, axes, runs.</summary>
public sealed partial class OptimizersInspector
{
    internal static readonly Choice<OptimizersView>[] s_views = [new(OptimizersView.Compare, "Compare"), new(OptimizersView.Why, "Seeing why")];
    private static readonly Choice<SpeedupMeasure>[] s_measures = [.. Enum.GetValues<SpeedupMeasure>().Select(measure => new Choice<SpeedupMeasure>(measure, OptimizersWords.Name(measure)))];
    private static readonly Choice<CurveAxis>[] s_axes = [new(CurveAxis.Step, "Steps"), new(CurveAxis.Tokens, "Tokens"), new(CurveAxis.Flops, "FLOP"), new(CurveAxis.Time, "Time")];

    [Parameter, EditorRequired] public required OptimizersState State { get; set; }

    /// <summary>What is compared; null where nothing is.</summary>
    [Parameter] public OptimizersScene? Scene { get; set; }

    /// <summary>All runs of the project.</summary>
    [Parameter] public IReadOnlyList<RunRow> Rows { get; set; } = [];

    /// <summary>Hears of every choice.</summary>
    [Parameter] public EventCallback<OptimizersState> OnChange { get; set; }

    /// <summary>Hears of the race to show.</summary>
    [Parameter] public EventCallback<string> OnRace { get; set; }

    private Task SetAsync(OptimizersState next) => OnChange.InvokeAsync(next);

    // Another pair may not have run the race that is shown.
    private static OptimizersState Other(OptimizersState state) => state with { Size = null, Tokens = null };

    private static string Text(ChangeEventArgs change) => (string?)change.Value ?? "";
}
