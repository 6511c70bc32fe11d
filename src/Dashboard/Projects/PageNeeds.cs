using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>How many of the runs of an import a page can use, and what the others lack.</summary>
/// <param name="Page">Name of the page, or of what it does with them.</param>
/// <param name="Ready">Runs that have all it needs.</param>
/// <param name="Missing">What is missing, and in how many runs.</param>
public sealed record PageNeeds(string Page, int Ready, IReadOnlyList<(string What, int Runs)> Missing)
{
    private static readonly (string Page, Func<ImportedRun, IEnumerable<string>> Lacks)[] s_pages =
    [
        ("IsoFLOP and Fit", Point),
        ("IsoFLOP, Approach 1", run => [.. Point(run), .. HasCurve(run) ? (string[])[] : ["no curve of loss over tokens or FLOP"]]),
        ("Estimate", run => [.. Point(run), .. string.IsNullOrEmpty(run.Family) ? ["no column family"] : (string[])[]]),
    ];

    /// <summary>In the order of the pages; the runs are gone through once.</summary>
    public static IReadOnlyList<PageNeeds> Of(IEnumerable<ImportedRun> runs)
    {
        var ready = new int[s_pages.Length];
        var missing = s_pages.Select(_ => new Dictionary<string, int>()).ToArray();
        foreach (var run in runs)
        {
            for (var i = 0; i < s_pages.Length; i++)
            {
                var lacks = false;
                foreach (var what in s_pages[i].Lacks(run))
                {
                    lacks = true;
                    missing[i][what] = missing[i].GetValueOrDefault(what) + 1;
                }

                ready[i] += lacks ? 0 : 1;
            }
        }

        return [.. s_pages.Select((page, i) => new PageNeeds(page.Page, ready[i], [.. missing[i].Select(pair => (pair.Key, pair.Value))]))];
    }

    private static IEnumerable<string> Point(ImportedRun run)
    {
        if (run.Parameters is null)
            yield return "no parameter count";
        if (run.Loss is null)
            yield return "no loss";
        if (run.Tokens is null && run.Flops is null)
            yield return "neither tokens nor FLOP";
    }

    private static bool HasCurve(ImportedRun run) =>
        run.Series.Any(series => series.Metric == "loss" && series.Steps.Length > 1) && run.Series.Any(series => series.Metric is "tokens" or "flops");
}
