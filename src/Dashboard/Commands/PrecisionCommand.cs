using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>precision</c>: what few bits cost, which are best for a budget, and the law fitted to runs.</summary>
internal static class PrecisionCommand
{
    private const int NameWidth = 12;

    internal static Command Create(CommandContext context)
    {
        var selection = new RunSelectionOptions();
        var parameters = new Option<string?>("--parameters") { Description = "N, parameters without embeddings.", HelpName = "PARAMETERS" };
        var tokens = new Option<string?>("--tokens") { Description = "D, training tokens.", HelpName = "TOKENS" };
        var weights = new Option<string?>("--weights") { Description = "Bits of the weights in training; not quantised unless said.", HelpName = "BITS" };
        var activations = new Option<string?>("--activations") { Description = "Bits of the activations in training.", HelpName = "BITS" };
        var kv = new Option<string?>("--kv") { Description = "Bits of the KV cache in training.", HelpName = "BITS" };
        var post = new Option<string?>("--post") { Description = "Bits of the weights after training.", HelpName = "BITS" };
        var optimum = new Option<bool>("--optimum") { Description = "The best bits for --flops, with --parameters or --bits given or both free. Cost C = (6/16)·N·D·bits." };
        var flops = new Option<string?>("--flops") { Description = "Budget of --optimum, FLOP of 16 bits.", HelpName = "FLOP" };
        var bits = new Option<string?>("--bits") { Description = "Bits of all parts, given to --optimum.", HelpName = "BITS" };
        var law = new Option<string>("--law") { Description = $"Published law: {string.Join("; ", PublishedPrecisions.All.Select(published => $"{published.Key}: {published.Name}"))}.", HelpName = "LAW", DefaultValueFactory = _ => PublishedPrecisions.Kumar.Key };
        var form = new Option<string>("--form") { Description = "offset: as fitted, with the shifts of appendix K; plain: as in the paper's main text.", DefaultValueFactory = _ => "offset" };
        form.AcceptOnlyFromAmong("offset", "plain");
        var robust = new Option<string>("--robust") { Description = "Constants C_w,C_a,C_kv of robustness, which no paper prints; one number for all.", HelpName = "C", DefaultValueFactory = _ => "1" };
        var format = new Option<string?>("--format") { Description = "Layout of a floating-point format, for the law sun.", HelpName = "E4M3" };
        var group = new Option<string?>("--group") { Description = "Values that share a scale, for the laws sun and chen.", HelpName = "COUNT" };
        var method = new Option<string>("--method") { Description = "Objective of a fit, as of the command fit.", DefaultValueFactory = _ => "log-squared" };
        method.AcceptOnlyFromAmong([.. FitRecipeOptions.Methods.Keys]);
        var interval = new Option<string>("--interval") { Description = "How the intervals of a fit are made, as of the command fit.", DefaultValueFactory = _ => "percentile" };
        interval.AcceptOnlyFromAmong([.. FitRecipeOptions.IntervalKinds.Keys]);
        var alternatives = new Option<bool>("--alternatives") { Description = "Fit the alternatives of the paper's appendix C too, and compare them on held-out runs." };
        var json = RunSelectionOptions.Json();

        var command = new Command("precision", "What training or serving in few bits costs, by published laws, or with --input or --project by one fitted to your runs.")
            { parameters, tokens, weights, activations, kv, post, optimum, flops, bits, law, form, robust, format, group, method, interval, alternatives, json };
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = Read(() => PrecisionRequest.Of(
                parsed.GetValue(parameters), parsed.GetValue(tokens), parsed.GetValue(weights), parsed.GetValue(activations), parsed.GetValue(kv), parsed.GetValue(post),
                parsed.GetValue(optimum), parsed.GetValue(flops), parsed.GetValue(bits), parsed.GetResult(law) is { Implicit: false } ? parsed.GetValue(law) : null,
                parsed.GetValue(form)!, parsed.GetValue(robust)!, parsed.GetValue(format), parsed.GetValue(group)));
            if (!selection.IsAsked(parsed))
            {
                await WriteAsync(asked.Answer(), asked.Question.Published.Name);
                return 0;
            }

            asked.RequireOwnLaw();
            var options = selection.Surface(parsed) with
            {
                Intervals = AnalysisText.Intervals(parsed.GetValue(interval)!),
                Fit = new FitOptions { Method = AnalysisText.Method(parsed.GetValue(method)!) },
            };
            var at = selection.At(parsed);
            var input = await selection.ReadAsync(parsed, context, ProjectRows.Last, cancellationToken, keeps: PrecisionColumns.Recognises);
            await WriteAsync(asked.Answer(input, options, at, parsed.GetValue(alternatives), cancellationToken), "The law fitted to your runs");
            return 0;

            Task WriteAsync(object report, string whose) => context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : report switch
            {
                PrecisionReport model => Text(model, asked.Question, whose),
                PrecisionOptimumReport best => Text(best, whose),
                FitReport fit => Text(fit),
                _ => throw new InvalidOperationException($"There are no words for {report.GetType().Name}."),
            });
        });
        return command;
    }

    // Named in the message, with the two dashes of an option.
    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException exception)
        {
            throw new UsageException($"--{exception.Message}");
        }
    }

    private static string Text(PrecisionReport report, PrecisionQuestion question, string law)
    {
        var precision = question.Format is { } format ? string.Create(CultureInfo.InvariantCulture, $"E{format.Exponent:0.##}M{format.Mantissa:0.##}")
            : question.Published is PublishedPrecision<GroupedTrainingLaw> ? $"groups of {Quantity.Count(question.Group!.Value)}"
            : new RunPrecision(question.Bits, question.Post, null, null).Words;
        var lines = new List<string> { $"{law}: {Quantity.Count(question.Parameters)} parameters on {Quantity.Count(question.Tokens)} tokens, {precision}" };
        Row("loss", report.Loss, report.Intervals?.Loss, "nats per token");
        lines.AddRange(Terms(report.Terms, report.EffectiveParameters));
        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);

        void Row(string name, double value, IntervalReport? interval, string note)
        {
            if (double.IsFinite(value))
                lines.Add(interval is null ? $"  {name,-14} {ReportText.Number(value),-9} {note}" : ReportText.Row(name, value, interval, note, 14));
        }
    }

    private static string Text(PrecisionOptimumReport report, string law)
    {
        var what = report.Mode switch
        {
            "joint" => "parameters, tokens and bits free",
            "fixed_parameters" => $"{Quantity.Count(report.Parameters)} parameters given",
            _ => "bits given",
        };
        var lines = new List<string> { $"{law}, {what}: {Quantity.Significant(report.Bits, 3)} bits, {Quantity.Count(report.Parameters)} parameters, {Quantity.Count(report.Tokens)} tokens" };
        lines.Add($"  loss           {ReportText.Number(report.Loss),-9} nats per token");
        lines.AddRange(Terms(report.Terms, report.EffectiveParameters));
        if (report.Intervals is { Bits: { } bits })
            lines.Add(ReportText.Row("bits", report.Bits, bits, "", 14));
        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);
    }

    private static IEnumerable<string> Terms(PrecisionTermsReport terms, double effective)
    {
        if (double.IsFinite(terms.Parameters))
            yield return $"  of parameters  {ReportText.Number(terms.Parameters),-9} {(double.IsFinite(effective) ? $"{Quantity.Count(effective)} of them effective" : "")}".TrimEnd();
        if (double.IsFinite(terms.Tokens))
            yield return $"  of tokens      {ReportText.Number(terms.Tokens)}";
        if (terms.Format is { } format)
            yield return $"  of the format  {ReportText.Number(format),-9} nats per token added";
        if (terms.PostTraining > 0)
            yield return $"  after training {ReportText.Number(terms.PostTraining),-9} nats per token added";
    }

    private static string Text(FitReport report)
    {
        var (law, precision) = (LawForms.Find(report.Law)!, report.Precision!);
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"{law.Name}, {report.Method}, {report.Points} points: {report.Status}"),
            $"  {law.Formula}",
        };
        lines.AddRange(law.Parameters.Select(parameter => ReportText.Row(
            parameter.Key, report.Parameters[parameter.Key], report.Intervals[parameter.Key], parameter.Kind == ParameterKind.Irreducible ? "nats per token" : "", NameWidth)));
        if (double.IsFinite(precision.OptimalBits))
            lines.Add(ReportText.Row("P*", precision.OptimalBits, precision.OptimalBitsInterval, "compute-optimal bits with everything free", NameWidth));
        lines.Add($"  R² of the loss {ReportText.Number(precision.LossSquared)}{(double.IsFinite(precision.AddedSquared) ? $", of what quantisation added {ReportText.Number(precision.AddedSquared)}" : "")}");
        if (precision.Alternatives is { } alternatives)
        {
            lines.Add("On held-out runs, R² of the loss and of what quantisation added:");
            lines.AddRange(alternatives.Select(one => $"  {one.Effect,-34} {one.Coefficients,2} coefficients  {ReportText.Number(one.LossSquared),-9} {ReportText.Number(one.AddedSquared)}"));
        }

        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);
    }
}
