using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>The controls of the Fit page, in the order a user thinks: target, law, method, points, axes, options.</summary>
public sealed partial class FitInspector
{
    private static readonly Choice<FitRowChoice>[] s_rows = [new(FitRowChoice.Final, "Final rows"), new(FitRowChoice.Checkpoints, "Checkpoints")];
    private static readonly Choice<ContourAxis>[] s_axes = [new(ContourAxis.D, "N and D"), new(ContourAxis.C, "N and C")];
    private static readonly Choice<bool>[] s_scales = [new(true, "Log"), new(false, "Linear")];

    private IReadOnlyList<RunRow>? _columnsOf;

    [Parameter, EditorRequired] public required FitState State { get; set; }

    /// <summary>All runs of the project.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<RunRow> Rows { get; set; }
    [Parameter] public EventCallback<FitState> OnChange { get; set; }

    private IReadOnlyList<string> Columns { get; set; } = [];

    private bool HasExponents => State.Form.Parameters.Any(parameter => parameter.Kind == ParameterKind.Exponent);
    private bool HasIrreducible => State.Form.Parameters.Any(parameter => parameter.Kind == ParameterKind.Irreducible);

    private int WithoutReason => State.Excluded.Count(id => State.ReasonOf(id).Length == 0 && Rows.Any(row => row.Id == id && row.ExclusionReason is null));

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_columnsOf, Rows))
            return;
        _columnsOf = Rows;
        Columns = FitColumns.Numeric(Rows);
    }

    private Task FitByAsync(ChangeEventArgs change) =>
        Enum.TryParse<FitMethod>((string?)change.Value, out var method) ? OnChange.InvokeAsync(State with { Method = method }) : Task.CompletedTask;

    private Task MakeIntervalsAsync(ChangeEventArgs change) =>
        Enum.TryParse<IntervalKind>((string?)change.Value, out var kind) ? OnChange.InvokeAsync(State with { Intervals = kind }) : Task.CompletedTask;

    private Task ResampleAsync(ChangeEventArgs change) =>
        Enum.TryParse<Resampling>((string?)change.Value, out var resampling) ? OnChange.InvokeAsync(State with { Resampling = resampling }) : Task.CompletedTask;

    private Task BoundBelowAsync(double? value) =>
        OnChange.InvokeAsync(State with { IrreducibleLow = value!.Value, IrreducibleHigh = State.IrreducibleHigh > value ? State.IrreducibleHigh : null });

    private Task BoundAboveAsync(double? value) =>
        OnChange.InvokeAsync(State with { IrreducibleHigh = value, IrreducibleLow = value is { } most && State.IrreducibleLow >= most ? 0 : State.IrreducibleLow });
}
