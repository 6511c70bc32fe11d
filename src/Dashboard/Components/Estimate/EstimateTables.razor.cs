using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Estimate;

namespace ScalingDashboard.Dashboard.Components.Estimate;

/// <summary>The numbers behind the charts: the plan that answers, the front, and the same plan in other families.</summary>
public sealed partial class EstimateTables
{
    private EstimateResult? _shown;
    private bool _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required EstimateResult Result { get; set; }

    private IReadOnlyList<PlanRow> Rows { get; set; } = [];

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_shown, Result))
            return;
        (_shown, _copied) = (Result, false);
        Rows = EstimateTable.Rows(Result.Study, Result.View);
    }

    private async Task CopyAsync() => _copied = await Page.CopyAsync(EstimateTable.Text(Rows));
}
