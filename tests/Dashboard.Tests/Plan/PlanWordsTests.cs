using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;

namespace ScalingDashboard.Dashboard.Tests.Plan;

public class PlanWordsTests
{
    [Fact]
    public void The_headline_says_what_was_solved_in_bold()
    {
        var (answer, _) = Answer(new() { Flops = 5.76e23, Accelerators = 1024 }, "epoch");
        Assert.Equal("Train **72.4B parameters** on **1.33T tokens** with 5.76e23 FLOP to reach **1.97 nats per token**: **18.1 days** on 1,024 H100 SXM 80 GB for **$1.77M**", answer);
        Assert.Equal("Train 8B parameters on 15T tokens with **7.2e23 FLOP**: **556K hours** of H100 SXM 80 GB for **$2.22M**", Answer(new() { Parameters = 8e9, Tokens = 15e12 }, "kaplan").Answer);
    }

    [Fact]
    public void Without_an_interval_it_says_so()
    {
        Assert.Equal("(by Hoffmann et al., approach 3, who give no interval of these numbers; 2.3 decades of compute beyond its runs).", Answer(new() { Flops = 5.76e23 }, "hoffmann3").Interval);
        Assert.Equal("(by Kaplan et al., who give no interval of these numbers; the compute of its runs is not known).", Answer(new() { Flops = 5.76e23 }, "kaplan").Interval);
        Assert.EndsWith("within the compute of its runs).", Answer(new() { Flops = 1e20 }, "epoch").Interval, StringComparison.Ordinal);
        Assert.EndsWith("1.8 decades of compute below its runs).", Answer(new() { Flops = 1e17 }, "epoch").Interval, StringComparison.Ordinal);
    }

    [Fact]
    public void Epochs_law_carries_the_spread_of_its_coefficients_into_every_number() =>
        Assert.Matches(@"^\(80 %: 5\d(\.\d)?B–9\d(\.\d)?B parameters, 1\.0\dT–1\.7\dT tokens and 1\.96–1\.99 nats per token; by Besiroglu et al\. \(Epoch AI\); 2\.3 decades of compute beyond its runs\)\.$", Answer(new() { Flops = 5.76e23 }, "epoch").Interval);

    [Fact]
    public void An_obstacle_is_the_headline() =>
        Assert.Equal("**No solution**: by Epoch the irreducible loss is 1.8169 nats per token, and 1.7 was asked for.", Answer(new() { Loss = 1.7 }, "epoch").Answer);

    [Fact]
    public void Laws_that_disagree_or_have_no_plan_are_named()
    {
        var result = Run(new() { Loss = 2.0 }, "epoch", "hoffmann3", "kaplan");
        Assert.StartsWith("Over 2 laws: ", PlanWords.Spread(result, result.Plans[0]), StringComparison.Ordinal);
        Assert.EndsWith(" Kaplan has no such plan; the table says why.", PlanWords.Spread(result, result.Plans[0]), StringComparison.Ordinal);
        var sizes = Run(new() { Flops = 5.76e23 }, "epoch", "hoffmann3", "kaplan");
        Assert.Equal("Over 3 laws: 40.4B (Hoffmann 3) to 804B parameters (Kaplan); 119B (Kaplan) to 2.38T tokens (Hoffmann 3); 1.92 (Hoffmann 3) to 1.97 nats per token (Epoch).", PlanWords.Spread(sizes, sizes.Plans[0]));
        var alone = Run(new() { Flops = 5.76e23 }, "epoch");
        Assert.Equal("", PlanWords.Spread(alone, alone.Plans[0]));
    }

