using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>A page, and whether a run counts there.</summary>
/// <param name="Path">One of <see cref="PageUrls"/>.</param>
/// <param name="WhyNot">Null where it counts.</param>
public sealed record RunUse(string Page, string Path, string? WhyNot)
{
    /// <summary>The pages that analyse runs.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metrics">Its curves.</param>
    /// <param name="othersNameFamilies">Some run of the project names its family.</param>
    public static IReadOnlyList<RunUse> Of(RunRow run, IReadOnlyList<SeriesSummary> metrics, bool othersNameFamilies)
    {
        var hidden = run.Deleted is not null ? "deleted"
            : run.Archived is not null ? "archived"
            : run.ExclusionReason is { } reason ? $"excluded: {reason}"
            : null;
        var lacks = hidden ?? ProjectRuns.Lacks(run);
        var hasCurve = Has("loss") && (Has("tokens") || Has("flops"));
        return
        [
            new("IsoFLOP, Approaches 2 and 3", PageUrls.IsoFlop, lacks),
            new("IsoFLOP, Approach 1", PageUrls.IsoFlop, lacks ?? (hasCurve ? null : "no curve of the loss with tokens or flops: needed for the envelope")),
            new("Fit", PageUrls.Fit, lacks),
            new("Estimate", PageUrls.Estimate, lacks ?? (run.Family is null && othersNameFamilies ? "no family, and other runs name theirs" : null)),
        ];

        bool Has(string metric) => metrics.Any(series => series.Metric == metric);
    }
}
