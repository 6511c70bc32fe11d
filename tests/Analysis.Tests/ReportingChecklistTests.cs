using System.Globalization;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;
using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

public class ReportingChecklistTests
{
    private static readonly FitRecipeOptions s_options = new() { Bootstrap = 0 };

    private static ReportingChecklist Of(RunSet input, IReadOnlyList<ExcludedRun>? excluded = null, FitRecipeOptions? options = null, bool diagnose = false)
    {
        var result = FitRecipe.Run(input.Observations, options ?? s_options);
        var intervals = FitIntervals.Of(result, options ?? s_options);
        return ReportingChecklist.Of(result, options ?? s_options, intervals, input, excluded ?? [], diagnose ? FitDiagnostics.Run(result, options ?? s_options, intervals, 1e23, 2) : null);
    }

    private static ChecklistItem Item(ReportingChecklist checklist, string question) =>
        checklist.Areas.SelectMany(area => area.Items).Single(item => item.Question == question);

    [Fact]
    public void Has_the_four_areas() =>
        Assert.Equal(["Form and hypothesis", "Training set-up", "Data extraction", "Fitting"], Of(Simulated()).Areas.Select(area => area.Name));

    [Fact]
    public void Says_what_is_not_recorded()
    {
        var checklist = Of(Simulated());
        foreach (var question in new[] { "Which training data?", "Which optimizer?", "Which schedule?", "How was it validated?", "How uncertain is it?" })
        {
            Assert.False(Item(checklist, question).IsRecorded);
            Assert.StartsWith("not recorded: ", Item(checklist, question).Answer, StringComparison.Ordinal);
        }

        Assert.Equal(checklist.Areas.Sum(area => area.Items.Count(item => !item.IsRecorded)), checklist.Count - checklist.Recorded);
    }

    [Fact]
    public void Reads_the_columns_of_the_runs()
    {
        var input = Simulated();
        input = input with { Observations = [.. input.Observations.Select((row, i) => row with { Config = [new("optimizer", "AdamW"), new("LR", i % 2 == 0 ? "2e-4" : "1e-4")] })] };
        var checklist = Of(input);
        Assert.Equal(new ChecklistItem("Which optimizer?", "Optimizer AdamW.", true), Item(checklist, "Which optimizer?"));
        Assert.Equal("LR 2e-4 and 1e-4.", Item(checklist, "Which learning rates?").Answer);
    }

    [Fact]
    public void Names_excluded_runs_with_their_reasons_and_says_when_there_is_none()
    {
        Assert.Equal("None.", Item(Of(Simulated()), "Which runs were excluded, and why?").Answer);
        var item = Item(Of(Simulated(), [new("a", "diverged"), new("b", "")]), "Which runs were excluded, and why?");
        Assert.Equal("2 runs: a (diverged); b (no reason recorded).", item.Answer);
        Assert.False(item.IsRecorded);
    }

