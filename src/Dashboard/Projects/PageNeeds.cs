using ScalingDashboard.Analysis;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>How many of the runs of an import a page can use, and what the others lack.</summary>
/// <param name="Page">Name of the page, or of what it does with them.</param>
/// <param name="Ready">Runs that have all it needs.</param>
/// <param name="Missing">What is missing, and in how many runs.</param>
public sealed record PageNeeds(string Page, int Ready, IReadOnlyList<(string What, int Runs)> Missing)
{
    private const string Growth = "Growth";

    private static readonly (string Page, Func<ImportedRun, IEnumerable<string>> Lacks)[] s_pages =
    [
        ("IsoFLOP and Fit", Point),
        ("IsoFLOP, Approach 1", run => [.. Point(run), .. Unless(HasCurve(run), "no curve of loss over tokens or FLOP")]),
        ("Curves", run => Unless(run.Series.Any(series => series.Steps.Length > 1), "no metric over steps")),
        ("Estimate", run => [.. Point(run), .. Unless(!string.IsNullOrEmpty(run.Family), "no column family")]),
        ("Precision", run => [.. Point(run), .. Unless(run.Config.Any(cell => PrecisionColumns.Recognises(cell.Key)), "no column of number formats, such as precision or weight_bits")]),
        ("Optimizers", run => [.. Raced(run), .. Unless(OptimizerColumns.Read(run.Config).Optimizer is not null, "no column optimizer")]),
        (Growth, Raced),
    ];

    /// <summary>In the order of the pages; the runs are gone through once.</summary>
    public static IReadOnlyList<PageNeeds> Of(IEnumerable<ImportedRun> runs)
    {
        var ready = new int[s_pages.Length];
        var missing = s_pages.Select(_ => new Dictionary<string, int>()).ToArray();
        var (all, grown) = (0, false);
        foreach (var run in runs)
        {
            all++;
            grown |= GrowthColumns.Read(run.Config).GrownFrom is not null;
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

        // A run that was not grown is what grown ones are held against; without any of these there is nothing to compare.
        var growth = Array.FindIndex(s_pages, page => page.Page == Growth);
        if (!grown && all > 0)
            (ready[growth], missing[growth]["no column grown_from"]) = (0, all);
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

    /// <summary>What a comparison of runs at equal loss needs.</summary>
    private static IEnumerable<string> Raced(ImportedRun run) => [.. Point(run), .. Unless(run.Series.Any(IsCurveOfLoss), "no curve of loss over steps")];

    private static string[] Unless(bool there, string what) => there ? [] : [what];

    private static bool HasCurve(ImportedRun run) => run.Series.Any(IsCurveOfLoss) && run.Series.Any(series => series.Metric is "tokens" or "flops");

    private static bool IsCurveOfLoss(ImportedSeries series) => series.Metric == "loss" && series.Steps.Length > 1;
}
