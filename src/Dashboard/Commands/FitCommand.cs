using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>fit</c>: the parametric law of Approach 3 from the command line.</summary>
internal static class FitCommand
{
    internal static Command Create(CommandContext context)
    {
        var selection = new RunSelectionOptions();
        var law = new Option<string>("--law") { Description = "Law to fit.", DefaultValueFactory = _ => "chinchilla" };
        law.AcceptOnlyFromAmong("chinchilla");
        var method = new Option<string>("--method") { Description = "huber: robust, on log loss; vpnls: least squares on the loss.", DefaultValueFactory = _ => "huber" };
        method.AcceptOnlyFromAmong("huber", "vpnls");
        var delta = new Option<double>("--delta") { Description = "Huber δ, in log loss.", DefaultValueFactory = _ => 1e-3 };
        var exponents = new Option<string>("--exponents") { Description = "Bounds of alpha and beta.", HelpName = "LOW..HIGH", DefaultValueFactory = _ => "0..5" };
        var json = RunSelectionOptions.Json();

        var command = new Command("fit", "Fits L(N, D) = E + A·N^−α + B·D^−β (Approach 3) and predicts compute-optimal sizes.") { law, method, delta, exponents, json };
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (low, high) = RunSelectionOptions.Parsed("--exponents", () => AnalysisText.Exponents(parsed.GetValue(exponents)!));
            var options = selection.Surface(parsed) with
            {
                Fit = new SurfaceFitOptions
                {
                    Method = AnalysisText.Method(parsed.GetValue(method)!),
                    Delta = RunSelectionOptions.Parsed("--delta", () => AnalysisText.Delta(parsed.GetValue(delta))),
                    ExponentLow = low,
                    ExponentHigh = high,
                },
            };
            var at = selection.At(parsed);
            var input = await selection.ReadAsync(parsed, context, checkpoints: false, cancellationToken);
            var result = SurfaceRecipe.Run(input.Observations, options, null, cancellationToken);
            var report = FitReport.Of(result, options, input, at);
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : Text(report));
            return 0;
        });
        return command;
    }

    private static string Text(FitReport report)
    {
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"Chinchilla law, {report.Method}, {report.Points} points: {report.Status}"),
            ReportText.Row("E", report.Parameters.E, report.Intervals.E, "nats per token"),
            ReportText.Row("A", report.Parameters.A, report.Intervals.A, ""),
            ReportText.Row("B", report.Parameters.B, report.Intervals.B, ""),
            ReportText.Row("alpha", report.Parameters.Alpha, report.Intervals.Alpha, ""),
            ReportText.Row("beta", report.Parameters.Beta, report.Intervals.Beta, ""),
            ReportText.Row("a", report.Exponents.A, report.Intervals.ParameterExponent, "N_opt grows as C^a"),
            ReportText.Row("b", report.Exponents.B, report.Intervals.TokenExponent, "D_opt grows as C^b"),
        };
        lines.AddRange(ReportText.Predictions(report.Predictions));
        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);
    }
}
