using System.Text.Json;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Families that are drawn from known laws, and families that cannot be estimated.</summary>
public class EstimateRecipeTests
{
    private static readonly ChinchillaLaw s_other = new(1.5, 320, 1250, 0.32, 0.345);

    private static ModelFamilies Collection(params (Observation Row, RunTraits Traits)[] rows)
    {
        var traits = rows.GroupBy(row => row.Row.Run).ToDictionary(run => run.Key, run => run.First().Traits);
        return ModelFamilies.Of(Sweeps.Rows(rows.Select(row => row.Row)), row => traits[row.Run]);
    }

    private static IEnumerable<(Observation, RunTraits)> Family(
        string name, ChinchillaLaw law, string? kind = "nats", string? architecture = "dec", string source = "a.csv", int sizes = 6, double most = 1e11, string? seed = null)
    {
        for (var size = 0; size < sizes; size++)
        {
            var parameters = 1e8 * Math.Pow(2.5, size);
            for (var part = 1; part <= 10; part++)
            {
                var tokens = most * part / 10;
                yield return (Sweeps.Row($"{name} {size}{seed}", parameters, tokens, law.Loss(parameters, tokens)), new RunTraits(name, kind, architecture, seed, source));
            }
        }
    }

    private static ModelFamilies Two() => Collection([.. Family("one", Sweeps.Epoch), .. Family("two", s_other)]);

    private static EstimateAnalysis Run(ModelFamilies families, EstimateOptions? options = null) => EstimateRecipe.Run(families, options ?? new EstimateOptions());

    private static string Refused(ModelFamilies families, EstimateOptions? options = null) => Assert.Throws<AnalysisException>(() => Run(families, options)).Message;

    [Fact]
    public void Every_family_is_predicted_by_its_own_law()
    {
        var analysis = Run(Two());
        Assert.Equal(["one", "two"], analysis.Families.Select(family => family.Family.Name));
        Assert.All(analysis.Families, family => Assert.InRange(family.Chosen!.Error.Are, 0, 1e-6));
        Assert.Equal("one 5", analysis.Families[0].Target);
        Assert.Equal(2, analysis.LawsFitted);
        Assert.Empty(analysis.Warnings);
    }

    [Fact]
    public void The_target_is_a_family_or_a_run()
    {
        Assert.Equal("two", Assert.Single(Run(Two(), new() { Target = "two" }).Families).Family.Name);
        var byRun = Assert.Single(Run(Two(), new() { Target = "two 3" }).Families);
        Assert.Equal(("two 3", 3), (byRun.Target, byRun.Estimation.Candidates.Count));
        Assert.Contains("neither a family nor a run of one. Families: one and two.", Refused(Two(), new() { Target = "three" }), StringComparison.Ordinal);
        Assert.Contains("no family 'three'", Refused(Two(), new() { Families = ["three"] }), StringComparison.Ordinal);
        Assert.Equal("one", Assert.Single(Run(Two(), new() { Families = ["one"] }).Families).Family.Name);
    }

    [Fact]
    public void Models_are_the_smallest_or_those_up_to_the_largest_asked_for()
    {
        PlanScore Chosen(EstimateOptions options) => Run(Two(), options with { Target = "one" }).Families[0].Chosen!;
        Assert.Equal(new EstimationPlan(0, 5, 1), Chosen(new()).Plan);
        Assert.Equal(new EstimationPlan(0, 3, 0.5), Chosen(new() { Models = [3], Shares = [0.5] }).Plan);
        Assert.Equal(new EstimationPlan(0, 5, 1), Chosen(new() { Models = [99] }).Plan);
        Assert.Equal(new EstimationPlan(1, 3, 1), Chosen(new() { Models = [3], Largest = 1.6e9 }).Plan);
        Assert.Equal(new EstimationPlan(4, 1, 1), Chosen(new() { Borrow = "two" }).Plan);
        Assert.Equal(new EstimationPlan(0, 1, 1), Chosen(new() { Borrow = "two", Largest = 1e8 }).Plan);
        Assert.Contains("the smallest has 100M", Refused(Two(), new() { Largest = 1e6 }), StringComparison.Ordinal);
    }

    [Fact]
    public void All_combinations_are_the_plans_and_count_as_laws()
    {
        var analysis = Run(Two(), new() { All = true });
        // Of the shortest shares some leave fewer checkpoints than a law has parameters.
        Assert.Equal(2 * 10 * (4 + 3 + 2 + 1), analysis.Families.Sum(family => family.Plans.Count));
        Assert.Equal(analysis.Families.Sum(family => family.Plans.Count(score => score.Law.Points >= 5)), analysis.LawsFitted);
        var plans = analysis.Families[0].Plans;
        Assert.Equal(100, plans.Count);
        Assert.Equal(plans.OrderBy(score => score.Plan.Models).ThenBy(score => score.Plan.First).ThenBy(score => score.Plan.Share), plans);
        Assert.Equal(new EstimationPlan(0, 5, 1), analysis.Families[0].Chosen!.Plan);
    }

