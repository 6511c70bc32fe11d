using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>What <c>import</c> prints for people.</summary>
internal static class ImportText
{
    private const int MostRuns = 20;
    private const int MostMetrics = 8;

    /// <param name="imports">What was read.</param>
    /// <param name="withDetail">Where each run's numbers come from, what its log tells and its metrics; and what the pages can do with the runs.</param>
    /// <param name="last">The sentence at the end.</param>
    internal static string Of(IReadOnlyList<LogImport> imports, bool withDetail, string last)
    {
        var lines = new List<string>();
        foreach (var (run, facts, suggestion) in imports.SelectMany(RunsOf).Take(MostRuns))
        {
            var odd = run.Flags.Concat(LogImport.MissingOf(run).Where(what => !what.StartsWith("no curve", StringComparison.Ordinal)))
                .Concat(suggestion is null || run.Parameters is not null ? [] : [$"{Quantity.Count(suggestion.Parameters)} parameters suggested: {suggestion.Source}"]);
            lines.Add($"  {run.Name,-28} N {Quantity.Count(run.Parameters ?? double.NaN),-7} D {Quantity.Count(run.Tokens ?? double.NaN),-7} C {Quantity.Scientific(run.Flops ?? double.NaN),-9} loss {Quantity.Significant(run.Loss ?? double.NaN, 4)} {string.Join("; ", odd)}".TrimEnd());
            if (withDetail)
                lines.AddRange(Detail(run, facts).Where(line => line.Length > 0).Select(line => $"      {line}"));
        }

        var all = imports.Sum(import => import.Runs.Count);
        if (all > MostRuns)
            lines.Add($"  … and {all - MostRuns} more");
        if (withDetail)
        {
            foreach (var page in PageNeeds.Of(imports.SelectMany(import => import.Runs)))
                lines.Add($"  {page.Page + ":",-21} {page.Ready} of {Words.Count(all, "run")}{(page.Missing.Count == 0 ? "" : "; ")}{string.Join("; ", page.Missing.Select(missing => $"{missing.What} ({missing.Runs})"))}");
        }

        lines.Add(last);
        return string.Join(Environment.NewLine, lines);
    }

    private static IEnumerable<(ImportedRun Run, RunFacts Facts, ParameterSuggestion? Suggestion)> RunsOf(LogImport import)
    {
        var suggestions = import.Suggestions.GroupBy(one => one.Run).ToDictionary(same => same.Key, same => same.First());
        for (var i = 0; i < import.Runs.Count; i++)
        {
            var run = import.Runs[i];
            yield return (run, import.Facts[i], suggestions.GetValueOrDefault(run.Name));
        }
    }

    private static IEnumerable<string> Detail(ImportedRun run, RunFacts facts)
    {
        yield return Join(("N from", facts.ParametersFrom), ("D from", facts.TokensFrom), ("C from", facts.FlopsFrom), ("loss from", facts.LossFrom));
        yield return Join(("hardware", facts.Hardware), ("optimizer", facts.Optimizer), ("precision", facts.Precision));
        var metrics = MetricRange.Of(run).ToList();
        if (run.Series.Count > 0)
            yield return string.Join("; ", metrics.Take(MostMetrics).Select(Range)) + (metrics.Count > MostMetrics ? $"; and {metrics.Count - MostMetrics} more metrics" : "");
    }

    private static string Join(params (string Label, string? Text)[] parts) => string.Join("; ", parts.Where(part => part.Text is not null).Select(part => $"{part.Label} {part.Text}"));

    private static string Range(MetricRange range) =>
        $"{range.Metric} {(range is { Min: { } min, Max: { } max } ? min.Equals(max) ? Number(min) : $"{Number(min)} to {Number(max)}" : "never finite")} ({Words.Count((int)range.Points, "point")}{(range.NotFinite > 0 ? $", {range.NotFinite} not finite" : "")})";

    private static string Number(double value) => Math.Abs(value) is >= 1e6 or (> 0 and < 1e-3) ? Quantity.Scientific(value) : Quantity.Significant(value, 4);
}
