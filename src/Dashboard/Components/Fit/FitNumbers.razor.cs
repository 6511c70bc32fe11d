using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>Coefficients, exponents and predictions with their intervals, beside the published ones of the same law.</summary>
public sealed partial class FitNumbers
{
    private FitEstimates? _shown;
    private bool _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required FitAnalysis Analysis { get; set; }
    [Parameter, EditorRequired] public required FitEstimates Estimates { get; set; }

    private IReadOnlyList<FitTableRow> Rows { get; set; } = [];

    private IReadOnlyList<PublishedSurface> Published { get; set; } = [];

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_shown, Estimates))
            return;
        (_shown, _copied) = (Estimates, false);
        (Rows, Published) = (FitTable.Rows(Analysis.Form, Estimates), PublishedSurfaces.Of(Analysis.Form));
    }

    private async Task CopyAsync() => _copied = await Page.CopyAsync(FitTable.Text(Rows, Published));
}
