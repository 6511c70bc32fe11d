using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Fitting.Diagnostics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting.Diagnostics;

public class HoldoutTests
{
    private static readonly ChinchillaLaw s_law = new(1.8, 480, 2100, 0.35, 0.37);
    private static readonly BudgetGroup[] s_groups = [.. Enumerable.Range(0, 5).Select(k => new BudgetGroup(1e18 * Math.Pow(10, k), [.. Enumerable.Range(9 * k, 9)]))];

    [Fact]
    public void Points_of_their_own_are_the_same_points()
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.01, 3);
        var all = FitPoints.From(parameters, tokens, losses);
        int[] some = [.. Enumerable.Range(0, 27)];
        var only = all.Only(some);
        var direct = FitPoints.From([.. some.Select(i => parameters[i])], [.. some.Select(i => tokens[i])], [.. some.Select(i => losses[i])]);
        Assert.Equal(27, only.Count);
        Assert.Equal(direct.SmallestResponse, only.SmallestResponse);
        Assert.Equal(direct.LargestResponse, only.LargestResponse);
        for (var i = 0; i < 27; i++)
        {
            Assert.Equal(direct.X[i], only.X[i], 1e-12);
            Assert.Equal(1, only.Run(i).Tokens / tokens[i], 1e-12);
        }

        Assert.Equal(
            LawFitter.Fit(LawForms.Chinchilla, direct, new()).Law.ParameterExponent, LawFitter.Fit(LawForms.Chinchilla, only, new()).Law.ParameterExponent, 1e-9);
    }

    [Fact]
    public void Points_on_the_law_are_predicted_without_them()
    {
        var left = Holdout.LeaveOneOut(LawForms.Chinchilla, Generators.Points(s_law), s_groups, new());
        Assert.Equal(5, left.Count);
        Assert.All(left, fit =>
        {
            Assert.Equal(FitStatus.Converged, fit.Fit.Status);
            Assert.Equal(9, fit.Error.Count);
            Assert.Equal(36, fit.Fit.Points);
            Assert.InRange(fit.Error.AbsoluteRelativeError, 0, 1e-6);
        });
    }

    [Fact]
    public void Errors_are_relative_and_signed()
    {
        var law = LawForms.Chinchilla.With(2, 0, 0, 0.3, 0.3);
        var points = FitPoints.From([1e8, 1e9, 1e10], [1e9, 1e10, 1e11], [1, 4, 2]);
        var error = HoldoutError.Of(law, points, [0, 1]);
        Assert.Equal(2, error.Count);
        Assert.Equal(0.75, error.AbsoluteRelativeError, 1e-12);
        Assert.Equal(0.25, error.SignedRelativeError, 1e-12);
        Assert.Equal(double.NaN, HoldoutError.Of(law, points, []).AbsoluteRelativeError);
    }

    [Fact]
    public void A_budget_without_which_nothing_can_be_fitted_has_no_error()
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.01, 3);
        var points = FitPoints.From(parameters, tokens, losses);
        var left = Assert.Single(Holdout.LeaveOneOut(LawForms.Chinchilla, points, [new BudgetGroup(1e20, [.. Enumerable.Range(0, 42)])], new()));
        Assert.Equal(FitStatus.TooFewPoints, left.Fit.Status);
        Assert.Equal(double.NaN, left.Error.AbsoluteRelativeError);
    }

    [Fact]
    public void A_roll_out_ends_with_the_fit_to_all_and_has_draws_at_each_step()
    {
        var (parameters, tokens, losses) = Generators.Noisy(s_law, 0.01, 3);
        var points = FitPoints.From(parameters, tokens, losses);
        var steps = Holdout.RollOut(LawForms.Chinchilla, points, s_groups, 3, new(), 20, 1);
        Assert.Equal([3, 4, 5], steps.Select(step => step.Groups));
        Assert.Equal([27, 36, 45], steps.Select(step => step.Fit.Points));
        Assert.Equal(1e22, steps[^1].Largest.Flops, 1e10);
        Assert.Equal(LawFitter.Fit(LawForms.Chinchilla, points, new()).Law.ParameterExponent, steps[^1].Fit.Law.ParameterExponent, 1e-9);
        Assert.All(steps, step => Assert.Equal(20, step.Draws.Draws));
        Assert.Empty(Holdout.RollOut(LawForms.Chinchilla, points, s_groups[..2], 3, new(), 20, 1));
    }
}
