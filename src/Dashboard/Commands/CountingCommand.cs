using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>counting</c>: what the way of counting parameters and compute makes of the exponents.</summary>
internal static class CountingCommand
{
    internal static Command Create(CommandContext context)
    {
        var selection = new RunSelectionOptions();
        var pairs = new Option<FileInfo?>("--pairs")
        {
            Description = "Instead of runs a table of optimal sizes: columns flops, parameters and deviation (standard deviation of ln N*), or --map flops=COL,parameters=COL,deviation=COL.",
            HelpName = "FILE",
        };
        var by = new Option<string>("--by") { Description = "Also take the runs apart by these columns, such as warm-up and decay, and give the exponents of each part.", HelpName = "COLUMN,…", DefaultValueFactory = _ => "" };
        var json = RunSelectionOptions.Json();
        var command = new Command("counting", "How the exponents a and b depend on the way of counting parameters and compute; with --pairs the line through optimal sizes.") { pairs, by, json };
        selection.AddSelectionTo(command);
        selection.AddWithoutTo(command);
        selection.AddDrawsTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var surface = selection.Surface(parsed);
            if (parsed.GetValue(pairs) is { } file)
            {
                var table = await selection.ReadPairsAsync(parsed, file, cancellationToken);
                var input = new RunSet { Observations = [], LeftOut = table.LeftOut, InputSha256 = table.Sha256, Selection = table.Selection };
                var line = OptimalPairsReport.Run(table.Flops, table.Parameters, table.Deviations, input, surface.Bootstrap, surface.Seed);
                await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(line, ReportJson.Options) : Text(line));
                return 0;
            }

            var columns = AnalysisText.Names([parsed.GetValue(by)!]);
            var (runs, rows) = await selection.ReadRunsAsync(parsed, context, keepColumns: columns.Length > 0, cancellationToken);
            var report = CountingReport.Run(runs, rows, new IsoFlopOptions { Surface = surface }, columns, cancellationToken);
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : Text(report));
            return 0;
        });
        return command;
    }

    private static string Text(CountingReport report)
    {
        var lines = new List<string>();
        foreach (var setUp in report.SetUps ?? [])
        {
            lines.Add($"{setUp.Name}, {Words.Count(setUp.Runs, "run")}");
            Add(setUp.Near, "Approach 2 near the best sizes");
            foreach (var approach in setUp.Exponents)
                Add(approach, $"Approach {approach.Approach}");
        }

        if (report.SetUpConclusion is { } conclusion)
            lines.Add(conclusion);
        foreach (var convention in report.Conventions)
        {
            var lacks = convention.LeftOut == 0 ? "" : $"; {Words.Count(convention.LeftOut, "run")} left out: no {Words.List([.. convention.Missing.Select(missing => missing.What)])}";
            lines.Add($"{convention.Name} ({convention.Key}), {Words.Count(convention.Runs, "run")}{lacks}");
            foreach (var approach in convention.Exponents)
                Add(approach, $"Approach {approach.Approach}");
        }

        lines.Add(report.Conclusion);
        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);

        void Add(ApproachExponentsReport approach, string name)
        {
            lines.Add($"  {name}: {approach.Status}");
            if (!double.IsFinite(approach.A))
                return;
            lines.Add(ReportText.Row("a", approach.A, approach.Intervals.A, "N_opt grows as C^a"));
            lines.Add(ReportText.Row("b", approach.B, approach.Intervals.B, "D_opt grows as C^b"));
        }
    }

    private static string Text(OptimalPairsReport report)
    {
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"N* against C, {Words.Count(report.Points, "pair")}: exponent a"),
            ReportText.Row("a", report.Weighted.A, report.Weighted.Interval, "weights 1/deviation²"),
            ReportText.Row("a", report.Unweighted.A, report.Unweighted.Interval, "equal weights"),
        };
        lines.AddRange(report.Excluded.Select(row => string.Create(CultureInfo.InvariantCulture, $"Left out: line {row.Line} {row.Reason}")));
        return string.Join(Environment.NewLine, lines);
    }
}