    [Fact]
    public void Progress_ends_at_all_laws()
    {
        var heard = new List<(int Done, int Of)>();
        EstimateRecipe.Run(Two(), new() { All = true }, new Heard(heard));
        Assert.Equal(200, heard.Count);
        Assert.Equal(200, heard.Max(step => step.Done));
        Assert.All(heard, step => Assert.Equal(200, step.Of));
    }

    [Fact]
    public void The_same_input_gives_the_same_report()
    {
        string Report() => JsonSerializer.Serialize(EstimateReport.Of(Run(Two(), new() { All = true })), ReportJson.Options);
        Assert.Equal(Report(), Report());
    }

    [Fact]
    public void Borrowing_takes_A_and_alpha_from_the_other_family()
    {
        // The lender's law is the target's own but for E, B and β.
        var families = Collection([.. Family("target", Sweeps.Epoch), .. Family("lender", Sweeps.Epoch with { E = 2.2, B = 900, Beta = 0.3 })]);
        var analysis = Run(families, new() { Target = "target", Borrow = "lender" });
        Assert.InRange(analysis.Families[0].Chosen!.Error.Are, 0, 1e-3);
        Assert.Equal(Sweeps.Epoch.Alpha, analysis.Donor!.Alpha, 1e-3);
        Assert.Equal(2, analysis.LawsFitted);
        Assert.Equal(0.3526596, Run(families, new() { Target = "target", Borrow = EstimateOptions.PublishedDonor }).Donor!.Alpha);
    }

