using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Curves;

/// <summary>Which runs are drawn with how many rows, which are not, and why.</summary>
public sealed partial class CurvesData
{
    [Parameter, EditorRequired] public required CurvesState State { get; set; }
    [Parameter, EditorRequired] public required CurvesView View { get; set; }

    private static (RunRow Run, CurveSummary Summary, CurveTrace? Line, int NotFinite)[] Drawn(CurvePanel panel)
    {
        var traces = panel.Traces.ToLookup(one => one.Trace.Of, one => one.Trace);
        return [.. panel.Groups.SelectMany(group => group.Runs).Where(run => panel.Summaries.ContainsKey(run.Id)).Select(run => (
            run,
            panel.Summaries[run.Id],
            traces[run.Id].FirstOrDefault(trace => trace.Kind == CurveTraceKind.Line),
            traces[run.Id].FirstOrDefault(trace => trace.Kind == CurveTraceKind.NotFinite)?.Total ?? 0))];
    }

    // In a group no run has a line of its own.
    private static string Number(int? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";
}
