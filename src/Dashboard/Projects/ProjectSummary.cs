using ScalingDashboard.Analysis;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>A project in a few words.</summary>
public static class ProjectSummary
{
    /// <summary>"123 runs · 9 budgets · 6e18–3e21 FLOP".</summary>
    public static string Of(ProjectRow project) => string.Join(
        " · ",
        ((string[])[Words.Count(project.Runs, "run"), project.Budgets > 0 ? Words.Count(project.Budgets, "budget") : "", ComputeRange(project) is { } range ? range + " FLOP" : ""])
        .Where(part => part.Length > 0));

    /// <summary>"6e18–3e21"; null without runs.</summary>
    public static string? ComputeRange(ProjectRow project) =>
        project is not { SmallestFlops: { } smallest, LargestFlops: { } largest } ? null : ComputeRange(smallest, largest);

    /// <inheritdoc cref="ComputeRange(ProjectRow)"/>
    public static string ComputeRange(double smallest, double largest)
    {
        var (low, high) = (Quantity.Scientific(smallest), Quantity.Scientific(largest));
        return low == high ? low : $"{low}–{high}";
    }
}
