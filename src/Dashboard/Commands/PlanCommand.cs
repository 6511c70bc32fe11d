using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>plan</c>: a training from any two of its numbers, by several laws.</summary>
internal static class PlanCommand
{
    internal static Command Create(CommandContext context)
    {
        var law = new Option<string[]>("--law") { Description = $"Published laws, separated by commas: hoffmann-unrounded, {string.Join(", ", TrainingLaw.Published.Select(known => known.Key))}. {ScenarioText.DefaultLaws} where neither this nor --fit is given.", HelpName = "LAW,…", DefaultValueFactory = _ => [] };
        var fit = new Option<string[]>("--fit") { Description = "Saved fit by its id, as 'fits --json' lists it; repeatable.", HelpName = "ID", DefaultValueFactory = _ => [] };
        var accelerator = new Option<string>("--accelerator") { Description = $"What it runs on: {string.Join(", ", AcceleratorTable.All.Select(known => known.Key))}.", HelpName = "KEY", DefaultValueFactory = _ => AcceleratorTable.DefaultKey };
        var format = new Option<string?>("--format") { Description = $"Number format: {string.Join(", ", NumberFormat.All.Select(known => known.Key))}; BF16 unless said, FP16 where there is none.", HelpName = "KEY" };
        var texts = Texts().ToDictionary(option => option.Name[2..].Replace('-', '_'));
        texts["served_tokens"].Aliases.Add("--served");
        var store = StoreOption.Create();
        var json = RunSelectionOptions.Json();
        var command = new Command("plan", "Plans a training: give two or more of its numbers, and the laws give the others; with compute, money, size, tokens or loss alone it is the best training by each law.");
        foreach (var option in (Option[])[.. texts.Values, accelerator, format, law, fit, store, json])
            command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var scenario = ScenarioText.Read(key => parsed.GetValue(texts[key]), parsed.GetValue(accelerator)!, parsed.GetValue(format), key => "--" + key.Replace('_', '-'));
            var ids = parsed.GetValue(fit)!;
            var named = string.Join(',', parsed.GetValue(law)!);
            var laws = ScenarioText.Laws(named.Length == 0 && ids.Length == 0 ? ScenarioText.DefaultLaws : named, "--law").ToList();
            if (ids.Length > 0)
            {
                await using var opened = await StoreOption.OpenExistingAsync(parsed.GetValue(store)!, cancellationToken);
                foreach (var id in ids.Distinct())
                    laws.Insert(0, SavedLaws.Of(await opened.FindFitAsync(id, cancellationToken) ?? throw new AnalysisException($"--fit: there is no saved fit '{id}'. 'fits --project NAME --json' lists those of a project.")));
            }

            var result = ScenarioRecipe.Run(scenario, laws);
            var report = ScenarioReport.Of(result);
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : Text(report, scenario));
            return 0;
        });
        return command;
    }

    private static IEnumerable<Option<string?>> Texts()
    {
        foreach (var quantity in TrainingQuantities.All)
        {
            yield return new("--" + TrainingQuantities.Key(quantity).Replace('_', '-'))
            {
                Description = quantity switch
                {
                    TrainingQuantity.Flops => "Training compute, FLOP",
                    TrainingQuantity.Money => "Rent, US dollars",
                    TrainingQuantity.Days => "Time from start to end, days",
                    TrainingQuantity.Accelerators => "Accelerators used at once",
                    TrainingQuantity.Energy => "Electric energy",
                    TrainingQuantity.Carbon => "Emissions, CO2e",
                    TrainingQuantity.Parameters => "Size of the model",
                    TrainingQuantity.Tokens => "Tokens trained on",
                    TrainingQuantity.Loss => "Loss to reach, nats per token",
                    TrainingQuantity.ServedTokens => "Tokens served over the model's life, which favour a smaller one",
                    TrainingQuantity.UniqueTokens => "Different tokens there are to train on",
                    TrainingQuantity.LifeFlops => "Compute of training and serving together, FLOP; without served tokens it says how many can be served",
                    TrainingQuantity.Bits => $"Bits of weights, activations and KV cache in training, which then change the loss, or '{ScenarioText.Solve}' for the best; compute is then in FLOP of 16 bits",
                    _ => "Most passes over them",
                } + $", such as {TrainingQuantities.Example(quantity)}.",
                HelpName = TrainingQuantities.Key(quantity).ToUpperInvariant(),
            };
        }

        yield return new("--" + OwnAccelerator.Key)
        {
            Description = "An accelerator of your own in the place of --accelerator: name, memory in GB, and dense peaks by number format in 10¹² FLOP/s, such as 'My chip~memory:96~bf16:400~fp8:800'. Its power and price are --power and --price.",
            HelpName = "TEXT",
        };
        yield return new("--factor")
        {
            Description = "Share of the law's compute that the training needs, as VALUE or VALUE:LOW:HIGH with a 95 % interval, such as 0.84:0.79:0.9: 1/speed-up of an optimizer, or 1 − savings of growing.",
            HelpName = "FACTOR",
        };
        foreach (var kind in Assumption.Settable)
        {
            var unit = Assumption.Unit(kind);
            yield return new("--" + Assumption.Key(kind).Replace('_', '-'))
            {
                Description = $"{Assumption.Name(kind)}{(unit.Length > 0 ? $", {unit}" : "")}. The defaults are printed with their sources.",
                HelpName = "NUMBER",
            };
        }
    }

    private static string Text(ScenarioReport report, TrainingScenario scenario)
    {
        var goals = scenario.Goals;
        var lines = new List<string> { $"On {scenario.Accelerator.Name} in {scenario.Format.Name}, given {Words.List([.. TrainingQuantities.All.Where(quantity => goals[quantity] is not null).Select(quantity => TrainingQuantities.Format(quantity, goals[quantity]!.Value))], 12)}:" };
        if (scenario.Factor is { } factor)
            lines.Add($"The training needs {PlanWords.Factor(factor)} of the law's compute; N, D and loss are those of one that needs all of it.");
        if (goals.CountsBits)
            lines.Add("Compute is in FLOP of 16 bits, (6/16)·N·D·P, and N_eff stands for N: by the law's own bits where it has some, else by Kumar et al., arXiv 2411.04330, appendix K.");
        foreach (var plan in report.Predictions)
        {
            lines.Add($"{plan.Name} ({plan.Law})");
            if (plan.Reason is not null)
            {
                lines.Add($"  {plan.Reason}");
                continue;
            }

            var i = plan.Intervals;
            lines.Add(Row("C", TrainingQuantity.Flops, plan.Flops, i.Flops, goals.Settles(TrainingQuantity.Flops)));
            lines.Add(Row("N", TrainingQuantity.Parameters, plan.Parameters, i.Parameters, goals.Settles(TrainingQuantity.Parameters)));
            lines.Add(Row("D", TrainingQuantity.Tokens, plan.Tokens, i.Tokens, goals.Settles(TrainingQuantity.Tokens)));
            if (double.IsFinite(plan.Loss))
                lines.Add(Row("loss", TrainingQuantity.Loss, plan.Loss, i.Loss, goals.Settles(TrainingQuantity.Loss)));
            foreach (var (name, quantity, value, interval) in new[]
            {
                ("bits", TrainingQuantity.Bits, plan.Bits, i.Bits), ("served", TrainingQuantity.ServedTokens, plan.ServedTokens, i.ServedTokens), ("C over life", TrainingQuantity.LifeFlops, plan.LifeFlops, i.LifeFlops),
            })
            {
                if (value is { } known)
                    lines.Add(Row(name, quantity, known, interval, goals.Settles(quantity)));
            }

            if (plan.EffectiveParameters is { } effective)
                lines.Add($"  {"N_eff",-13} {Quantity.Count(effective)}, {Quantity.Significant(effective / plan.Parameters, 3)} of N");
            lines.Add($"  {"D/N",-13} {Quantity.Significant(plan.TokensPerParameter, 3)}");
            lines.Add($"  {"hours",-13} {Quantity.Count(plan.AcceleratorHours)} accelerator-hours");
            foreach (var (name, quantity, value, interval) in new[]
            {
                ("time", TrainingQuantity.Days, plan.Days, i.Days), ("accelerators", TrainingQuantity.Accelerators, plan.Accelerators, i.Accelerators), ("money", TrainingQuantity.Money, plan.Money, i.Money),
                ("energy", TrainingQuantity.Energy, plan.Energy, i.Energy), ("emissions", TrainingQuantity.Carbon, plan.Carbon, i.Carbon),
            })
            {
                if (double.IsFinite(value))
                    lines.Add(Row(name, quantity, value, interval, goals.Settles(quantity)));
            }

            lines.Add($"  {"memory",-13} optimizer states fill at least {Words.Count((int)Math.Min(plan.LeastAccelerators, int.MaxValue), "accelerator")}");
            if (Math.Abs(plan.Overhead) > 1e-6)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {"off the best",-13} {Quantity.Significant(plan.SizeRatio, 3)} times the cheapest size of this loss, {plan.Overhead:0.0 %} more compute")
                    + (double.IsFinite(plan.BreakEven) ? $"; pays off beyond {TrainingQuantities.Format(TrainingQuantity.ServedTokens, plan.BreakEven)}" : ""));
            }

            if (plan.BestServed > 0 && goals.ServedTokens is null)
                lines.Add(Row("best for", TrainingQuantity.ServedTokens, plan.BestServed, i.BestServed, false) + ", served tokens of the cheapest of this loss over its life");
            if (plan.LargerParameters is { } larger)
                lines.Add($"  {"or larger",-13} {TrainingQuantities.Format(TrainingQuantity.Parameters, larger)} end at this loss for the same budget");
            lines.Add($"  {"reach",-13} {(plan.DecadesBeyond is { } decades ? decades < 0.05 ? "within the compute of its runs" : string.Create(CultureInfo.InvariantCulture, $"{decades:F1} decades of compute beyond its runs") : "the compute of its runs is not known")}; {plan.Uncertainty}");
            lines.AddRange(plan.Warnings.Select(warning => $"  Check: {warning}"));
        }

        lines.AddRange(report.Disagreement.Where(apart => apart.Quantity is "parameters" or "tokens" or "loss" or "flops" or "bits").Select(apart =>
        {
            var quantity = TrainingQuantities.All.Single(known => TrainingQuantities.Key(known) == apart.Quantity);
            return $"Over the laws: {TrainingQuantities.Number(quantity, apart.Low)} ({apart.LowLaw}) to {TrainingQuantities.Format(quantity, apart.High)} ({apart.HighLaw})";
        }));
        lines.AddRange(report.PerTenfold.Select(growth => string.Create(CultureInfo.InvariantCulture, $"Per ten times the compute: N ×{growth.Parameters:0.00}, D ×{growth.Tokens:0.00} ({growth.Law})")));
        lines.Add("Assumed:");
        lines.AddRange(report.Assumptions.Select(assumption => $"  {assumption.Key,-20} {ReportText.Number(assumption.Value)} {assumption.Unit}".TrimEnd() + $"  ({assumption.Source})"));
        return string.Join(Environment.NewLine, lines);
    }

    private static string Row(string name, TrainingQuantity quantity, double value, IntervalReport? interval, bool isGiven) =>
        $"  {name,-13} {TrainingQuantities.Number(quantity, value) + (quantity == TrainingQuantity.Loss ? " nats" : ""),-12} {(isGiven ? "" : interval is null ? "no interval" : $"80 %: {TrainingQuantities.Number(quantity, interval.Low80)} to {TrainingQuantities.Number(quantity, interval.High80)}")}".TrimEnd();
}
