using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Curves;

/// <summary>Which runs are drawn: by a filter, or one by one.</summary>
public sealed partial class RunPicker
{
    private HashSet<string> _shown = [];
    private RunChoice? _of;

    [Parameter, EditorRequired] public required CurvesState State { get; set; }
    [Parameter, EditorRequired] public required RunChoice Choice { get; set; }
    [Parameter] public EventCallback<CurvesState> OnChange { get; set; }

    /// <summary>Hears of every key.</summary>
    [Parameter] public EventCallback<CurvesState> OnType { get; set; }

    private ICollection<RunRow> Matching { get; set; } = [];

    private IReadOnlyList<string> Problems => Choice.Problems;

    private string Shows => char.ToUpperInvariant(Choice.Rule[0]) + Choice.Rule[1..] + (State.Runs.Count > 0 && State.Filter.Length > 0 ? $"; {Matching.Count} in the list pass the filter." : ".");

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_of, Choice))
            return;
        _of = Choice;
        _shown = Choice.Shown.Select(row => row.Id).ToHashSet();
        Matching = [.. Choice.Matching];
    }

    private static string Title(RunRow row) => row.ExclusionReason is { } reason ? $"{row.Name}, excluded: {reason}" : row.Name;

    private Task ToggleAsync(string id, bool shown) => OnChange.InvokeAsync(State with
    {
        Runs = [.. shown ? Choice.Shown.Select(row => row.Id).Append(id) : Choice.Shown.Select(row => row.Id).Where(other => other != id)],
    });

    private Task ShowAllAsync() => OnChange.InvokeAsync(State with { Runs = [.. Choice.Matching.TakeLast(CurveRequest.MostRuns).Select(row => row.Id)] });
}
