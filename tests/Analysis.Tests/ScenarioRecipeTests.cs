using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Numerics.Precision;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Analysis.Tests;

public class ScenarioRecipeTests
{
    private static readonly Accelerator s_v100 = new()
    {
        Key = "v100",
        Name = "V100",
        MemoryBytes = 16e9,
        PowerWatts = 300,
        Peaks = new Dictionary<string, double> { ["fp32"] = 15.7e12, ["fp16"] = 125e12 },
        Price = new(0.79, new DateOnly(2026, 9, 20), "a list"),
        Source = "datasheet",
        SourceYear = 2020,
        Note = "",
    };

    private static TrainingScenario Scenario(TrainingGoals goals, params (AssumptionKind Kind, double Value)[] set) => new()
    {
        Goals = goals,
        Accelerator = s_v100,
        Format = NumberFormat.Find("fp16")!,
        Overrides = set.ToDictionary(pair => pair.Kind, pair => pair.Value),
    };

    // Patterson et al. 2021, arXiv 2104.10350, Table 4: GPT-3 on 10,000 V100 at 24.6 TFLOP/s each took 14.8 days, 1,287 MWh and 552 t CO2e.
    [Fact]
    public void Gpt3_takes_what_was_published()
    {
        var scenario = Scenario(
            new() { Flops = 3.14e23, Accelerators = 10_000 },
            (AssumptionKind.Utilization, 24.6 / 125), (AssumptionKind.Overhead, 1), (AssumptionKind.Power, 330), (AssumptionKind.Pue, 1.1), (AssumptionKind.Grid, 0.429));
        var plan = ScenarioRecipe.Run(scenario, [TrainingLaw.Find("kaplan")!]).Plans[0];
        Assert.Equal(3.55e6, plan.AcceleratorHours.Value, 0.01e6);
        Assert.Equal(14.8, plan[Days].Value, 0.05);
        Assert.Equal(1287e3, plan[Energy].Value, 1e3);
        Assert.Equal(552e3, plan[Carbon].Value, 1e3);
    }

    // Hoffmann et al. 2022, Table 3 and Figures 3 and 4: what Gopher's budget is best spent on.
    [Theory]
    [InlineData("hoffmann1", 67e9, 0.001)]
    [InlineData("hoffmann2", 63e9, 0.001)]
    [InlineData("hoffmann3", 40e9, 0.01)]
    [InlineData("hoffmann-unrounded", 40.36e9, 0.001)]
    [InlineData("hoffmann-rounded", 32.2e9, 0.002)]
    [InlineData("epoch", 72.4e9, 0.001)]
    public void Gophers_budget(string law, double parameters, double tolerance)
    {
        var plan = ScenarioRecipe.Run(Scenario(new() { Flops = 5.76e23 }), [TrainingLaw.Find(law)!]).Plans[0];
        Assert.Equal(1, plan[Parameters].Value / parameters, tolerance);
        Assert.Equal(5.76e23, 6 * plan[Parameters].Value * plan[Tokens].Value, 1e12);
    }

