using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.IsoFlop;

/// <summary>The numbers behind the charts: approaches side by side, and the minimum of each budget.</summary>
public sealed partial class IsoFlopTables
{
    private const int MostBudgets = 200;

    private (IsoFlopAnalysis? Analysis, double Target) _shown;
    private bool _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter] public IsoFlopAnalysis? Analysis { get; set; }
    [Parameter, EditorRequired] public required double Target { get; set; }

    private IReadOnlyList<ApproachRow> Rows { get; set; } = [];

    protected override void OnParametersSet()
    {
        if ((Analysis, Target) == _shown && Rows.Count > 0)
            return;
        _shown = (Analysis, Target);
        Rows = IsoFlopTable.Rows(Analysis, Target);
        _copied = false;
    }

    private async Task CopyAsync() => _copied = await Page.CopyAsync(IsoFlopTable.Text(Rows, Target));

    private string[] TooFew =>
        [.. Analysis!.Profiles.Budgets.Where(budget => budget.Status == FitStatus.TooFewPoints).Select(budget => Quantity.Scientific(budget.Flops))];

    private static string Interval(Interval? interval, Func<double, string> format) => interval is null ? "" : IsoFlopWords.Range(interval, format);

    private string Note(BudgetOptimum budget)
    {
        if (budget.Status == FitStatus.NotConvex)
            return "no minimum, not used";
        var kinds = Analysis!.Warnings.Where(warning => warning.Budgets.Contains(budget.Flops)).Select(warning => warning.Kind);
        return string.Join(", ", kinds.Select(kind => kind switch
        {
            "outside" => "minimum outside the sizes trained",
            "off-centre" => "sampled off-centre",
            "wide-grid" => "wide grid",
            _ => kind,
        }));
    }
}
