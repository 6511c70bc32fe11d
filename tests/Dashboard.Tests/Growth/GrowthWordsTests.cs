using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Growth;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Tests.Growth;

/// <summary>Words, tables and charts of the Growth page over a table whose savings are known.</summary>
public sealed class GrowthWordsTests
{
    private static readonly GrowthState s_state = new() { Project = GrownTable.Project, Draws = 100 };

    [Fact]
    public async Task The_answer_names_operator_sizes_savings_interval_and_seeds()
    {
        var scene = await GrownTable.SceneAsync(s_state);
        var answer = GrowthWords.Answer(scene);
        Assert.Equal("Growing by LiGO, 20K → 50K parameters, saves 45.0 % of the FLOP to the final loss of training from scratch, and 48.0 % of the time", string.Concat(answer.Sentence.Select(phrase => phrase.Text)));
        Assert.Matches(@"^\(95 %: 4\d\.\d % to 4\d\.\d %, 3 seeds; the small model is not charged\)\.$", answer.Interval);
        Assert.Equal(GrownTable.Savings(0.5, GrownTable.OperatorFlops), scene.Comparison!.Savings(CurveAxis.Flops).Value, 1e-9);
        Assert.Equal(["Savings in FLOP 45.0 %", "Savings in time 48.0 %", "Operator 1.5e10 FLOP", "Small model 1.2e11 FLOP", "Small model pays off after 1 use"], GrowthWords.KeyFigures(scene).Select(figure => $"{figure.Label} {figure.Value}"));
    }