    // Table 3 is of approach 1, Table A3 of approaches 2 and 3. The printed a = 0.50 and 0.49 are rounded, the budgets printed for 175B and approach 3 contradict 6ND (1.26e24
    // for 12.0T tokens); the coefficients of approach 3 are those of the TeX source. Within those limits the sizes ask for the printed budgets.
    [Theory]
    [InlineData("hoffmann1", 400e6, 1.92e19, 0.08)]
    [InlineData("hoffmann1", 1e9, 1.21e20, 0.08)]
    [InlineData("hoffmann1", 10e9, 1.23e22, 0.08)]
    [InlineData("hoffmann1", 67e9, 5.76e23, 0.001)]
    [InlineData("hoffmann1", 175e9, 3.85e24, 0.08)]
    [InlineData("hoffmann1", 280e9, 9.90e24, 0.08)]
    [InlineData("hoffmann1", 520e9, 3.43e25, 0.08)]
    [InlineData("hoffmann1", 1e12, 1.27e26, 0.08)]
    [InlineData("hoffmann1", 10e12, 1.30e28, 0.08)]
    [InlineData("hoffmann2", 400e6, 1.84e19, 0.08)]
    [InlineData("hoffmann2", 1e9, 1.20e20, 0.08)]
    [InlineData("hoffmann2", 10e9, 1.32e22, 0.08)]
    [InlineData("hoffmann2", 67e9, 6.88e23, 0.08)]
    [InlineData("hoffmann2", 175e9, 4.54e24, 0.08)]
    [InlineData("hoffmann2", 1e12, 1.59e26, 0.08)]
    [InlineData("hoffmann2", 10e12, 1.75e28, 0.08)]
    [InlineData("hoffmann3", 400e6, 2.21e19, 0.2)]
    [InlineData("hoffmann3", 1e9, 1.62e20, 0.2)]
    [InlineData("hoffmann3", 10e9, 2.46e22, 0.2)]
    [InlineData("hoffmann3", 67e9, 1.71e24, 0.2)]
    [InlineData("hoffmann3", 280e9, 3.52e25, 0.2)]
    [InlineData("hoffmann3", 1e12, 5.65e26, 0.2)]
    [InlineData("hoffmann3", 10e12, 8.55e28, 0.2)]
    public void Hoffmanns_tables(string law, double parameters, double flops, double tolerance) =>
        Assert.Equal(1, ScenarioRecipe.Run(Scenario(new() { Parameters = parameters }), [TrainingLaw.Find(law)!]).Plans[0][Flops].Value / flops, tolerance);

    [Fact]
    public void Ten_times_the_compute_grows_sizes_as_published()
    {
        var report = ScenarioReport.Of(ScenarioRecipe.Run(Scenario(new() { Flops = 1e23 }), [TrainingLaw.Find("kaplan")!, TrainingLaw.Find("hoffmann1")!]));
        Assert.Equal((5.37, 1.86), (Math.Round(report.PerTenfold[0].Parameters, 2), Math.Round(report.PerTenfold[0].Tokens, 2)));
        Assert.Equal((3.16, 3.16), (Math.Round(report.PerTenfold[1].Parameters, 2), Math.Round(report.PerTenfold[1].Tokens, 2)));
    }

    // An 8B model on 15T tokens, as the Llama 3 report describes it.
    [Fact]
    public void An_over_trained_model_costs_more_to_train_and_less_to_serve()
    {
        var plan = ScenarioRecipe.Run(Scenario(new() { Parameters = 8e9, Tokens = 15e12 }), [TrainingLaw.Find("epoch")!]).Plans[0];
        Assert.Equal(7.2e23, plan[Flops].Value, 1e10);
        Assert.Equal(1875, plan.TokensPerParameter.Value, 1e-9);
        Assert.InRange(plan.Off!.SizeRatio, 0.1, 0.3);
        Assert.True(plan.Off.Overhead > 0.5);
        Assert.Equal(1, plan.Off.LifeCost(plan.Off.BreakEvenServedTokens), 12);
    }

    [Fact]
    public void Draws_carry_through_to_every_number_that_rests_on_the_law()
    {
        var law = Drawn();
        var plan = ScenarioRecipe.Run(Scenario(new() { Loss = 2.2, Accelerators = 1000 }), [law]).Plans[0];
        foreach (var quantity in new[] { Flops, Parameters, Tokens, Days, Money, Energy, Carbon })
        {
            Assert.False(plan[quantity].IsGiven);
            var interval = plan[quantity].Interval!;
            Assert.True(interval.Low80 < interval.High80);
            Assert.InRange(plan[quantity].Value, interval.Low95, interval.High95);
        }

        Assert.True(plan[Loss].IsGiven && plan[Loss].Interval is null);
        Assert.True(plan[Accelerators].IsGiven && plan[Accelerators].Interval is null);
        // Hours, money and energy are the same number in other units.
        Assert.Equal(plan[Flops].Interval!.High80 / plan[Flops].Interval!.Low80, plan[Money].Interval!.High80 / plan[Money].Interval!.Low80, 9);

        var sized = ScenarioRecipe.Run(Scenario(new() { Flops = 1e22, Parameters = 3e9 }), [law]).Plans[0];
        Assert.True(sized[Tokens].IsGiven && sized[Money].IsGiven);
        Assert.NotNull(sized[Loss].Interval);
        Assert.NotNull(sized.Overhead);
    }

