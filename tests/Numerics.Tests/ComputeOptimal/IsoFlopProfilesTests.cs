using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.ComputeOptimal;

public class IsoFlopProfilesTests
{
    [Fact]
    public void A_law_with_equal_exponents_is_recovered_exactly() =>
        // With α = β a centred profile is symmetric in log N, so the parabola's vertex is the optimum (arXiv 2603.22339, §4).
        Prop.ForAll(Generators.Law, law =>
        {
            var symmetric = law with { Beta = law.Alpha };
            var profiles = Fit(symmetric, 4, 0);
            return Math.Abs(profiles.Line.ParameterExponent - 0.5) < 1e-9
                && profiles.Budgets.All(budget => Math.Abs(budget.Parameters / symmetric.Optimum(budget.Flops).Parameters - 1) < 1e-8);
        }).Check(Generators.Config);

    [Fact]
    public void Unequal_exponents_leave_the_slope_exact_but_bias_the_sizes_more_the_wider_the_grid()
    {
        var law = new ChinchillaLaw(1.7, 400, 400, 0.5, 0.2);
        double Bias(double range)
        {
            var profiles = Fit(law, range, 0);
            Assert.Equal(law.ParameterExponent, profiles.Line.ParameterExponent, 1e-9);
            return Math.Abs(profiles.Budgets[0].Parameters / law.Optimum(profiles.Budgets[0].Flops).Parameters - 1);
        }

        Assert.True(Bias(2) < Bias(4) && Bias(4) < Bias(16));
        Assert.True(Bias(16) > 0.05);
    }

    [Fact]
    public void Near_keeps_sizes_within_the_factor_of_the_run_with_the_lowest_loss()
    {
        double[] parameters = [1e8, 2e8, 4e8, 8e8, 16e8, /* another budget */ 3e8];
        double[] losses = [3.2, 3.1, 3.0, 3.1, 3.2, 2.0];
        var group = new BudgetGroup(1e20, [0, 1, 2, 3, 4]);
        Assert.Equal([1, 2, 3], group.Near(parameters, losses, 2).Members);
        Assert.Equal([2], group.Near(parameters, losses, 1.9).Members);
        Assert.Equal(group.Members, group.Near(parameters, losses, 4).Members);
        Assert.Equal(1e20, group.Near(parameters, losses, 2).Flops);
    }

    [Fact]
    public void Concave_and_short_budgets_are_listed_but_stay_out_of_the_line()
    {
        double[] parameters = [1e8, 2e8, 4e8, /* concave */ 1e8, 2e8, 4e8, /* two sizes */ 1e8, 2e8, 2e8, 2e8, 4e8, 8e8];
        double[] losses = [3.2, 3.0, 3.1, 2.8, 2.9, 2.8, 2.7, 2.6, 2.61, 2.4, 2.3, 2.45];
        double[] budgets = [1e18, 1e18, 1e18, 1e19, 1e19, 1e19, 1e20, 1e20, 1e20, 1e21, 1e21, 1e21];
        var profiles = IsoFlopProfiles.Fit(BudgetGroups.Planned(budgets), parameters, losses, 0, 0);
        Assert.Equal(
            [FitStatus.Converged, FitStatus.NotConvex, FitStatus.TooFewPoints, FitStatus.Converged],
            profiles.Budgets.Select(budget => budget.Status));
        Assert.True(double.IsNaN(profiles.Budgets[1].Parameters));
        var first = profiles.Budgets[0];
        var last = profiles.Budgets[3];
        Assert.Equal(Math.Log(last.Parameters / first.Parameters) / Math.Log(1000), profiles.Line.ParameterExponent, 1e-12);
    }