    [Fact]
    public void A_family_does_not_lend_to_itself()
    {
        Assert.Contains("fitted on the target too", Refused(Two(), new() { Target = "one", Borrow = "one" }), StringComparison.Ordinal);
        Assert.Contains("Name one other family", Refused(Two(), new() { Borrow = "one" }), StringComparison.Ordinal);
        Assert.Contains("no family 'nine' to borrow from", Refused(Two(), new() { Target = "one", Borrow = "nine" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Mixed_kinds_of_loss_are_refused_and_the_others_go_on()
    {
        var families = Collection([.. Family("mixed", Sweeps.Epoch, sizes: 3), .. Family("mixed", s_other, kind: "ln_ppl", seed: "b", sizes: 3), .. Family("pure", s_other)]);
        Assert.Contains("mixes kinds of loss (ln_ppl and nats)", Refused(families, new() { Target = "mixed" }), StringComparison.Ordinal);
        var analysis = Run(families);
        Assert.Equal("pure", Assert.Single(analysis.Scored).Family.Name);
        Assert.Contains(analysis.Warnings, warning => warning.Text.Contains("loss_kind=ln_ppl", StringComparison.Ordinal));
        var report = EstimateReport.Of(analysis);
        Assert.Equal(("failed", "converged"), (report.Families[0].Status, report.Families[1].Status));
        Assert.Equal(report.Families[1].Are, report.Are);
    }

    [Fact]
    public void A_family_of_one_size_has_nothing_to_fit() =>
        Assert.Contains("no model smaller than its target one 0", Refused(Collection([.. Family("one", Sweeps.Epoch, sizes: 1)])), StringComparison.Ordinal);

    [Fact]
    public void Below_the_cut_the_message_says_how_far_to_lower_it()
    {
        var families = Collection([.. Family("short", Sweeps.Epoch, most: 2e9)]);
        Assert.Contains("beyond the cut of 10B tokens; the longest saw 2B. Lower the cut, say to 200M.", Refused(families), StringComparison.Ordinal);
        Assert.InRange(Run(families, new() { Fit = new() { MinimumTokens = 2e8 } }).Families[0].Chosen!.Error.Are, 0, 1e-5);
    }

    [Fact]
    public void Encoder_decoders_are_warned_of_also_as_lenders()
    {
        var families = Collection([.. Family("t5", Sweeps.Epoch, architecture: "enc-dec"), .. Family("gpt", s_other)]);
        Assert.Contains(Run(families).Warnings, warning => warning.Kind == "enc-dec" && warning.Text.Contains("Family t5", StringComparison.Ordinal));
        Assert.Contains(Run(families, new() { Target = "gpt", Borrow = "t5" }).Warnings, warning => warning.Kind == "enc-dec");
        Assert.DoesNotContain(Run(families, new() { Target = "gpt" }).Warnings, warning => warning.Kind == "enc-dec");
    }

    [Fact]
    public void Two_families_of_one_name_are_pointed_out()
    {
        var files = Collection([.. Family("same", Sweeps.Epoch, sizes: 3), .. Family("same", Sweeps.Epoch, source: "b.csv", seed: "b", sizes: 3)]);
        Assert.Contains("several files (a.csv and b.csv)", Assert.Single(files.Warnings).Text, StringComparison.Ordinal);
        var architectures = Collection([.. Family("same", Sweeps.Epoch, sizes: 3), .. Family("same", Sweeps.Epoch, architecture: "ssm", seed: "b", sizes: 3)]);
        Assert.Contains("several architectures (dec and ssm)", Assert.Single(architectures.Warnings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_losses_are_said()
    {
        var flat = Family("flat", Sweeps.Epoch).Select(item => (item.Item1 with { Loss = 3 }, item.Item2));
        var analysis = Run(Collection([.. flat]));
        Assert.Contains(analysis.Warnings, warning => warning.Kind == "equal");
        Assert.Equal("not_identifiable", EstimateReport.Of(analysis).Families[0].Status);
    }

    [Fact]
    public void Without_families_all_runs_are_one_and_with_some_the_others_are_left_out()
    {
        var unnamed = Family("x", Sweeps.Epoch).Select(item => (item.Item1, item.Item2 with { Family = null })).ToArray();
        var all = Run(Collection(unnamed));
        Assert.Equal("all runs", all.Families[0].Family.Name);
        Assert.Contains(all.Warnings, warning => warning.Text.StartsWith("No run names a family", StringComparison.Ordinal));
        var some = Run(Collection([.. unnamed, .. Family("named", s_other)]));
        Assert.Equal("named", Assert.Single(some.Families).Family.Name);
        Assert.Contains(some.Warnings, warning => warning.Text == "6 runs without a family take no part.");
        Assert.Contains("No run is left", Assert.Throws<AnalysisException>(() => Collection()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_a_reader_set_aside_as_repeated_are_the_same_model_again_but_seeds_are_not()
    {
        var repeated = Family("f", Sweeps.Epoch).Where((_, i) => i < 10).Select(item => (item.Item1 with { Run = "f 0 (2)" }, item.Item2));
        var merged = Collection([.. Family("f", Sweeps.Epoch), .. repeated]);
        Assert.Equal(6, merged.Families[0].Members.Count);
        Assert.Equal(20, merged.Families[0].Members[0].Model.Tokens.Count);
        var seeded = Collection([.. Family("f", Sweeps.Epoch), .. repeated.Select(item => (item.Item1, item.Item2 with { Seed = "7" }))]);
        Assert.Equal(7, seeded.Families[0].Members.Count);
        Assert.Equal(5, Run(seeded, new() { OneSeed = true }).Families[0].Estimation.Candidates.Count);
        Assert.Equal(6, Run(seeded).Families[0].Estimation.Candidates.Count);
    }

    [Fact]
    public void Scaling_down_predicts_the_smallest_from_the_larger()
    {
        var result = Run(Two(), new() { Target = "one", Fit = new() { ScaleDown = true } }).Families[0];
        Assert.Equal("one 0", result.Target);
        Assert.InRange(result.Chosen!.Error.Are, 0, 1e-5);
        Assert.Equal(2.5, result.Estimation.ScaleUp(result.Chosen), 1e-9);
    }

    [Fact]
    public void A_report_has_the_keys_of_the_contract_and_null_for_what_is_missing()
    {
        var json = JsonSerializer.SerializeToElement(EstimateReport.Of(Run(Collection([.. Family("one", Sweeps.Epoch), .. Family("alone", s_other, sizes: 1)]))), ReportJson.Options);
        Assert.Equal(
            ["are", "baselines", "laws_fitted", "flops_spent", "families", "warnings", "provenance"],
            json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["best_loss", "most_compute"], json.GetProperty("baselines").EnumerateObject().Select(property => property.Name));
        var (one, alone) = (json.GetProperty("families")[0], json.GetProperty("families")[1]);
        foreach (var key in new[] { "name", "target", "are", "parameters", "status", "plans" })
            Assert.True(one.TryGetProperty(key, out _), key);
        Assert.Equal(["E", "A", "B", "alpha", "beta"], one.GetProperty("parameters").EnumerateObject().Select(property => property.Name));
        foreach (var key in new[] { "models", "share", "are", "flops_spent" })
            Assert.True(one.GetProperty("plans")[0].TryGetProperty(key, out _), key);
        Assert.Equal(JsonValueKind.Null, alone.GetProperty("are").ValueKind);
        Assert.Equal("too_few_points", alone.GetProperty("status").GetString());
        Assert.Equal("10000000000", json.GetProperty("provenance").GetProperty("options").GetProperty("min_tokens").GetString());
    }

    private sealed class Heard(List<(int Done, int Of)> heard) : IProgress<(int Done, int Of)>
    {
        public void Report((int Done, int Of) value)
        {
            lock (heard)
                heard.Add(value);
        }
    }
}
