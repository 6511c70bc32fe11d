using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>optimizers</c>: how much faster one optimizer is than another, by size.</summary>
internal static class OptimizersCommand
{
    private const int ShownUnmatched = 8;

    internal static Command Create(CommandContext context)
    {
        var selection = new RunSelectionOptions();
        var baseline = new Option<string>("--baseline") { Description = "Optimizer that the other is measured against, as the column 'optimizer' names it. AdamW where it took part, unless said.", HelpName = "NAME", DefaultValueFactory = _ => "" };
        var challenger = new Option<string>("--challenger") { Description = "The other one. The cautious form of the baseline where it took part, unless said.", HelpName = "NAME", DefaultValueFactory = _ => "" };
        var json = RunSelectionOptions.Json();
        var command = new Command("optimizers", "How much faster one optimizer reaches another's final loss, by size: runs are matched by family, size, tokens and seed, at each optimizer's best learning rate.")
            { baseline, challenger, json };
        selection.AddSelectionTo(command);
        selection.AddWithoutTo(command);
        selection.AddDrawsTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var draws = selection.Surface(parsed);
            var (runs, source) = await selection.ReadRacesAsync(parsed, context, cancellationToken);
            var comparison = OptimizerComparison.Run(
                runs, new OptimizerComparisonOptions { Baseline = parsed.GetValue(baseline)!, Challenger = parsed.GetValue(challenger)!, Bootstrap = draws.Bootstrap, Seed = draws.Seed }, source, null, cancellationToken);
            var report = OptimizersReport.Of(comparison);
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : Text(report));
            return 0;
        });
        return command;
    }

    private static string Text(OptimizersReport report)
    {
        var (one, other) = (OptimizerColumns.Name(report.Baseline), OptimizerColumns.Name(report.Challenger));
        var lines = new List<string>
        {
            $"{other} against {one}: steps to {one}'s final loss, below 1 is faster",
            $"  {"size",-8} {"tokens",-8} {"steps",-6} {"95 %",-14} {"time",-6} {"95 %",-14} {"D_eff/D",-8} {"95 %",-14} {"loss",-10} seeds",
        };
        lines.AddRange(report.Pairs.Select(pair => string.Create(
            CultureInfo.InvariantCulture,
            $"  {Quantity.Count(pair.Size),-8} {Quantity.Count(pair.Tokens),-8} {Number(pair.StepsRatio),-6} {Range(pair.Intervals.StepsRatio),-14} {Number(pair.TimeRatio),-6} {Range(pair.Intervals.TimeRatio),-14} {Number(pair.EffectiveData),-8} {Range(pair.Intervals.EffectiveData),-14} {pair.LossDifference,-10:+0.0000;-0.0000} {pair.Seeds}{(pair.Status == "reached" ? "" : $" ({pair.Status.Replace('_', ' ')})")}")));
        var trend = report.Trend;
        lines.Add(double.IsFinite(trend.SlopePerDecade)
            ? string.Create(CultureInfo.InvariantCulture, $"Speed-up (1/steps) per ten times the size: {trend.SlopePerDecade:+0.000;-0.000}{(trend.Intervals.SlopePerDecade is { } slope ? $" (95 %: {slope.Low95:+0.000;-0.000} to {slope.High95:+0.000;-0.000}; {(trend.Significant == true ? "significant" : "not significant")})" : $"; {trend.Reason}")} over {Words.Count(trend.Sizes, "size")}")
            : $"No trend against size: {trend.Reason}.");
        if (report.Profile is { } profile)
            lines.Add($"Area score of the performance profile in {profile.Axis}, up to {Number(profile.Most)} times the fastest: {string.Join(", ", profile.Scores.OrderByDescending(score => score.Score).Select(score => $"{OptimizerColumns.Name(score.Optimizer)} {Number(score.Score)}"))}");
        lines.AddRange(report.Pairs.Select(pair => $"Compared at {Quantity.Count(pair.Size)}: {one} {pair.BaselineSetting}; {other} {pair.ChallengerSetting}"));
        lines.AddRange(report.Unmatched.Take(ShownUnmatched).Select(run => $"Not compared: {run.Run}: {run.Reason}"));
        if (report.Unmatched.Count > ShownUnmatched)
            lines.Add($"… and {Words.Count(report.Unmatched.Count - ShownUnmatched, "run")} more.");
        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);
    }

    private static string Number(double value) => Quantity.Significant(value, 3);

    private static string Range(IntervalReport? interval) => interval is null ? "no interval" : $"{Number(interval.Low95)} to {Number(interval.High95)}";
}