    [Theory]
    [InlineData(2.3456, 0)]
    [InlineData(5, -0.1)]
    public void Losses_that_do_not_bend_have_no_minimum_whatever_their_rounding(double level, double slope)
    {
        double[] sizes = [1e7, 3e7, 1e8, 2.1e8, 4e8, 9e8, 2e9];
        double[] parameters = [.. sizes, .. sizes];
        double[] losses = [.. parameters.Select((n, i) => level + slope * Math.Log(n) - (i < sizes.Length ? 0 : 0.1))];
        double[] budgets = [.. sizes.Select(_ => 1e18), .. sizes.Select(_ => 1e19)];
        var profiles = IsoFlopProfiles.Fit(BudgetGroups.Planned(budgets), parameters, losses, 50, 0);
        Assert.All(profiles.Budgets, budget => Assert.Equal(FitStatus.NotConvex, budget.Status));
        Assert.True(double.IsNaN(profiles.Line.ParameterExponent));
        Assert.Equal(50, profiles.Failed);
    }

    [Fact]
    public void A_bend_far_smaller_than_any_measurement_is_still_a_minimum()
    {
        double[] x = [17, 18, 19, 20, 21];
        var parabola = Parabola.Fit(x, [.. x.Select(value => 2.5 + 1e-9 * (value - 18.5) * (value - 18.5))])!.Value;
        Assert.True(parabola.IsConvex);
        Assert.Equal(18.5, parabola.VertexX, 1e-5);
    }

    [Fact]
    public void A_vertex_outside_the_sizes_still_counts_and_is_marked()
    {
        double[] parameters = [1e8, 2e8, 4e8];
        var profiles = IsoFlopProfiles.Fit([new BudgetGroup(1e18, [0, 1, 2])], parameters, [3.5, 3.2, 3.0], 0, 0);
        Assert.Equal(FitStatus.Converged, profiles.Budgets[0].Status);
        Assert.True(profiles.Budgets[0].OutsideSampledRange);
        Assert.True(double.IsNaN(profiles.Line.ParameterExponent));
    }

    [Fact]
    public void Intervals_hold_the_estimate_and_are_repeatable()
    {
        var law = new ChinchillaLaw(1.8, 480, 2100, 0.35, 0.37);
        var (parameters, _, losses, budgets) = Generators.Sweep(law);
        var random = new Random(5);
        for (var i = 0; i < losses.Length; i++)
            losses[i] += 0.005 * MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1);
        var groups = BudgetGroups.Planned(budgets);
        var profiles = IsoFlopProfiles.Fit(groups, parameters, losses, 300, 1);
        Assert.Equal(0, profiles.Failed);
        Assert.All(profiles.Budgets, budget => Assert.InRange(budget.Parameters, budget.ParametersInterval!.Low95, budget.ParametersInterval.High95));
        Assert.Equal(profiles.Draws, IsoFlopProfiles.Fit(groups, parameters, losses, 300, 1).Draws);
    }

    [Fact]
    public void Grouping_by_compute_joins_what_is_within_the_tolerance_of_the_smallest()
    {
        var groups = BudgetGroups.ByCompute([1e18, 5e18, 1.19e18, 1.21e18, 5.5e18], 0.2);
        Assert.Equal([[0, 2], [3], [1, 4]], groups.Select(group => group.Members.ToArray()));
        Assert.Equal(Math.Sqrt(1e18 * 1.19e18), groups[0].Flops, 1e6);
    }

    [Fact]
    public void Runs_without_a_planned_budget_join_no_group()
    {
        var groups = BudgetGroups.Planned([1e19, double.NaN, 1e18, 1e19]);
        Assert.Equal([1e18, 1e19], groups.Select(group => group.Flops));
        Assert.Equal([0, 3], groups[1].Members);
    }

    private static IsoFlopProfiles Fit(ChinchillaLaw law, double range, int draws)
    {
        var (parameters, _, losses, budgets) = Generators.Sweep(law, range);
        return IsoFlopProfiles.Fit(BudgetGroups.Planned(budgets), parameters, losses, draws, 0);
    }
}
