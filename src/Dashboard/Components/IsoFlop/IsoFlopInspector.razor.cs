using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.IsoFlop;

/// <summary>The controls of the IsoFLOP page, in the order a user thinks: target, what to show, axes, grouping, options.</summary>
public sealed partial class IsoFlopInspector
{
    private const string ByCompute = "compute";
    private static readonly int[] s_approaches = [1, 2, 3];
    private static readonly Choice<SizeAxis>[] s_axes = [new(SizeAxis.N, "N"), new(SizeAxis.D, "D"), new(SizeAxis.Ratio, "D/N")];
    private static readonly Choice<bool>[] s_scales = [new(true, "Log"), new(false, "Linear")];

    private static readonly Choice<HeadlineChoice>[] s_headlines =
        [new(HeadlineChoice.Auto, "Best"), new(HeadlineChoice.One, "1"), new(HeadlineChoice.Two, "2"), new(HeadlineChoice.Three, "3")];

    [Parameter, EditorRequired] public required IsoFlopState State { get; set; }
    [Parameter] public IsoFlopAnalysis? Analysis { get; set; }
    [Parameter, EditorRequired] public required IReadOnlyList<RunRow> Rows { get; set; }
    [Parameter] public bool Published { get; set; }
    [Parameter, EditorRequired] public required IReadOnlyList<LandmarkModel> Landmarks { get; set; }
    [Parameter] public EventCallback<IsoFlopState> OnChange { get; set; }

    private bool HasBudgets => Rows.Any(row => row.Budget is not null);
    private bool GroupsByCompute => State.GroupByCompute || !HasBudgets;

    /// <summary>What stands beside an approach: its exponent a, or why there is none.</summary>
    private static string Beside(int approach, ApproachResult? result) => (approach, result) switch
    {
        (1, null) => "needs curves",
        (_, null) => FormattableString.Invariant($"needs {LawForms.Chinchilla.Parameters.Count} runs"),
        (_, { IsUsable: true }) => IsoFlopWords.Exponent(result.Law.ParameterExponent),
        _ => StatusName.Of(result.Status).Replace('_', ' '),
    };

    private Task ShowAsync(string key, ChangeEventArgs change) => OnChange.InvokeAsync(State.WithShown(key, change.Value is true));

    private Task GroupAsync(ChangeEventArgs change) => OnChange.InvokeAsync(State with { GroupByCompute = (string?)change.Value == ByCompute });

    private Task FitByAsync(ChangeEventArgs change) =>
        Enum.TryParse<FitMethod>((string?)change.Value, out var method) ? OnChange.InvokeAsync(State with { Method = method }) : Task.CompletedTask;
}
