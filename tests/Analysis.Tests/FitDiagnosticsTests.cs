using System.Globalization;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Fitting.Diagnostics;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;
using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

public class FitDiagnosticsTests
{
    private static readonly FitRecipeOptions s_few = new() { Bootstrap = 40 };

    private static FitDiagnostics Diagnose(IEnumerable<Observation> rows, FitRecipeOptions? options = null, int holdout = 1) =>
        Run(FitRecipe.Run([.. rows], options ?? s_few), options ?? s_few, holdout);

    private static FitDiagnostics Run(FitResult result, FitRecipeOptions options, int holdout = 1, CancellationToken cancellationToken = default) =>
        FitDiagnostics.Run(result, options, FitIntervals.Of(result, options, CancellationToken.None), 1e23, holdout, null, cancellationToken);

    [Fact]
    public void A_good_sweep_has_every_diagnostic_and_no_warning()
    {
        var diagnostics = Diagnose(Simulated(noise: 0.002).Observations);
        Assert.Equal(72, diagnostics.Residuals.Points.Count);
        Assert.Equal(72, diagnostics.Influence.Count);
        Assert.Equal(diagnostics.Influence.Select(point => point.Distance).OrderDescending(), diagnostics.Influence.Select(point => point.Distance));
        Assert.NotNull(diagnostics.Conditioning);
        Assert.Equal(9, diagnostics.LeaveOneOut.Count);
        Assert.All(diagnostics.LeaveOneOut, left => Assert.InRange(left.Error.AbsoluteRelativeError, 1e-5, 0.01));
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], diagnostics.RollOut.Select(step => step.Budgets));
        Assert.All(diagnostics.RollOut, step => Assert.NotNull(step.Exponent!.Interval));
        Assert.NotNull(diagnostics.Holdout);
        Assert.NotNull(diagnostics.ParabolaBias!.Parameters.Interval);
        Assert.Equal(2 + PublishedLaws.All.Count, diagnostics.Waste.Count);
        Assert.Empty(diagnostics.NotDone);
        Assert.DoesNotContain(diagnostics.Warnings, warning => warning.Kind is "outliers" or "influence" or "holdout" or "conditioning");
    }

    [Fact]
    public void A_roll_out_narrows_and_ends_with_the_fit_itself()
    {
        var rows = Simulated(noise: 0.003).Observations;
        var result = FitRecipe.Run(rows, s_few);
        var rollOut = Run(result, s_few).RollOut;
        Assert.Equal(result.Fit.Law.ParameterExponent, rollOut[^1].Exponent!.Value, 1e-8);
        Assert.Equal(1, result.Fit.Law.Optimum(1e23).Parameters / rollOut[^1].Parameters!.Value, 1e-6);
        Assert.True(rollOut[^1].Exponent!.Interval!.StandardError < rollOut[0].Exponent!.Interval!.StandardError);
    }

    [Fact]
    public void Wrong_rules_waste_compute_and_the_law_behind_the_runs_does_not()
    {
        var waste = Diagnose(Simulated(noise: 0.001).Observations).Waste;
        Assert.All(waste, rule => Assert.InRange(rule.Share.Value, 0, 1));
        Assert.True(Of("Kaplan et al.").Share.Value > 0.05);
        Assert.True(Of(PublishedLaws.Epoch.Name).Share.Value < 1e-3);
        Assert.Equal(Of("Kaplan et al.").Flops.Value, 1e23 * Of("Kaplan et al.").Share.Value, 1e12);

        WastedCompute Of(string rule) => waste.Single(one => one.Rule == rule);
    }

    [Fact]
    public void A_bad_run_is_named_as_outlier()
    {
        var rows = Simulated(noise: 0.002).Observations.Select((row, i) => i == 40 ? row with { Loss = 1.08 * row.Loss } : row).ToArray();
        var diagnostics = Diagnose(rows);
        Assert.Contains(rows[40].Run, Assert.Single(diagnostics.Warnings, warning => warning.Kind == "outliers").Text, StringComparison.Ordinal);
        Assert.Equal(40, diagnostics.Residuals.Points.Select((point, i) => (point, i)).MaxBy(pair => pair.point.Standardised).i);
    }

    [Fact]
    public void A_run_that_bends_a_least_squares_fit_is_named_with_the_exponent_without_it()
    {
        var options = s_few with { Fit = new FitOptions { Method = FitMethod.VariableProjection } };
        var rows = Simulated(noise: 0.002).Observations.Select((row, i) => i == 71 ? row with { Loss = 1.1 * row.Loss } : row).ToArray();
        var diagnostics = Diagnose(rows, options);
        var warning = Assert.Single(diagnostics.Warnings, warning => warning.Kind == "influence");
        Assert.Contains($"without {rows[71].Run}, a is", warning.Text, StringComparison.Ordinal);
        Assert.Equal(71, diagnostics.Influence[0].Point);
    }

    [Fact]
    public void A_largest_budget_off_the_law_is_said()
    {
        var rows = Simulated(noise: 0.001).Observations.Select(row => row.Budget >= 3e21 ? row with { Loss = 1.03 * row.Loss } : row);
        var diagnostics = Diagnose(rows);
        Assert.StartsWith("The largest budget is predicted ", Assert.Single(diagnostics.Warnings, warning => warning.Kind == "holdout").Text, StringComparison.Ordinal);
        Assert.StartsWith("The largest 2 budgets are predicted ", Assert.Single(Diagnose(rows, holdout: 2).Warnings, warning => warning.Kind == "holdout").Text, StringComparison.Ordinal);
        Assert.True(diagnostics.Holdout!.All.Error.SignedRelativeError < -0.01);
    }

    [Fact]
    public void Where_the_law_fixes_its_exponents_a_coefficient_shows_what_moves()
    {
        var options = s_few with { Law = "tied" };
        Assert.Equal("E", FitDiagnostics.Headline(options.Form).Key);
        var diagnostics = Diagnose(Simulated(noise: 0.002).Observations, options);
        Assert.True(diagnostics.LeaveOneOutInterval!.Low80 < diagnostics.LeaveOneOutInterval.High80);
        Assert.All(diagnostics.RollOut, step => Assert.Null(step.Exponent));
        Assert.All(diagnostics.RollOut, step => Assert.NotNull(step.Parameters));
    }

    [Fact]
    public void Sizes_far_apart_bias_parabolas()
    {
        // α far from β, sizes 16-fold either way.
        var rows = SweepSimulation.Run(new SweepSimulationOptions { Law = new ChinchillaLaw(1.69, 406.4, 410.7, 0.465, 0.155), Budgets = Budgets, Range = 16, Checkpoints = 1, Noise = 0 });
        var diagnostics = Diagnose(rows.Select(row => row.Row), s_few with { Bootstrap = 0 });
        Assert.True(Math.Abs(diagnostics.ParabolaBias!.Parameters.Value) > 0.1);
        Assert.Contains(diagnostics.Warnings, warning => warning.Kind == "bias");
        Assert.Contains(diagnostics.NotDone.Concat(diagnostics.Warnings), warning => warning.Kind is "bias" or "waste");
    }

    [Fact]
    public void One_budget_leaves_out_what_needs_more()
    {
        // Off 6ND by enough to tell N from D.
        var rows = Simulated(noise: 0.001).Observations.Where((_, i) => i % 3 == 0).Select(row => row with { Budget = 1e20 });
        var diagnostics = Diagnose(rows);
        Assert.Empty(diagnostics.LeaveOneOut);
        Assert.Empty(diagnostics.RollOut);
        Assert.Null(diagnostics.Holdout);
        Assert.Null(diagnostics.ParabolaBias);
        Assert.Equal(["leave-out", "holdout", "roll-out", "bias", "waste"], diagnostics.NotDone.Select(warning => warning.Kind));
    }

    [Fact]
    public void Fewer_budgets_than_are_held_out_leave_out_the_hold_out_alone()
    {
        var diagnostics = Diagnose(Simulated().Observations, s_few with { Bootstrap = 0 }, holdout: 8);
        Assert.Null(diagnostics.Holdout);
        Assert.Contains("needs at least 10 budgets", Assert.Single(diagnostics.NotDone).Text, StringComparison.Ordinal);
        Assert.NotEmpty(diagnostics.RollOut);
    }

    [Fact]
    public void A_fit_without_an_answer_is_refused()
    {
        var rows = Simulated().Observations.Select(row => row with { Loss = 2.5 });
        Assert.Contains("all losses are equal", Assert.Throws<AnalysisException>(() => Diagnose(rows)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_law_of_compute_alone_has_no_allocation_to_judge()
    {
        var diagnostics = Diagnose(Simulated().Observations, s_few with { Law = "compute" });
        Assert.Null(diagnostics.ParabolaBias);
        Assert.Empty(diagnostics.Waste);
        Assert.All(diagnostics.RollOut, step =>
        {
            Assert.Null(step.Exponent);
            Assert.Null(step.Parameters);
            Assert.NotNull(step.Loss);
        });
        Assert.Equal(double.NaN, diagnostics.Conditioning!.Projected);
        Assert.Equal("E", FitDiagnostics.Headline(LawForms.Find("compute")!).Key);
    }

    [Fact]
    public void A_law_of_a_metric_is_diagnosed_in_its_own_unit()
    {
        var rows = Simulated(noise: 0.002).Observations.Select((row, i) => row with
        {
            Config = [new("accuracy", (0.25 + 0.5 / (1 + Math.Exp(4 * (row.Loss - 2.4))) + 0.003 * (i % 3 - 1)).ToString("R", CultureInfo.InvariantCulture))],
        });
        var diagnostics = Diagnose(rows, s_few with { Law = "task", MetricColumn = "accuracy", Fit = new FitOptions { Method = FitMethod.Squared } });
        Assert.False(diagnostics.Residuals.AreLogarithmic);
        Assert.All(diagnostics.Residuals.Points, point => Assert.InRange(point.Predicted, 0, 1));
        Assert.Empty(diagnostics.Waste);
        Assert.All(diagnostics.RollOut, step => Assert.Null(step.Loss));
        Assert.InRange(diagnostics.Holdout!.All.Error.AbsoluteRelativeError, 0, 0.05);
    }

    [Fact]
    public void Many_budgets_are_joined_into_bands()
    {
        var rows = Enumerable.Range(0, 120).Select(i => (N: 1e7 * Math.Pow(1.05, i), Ratio: 5 * (1 + 7 * (i % 5))))
            .Select((run, i) => Row($"{i}", run.N, run.Ratio * run.N, Epoch.Loss(run.N, run.Ratio * run.N) * (1 + 0.001 * (i % 3 - 1)), budget: 1e18 * (i + 1)));
        var diagnostics = Diagnose(rows, s_few with { Bootstrap = 0 });
        Assert.Equal(30, diagnostics.Budgets.Count);
        Assert.Equal(120, diagnostics.Budgets.Sum(band => band.Members.Count));
        Assert.Equal("bands", diagnostics.NotDone[0].Kind);
    }

    [Fact]
    public void The_same_numbers_every_time()
    {
        var (first, second) = (Diagnose(Simulated().Observations), Diagnose(Simulated().Observations));
        Assert.Equal(first.Influence.Select(point => point.Distance), second.Influence.Select(point => point.Distance));
        Assert.Equal(first.RollOut, second.RollOut);
        Assert.Equal(first.Waste, second.Waste);
    }

    [Fact]
    public void Cancels()
    {
        var result = FitRecipe.Run(Simulated().Observations, s_few);
        Assert.ThrowsAny<OperationCanceledException>(() => Run(result, s_few, 1, new CancellationToken(true)));
    }

    // reference figures: about 9.9e6 for the raw Hessian of the Huber objective on the 240 points
    [SkippableFact]
    public async Task The_raw_curvature_of_the_240_points_is_as_ill_conditioned_as_known()
    {
        var input = await SharedData.ReadAsync("epoch-chinchilla/chinchilla240.csv");
        var result = FitRecipe.Run(input.Observations, new FitRecipeOptions { Bootstrap = 0 });
        var conditioning = ParameterConditioning.Of(result.Fit, result.Points, new FitOptions())!;
        Assert.InRange(conditioning.Raw, 9.5e6, 1.03e7);
        Assert.True(conditioning.Centred < 1e5);
        Assert.InRange(conditioning.Projected, 1, 100);
    }

    [SkippableTheory]
    [InlineData("open-athena-results/extrapolation_error_data.csv", 1)]
    [InlineData("open-athena-results/compounding_errors.csv", 0)]
    public void Parabolas_without_noise_miss_the_tokens_by_as_much_as_published(string path, int kind)
    {
        foreach (var line in SharedData.Lines(path))
        {
            var cells = line.Split(',');
            var (drift, offCentre) = kind == 1 ? (0, 1) : (Number(cells[1]), Number(cells[2]));
            var at = kind == 1 ? 1 : 4;
            var (alpha, beta) = (Number(cells[at]), Number(cells[at + 1]));
            // The files do not name A and B; the optimum hangs on G = (αA/βB)^(1/(α+β)) alone, D_opt = G^−1·(C/6)^b.
            var g = Math.Pow(1e24 / 6, alpha / (alpha + beta)) / Number(cells[at + 6]);
            var law = LawForms.Chinchilla.With(1.69, 410.7 * beta * Math.Pow(g, alpha + beta) / alpha, 410.7, alpha, beta);
            var range = Math.Pow(10, Number(cells[at + 3]));
            var runs = (
                from step in Enumerable.Range(0, 5)
                let budget = Math.Pow(10, 17 + step)
                from size in Enumerable.Range(0, 15)
                let tokens = law.Optimum(budget).Tokens * offCentre * Math.Pow(10, drift * step / 4) * Math.Pow(range, size / 7.0 - 1)
                select (budget, parameters: budget / (6 * tokens))).ToArray();
            var bias = ParabolaBias.Simulate(law, BudgetGroups.Planned([.. runs.Select(run => run.budget)]), [.. runs.Select(run => run.parameters)], 1e24)!;
            Assert.Equal(1, bias.Truth.Tokens / Number(cells[at + 6]), 1e-9);
            Assert.True(Math.Abs(bias.Parabolas.Tokens / Number(cells[at + 7]) - 1) < 1e-6, $"{line}: {bias.Parabolas.Tokens}");
        }

        static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
    }
}
