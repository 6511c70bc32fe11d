using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>Coefficients, exponents and predictions with their intervals, beside the published ones of the same law.</summary>
public sealed partial class FitNumbers
{
    private (FitAnalysis Analysis, double Target, double? Loss)? _shown;
    private bool _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required FitAnalysis Analysis { get; set; }
    [Parameter, EditorRequired] public required FitState State { get; set; }

    private IReadOnlyList<FitTableRow> Rows { get; set; } = [];

    private IReadOnlyList<PublishedSurface> Published { get; set; } = [];

    protected override void OnParametersSet()
    {
        if (_shown == (Analysis, State.Target, State.TargetLoss))
            return;
        _shown = (Analysis, State.Target, State.TargetLoss);
        (Rows, Published, _copied) = (FitTable.Rows(Analysis, State), PublishedSurfaces.Of(Analysis.Form), false);
    }

    private async Task CopyAsync() => _copied = await Page.CopyAsync(FitTable.Text(Rows, Published));
}
