using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>isoflop</c>: compute-optimal sizes by one of the three approaches.</summary>
internal static class IsoFlopCommand
{
    internal static Command Create(CommandContext context)
    {
        var selection = new RunSelectionOptions();
        var approach = new Option<int>("--approach") { Description = "1 envelope of training curves, 2 parabolas per budget, 3 parametric surface.", DefaultValueFactory = _ => 2 };
        var search = new SearchOptions("Objective of Approach 3. huber: robust, on log loss; vpnls: least squares on the loss.", ["huber", "vpnls"]);
        var byCompute = new Option<bool>("--by-compute") { Description = "Group runs by their compute, also where they name a budget." };
        var tolerance = new Option<double>("--tolerance") { Description = "Of groups by compute: a run joins a group within this share of the group's smallest compute.", DefaultValueFactory = _ => 0.2 };
        var within = new Option<double?>("--within") { Description = "Approach 2: only runs whose size is within this factor of their budget's best run; all unless given.", HelpName = "FACTOR" };
        var smooth = new Option<int>("--smooth") { Description = "Approach 1: logged rows of the Gaussian window that smooths each curve; 0 for none, Hoffmann et al. take 10.", HelpName = "ROWS", DefaultValueFactory = _ => 0 };
        var json = RunSelectionOptions.Json();
        var command = new Command("isoflop", "Optimal parameters and tokens per budget, and how they grow with compute.") { approach, byCompute, tolerance, within, smooth, json };
        search.AddTo(command);
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new IsoFlopOptions
            {
                Surface = selection.Surface(parsed) with { Fit = search.Of(parsed) },
                IgnorePlannedBudgets = parsed.GetValue(byCompute),
                SmoothingRows = RunSelectionOptions.Parsed("--smooth", () => AnalysisText.SmoothingRows(parsed.GetValue(smooth))),
                BudgetTolerance = RunSelectionOptions.Parsed("--tolerance", () => AnalysisText.Tolerance(parsed.GetValue(tolerance))),
                SizeWindow = RunSelectionOptions.Parsed("--within", () => AnalysisText.Within(parsed.GetValue(within))),
            };
            var at = selection.At(parsed);
            var chosen = parsed.GetValue(approach);
            var input = await selection.ReadAsync(parsed, context, chosen == 1 ? ProjectRows.Curves : ProjectRows.Last, cancellationToken);
            var report = IsoFlopReport.Run(input, chosen, options, at, cancellationToken);
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : Text(report));
            return 0;
        });
        return command;
    }

    private static string Text(IsoFlopReport report)
    {
        var lines = new List<string> { string.Create(CultureInfo.InvariantCulture, $"Approach {report.Approach}: {report.Status}") };
        if (report.Approach != 1)
        {
            lines.Add($"  {"budget",-10} {"runs",4}  {"N",-8} {"D",-8} loss");
            lines.AddRange(report.Budgets.Select(budget =>
                string.Create(CultureInfo.InvariantCulture, $"  {Quantity.Scientific(budget.Flops),-10} {budget.Points,4}  {Quantity.Count(budget.Parameters),-8} {Quantity.Count(budget.Tokens),-8} {Quantity.Significant(budget.Loss, 4),-7}{(budget.Status == "converged" ? "" : budget.Status)}").TrimEnd()));
        }

        lines.Add(ReportText.Row("a", report.Exponents.A, report.Intervals.A, "N_opt grows as C^a"));
        lines.Add(ReportText.Row("b", report.Exponents.B, report.Intervals.B, "D_opt grows as C^b"));
        lines.AddRange(ReportText.Predictions(report.Predictions));
        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);
    }
}
