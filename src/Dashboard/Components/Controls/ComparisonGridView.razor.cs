using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>A table of a comparison, which can be copied.</summary>
public sealed partial class ComparisonGridView
{
    private ComparisonGrid? _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required ComparisonGrid Grid { get; set; }

    private async Task CopyAsync()
    {
        var grid = Grid;
        if (await Page.CopyAsync(grid.Text))
            _copied = grid;
    }
}