    [Fact]
    public void Draws_that_cannot_reach_the_loss_are_counted()
    {
        var law = Drawn();
        var plan = ScenarioRecipe.Run(Scenario(new() { Loss = 1.835 }), [law]).Plans[0];
        Assert.InRange(plan.FailedDraws, 1, law.Draws.Count - 1);
        Assert.Contains("bootstrap draws reach no such training", plan.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Laws_that_disagree_are_named()
    {
        var result = ScenarioRecipe.Run(Scenario(new() { Flops = 5.76e23 }), [TrainingLaw.Find("epoch")!, TrainingLaw.Find("kaplan")!, TrainingLaw.Find("hoffmann3")!]);
        var sizes = result.Disagreements.Single(apart => apart.Quantity == Parameters);
        Assert.Equal(("hoffmann3", "kaplan"), (sizes.LowLaw.Key, sizes.HighLaw.Key));
        Assert.DoesNotContain(result.Disagreements, apart => apart.Quantity is Flops or Money);
        // Kaplan's line has no loss, so two laws are compared.
        Assert.Equal("hoffmann3", result.Disagreements.Single(apart => apart.Quantity == Loss).LowLaw.Key);
    }

    [Fact]
    public void Beyond_the_runs_of_the_law_is_measured_in_decades()
    {
        Assert.Equal(2, ScenarioRecipe.Run(Scenario(new() { Flops = 3e23 }), [TrainingLaw.Find("epoch")!]).Plans[0].DecadesBeyond!.Value, 9);
        Assert.Equal(0, ScenarioRecipe.Run(Scenario(new() { Flops = 3e20 }), [TrainingLaw.Find("epoch")!]).Plans[0].DecadesBeyond!.Value);
        Assert.Null(ScenarioRecipe.Run(Scenario(new() { Flops = 3e20 }), [TrainingLaw.Find("kaplan")!]).Plans[0].DecadesBeyond);
    }

    [Fact]
    public void Every_published_law_says_what_is_known_of_its_uncertainty()
    {
        Assert.All(TrainingLaw.Published, law => Assert.Contains("interval", law.Uncertainty, StringComparison.Ordinal));
        Assert.Equal(9, TrainingLaw.Published.Select(law => law.Key).Distinct().Count());
    }

    [Fact]
    public void Bits_act_on_the_loss_by_the_law_of_precision()
    {
        var kumar = PublishedPrecisions.Kumar.Law;
        LawPlan Plan(TrainingGoals goals, string law = "kumar") => ScenarioRecipe.Run(Scenario(goals), [TrainingLaw.Find(law)!]).Plans[0];
        foreach (var (goals, optimum) in new[]
        {
            (new TrainingGoals { Flops = 1e22, Bits = 6 }, kumar.OptimumAtBits(1e22, 6)), (new() { Flops = 1e22, SolvesBits = true }, kumar.JointOptimum(1e22)),
            (new() { Flops = 1e22, Parameters = 8e9, SolvesBits = true }, kumar.OptimumAtParameters(1e22, 8e9)), (new() { Loss = 2.85, Parameters = 8e9, SolvesBits = true }, kumar.CheapestForLoss(8e9, 2.85)),
        })
        {
            var (plan, best) = (Plan(goals), optimum.Value!);
            Assert.Equal(1, plan[Bits].Value / best.Bits, 1e-9);
            Assert.Equal(1, plan[Parameters].Value / best.Parameters, 1e-9);
            Assert.Equal(1, plan[Tokens].Value / best.Tokens, 1e-8);
            Assert.Equal(1, plan[Flops].Value / best.Flops, 1e-8);
            Assert.Equal(best.Loss, plan[Loss].Value, 1e-9);
            Assert.Equal(kumar.Share(TrainingBits.Tied(best.Bits)), plan.Share, 1e-9);
        }

        // The bits that a loss needs, and those that a budget pays for.
        var loss = kumar.TrainingLoss(8e9, 1e11, TrainingBits.Tied(5));
        Assert.Equal(5, Plan(new() { Parameters = 8e9, Tokens = 1e11, Loss = loss, SolvesBits = true })[Bits].Value, 1e-7);
        var paid = Plan(new() { Parameters = 8e9, Tokens = 1e11, Flops = 3e21, SolvesBits = true });
        Assert.Equal(10, paid[Bits].Value, 1e-9);
        Assert.True(paid[Bits].IsGiven && !Plan(new() { Flops = 1e22, SolvesBits = true })[Bits].IsGiven);

        // In another law N_eff stands for N.
        var epoch = PublishedSurfaces.Epoch.Law;
        var trained = Plan(new() { Parameters = 8e9, Tokens = 1e11, Bits = 4 }, "epoch");
        Assert.Equal(epoch.Predict(new LawPoint(8e9 * kumar.Share(TrainingBits.Tied(4)), 1e11, double.NaN)), trained[Loss].Value, 1e-12);
        Assert.Equal(6 * 8e9 * 1e11 * 4 / 16, trained[Flops].Value, 1e6);
        // A line has no loss: the bits change what it costs.
        Assert.Equal(Plan(new() { Flops = 4e22 }, "kaplan")[Parameters].Value, Plan(new() { Flops = 1e22, Bits = 4 }, "kaplan")[Parameters].Value, 1);
        Assert.Equal(ObstacleKind.LawWithoutLoss, Plan(new() { Flops = 1e22, SolvesBits = true }, "kaplan").Plan.Obstacle!.Kind);
    }

    [Fact]
    public void An_hour_in_the_bits_of_its_format_does_what_the_vendor_says()
    {
        var scenario = Scenario(new() { Parameters = 1e9, Tokens = 2e10, Bits = 16 });
        var plan = ScenarioRecipe.Run(scenario, [TrainingLaw.Find("epoch")!]).Plans[0];
        Assert.Equal(6e9 * 2e10 * 1.1 / (125e12 * 0.4 * 3600), plan.AcceleratorHours.Value, 1e-9);
        var half = ScenarioRecipe.Run(scenario with { Goals = scenario.Goals with { Bits = 8 } }, [TrainingLaw.Find("epoch")!]).Plans[0];
        Assert.Equal(plan.AcceleratorHours.Value / 2, half.AcceleratorHours.Value, 1e-9);
        Assert.True(half[Loss].Value > plan[Loss].Value);
    }

    [Fact]
    public void A_fitted_law_of_precision_plans_its_own_bits_with_an_interval()
    {
        var analysis = PrecisionAnalysis.Run(PrecisionSweeps.Simulated(keep: row => row.Post is null), new FitRecipeOptions { Bootstrap = 60, Seed = 1 });
        var law = Drawn() with { Allocation = analysis.Fit.Law, Surface = analysis.Fit.Law, Draws = analysis.Fit.Result.Bootstrap.Laws };
        Assert.IsType<PrecisionForm>(law.Surface!.Form);
        var plan = ScenarioRecipe.Run(Scenario(new() { Flops = 1e20, SolvesBits = true }), [law]).Plans[0];
        Assert.Equal(analysis.Law.JointBits()!.Value, plan[Bits].Value, 1e-9);
        Assert.InRange(plan[Bits].Value, plan[Bits].Interval!.Low95, plan[Bits].Interval!.High95);
        Assert.True(plan[Bits].Interval!.Low80 < plan[Bits].Interval!.High80);
        Assert.Equal(analysis.Law.Share(TrainingBits.Tied(plan[Bits].Value)), plan.Share, 1e-12);
    }

    [Fact]
    public void The_compute_of_a_life_says_what_can_be_served()
    {
        LawPlan Plan(TrainingGoals goals, ComputeFactor? factor = null) => ScenarioRecipe.Run(Scenario(goals) with { Factor = factor }, [TrainingLaw.Find("epoch")!]).Plans[0];
        Assert.Equal(1.75e13, Plan(new() { Parameters = 8e9, Tokens = 15e12, LifeFlops = 1e24 })[ServedTokens].Value, 1e4);
        var most = Plan(new() { Loss = 2.1, LifeFlops = 1e24 });
        Assert.Equal(1e24, most[Flops].Value + 2 * most[Parameters].Value * most[ServedTokens].Value, 1e16);
        Assert.NotNull(most[ServedTokens].Interval);
        // It is the cheapest of its loss for what it serves, and the served tokens give it back.
        Assert.Equal(1, most.BestServed.Value / most[ServedTokens].Value, 1e-6);
        Assert.Equal(1, Plan(new() { Loss = 2.1, ServedTokens = most[ServedTokens].Value })[Parameters].Value / most[Parameters].Value, 1e-8);
        // A factor spares training, not serving; few bits spare both.
        var spared = Plan(new() { Parameters = 8e9, Tokens = 15e12, LifeFlops = 1e24 }, new ComputeFactor(0.5));
        Assert.Equal((1e24 - 3.6e23) / 1.6e10, spared[ServedTokens].Value, 1e4);
        Assert.Equal((2e24 - 7.2e23) / 1.6e10, Plan(new() { Parameters = 8e9, Tokens = 15e12, LifeFlops = 1e24, Bits = 8 })[ServedTokens].Value, 1e4);
        Assert.Equal(0, Plan(new() { Flops = 1e23 }).BestServed.Value);
        Assert.True(Plan(new() { Flops = 1e23, Parameters = 1e11 }).BestServed.Value < 0);
    }

    [Theory]
    [InlineData(3.0, null, null, null, "No solution: 3 bits lie outside of what few bits are known to do (Kumar et al.), which holds above 3.11 bits: at fewer no effective parameter is left, and training diverges.")]
    [InlineData(null, 70e9, 1.4e12, null, "No solution: 70B parameters and 1.4T tokens alone do not say how many bits: more are always better where nothing limits them. Give compute, money, energy, days or a loss.")]
    [InlineData(null, 70e9, 1.4e12, 1.9, "No solution: by Epoch 70B parameters on 1.4T tokens in any bits never get below 1.9734 nats per token, and 1.9 was asked for.")]
    [InlineData(5.0, 1e9, null, 2.17, "No solution: by Epoch a model of 1B parameters never gets below 2.2969 nats per token in 5 bits, and 2.17 was asked for.")]
    public void Bits_without_an_answer_are_said_in_words(double? bits, double? parameters, double? tokens, double? loss, string words)
    {
        var scenario = Scenario(new() { Bits = bits, SolvesBits = bits is null, Parameters = parameters, Tokens = tokens, Loss = loss, Flops = parameters is null ? 1e22 : null });
        var plan = ScenarioRecipe.Run(scenario, [TrainingLaw.Find("epoch")!]).Plans[0];
        Assert.StartsWith(words, ObstacleWords.Text(plan.Plan.Obstacle!, scenario, plan.Law), StringComparison.Ordinal);
    }

    [Fact]
    public void Assumptions_name_their_source_and_say_when_they_were_set()
    {
        var scenario = Scenario(new(), (AssumptionKind.Power, 330));
        Assert.All(scenario.Assumptions, assumption => Assert.NotEmpty(assumption.Source));
        Assert.Equal([AssumptionKind.Power], scenario.Assumptions.Where(assumption => assumption.IsOverridden).Select(assumption => assumption.Kind));
        Assert.Equal((0.79, "a list, list price read 2026-09-20"), (scenario.Assume(AssumptionKind.Price).Value, scenario.Assume(AssumptionKind.Price).Source));
        Assert.Equal(125e12 * 0.4 * 3600 / 1.1, scenario.Rates.PerHour(Flops), 1);
    }

    [Fact]
    public void A_report_without_any_plan_is_refused_with_every_reason()
    {
        var failure = Assert.Throws<AnalysisException>(() => ScenarioReport.Of(ScenarioRecipe.Run(Scenario(new() { Loss = 1.5 }), [TrainingLaw.Find("epoch")!, TrainingLaw.Find("kaplan")!])));
        Assert.Contains("by Epoch the irreducible loss is 1.8169 nats per token, and 1.5 was asked for", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Kaplan says how to split a budget and nothing about the loss", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5.76e23, 70e9, 1.4e12, null, "Contradictory: 70B parameters and 1.4T tokens take 5.88e23 FLOP, but 5.76e23 FLOP is given, 2.0 % less. Leave one of them open.")]
    [InlineData(null, 70e9, 1.4e12, 2.5, "Contradictory: 70B parameters and 1.4T tokens end at 1.9734 nats per token, not at the given 2.5; 0.5266 apart. Leave one of them open.")]
    [InlineData(1e22, null, null, 2.0, "No solution: by Epoch a loss of 2.0 nats per token takes at least 2.44e23 FLOP, 24 times the 1e22 FLOP that there are.")]
    [InlineData(null, 1e9, null, 2.0, "No solution: by Epoch a model of 1B parameters never gets below 2.1739 nats per token, and 2.0 was asked for.")]
    [InlineData(null, null, 1e9, 2.0, "No solution: by Epoch on 1B tokens no model gets below 2.8798 nats per token, and 2.0 was asked for.")]
    [InlineData(null, null, null, null, "Not enough is given: say how large the training is, by compute, money, energy, accelerators and days, parameters, tokens or loss.")]
    public void Obstacles_are_said_in_words(double? flops, double? parameters, double? tokens, double? loss, string words)
    {
        var scenario = Scenario(new() { Flops = flops, Parameters = parameters, Tokens = tokens, Loss = loss });
        var plan = ScenarioRecipe.Run(scenario, [TrainingLaw.Find("epoch")!]).Plans[0];
        Assert.Equal(words, ObstacleWords.Text(plan.Plan.Obstacle!, scenario, plan.Law));
    }

    [Fact]
    public void Days_and_accelerators_that_do_not_fit_the_compute_hint_at_the_utilization()
    {
        var scenario = Scenario(new() { Flops = 1e22, Accelerators = 100, Days = 30 });
        var words = ObstacleWords.Text(ScenarioRecipe.Run(scenario, [TrainingLaw.Find("epoch")!]).Plans[0].Plan.Obstacle!, scenario, TrainingLaw.Find("epoch")!);
        Assert.EndsWith("They would agree at a utilization of 34.0 %.", words, StringComparison.Ordinal);
        Assert.Null(ScenarioRecipe.Run(Scenario(scenario.Goals, (AssumptionKind.Utilization, 1e22 * 1.1 / (125e12 * 100 * 30 * 86400))), [TrainingLaw.Find("epoch")!]).Plans[0].Plan.Obstacle);
    }

    /// <summary>A fit of a simulated sweep with its draws.</summary>
    private static TrainingLaw Drawn()
    {
        var input = Sweeps.Simulated();
        var result = FitRecipe.Run(input.Observations, new FitRecipeOptions { Bootstrap = 100 });
        return new TrainingLaw
        {
            Key = "f1",
            Name = "mine",
            ShortName = "mine",
            Source = "here",
            Counting = "all",
            Allocation = result.Fit.Law,
            Surface = result.Fit.Law,
            Draws = result.Bootstrap.Laws,
            Uncertainty = "draws",
        };
    }
}
