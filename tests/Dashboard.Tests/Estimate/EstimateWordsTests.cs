using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Runs;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Tests.Estimate;

public class EstimateWordsTests
{
    private static readonly EstimateStudy s_study = SampleStudy.Of();

    private static EstimateResult Result(EstimateState state, EstimateStudy? study = null)
    {
        study ??= s_study;
        var view = PlanView.Of(study, state);
        var none = new RunSet { Observations = [], InputSha256 = "" };
        return new EstimateResult(new ProjectSelection { All = [], Rows = [], Final = none, Checkpoints = none }, study, view, view.Chosen is { } chosen ? study.Elsewhere(chosen.Plan) : []);
    }

    [Fact]
    public void The_advised_plan_stays_within_seed_noise_with_its_neighbours()
    {
        var view = PlanView.Of(s_study, SampleStudy.State);
        Assert.InRange(view.Chosen!.Error.Are, 0, EstimateRecipe.SeedNoise);
        Assert.InRange(view.Neighbourhood, 0, EstimateRecipe.SeedNoise);
        Assert.All(
            view.Map.Where(score => score.FlopsSpent < view.Chosen.FlopsSpent),
            score => Assert.True(Math.Max(score.Error.Are, PlanAdvice.Neighbourhood(score, view.All)) > EstimateRecipe.SeedNoise || score.Law.Status == Numerics.Fitting.FitStatus.NotIdentifiable));
    }

    [Fact]
    public void The_answer_names_models_share_target_error_cost_and_reach()
    {
        var state = SampleStudy.State with { Models = 3, Share = 0.5 };
        var answer = EstimateWords.Answer(s_study, PlanView.Of(s_study, state))!;
        Assert.Equal(("3 smallest models", "50 %", "amber-10B"), (answer.Models, answer.Share, answer.Target));
        Assert.Matches(@"^[\d.]+ %$", answer.Are);
        Assert.Matches(@"^1/\d+ of its compute$", answer.Cost);
        Assert.Matches(@"^\(80 % of its checkpoints: .* %; plans next to this one: [\d.]+ % in the median; the target is 15\.8× the largest model fitted\)\.$", answer.Interval);
    }

    [Fact]
    public void Models_are_counted_from_either_end_and_up_to_the_largest_allowed()
    {
        string Models(EstimateState state) => EstimateWords.Models(s_study.Target.Estimation, PlanView.Of(s_study, state).Chosen!);
        Assert.Equal("5 smaller models", Models(SampleStudy.State with { Share = 1 }));
        Assert.Equal("1 smallest model", Models(SampleStudy.State with { Models = 1 }));
        Assert.Equal("2 models up to 3.98B", Models(SampleStudy.State with { Models = 2, FromLargest = true }));
        Assert.Equal("2 models up to 1.58B", Models(SampleStudy.State with { Models = 2, FromLargest = true, Largest = 2e9 }));
        Assert.Equal("4 smallest models", Models(SampleStudy.State with { Models = 40, Largest = 2e9 }));
    }

    [Fact]
    public void A_share_beside_the_map_is_scored_all_the_same()
    {
        var view = PlanView.Of(s_study, SampleStudy.State with { Models = 3, Share = 0.35 });
        Assert.DoesNotContain(view.Chosen!, view.Map);
        Assert.Equal(0.35, view.Chosen!.Plan.Share);
        Assert.True(double.IsNaN(view.Neighbourhood));
    }

    [Fact]
    public void The_advice_gives_its_evidence_from_the_other_families()
    {
        var advice = EstimateWords.Advice(Result(SampleStudy.State), SampleStudy.State);
        Assert.StartsWith("Cheapest plan that, with its neighbours, stays within 4 %: the ", advice, StringComparison.Ordinal);
        Assert.Matches(@"In 2 other families of this project as many models to the same share came within 4 % in \d and within 20 % in \d; the median ARE is [\d.]+ %\.$", advice);
    }

