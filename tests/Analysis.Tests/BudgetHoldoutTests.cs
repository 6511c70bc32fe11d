using ScalingDashboard.Numerics.Fitting;
using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

public class BudgetHoldoutTests
{
    private static readonly FitRecipeOptions s_noDraws = new() { Bootstrap = 0 };

    [Fact]
    public void Budgets_on_the_law_are_predicted_without_them()
    {
        var holdout = BudgetHoldout.Run(Simulated(noise: 0).Observations, s_noDraws, 2);
        Assert.Equal([1e21, 3e21], holdout.Budgets.Select(held => held.Budget.Flops));
        Assert.Equal(56, holdout.Kept.Fit.Points);
        Assert.Equal(16, holdout.All.Error.Count);
        Assert.InRange(holdout.All.Error.AbsoluteRelativeError, 0, 1e-6);
        Assert.Null(holdout.All.AbsoluteInterval);
    }

    [Fact]
    public void Nothing_of_the_held_out_runs_reaches_the_fit()
    {
        var rows = Simulated().Observations;
        var other = rows.Select(row => row.Budget >= 1e21 ? row with { Loss = 1.3 * row.Loss } : row).ToArray();
        var (first, second) = (BudgetHoldout.Run(rows, s_noDraws, 2), BudgetHoldout.Run(other, s_noDraws, 2));
        Assert.Equal(first.Kept.Fit.Law, second.Kept.Fit.Law);
        Assert.Equal(first.Fitted, second.Fitted);
        Assert.Equal(0.3 / 1.3, second.All.Error.AbsoluteRelativeError, 0.01);
        Assert.Equal(-0.3 / 1.3, second.All.Error.SignedRelativeError, 0.01);
    }

    [Fact]
    public void Errors_have_intervals_from_the_draws_of_the_kept_fit()
    {
        var holdout = BudgetHoldout.Run(Simulated().Observations, new FitRecipeOptions { Bootstrap = 40 }, 1);
        var (error, interval) = (holdout.All.Error, holdout.All.SignedInterval!);
        Assert.InRange(error.SignedRelativeError, interval.Low95, interval.High95);
        Assert.All(holdout.Budgets, held => Assert.NotNull(held.Error.AbsoluteInterval));
    }

    [Fact]
    public void Runs_of_no_budget_beyond_the_kept_ones_stay_out()
    {
        var rows = Simulated(noise: 0).Observations;
        var report = BudgetHoldout.Run([.. rows, Row("larger", 1e10, 1e12, 2), Row("smaller", 1e8, 1e10, Epoch.Loss(1e8, 1e10))], s_noDraws, 2);
        Assert.DoesNotContain(report.Kept.Rows, row => row.Run == "larger");
        Assert.Contains(report.Kept.Rows, row => row.Run == "smaller");
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(9, 8)]
    public void Too_few_budgets_are_refused_with_what_to_do(int budgets, int largest)
    {
        var rows = Simulated().Observations.Where(row => row.Budget <= Budgets[budgets - 1]).ToArray();
        var failure = Assert.Throws<AnalysisException>(() => BudgetHoldout.Run(rows, s_noDraws, largest));
        Assert.Contains($"needs at least {largest + 2} budgets; these rows have {budgets}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_is_of_the_fit_to_the_kept_runs()
    {
        var report = FitReport.Run(Simulated(), s_noDraws, [1e22], 2);
        Assert.Equal(56, report.Points);
        Assert.Equal("2", report.Provenance.Options["holdout_budgets"]);
        Assert.Equal(2, report.Holdout!.PerBudget.Count);
        Assert.Equal(report.Holdout.Are, report.Holdout.PerBudget.Average(budget => budget.Are), 1e-12);
        var plain = FitReport.Run(Simulated(), s_noDraws, [1e22]);
        Assert.Null(plain.Holdout);
        Assert.Equal(72, plain.Points);
    }

    [Fact]
    public void Equal_losses_end_as_not_identifiable()
    {
        var rows = Simulated().Observations.Select(row => row with { Loss = 2.5 }).ToArray();
        Assert.Equal(FitStatus.NotIdentifiable, BudgetHoldout.Run(rows, s_noDraws, 1).Kept.Fit.Status);
    }
}