    [Fact]
    public async Task What_costs_more_is_said_so()
    {
        var answer = GrowthWords.Answer(await GrownTable.SceneAsync(s_state with { Operator = "ki" }));
        var text = string.Concat(answer.Sentence.Select(phrase => phrase.Text));
        Assert.Contains("Growing by KI, 20K → 50K parameters, costs ", text, StringComparison.Ordinal);
        Assert.Contains("more FLOP to its own final loss", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_seed_has_no_interval_and_says_why()
    {
        var answer = GrowthWords.Answer(await GrownTable.SceneAsync(s_state, seeds: 1));
        Assert.Contains("no interval: one pair of seeds gives no interval, 1 seed", answer.Interval, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_hold_every_operator_and_what_is_published()
    {
        var scene = await GrownTable.SceneAsync(s_state);
        var operators = GrowthTable.Operators(scene);
        Assert.Equal(["LiGO", "StackBERT", "KI"], operators.Rows.Select(row => row.Name));
        Assert.Equal("45.0 %", operators.Rows[0].Cells[3].Value);
        Assert.Equal("3 never did", operators.Rows[2].Cells[^1].Value);
        Assert.All(operators.Rows, row => Assert.Equal(operators.Columns.Count - 1, row.Cells.Count));
        Assert.Contains(GrowthTable.Published.Rows, row => row.Name == "KI" && row.Cells[1].Value == "−5.7 %");
        // The counter gives what Table 3 prints.
        Assert.Equal(("3.61e15", "3.61e15"), (GrowthTable.OperatorSteps.Rows[0].Cells[0].Value, GrowthTable.OperatorSteps.Rows[0].Cells[1].Value));
        Assert.Contains("small model is charged", GrowthTable.Operators(await GrownTable.SceneAsync(s_state with { Charge = true })).Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Charts_show_savings_losses_and_the_operator()
    {
        var scene = await GrownTable.SceneAsync(s_state);
        Assert.Equal(["FLOP saved", "Loss"], GrowthFigures.Of(scene).Select(figure => figure.Title));
        var savings = GrowthFigures.Savings(scene)!;
        Assert.Equal(45, savings.Traces.Single(trace => trace.Name == "LiGO").X[0], 1e-9);
        Assert.Contains(savings.Traces, trace => trace.Name == "LiGO, 95 %");
        Assert.DoesNotContain(savings.Traces, trace => trace.Published);
        var losses = GrowthFigures.Losses(scene)!;
        // The operator is paid before the first step; a reader of tables leaves out the row without tokens.
        const double firstRow = 3e11 / 40;
        Assert.Equal(GrownTable.OperatorFlops + firstRow, losses.Traces.Single(trace => trace.Name == "LiGO").X[0], 1);
        var charged = GrowthFigures.Losses(await GrownTable.SceneAsync(s_state with { Charge = true }))!;
        Assert.Equal(GrownTable.OperatorFlops + 1.2e11 + firstRow, charged.Traces.Single(trace => trace.Name == "LiGO").X[0], 1);

        var pictures = GrowthFigures.Of(await GrownTable.SceneAsync(s_state with { View = GrowthView.Operator, Tensor = "value" }));
        Assert.Equal(
            ["What growing changes of the predictions", "Layers mixed, before learning", "Stream expanded, before learning", "Layers mixed, after learning", "Stream expanded, after learning"],
            pictures.Select(figure => figure.Title));
        Assert.Equal([1, 0.8], pictures[3].Traces[0].Z!);
        Assert.Equal([1, 0, 0, 1, 0.2, 0.8], pictures[4].Traces[0].Z!);
        Assert.All(pictures, figure => Assert.NotNull(PlotlySpec.From(figure, 360)));
    }

    [Fact]
    public async Task A_schedule_is_priced_with_the_savings_that_were_measured()
    {
        var scene = await GrownTable.SceneAsync(s_state with { View = GrowthView.Schedule });
        Assert.Equal(0.55, scene.Factor.Value, 1e-9);
        // 6·1B·20B, and 0.55 of 6·10B·200B.
        Assert.Equal(1.2e20 + 0.55 * 1.2e22, scene.Schedule.Total, 1e12);
        Assert.Equal(1.2e22, scene.Schedule.Scratch, 1e12);
        Assert.Equal(1 - (1.2e20 + 0.55 * 1.2e22) / 1.2e22, scene.Schedule.Savings, 1e-9);
        Assert.StartsWith("Growing 1B → 10B takes 6.72e21 FLOP, $", string.Concat(GrowthWords.Answer(scene).Sentence.Select(phrase => phrase.Text)), StringComparison.Ordinal);
        Assert.StartsWith("/plan?project=grown&a.factor=0.56", scene.Plan, StringComparison.Ordinal);
        var paid = await GrownTable.SceneAsync(s_state with { View = GrowthView.Schedule, FirstPaid = true, Factor = new ComputeFactor(0.5) });
        Assert.Equal(0.6e22, paid.Schedule.Total, 1e12);
        Assert.Contains("no interval", GrowthWords.Answer(paid).Interval, StringComparison.Ordinal);
        Assert.Equal(4, GrowthTable.Schedule(paid).Rows.Count);
        Assert.NotNull(PlotlySpec.From(GrowthFigures.Schedule(scene), 380));
    }

    [Fact]
    public void Without_runs_the_published_number_plans_a_schedule()
    {
        var scene = GrowthScene.Of(new GrowthState { View = GrowthView.Schedule }, null);
        Assert.Equal(0.553, scene.Factor.Value, 1e-9);
        Assert.Contains("prints no interval", scene.FactorSource, StringComparison.Ordinal);
        Assert.Equal("/plan?a.factor=0.563", scene.Plan);
    }

    [Theory]
    [InlineData(0.447, "44.7 %")]
    [InlineData(-0.057, "−5.7 %")]
    [InlineData(double.NaN, "–")]
    public void Shares_are_written_with_their_sign(double share, string expected) => Assert.Equal(expected, GrowthText.Percent(share));

    [Theory]
    [InlineData(0.2, 1, "1 use")]
    [InlineData(2.1, 1, "3 uses")]
    [InlineData(double.PositiveInfinity, 1, "never")]
    [InlineData(0.2, double.NaN, "–")]
    public void Break_even_is_in_whole_models(double breakEven, double small, string expected) => Assert.Equal(expected, GrowthText.Uses(breakEven, small));

    [Fact]
    public void Somebody_elses_column_of_that_name_is_no_picture()
    {
        Assert.Null(GrowthMatrices.Parse("3 by 4"));
        Assert.Null(GrowthMatrices.Parse("[1]"));
        Assert.Null(GrowthMatrices.Parse("{\"after\": {\"width\": [[\"x\"]]}}"));
    }
}
