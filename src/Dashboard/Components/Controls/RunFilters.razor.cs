using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Filters of the form column = value, over the columns that split the runs into a few kinds.</summary>
public sealed partial class RunFilters
{
    private const int MostValues = 60;

    private IReadOnlyList<RunRow>? _countedFor;
    private string? _column;

    [Parameter, EditorRequired] public required IReadOnlyList<RunRow> Rows { get; set; }
    [Parameter, EditorRequired] public required IReadOnlyList<string> Filters { get; set; }
    [Parameter] public EventCallback<IReadOnlyList<string>> FiltersChanged { get; set; }

    private IReadOnlyDictionary<string, string[]> Columns { get; set; } = new Dictionary<string, string[]>();

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_countedFor, Rows))
            return;
        _countedFor = Rows;
        Columns = ProjectRuns.Choices(Rows, MostValues);
    }

    private Task AddAsync(ChangeEventArgs change)
    {
        if (_column is not { Length: > 0 } column || change.Value is not string { Length: > 0 } value)
            return Task.CompletedTask;
        _column = null;
        return FiltersChanged.InvokeAsync([.. Filters.Append($"{column}={value}").Distinct()]);
    }
}