    [Fact]
    public void Another_size_than_the_best_has_its_price_and_its_gain()
    {
        var goals = new TrainingGoals { Parameters = 8e9, Tokens = 15e12, ServedTokens = 1e14 };
        var plan = Run(goals, "epoch").Plans[0];
        var words = PlanWords.OffBest(plan, goals);
        Assert.Matches(@"^This takes \d+ % more compute \(80 %: \d+ %–\d+ %\) than the cheapest training of this loss, [\d.]+B parameters on \d+B tokens; it costs less over its life from [\d.]+T served tokens on \(80 %: [\d.]+T–[\d.]+T\); with 100T served tokens, \d+ % less over training and serving\.$", words);
        var large = new TrainingGoals { Parameters = 500e9, Flops = 5.76e23 };
        Assert.EndsWith("and costs more to serve too.", PlanWords.OffBest(Run(large, "epoch").Plans[0], large), StringComparison.Ordinal);
        Assert.Equal("", PlanWords.OffBest(Run(new() { Flops = 1e23 }, "epoch").Plans[0], new()));
        var both = new TrainingGoals { Flops = 1e24, Loss = 2.0 };
        Assert.Contains("A larger model of", PlanWords.OffBest(Run(both, "epoch").Plans[0], both), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_accelerators_for_the_states_and_many_passes_are_warned_of()
    {
        var result = Run(new() { Parameters = 175e9, Tokens = 1e12, Accelerators = 8, UniqueTokens = 1e11 }, "epoch");
        Assert.Equal(
            [
                "Weights, gradients and optimizer states of 175B parameters fill the memory of at least 35 accelerators; 8 are planned.",
                "It passes 10 times over the unique tokens; up to about four passes they are nearly as good as new ones.",
            ],
            PlanWords.Warnings(result.Plans[0], result.Scenario));
    }

    [Fact]
    public void Key_figures_never_stand_without_a_word_about_their_interval()
    {
        var result = Run(new() { Loss = 2.0, Days = 30 }, "epoch");
        var figures = PlanWords.KeyFigures(result.Plans[0], result.Scenario);
        Assert.Equal(5, figures.Count);
        Assert.Equal("30 days", figures[0].Value);
        Assert.StartsWith("80 %: ", figures[1].Interval, StringComparison.Ordinal);
        Assert.StartsWith("80 %: ", figures[3].Interval, StringComparison.Ordinal);
        var unknown = PlanWords.KeyFigures(Run(new() { Loss = 2.0, Days = 30 }, "hoffmann3").Plans[0], result.Scenario);
        Assert.StartsWith("no interval", unknown[1].Interval, StringComparison.Ordinal);
        Assert.Equal("no interval", unknown[3].Interval);
        Assert.Empty(PlanWords.KeyFigures(Run(new(), "epoch").Plans[0], result.Scenario));
    }

    [Fact]
    public void Tables_hold_a_row_a_law_and_a_column_a_scenario()
    {
        var state = new PlanState { Scenarios = [new(), new() { Goals = new() { Loss = 1.7 } }] };
        var view = PlanView.Of(state, [TrainingLaw.Find("epoch")!, TrainingLaw.Find("kaplan")!], null);
        var byLaw = PlanTable.ByLaw(view.Edited);
        Assert.Equal(["Besiroglu et al. (Epoch AI)", "Kaplan et al."], byLaw.Select(row => row.Name));
        Assert.All(byLaw, row => Assert.Equal(PlanTable.Columns(view.Edited).Count, row.Cells.Count));
        Assert.Equal("72.4B", byLaw[0].Cells[1].Value);
        Assert.Matches("^5[0-9.]+B–9[0-9.]+B$", byLaw[0].Cells[1].Interval);
        Assert.Equal(("5.76e23", ""), (byLaw[0].Cells[0].Value, byLaw[0].Cells[0].Interval));
        Assert.Equal("–", byLaw[1].Cells[4].Value);
        var byScenario = PlanTable.ByScenario(view);
        Assert.All(byScenario, row => Assert.Equal(2, row.Cells.Count));
        Assert.Equal("5.76e23 FLOP, 1,024 accelerators", byScenario[0].Cells[0].Value);
        Assert.Equal("–", byScenario.Single(row => row.Name == "Money").Cells[1].Value);
        Assert.StartsWith("Law\tCompute, FLOP\t80 %\tParameters\t80 %", PlanTable.Text("Law", PlanTable.Columns(view.Edited), byLaw), StringComparison.Ordinal);
        Assert.Contains("No solution", PlanTable.ByLaw(view.Results[1])[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Bits_and_what_is_served_are_said_where_they_count()
    {
        var goals = new TrainingGoals { Flops = 1e23, Parameters = 8e9, SolvesBits = true };
        Assert.Contains("** in **11.3 bits** with 1e23 FLOP", Answer(goals, "kumar").Answer, StringComparison.Ordinal);
        var plans = Run(goals, "epoch", "kumar").Plans;
        Assert.Contains("by Kumar et al., whose N_eff stands for N in Epoch's law; they print no interval of it", PlanWords.InBits(plans[0]), StringComparison.Ordinal);
        Assert.StartsWith("In 11.3 bits 8B parameters count as 7.", PlanWords.InBits(plans[1]), StringComparison.Ordinal);
        Assert.Equal("", PlanWords.InBits(Run(new() { Flops = 1e23 }, "epoch").Plans[0]));

        var life = new TrainingGoals { Parameters = 8e9, Tokens = 15e12, LifeFlops = 1e24 };
        Assert.Equal("Of 1e24 FLOP over its life, 72 % go into training; the rest serves 17.5T tokens.", PlanWords.OfLife(Run(life, "epoch").Plans[0], life));
        var trained = Run(new() { Parameters = 8e9, Tokens = 15e12 }, "epoch").Plans[0];
        Assert.Contains("It is the best of its loss for ", PlanWords.OffBest(trained, new()), StringComparison.Ordinal);

        var view = PlanView.Of(new PlanState { Scenarios = [new() { Goals = goals }, new() { Goals = life }] }, [TrainingLaw.Find("kumar")!], null);
        Assert.Equal("Bits", PlanTable.Columns(view.Results[0])[^1]);
        Assert.Equal("Compute over its life, FLOP", PlanTable.Columns(view.Results[1])[^1]);
        Assert.Equal(["11.3", "–"], PlanTable.ByScenario(view).Single(row => row.Name == "Bits").Cells.Select(cell => cell.Value));
        Assert.Equal(["–", "17.5T"], PlanTable.ByScenario(view).Single(row => row.Name == "Served tokens").Cells.Select(cell => cell.Value));
    }

    [Fact]
    public void What_did_not_change_is_not_solved_again()
    {
        TrainingLaw[] laws = [TrainingLaw.Find("epoch")!];
        var state = new PlanState().WithCopy();
        var first = PlanView.Of(state, laws, null);
        var second = PlanView.Of(state.With(state.Scenarios[1].With(TrainingQuantity.Flops, 6.4e23)), laws, first);
        Assert.Same(first.Results[0], second.Results[0]);
        Assert.NotSame(first.Results[1], second.Results[1]);
        Assert.Same(first.Frontiers, second.Frontiers);
        Assert.Same(first.Sizes, second.Sizes);
    }

    private static (string Answer, string Interval) Answer(TrainingGoals goals, string law)
    {
        var result = Run(goals, law);
        var answer = PlanWords.Answer(result.Plans[0], result.Scenario);
        return (string.Concat(answer.Sentence.Select(phrase => phrase.Bold ? $"**{phrase.Text}**" : phrase.Text)), answer.Interval);
    }

    private static ScenarioResult Run(TrainingGoals goals, params string[] laws) =>
        ScenarioRecipe.Run(new ScenarioState { Goals = goals }.ToScenario(), [.. laws.Select(key => TrainingLaw.Find(key)!)]);
}
