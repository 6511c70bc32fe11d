using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Which runs take part, which do not, and why.</summary>
public sealed partial class RunsInView
{
    private const int MostRows = 200;

    private string _reason = "";

    [Parameter, EditorRequired] public required ProjectSelection Selection { get; set; }

    /// <summary>Short ids of runs that only this view leaves out.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<string> Excluded { get; set; }
    [Parameter, EditorRequired] public required string Project { get; set; }
    [Parameter] public EventCallback<string> OnInclude { get; set; }

    /// <summary>Hears the reason for those that have none of their own.</summary>
    [Parameter] public EventCallback<string> OnKeep { get; set; }

    /// <summary>Why this view leaves a run out, by its short id; empty where nobody said.</summary>
    [Parameter] public Func<string, string> ReasonOf { get; set; } = _ => "";

    /// <summary>Hears why; without it the page does not ask.</summary>
    [Parameter] public EventCallback<(string RunId, string Reason)> OnReason { get; set; }

    private bool LacksReason => string.IsNullOrWhiteSpace(_reason) && InView.Any(run => ReasonOf(run.Id).Length == 0);

    private RunRow[] InView => [.. Selection.Rows.Where(row => row.ExclusionReason is null && Excluded.Contains(row.Id))];

    private RunRow[] Stored => [.. Selection.Rows.Where(row => row.ExclusionReason is not null)];

    private string Used
    {
        get
        {
            var used = Selection.Final.Observations.Count;
            var curves = Selection.Checkpoints.Observations.Select(row => row.RunId).Distinct().Count();
            var leftOut = Selection.Final.LeftOut.Count;
            return $"{Words.Count(used, "run")} of {Selection.Rows.Count} take part with their final row, {curves} of them with training curves; {leftOut} {(leftOut == 1 ? "is" : "are")} left out.";
        }
    }
}
