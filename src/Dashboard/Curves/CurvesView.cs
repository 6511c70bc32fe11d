using ScalingDashboard.Analysis;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>What the page of curves shows of a project, all of it as of one state of the store.</summary>
public sealed record CurvesView
{
    /// <summary>State of the store.</summary>
    public required string Stamp { get; init; }

    /// <summary>All live runs of the project.</summary>
    public required IReadOnlyList<RunRow> Rows { get; init; }

    /// <summary>Metrics the project has curves of.</summary>
    public required IReadOnlyList<MetricOfProject> Metrics { get; init; }

    /// <summary>Which runs are shown.</summary>
    public required RunChoice Choice { get; init; }

    /// <summary>A panel for each metric shown.</summary>
    public required IReadOnlyList<CurvePanel> Panels { get; init; }

    /// <summary>The pinned run; null where none is, or it is gone.</summary>
    public required RunRow? Reference { get; init; }

    /// <summary>Loss that the table asks for, by the first panel; null where no run has a finite value.</summary>
    public required double? Level { get; init; }

    /// <summary>What each shown run spent until then, in the order of the runs.</summary>
    public required IReadOnlyList<LossReached> Reached { get; init; }

    /// <summary>Runs that the link names and that are not there.</summary>
    public required IReadOnlyList<string> Missing { get; init; }
}

/// <summary>The values of one panel at one x, by group.</summary>
/// <param name="Values">As drawn: a difference or a ratio in these comparisons. NaN where there is none.</param>
/// <param name="Beside">The reference's own value there; null without a reference.</param>
public sealed record PanelReadings(IReadOnlyDictionary<string, double> Values, double? Beside);
