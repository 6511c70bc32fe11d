using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.IsoFlop;

/// <summary>Which runs take part, which do not, and why.</summary>
public sealed partial class IsoFlopData
{
    private const int MostRows = 200;

    private string _reason = "";

    [Parameter, EditorRequired] public required IsoFlopResult Result { get; set; }
    [Parameter, EditorRequired] public required IsoFlopState State { get; set; }
    [Parameter] public EventCallback<string> OnInclude { get; set; }
    [Parameter] public EventCallback<string> OnKeep { get; set; }

    private RunRow[] InView => [.. Result.Selection.Rows.Where(row => row.ExclusionReason is null && State.Excluded.Contains(row.Id))];

    private RunRow[] Stored => [.. Result.Selection.Rows.Where(row => row.ExclusionReason is not null)];

    private string Used
    {
        get
        {
            var used = Result.Selection.Final.Observations.Count;
            var curves = Result.Selection.Checkpoints.Observations.Select(row => row.RunId).Distinct().Count();
            var leftOut = Result.Selection.Final.LeftOut.Count;
            return $"{Words.Count(used, "run")} of {Result.Selection.Rows.Count} take part with their final row, {curves} of them with training curves; {leftOut} {(leftOut == 1 ? "is" : "are")} left out.";
        }
    }
}
