using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Fit;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>Fits side by side, quantity by quantity.</summary>
public sealed partial class FitComparisonTable
{
    private FitComparison? _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required FitComparison Comparison { get; set; }

    private async Task CopyAsync() => _copied = await Page.CopyAsync(Comparison.Text()) ? Comparison : null;
}
