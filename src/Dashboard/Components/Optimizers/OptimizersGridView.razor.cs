using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Optimizers;

namespace ScalingDashboard.Dashboard.Components.Optimizers;

/// <summary>One table of the Optimizers page, which can be copied.</summary>
public sealed partial class OptimizersGridView
{
    private OptimizersGrid? _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required OptimizersGrid Grid { get; set; }

    private async Task CopyAsync()
    {
        var grid = Grid;
        if (await Page.CopyAsync(grid.Text))
            _copied = grid;
    }
}
