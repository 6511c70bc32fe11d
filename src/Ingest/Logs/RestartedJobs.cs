using System.Globalization;
using System.Text.RegularExpressions;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Finds runs that are the parts of one restarted job, and joins them.</summary>
/// <remarks>
/// Parts have names that differ by a last number, and log the same metrics; in the order of that number their first steps never fall and mostly rise.
/// Seeds and learning rates of a sweep all begin at the same step and are left alone.
/// </remarks>
internal static partial class RestartedJobs
{
    /// <summary>Characters; longer names are no counted ones.</summary>
    private const int LongestName = 200;

    public static List<RestartedJob> Find(IReadOnlyList<LoggedRun> runs)
    {
        var jobs = new List<RestartedJob>();
        var numbered = runs
            .Where(run => run.Name.Length <= LongestName)
            .Select(run => (Run: run, Match: LastNumber().Match(run.Name)))
            .Where(part => part.Match.Success && part.Match.Groups["stem"].Value.Trim(s_joints).Length > 0)
            .GroupBy(part => part.Match.Groups["stem"].Value.TrimEnd(s_joints));
        foreach (var group in numbered)
        {
            var parts = group
                .Select(part => (part.Run, Number: double.Parse(part.Match.Groups["number"].Value, CultureInfo.InvariantCulture), First: part.Run.Metrics.Min(metric => metric.Steps[0])))
                .OrderBy(part => part.Number)
                .ToArray();
            var rises = parts.Zip(parts.Skip(1)).Count(pair => pair.Second.First > pair.First.First);
            var falls = parts.Zip(parts.Skip(1)).Count(pair => pair.Second.First < pair.First.First);
            var shared = parts.Skip(1).All(part => part.Run.Metrics.Any(metric => parts[0].Run.Metrics.Any(other => other.Metric == metric.Metric)));
            if (parts.Length > 1 && falls == 0 && rises * 2 >= parts.Length - 1 && rises > 0 && shared)
                jobs.Add(new RestartedJob(group.Key, [.. parts.Select(part => part.Run.Name)]));
        }

        return jobs;
    }

    /// <summary>One run of all parts: from the first step of a part on, what earlier parts logged is dropped.</summary>
    public static LoggedRun Stitch(RestartedJob job, IReadOnlyList<LoggedRun> runs)
    {
        var parts = job.Runs.Select(name => runs.First(run => run.Name == name)).ToArray();
        var series = new List<ImportedSeries>();
        var replaced = 0;
        // Seconds count from the start of each part, so those of different parts do not go together.
        foreach (var metric in parts.SelectMany(part => part.Metrics.Select(metric => metric.Metric)).Distinct().Where(metric => metric != "seconds"))
        {
            var (steps, values) = (new List<double>(), new List<double>());
            foreach (var part in parts)
            {
                // The first step of the whole part, not of the metric: what a rarer metric logged after it is of the part that was given up.
                var start = part.Metrics.Min(one => one.Steps[0]);
                var keep = steps.FindIndex(step => step >= start);
                if (keep >= 0)
                {
                    replaced += steps.Count - keep;
                    steps.RemoveRange(keep, steps.Count - keep);
                    values.RemoveRange(keep, values.Count - keep);
                }

                if (part.Metrics.FirstOrDefault(one => one.Metric == metric) is { } own)
                {
                    steps.AddRange(own.Steps);
                    values.AddRange(own.Values);
                }
            }

            if (steps.Count > 0)
                series.Add(new ImportedSeries(metric, [.. steps], [.. values]));
        }

        return parts[^1] with
        {
            Name = job.Name,
            Metrics = series,
            Flags =
            [
                string.Create(CultureInfo.InvariantCulture, $"stitched from {parts.Length} runs, {job.Runs[0]} to {job.Runs[^1]}: from a restart's first step on the later run counts, {replaced} earlier value{(replaced == 1 ? "" : "s")} replaced"),
            ],
        };
    }

    private static readonly char[] s_joints = ['-', '_', '.', ' ', '#', '/', '('];

    [GeneratedRegex(@"^(?<stem>.*?)(?:run|part|restart|try|attempt|version|v)?[-_ #.]*(?<number>[0-9]{1,9})\)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LastNumber();
}
