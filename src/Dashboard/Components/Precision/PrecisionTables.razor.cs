using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Precision;

/// <summary>What is left at common bits, the coefficients of a fit, and what the published laws say of the same model.</summary>
public sealed partial class PrecisionTables
{
    private PrecisionScene? _shown;
    private bool _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required PrecisionScene Scene { get; set; }

    /// <summary>Numbers of the fit; null where a published law answers.</summary>
    [Parameter] public FitEstimates? Estimates { get; set; }

    private IReadOnlyList<PrecisionTableRow> Rows { get; set; } = [];

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_shown, Scene))
            return;
        (_shown, _copied, Rows) = (Scene, false, PrecisionTable.Rows(Scene));
    }

    private static string Number(double value, int digits) => Quantity.Significant(value, digits);

    private async Task CopyAsync() => _copied = await Page.CopyAsync(PrecisionTable.Text(Rows));
}
