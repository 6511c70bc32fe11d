using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>estimate</c>: how well laws of small models predict the large one of their family.</summary>
internal static class EstimateCommand
{
    private const int ShownPlans = 12;

    internal static Command Create(CommandContext context)
    {
        var selection = new RunSelectionOptions();
        var target = new Option<string?>("--target") { Description = "Family to estimate, by its largest model, or the run to predict. Without it every family.", HelpName = "NAME" };
        var minimum = new Option<string>("--min-tokens") { Description = "Checkpoints up to this many tokens are not fitted. A family without any beyond has no estimate, and the message says how far to lower it.", HelpName = "TOKENS", DefaultValueFactory = _ => "10B" };
        var share = new Option<string>("--share") { Description = "Checkpoints below this share of the most tokens of the chosen models are fitted; several separated by commas.", HelpName = "SHARE,…", DefaultValueFactory = _ => "1" };
        var models = new Option<string>("--models") { Description = "Fit the K smallest models; with --largest the K up to that size. All of them unless said, with --borrow one.", HelpName = "K,…", DefaultValueFactory = _ => "" };
        var largest = new Option<string?>("--largest") { Description = "Largest model that is fitted, in parameters, such as 13B.", HelpName = "PARAMETERS" };
        var final = new Option<bool>("--final-only") { Description = "Fit only the last checkpoint of each model." };
        var tenths = new Option<bool>("--tenths") { Description = "Fit the checkpoints at each tenth of a model's training, as if each were a model." };
        var borrow = new Option<string?>("--borrow") { Description = $"Take A and alpha from the law of this family, or '{EstimateOptions.PublishedDonor}' for those of arXiv 2305.16264, and fit only E, B and beta, by least squares on the loss.", HelpName = "FAMILY" };
        var all = new Option<bool>("--all") { Description = "Score every combination of models and tenths of training." };
        var method = new Option<string>("--method") { Description = "Objective, as of the command fit. vpnls: least squares on the loss, that of the guide.", DefaultValueFactory = _ => "vpnls" };
        method.AcceptOnlyFromAmong([.. FitRecipeOptions.Methods.Keys]);
        var oneSeed = new Option<bool>("--one-seed") { Description = "Of several seeds of a size fit only the first." };
        var down = new Option<bool>("--scale-down") { Description = "Predict the smallest model from larger ones." };
        var json = RunSelectionOptions.Json();

        var command = new Command("estimate", "How well a law fitted to part of a family predicts its largest model: ARE, absolute relative error over the last 30 % of its tokens.")
            { target, minimum, share, models, largest, final, tenths, borrow, all, method, oneSeed, down, json };
        selection.AddSelectionTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = RunSelectionOptions.Parsed("estimate", () => AnalysisText.Estimate(
                parsed.GetValue(target), parsed.GetValue(minimum)!, parsed.GetValue(share)!, parsed.GetValue(models)!, parsed.GetValue(largest),
                parsed.GetValue(final), parsed.GetValue(tenths), parsed.GetValue(borrow), parsed.GetValue(all), parsed.GetValue(method)!, parsed.GetValue(oneSeed), parsed.GetValue(down)));
            var families = await selection.ReadFamiliesAsync(parsed, context, cancellationToken);
            var report = EstimateReport.Of(EstimateRecipe.Run(families, options, new ErrorProgress(context.Error), cancellationToken));
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : Text(report));
            return 0;
        });
        return command;
    }

    private static string Text(EstimateReport report)
    {
        var lines = new List<string> { $"  {"family",-24} {"target",-24} {"ARE",-8} {"best loss",-10} {"most FLOP",-10} {"FLOP spent",-26} fit" };
        lines.AddRange(report.Families.Select(family =>
            $"  {family.Name,-24} {family.Target,-24} {Percent(family.Are),-8} {Percent(family.Baselines.BestLoss),-10} {Percent(family.Baselines.MostCompute),-10} {Spent(family),-26} {family.Status}"));
        if (report.Families.Count > 1)
            lines.Add($"  {"mean",-24} {"",-24} {Percent(report.Are),-8} {Percent(report.Baselines.BestLoss),-10} {Percent(report.Baselines.MostCompute),-10}".TrimEnd());
        foreach (var family in report.Families.Where(family => double.IsFinite(family.Are)))
        {
            if (report.Families.Count == 1)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"  L = E + A·N^−alpha + B·D^−beta from {family.Points} checkpoints; the target is {Quantity.Significant(family.ScaleUp, 3)}× the largest model fitted"));
                lines.AddRange(Coefficients(family, report.Borrowed));
                if (family.Intervals.Are is { } spread)
                    lines.Add($"  80 % of the target's checkpoints: off by {Percent(spread.Low80)} to {Percent(spread.High80)}; on average {Percent(Math.Abs(family.Bias))} too {(family.Bias < 0 ? "low" : "high")}");
            }

            if (family.Plans.Count > 1)
                lines.AddRange(Front(family));
        }

        lines.Add($"{Words.Count(report.LawsFitted, "law")} fitted.");
        lines.AddRange(report.Warnings.Select(warning => $"Check: {warning}"));
        return string.Join(Environment.NewLine, lines);
    }

    private static IEnumerable<string> Coefficients(FamilyEstimateReport family, DonorReport? lender)
    {
        var (law, own) = (family.Parameters, family.Intervals);
        var borrowed = lender is null ? "" : lender.Family == EstimateOptions.PublishedDonor ? "as published" : $"borrowed from {lender.Family}";
        yield return ReportText.Row("E", law["E"], own.E, "");
        yield return ReportText.Row("A", law["A"], lender is null ? own.A : lender.Intervals.A, borrowed);
        yield return ReportText.Row("B", law["B"], own.B, "");
        yield return ReportText.Row("alpha", law["alpha"], lender is null ? own.Alpha : lender.Intervals.Alpha, borrowed);
        yield return ReportText.Row("beta", law["beta"], own.Beta, "");
        yield return "  Their intervals are by the delta method and take checkpoints for independent: too narrow, as those of one training resemble each other.";
    }

    /// <summary>The plans that no other beats in both cost and error.</summary>
    private static IEnumerable<string> Front(FamilyEstimateReport family)
    {
        var best = double.PositiveInfinity;
        var front = new List<PlanReport>();
        foreach (var plan in family.Plans.Where(plan => double.IsFinite(plan.Are) && plan.FlopsSpent > 0).OrderBy(plan => plan.FlopsSpent).ThenBy(plan => plan.Are))
        {
            if (plan.Are < best)
                front.Add(plan);
            best = Math.Min(best, plan.Are);
        }

        yield return $"Best plans of {family.Name} by cost, of {family.Plans.Count}:";
        foreach (var plan in front.TakeLast(ShownPlans))
            yield return string.Create(CultureInfo.InvariantCulture, $"  {Words.Count(plan.Models, "model"),-10} up to {Quantity.Count(plan.Largest),-7} to {100 * plan.Share,3:F0} %  {Percent(plan.Are),-8} {Quantity.Scientific(plan.FlopsSpent)} FLOP, {Words.Share(plan.FlopsSpent / family.TargetFlops)} the target");
    }

    private static string Spent(FamilyEstimateReport family) => family.FlopsSpent > 0
        ? $"{Quantity.Scientific(family.FlopsSpent)}, {Words.Share(family.FlopsSpent / family.TargetFlops)} target"
        : "–";

    private static string Percent(double share) => double.IsFinite(share) ? Quantity.Significant(100 * share, 3) + " %" : "–";

    /// <summary>Long work says every five hundred laws how far it is.</summary>
    private sealed class ErrorProgress(TextWriter error) : IProgress<(int Done, int Of)>
    {
        private const int Every = 500;

        public void Report((int Done, int Of) value)
        {
            if (value.Done % Every != 0 || value.Of <= Every)
                return;
            lock (error)
                error.WriteLine($"{value.Done} of {value.Of} laws fitted");
        }
    }
}
