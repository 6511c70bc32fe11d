using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Plan;

namespace ScalingDashboard.Dashboard.Components.Plan;

/// <summary>Plans as a table that can be copied.</summary>
public sealed partial class PlanTableView
{
    private IReadOnlyList<PlanTableRow>? _copied;

    [Inject] public required PageScript Page { get; init; }

    /// <summary>What the table is, for who cannot see it.</summary>
    [Parameter, EditorRequired] public required string Caption { get; set; }

    /// <summary>Head of the first column.</summary>
    [Parameter, EditorRequired] public required string First { get; set; }

    /// <summary>Heads of the others.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<string> Columns { get; set; }

    [Parameter, EditorRequired] public required IReadOnlyList<PlanTableRow> Rows { get; set; }

    private async Task CopyAsync()
    {
        var rows = Rows;
        if (await Page.CopyAsync(PlanTable.Text(First, Columns, rows)))
            _copied = rows;
    }
}
