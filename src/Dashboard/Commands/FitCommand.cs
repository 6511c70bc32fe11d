using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>fit</c>: the parametric law of Approach 3 from the command line.</summary>
internal static class FitCommand
{
    internal static Command Create(CommandContext context)
    {
        var selection = new RunSelectionOptions();
        var law = new Option<string>("--law") { Description = $"Law to fit: {string.Join("; ", LawForms.Listed.Select(form => $"{form.Key}: {form.Formula}"))}; or one of precision, such as precision-w-a-kv (see the command precision).", DefaultValueFactory = _ => LawForms.Chinchilla.Key };
        var search = new SearchOptions(
            "huber: robust, on log loss; vpnls or squared: least squares on the loss; log-squared; scaled-huber: the likelihood of Besiroglu et al.; absolute: least absolute deviation.", FitRecipeOptions.Methods.Keys);
        var irreducible = new Option<string>("--irreducible") { Description = "Bounds of the irreducible loss, nats per token; LOW.. for none above.", HelpName = "LOW..HIGH" };
        var checkpoints = new Option<bool>("--checkpoints") { Description = "Every checkpoint of the project's runs is a point, instead of their last one." };
        var resample = new Option<string>("--resample") { Description = "What a bootstrap draw resamples: points, budgets, families, or models with what was quantised from them.", DefaultValueFactory = _ => "points" };
        resample.AcceptOnlyFromAmong([.. FitRecipeOptions.Resamplings.Keys]);
        var interval = new Option<string>("--interval") { Description = "How intervals are made. Of the bootstrap draws: percentile, or bca (bias-corrected and accelerated). Without draws: profile (likelihood), adjusted-profile (its cut-offs fitted to the scatter of the residuals), or delta (sandwich covariance).", DefaultValueFactory = _ => "percentile" };
        interval.AcceptOnlyFromAmong([.. FitRecipeOptions.IntervalKinds.Keys]);
        var unique = new Option<string>("--unique-tokens") { Description = "Column of the unique tokens, for the law 'repeated'.", HelpName = "COL", DefaultValueFactory = _ => "unique_tokens" };
        var metric = new Option<string>("--metric") { Description = "Column of the metric between 0 and 1, for the law 'task'.", HelpName = "COL", DefaultValueFactory = _ => "" };
        var weight = new Option<string>("--weight") { Description = "Column of weights; equal weights unless given.", HelpName = "COL", DefaultValueFactory = _ => "" };
        var holdout = new Option<int>("--holdout-budgets") { Description = "Fit without the largest K budgets and report how well the law predicts them; 0 for none.", HelpName = "K" };
        var json = RunSelectionOptions.Json();

        var command = new Command("fit", "Fits a law, L(N, D) = E + A·N^−α + B·D^−β (Approach 3) unless said, and predicts compute-optimal sizes.") { law, irreducible, resample, interval, unique, metric, weight, checkpoints, holdout, json };
        search.AddTo(command);
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (least, most) = parsed.GetValue(irreducible) is { } bounds
                ? RunSelectionOptions.Parsed("--irreducible", () => AnalysisText.Irreducible(bounds))
                : (0, double.PositiveInfinity);
            var options = selection.Surface(parsed) with
            {
                Law = RunSelectionOptions.Parsed("--law", () => AnalysisText.Law(parsed.GetValue(law)!)).Key,
                Resampling = AnalysisText.Resampling(parsed.GetValue(resample)!),
                Intervals = AnalysisText.Intervals(parsed.GetValue(interval)!),
                UniqueTokensColumn = parsed.GetValue(unique)!,
                MetricColumn = parsed.GetValue(metric)!,
                WeightColumn = parsed.GetValue(weight)!,
                Fit = search.Of(parsed) with { IrreducibleLow = least, IrreducibleHigh = most },
            };
            var at = selection.At(parsed);
            var held = RunSelectionOptions.Parsed("--holdout-budgets", () => AnalysisText.HoldoutBudgets(parsed.GetValue(holdout)));
            var input = await selection.ReadAsync(parsed, context, parsed.GetValue(checkpoints) ? ProjectRows.All : ProjectRows.Last, cancellationToken, options.Columns, options.KeepsColumn);
            var report = FitReport.Run(input, options, at, held, cancellationToken);
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : Text(report));
            return 0;
        });
        return command;
    }

    private static string Text(FitReport report)
    {
        var form = LawForms.Find(report.Law)!;
        var lines = new List<string> { string.Create(CultureInfo.InvariantCulture, $"{form.Name} law, {report.Method}, {report.Points} points: {report.Status}") };
        lines.AddRange(form.Parameters.Select(parameter => ReportText.Row(
            parameter.Key, report.Parameters[parameter.Key], report.Intervals[parameter.Key], parameter.Kind == ParameterKind.Irreducible ? "nats per token" : "")));
        if (form.AllocatesCompute)
        {
            lines.Add(ReportText.Row("a", report.Exponents.A, report.Intervals["a"], "N_opt grows as C^a"));
            lines.Add(ReportText.Row("b", report.Exponents.B, report.Intervals["b"], "D_opt grows as C^b"));
        }

        lines.AddRange(ReportText.Predictions(report.Predictions));
        if (report.Holdout is { } holdout)
            lines.AddRange(ReportText.Holdout(holdout));
        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);
    }
}