    [Fact]
    public void Tells_checkpoints_from_final_rows()
    {
        Assert.Equal("One row of each of 72 runs.", Item(Of(Simulated()), "Which checkpoints?").Answer);
        Assert.StartsWith("144 rows of 72 runs", Item(Of(Simulated(checkpoints: 2)), "Which checkpoints?").Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_validation_and_intervals_where_there_are_any()
    {
        var checklist = Of(Simulated(), null, new FitRecipeOptions { Bootstrap = 30, Seed = 5 }, diagnose: true);
        Assert.StartsWith("Fitted without the largest 2 budgets, it predicts their runs with a mean absolute relative error of 0.", Item(checklist, "How was it validated?").Answer, StringComparison.Ordinal);
        Assert.StartsWith("Percentile intervals of 30 bootstrap draws of points, 0 of which failed; a 0.5", Item(checklist, "How uncertain is it?").Answer, StringComparison.Ordinal);
        Assert.Contains("seed 5", Item(checklist, "With which code, options and seed?").Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IntervalKind.Percentile, 30, "Percentile intervals of 30 bootstrap draws of points, 0 of which failed; a 0.5")]
    [InlineData(IntervalKind.BiasCorrected, 60, "BCa intervals of 60 bootstrap draws of points, 0 of which failed; a 0.5")]
    [InlineData(IntervalKind.Profile, 0, "Profile likelihood with χ² cut-offs, points independent; a 0.5")]
    [InlineData(IntervalKind.AdjustedProfile, 0, "Profile likelihood with χ² cut-offs, for robust losses adjusted by the sandwich covariance, points independent; a 0.5")]
    [InlineData(IntervalKind.Delta, 0, "Delta method with the sandwich covariance, points independent; a 0.5")]
    public void No_coefficient_is_reported_without_its_interval_of_the_kind_in_use(IntervalKind kind, int draws, string words)
    {
        var options = new FitRecipeOptions { Bootstrap = draws, Intervals = kind };
        var checklist = Of(Simulated(), null, options);
        Assert.StartsWith(words, Item(checklist, "How uncertain is it?").Answer, StringComparison.Ordinal);
        Assert.Matches(@"^E = [\d.]+ \(80 %: [\d.]+ to [\d.]+\), .* and β = [\d.]+ \(80 %: [\d.]+ to [\d.]+\)\.$", Item(checklist, "Coefficients that are fitted?").Answer);
        Assert.Matches(@"D_opt as C\^[\d.]+ \(80 %: [\d.]+ to [\d.]+ for the former\)\.$", Item(checklist, "How is compute allocated by it?").Answer);
        Assert.EndsWith("D_opt as C^0.5, as the form of the law says.", Item(Of(Simulated(), null, options with { Law = "tied" }), "How is compute allocated by it?").Answer, StringComparison.Ordinal);
        Assert.Contains("(no interval)", Item(Of(Simulated()), "Coefficients that are fitted?").Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Resampling.Points, "of points")]
    [InlineData(Resampling.Budgets, "of budgets")]
    [InlineData(Resampling.Families, "of families")]
    [InlineData(Resampling.Models, "of models with what was quantised from them")]
    public void Says_what_a_draw_resampled(Resampling resampling, string words)
    {
        var input = Simulated();
        input = input with { Observations = [.. input.Observations.Select((row, i) => row with { Family = i % 9 < 4 ? "left" : "right" })] };
        Assert.Contains($" bootstrap draws {words}, ", Item(Of(input, null, new FitRecipeOptions { Bootstrap = 20, Resampling = resampling }), "How uncertain is it?").Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FitMethod.Huber, "Sum of Huber losses of log residuals, δ = 0.001.")]
    [InlineData(FitMethod.VariableProjection, "Residual sum of squares of the loss, by variable projection.")]
    [InlineData(FitMethod.Squared, "Residual sum of squares of the loss.")]
    [InlineData(FitMethod.LogSquared, "Residual sum of squares of the log loss.")]
    [InlineData(FitMethod.ScaledHuber, "Likelihood of Huber-distributed log residuals with free scale, δ = 0.001.")]
    [InlineData(FitMethod.AbsoluteDeviation, "Sum of absolute log residuals.")]
    public void Says_what_was_minimised(FitMethod method, string words) =>
        Assert.Equal(words, Item(Of(Simulated(), null, s_options with { Fit = new FitOptions { Method = method } }), "Which objective?").Answer);

    [Theory]
    [InlineData("chinchilla", "Parameters N and training tokens D; loss in nats per token.")]
    [InlineData("compute", "Training compute C; loss in nats per token.")]
    [InlineData("repeated", "Parameters N, training tokens D and unique tokens U; loss in nats per token.")]
    [InlineData("task", "Loss L; the metric 'accuracy', 0 to 1.")]
    public void Names_the_variables_of_the_law(string law, string words)
    {
        var input = Simulated(noise: 0.002);
        input = input with
        {
            Observations =
            [
                .. input.Observations.Select((row, i) => row with
                {
                    Config =
                    [
                        new("accuracy", FormattableString.Invariant($"{0.25 + 0.5 / (1 + Math.Exp(4 * (row.Loss - 2.4)))}")),
                        new("unique_tokens", (row.Tokens / (1 + i % 3)).ToString("R", CultureInfo.InvariantCulture)),
                    ],
                }),
            ],
        };
        Assert.Equal(words, Item(Of(input, null, s_options with { Law = law, MetricColumn = "accuracy" }), "Variables?").Answer);
    }

    [Fact]
    public void Bits_are_variables_of_their_own()
    {
        var options = s_options with { Law = "precision-w-a-kv-post" };
        Assert.Equal(
            "Parameters N, training tokens D, bits of the weights P_w, bits of the activations P_a, bits of the KV cache P_kv and bits of the weights after training P_post; loss in nats per token.",
            Item(Of(PrecisionSweeps.Simulated(), null, options), "Variables?").Answer);
        Assert.All(LawForms.All.Append(options.Form).SelectMany(form => form.Inputs).Distinct(), input => Assert.NotEmpty(LawInputWords.Plural(input)));
    }

    [Fact]
    public void Markdown_is_a_list_per_area_and_escapes_what_users_wrote()
    {
        var checklist = new ReportingChecklist(
        [
            new("Form and hypothesis", [new("Form?", "L = E.", true)]),
            new("Data extraction", [new("Excluded?", "run_1 (*bad*\n<b>)", false)]),
        ]);
        Assert.Equal(
            """
            # Reporting checklist of a scaling law

            1 of 2 items are recorded. After (Mis)Fitting, arXiv 2502.18969.

            ## Form and hypothesis

            - [x] **Form?** L = E.

            ## Data extraction

            - [ ] **Excluded?** run\_1 (\*bad\* \<b\>)

            """.ReplaceLineEndings("\n"),
            checklist.ToMarkdown());
    }

    [Fact]
    public void A_law_of_a_metric_asks_for_its_task()
    {
        var input = Simulated(noise: 0.002);
        input = input with { Observations = [.. input.Observations.Select(row => row with { Config = [new("accuracy", FormattableString.Invariant($"{0.25 + 0.5 / (1 + Math.Exp(4 * (row.Loss - 2.4)))}"))] })] };
        var checklist = Of(input, null, s_options with { Law = "task", MetricColumn = "accuracy" });
        Assert.Contains("'accuracy'", Item(checklist, "Which metric, on which data?").Answer, StringComparison.Ordinal);
        Assert.Equal("It does not say how to split compute.", Item(checklist, "How is compute allocated by it?").Answer);
    }
}
