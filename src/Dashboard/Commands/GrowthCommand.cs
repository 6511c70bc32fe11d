using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>growth</c>: what growing small models into large ones saves against training from scratch.</summary>
internal static class GrowthCommand
{
    private const int ShownUnmatched = 8;

    internal static Command Create(CommandContext context)
    {
        var selection = new RunSelectionOptions();
        var growthOperator = new Option<string>("--operator") { Description = "Operator that the headline is about, as the column 'growth_operator' names it. LiGO where it took part, unless said.", HelpName = "NAME", DefaultValueFactory = _ => "" };
        var size = new Option<string?>("--size") { Description = "Parameters of the large model that the headline is about, such as 110M; the largest unless said.", HelpName = "PARAMETERS" };
        var charge = new Option<bool>("--charge-small") { Description = "Count the small model's training as well." };
        var json = RunSelectionOptions.Json();
        var command = new Command("growth", "What growing saves at equal loss: 1 − (operator + growing)/(from scratch to its final loss), in FLOP and wall time, over seeds. Grown runs name the small run in the column 'grown_from'.")
            { growthOperator, size, charge, json };
        selection.AddSelectionTo(command);
        selection.AddWithoutTo(command);
        selection.AddDrawsTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var draws = selection.Surface(parsed);
            var options = GrowthText.Options(parsed.GetValue(growthOperator)!, parsed.GetValue(size), parsed.GetValue(charge), draws.Bootstrap, draws.Seed);
            var (runs, source) = await selection.ReadGrowthAsync(parsed, context, cancellationToken);
            var report = GrowthReport.Of(GrowthComparison.Run(runs, options, source, cancellationToken));
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : Text(report));
            return 0;
        });
        return command;
    }

    private static string Text(GrowthReport report)
    {
        var lines = new List<string>
        {
            $"Savings at the final loss of training from scratch, the small model {(report.SmallCharged ? "charged" : "not charged")}; below 0 growing costs more",
            $"  {"small",-8} {"large",-8} {"operator",-24} {"FLOP",-9} {"95 %",-18} {"time",-9} {"95 %",-18} {"pays off",-9} seeds",
        };
        lines.AddRange(report.Operators.Select(one =>
        {
            var (savings, intervals) = report.SmallCharged ? (one.SavingsSmallCharged, one.IntervalsSmallCharged) : (one.Savings, one.Intervals);
            var name = GrowthColumns.Name(one.Operator) + (one.OperatorSteps is { } steps ? string.Create(CultureInfo.InvariantCulture, $", {steps:N0} steps") : "");
            return string.Create(
                CultureInfo.InvariantCulture,
                $"  {Size(one.SmallParameters),-8} {Size(one.Parameters),-8} {name,-24} {Percent(savings.Flops),-9} {Range(intervals.Flops),-18} {Percent(savings.Seconds),-9} {Range(intervals.Seconds),-18} {GrowthText.Uses(one.BreakEven, one.SmallFlops),-9} {one.Seeds}{Notes(one)}");
        }));
        lines.AddRange(report.Unmatched.Take(ShownUnmatched).Select(run => $"Not compared: {run.Run}: {run.Reason}"));
        if (report.Unmatched.Count > ShownUnmatched)
            lines.Add($"… and {Words.Count(report.Unmatched.Count - ShownUnmatched, "run")} more.");
        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);
    }

    private static string Notes(OperatorReport one) =>
        (one.NeverReached > 0 ? $" ({one.NeverReached} never reached it)" : "") + (one.AtOnce > 0 ? $" ({one.AtOnce} at once)" : "");

    private static string Size(double parameters) => double.IsFinite(parameters) ? Quantity.Count(parameters) : "–";

    private static string Percent(double share) => GrowthText.Percent(share);

    private static string Range(IntervalReport? interval) => interval is null ? "no interval" : $"{Percent(interval.Low95)} to {Percent(interval.High95)}";
}
