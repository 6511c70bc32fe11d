using ScalingDashboard.Analysis;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>Which runs of a project are shown.</summary>
/// <param name="Shown">In the order they were added.</param>
/// <param name="Matching">Runs with curves that pass the filter, to choose from, excluded ones too.</param>
/// <param name="Rule">How they came to be the ones, in words.</param>
/// <param name="Problems">What is wrong with the filter.</param>
public sealed record RunChoice(IReadOnlyList<RunRow> Shown, IReadOnlyList<RunRow> Matching, string Rule, IReadOnlyList<string> Problems)
{
    /// <summary>Runs shown where nobody chose any.</summary>
    public const int Unasked = 20;

    /// <summary>The runs of an address: those it names; else those its filter leaves, at most 100; else the last 20 added. Excluded ones only by name.</summary>
    /// <param name="rows">The runs of the project.</param>
    /// <param name="state">The address.</param>
    /// <param name="passes">Whether a run passes the filter of the address; null where that is empty.</param>
    /// <param name="problems">What is wrong with the filter.</param>
    public static RunChoice Of(IReadOnlyList<RunRow> rows, CurvesState state, Func<RunRow, bool>? passes, IReadOnlyList<string> problems)
    {
        RunRow[] withCurves = [.. rows.Where(row => row.Points > 1)];
        RunRow[] matching = passes is null ? withCurves : [.. withCurves.Where(passes)];
        if (state.Runs.Count > 0)
        {
            var named = state.Runs.ToHashSet();
            RunRow[] chosen = [.. rows.Where(row => named.Contains(row.Id))];
            return new RunChoice(chosen, matching, $"{Words.Count(chosen.Length, "run")} of {Words.Count(withCurves.Length, "run")} with curves, chosen one by one", problems);
        }

        RunRow[] counting = [.. matching.Where(row => row.ExclusionReason is null)];
        var most = passes is null ? Unasked : CurveRequest.MostRuns;
        RunRow[] shown = [.. counting.TakeLast(most)];
        var of = passes is null ? "with curves" : "that pass the filter";
        return new RunChoice(shown, matching, counting.Length > most ? $"the last {most} added of {Words.Count(counting.Length, "run")} {of}" : $"{Words.Count(shown.Length, "run")} {of}", problems);
    }
}
