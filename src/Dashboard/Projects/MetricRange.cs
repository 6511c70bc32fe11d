using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>What values a metric has: of one run, or of all runs of an import.</summary>
/// <param name="Metric">Name.</param>
/// <param name="Runs">Runs that have it.</param>
/// <param name="Points">Logged values.</param>
/// <param name="Min">Smallest finite value; null without one. The same for <paramref name="Max"/>.</param>
/// <param name="Max">Largest finite value.</param>
/// <param name="NotFinite">Values that are NaN or infinite.</param>
public sealed record MetricRange(string Metric, int Runs, long Points, double? Min, double? Max, long NotFinite)
{
    /// <summary>The metrics of a run; a run without curves has its loss.</summary>
    public static IEnumerable<MetricRange> Of(ImportedRun run) =>
        run.Series.Count > 0 ? run.Series.Select(Of) : run.Loss is { } loss ? [new MetricRange("loss", 1, 1, loss, loss, 0)] : [];

    /// <summary>All of them over all runs, in the order in which they are met.</summary>
    public static IReadOnlyList<MetricRange> Of(IEnumerable<ImportedRun> runs)
    {
        var byName = new Dictionary<string, int>();
        var ranges = new List<MetricRange>();
        foreach (var range in runs.SelectMany(Of))
        {
            if (byName.TryGetValue(range.Metric, out var index))
            {
                ranges[index] = ranges[index].With(range);
                continue;
            }

            byName.Add(range.Metric, ranges.Count);
            ranges.Add(range);
        }

        return ranges;
    }

    private static MetricRange Of(ImportedSeries series)
    {
        var (min, max, notFinite) = (double.PositiveInfinity, double.NegativeInfinity, 0);
        foreach (var value in series.Values)
        {
            if (!double.IsFinite(value))
            {
                notFinite++;
                continue;
            }

            (min, max) = (Math.Min(min, value), Math.Max(max, value));
        }

        return min <= max
            ? new MetricRange(series.Metric, 1, series.Values.Length, min, max, notFinite)
            : new MetricRange(series.Metric, 1, series.Values.Length, null, null, notFinite);
    }

    private MetricRange With(MetricRange other) => this with
    {
        Runs = Runs + other.Runs,
        Points = Points + other.Points,
        Min = Min is null || other.Min < Min ? other.Min : Min,
        Max = Max is null || other.Max > Max ? other.Max : Max,
        NotFinite = NotFinite + other.NotFinite,
    };
}
