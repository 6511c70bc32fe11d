using ScalingDashboard.Numerics.Fitting;
using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>The recipes find the law behind simulated sweeps, and their intervals are honest.</summary>
public class RecoveryTests
{
    [Fact]
    public void Intervals_of_approach_3_hold_the_truth_about_as_often_as_they_say()
    {
        var held = 0;
        const int sweeps = 30;
        for (var seed = 1; seed <= sweeps; seed++)
        {
            var fit = FitRecipe.Run(Simulated(seed: seed).Observations, new FitRecipeOptions { Bootstrap = 200 });
            Assert.Equal(FitStatus.Converged, fit.Fit.Status);
            var a = Interval.Of(fit.Bootstrap.Laws.Select(law => law.ParameterExponent))!;
            held += a.Low80 <= Epoch.ParameterExponent && Epoch.ParameterExponent <= a.High80 ? 1 : 0;
        }

        // 80 % of 30 is 24; 18 to 29 is what chance leaves of it.
        Assert.InRange(held, 18, 29);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Approaches_agree_with_the_truth_and_each_other(int seed)
    {
        var checkpoints = Simulated(seed: seed, checkpoints: 10);
        var final = checkpoints.Final().Observations;
        var options = new IsoFlopOptions { Surface = new FitRecipeOptions { Bootstrap = 200 } };
        var groups = IsoFlopRecipe.Group(final, options);
        ApproachResult[] results =
        [
            IsoFlopRecipe.Envelope(checkpoints.Observations, options)!.Value.Result,
            IsoFlopRecipe.Profiles(groups, options).Result,
            IsoFlopRecipe.Surface(FitRecipe.Run(final, options.Surface), groups),
        ];
        Assert.Equal([1, 2, 3], results.Select(result => result.Approach));
        foreach (var result in results)
        {
            Assert.True(result.IsUsable);
            Assert.InRange(result.Law.ParameterExponent, Epoch.ParameterExponent - 0.05, Epoch.ParameterExponent + 0.05);
            Assert.Equal(1, result.Law.ParameterExponent + result.Law.TokenExponent, 1e-12);
            // Inside the data the exponent's error does not add up.
            var truth = Epoch.Optimum(1e20);
            Assert.InRange(result.At(1e20).Optimum.Parameters / truth.Parameters, 0.85, 1.15);
            Assert.InRange(result.ParameterExponent!.Low80, 0.4, result.Law.ParameterExponent + 0.05);
            Assert.True(result.ParameterExponent.Low95 <= result.ParameterExponent.Low80);
        }

        Assert.Equal(Budgets, results[1].Budgets.Select(budget => budget.Flops));
        Assert.Equal(Budgets, results[2].Budgets.Select(budget => budget.Flops));
        Assert.All(results[1].Budgets.Concat(results[2].Budgets), budget => Assert.NotNull(budget.Parameters));
        Assert.All(results[2].Budgets, budget => Assert.Equal(results[2].Law.Optimum(budget.Flops), budget.Optimum));
    }

    [Fact]
    public void Grouping_by_compute_finds_the_planned_budgets()
    {
        var options = new IsoFlopOptions();
        var planned = IsoFlopRecipe.Group(Simulated().Observations, options);
        var byCompute = IsoFlopRecipe.Group(Simulated().Observations, options with { IgnorePlannedBudgets = true });
        Assert.True(planned.ArePlanned);
        Assert.False(byCompute.ArePlanned);
        Assert.Equal(planned.Groups.Select(group => group.Members), byCompute.Groups.Select(group => group.Members));
    }
}