    [Fact]
    public void A_budget_bounds_the_advice_and_one_too_small_says_what_the_cheapest_costs()
    {
        foreach (var flops in s_study.Target.Plans.Select(score => score.FlopsSpent).Distinct())
        {
            var state = SampleStudy.State with { Budget = flops };
            var result = Result(state);
            if (result.View.Chosen is not { } chosen)
                continue;
            Assert.InRange(chosen.FlopsSpent, 1, flops);
            var steady = Math.Max(chosen.Error.Are, result.View.Neighbourhood) <= EstimateRecipe.SeedNoise;
            Assert.StartsWith(steady ? "Cheapest plan within " : "Within ", EstimateWords.Advice(result, state), StringComparison.Ordinal);
        }

        var none = SampleStudy.State with { Budget = 1e10 };
        Assert.Null(Result(none).View.Chosen);
        Assert.StartsWith("No plan fits into 1e10 FLOP; the cheapest one that gives a law costs ", EstimateWords.Advice(Result(none), none), StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_comes_from_the_same_end_of_the_other_families()
    {
        Assert.All(s_study.Elsewhere(new EstimationPlan(0, 2, 1)), evidence => Assert.Equal(0, evidence.Score.Plan.First));
        Assert.All(s_study.Elsewhere(new EstimationPlan(3, 2, 1)), evidence => Assert.Equal(3, evidence.Score.Plan.First));
        Assert.Equal(["basalt", "cedar"], s_study.Elsewhere(new EstimationPlan(0, 2, 1)).Select(evidence => evidence.Family.Name));
    }

    [Fact]
    public void Key_figures_are_five_with_units()
    {
        var view = PlanView.Of(s_study, SampleStudy.State);
        var figures = EstimateWords.KeyFigures(s_study, view, view.Chosen!);
        Assert.Equal(5, figures.Count);
        Assert.EndsWith(" %", figures[0].Value, StringComparison.Ordinal);
        Assert.EndsWith(" FLOP", figures[2].Value, StringComparison.Ordinal);
        Assert.EndsWith("× in size", figures[3].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Encoder_decoders_and_laws_that_are_not_told_apart_are_warned_of()
    {
        var cedar = SampleStudy.State with { Target = "cedar", Models = 2 };
        var study = SampleStudy.Of(cedar);
        var warnings = EstimateWords.Warnings(study, PlanView.Of(study, cedar)).ToArray();
        Assert.Contains(warnings, warning => warning.StartsWith("cedar has encoder and decoder", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.StartsWith("The law cannot be told from others", StringComparison.Ordinal));
        Assert.Empty(EstimateWords.Warnings(s_study, PlanView.Of(s_study, SampleStudy.State)));
    }

    [Fact]
    public void Loans_are_by_how_well_they_serve_and_nobody_lends_to_itself()
    {
        Assert.Equal(4, s_study.Loans.Count);
        Assert.Null(s_study.Loans.Single(loan => loan.Donor.Name == "amber").OnTarget);
        var ares = s_study.Loans.Select(loan => loan.OnTarget?.Error.Are ?? double.PositiveInfinity).ToArray();
        Assert.Equal(ares.Order(), ares);
        Assert.Equal([2, 2, 2, 3], s_study.Loans.Select(loan => loan.Borrowers).Order());
        Assert.NotNull(s_study.Structure);
    }

    [Fact]
    public void The_table_copies_with_the_spread_in_a_column_of_its_own()
    {
        var rows = EstimateTable.Rows(s_study, PlanView.Of(s_study, SampleStudy.State));
        Assert.StartsWith("This plan: ", rows[0].Name, StringComparison.Ordinal);
        var lines = EstimateTable.Text(rows).TrimEnd('\n').Split('\n');
        Assert.Equal(rows.Count + 1, lines.Length);
        Assert.StartsWith("Models\tShare\tARE\t80 %\t", lines[0], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Equal(10, line.Split('\t').Length));
    }

    [Theory]
    [InlineData(0.0272, "2.72 %")]
    [InlineData(0.00943, "0.94 %")]
    [InlineData(1.62, "162 %")]
    [InlineData(double.NaN, "–")]
    public void Errors_are_percentages(double are, string text) => Assert.Equal(text, EstimateWords.Percent(are));
}
