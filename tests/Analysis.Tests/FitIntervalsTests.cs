using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Analysis.Tests;

public class FitIntervalsTests
{
    private static FitResult Fit(FitRecipeOptions options, RunSet? rows = null) => FitRecipe.Run((rows ?? Sweeps.Simulated()).Observations, options);

    [Fact]
    public void Percentiles_are_those_of_the_draws()
    {
        var options = new FitRecipeOptions { Bootstrap = 50 };
        var result = Fit(options);
        var intervals = FitIntervals.Of(result, options);
        foreach (var quantity in FitQuantities.Of(result.Fit.Law.Form))
            Assert.Equal(Interval.Of(result.Bootstrap.Laws.Select(quantity.Of)), intervals.Quantities[quantity.Key]);
        Assert.Equal(Prediction.At(1e24, result.Fit.Law, result.Bootstrap.Laws), intervals.At(1e24));
        Assert.Empty(intervals.Warnings);
    }

    [Theory]
    [InlineData(IntervalKind.BiasCorrected, 200)]
    [InlineData(IntervalKind.Profile, 0)]
    [InlineData(IntervalKind.Delta, 0)]
    public void Every_kind_is_of_every_number_and_prediction(IntervalKind kind, int draws)
    {
        var options = new FitRecipeOptions { Bootstrap = draws, Intervals = kind };
        var intervals = FitIntervals.Of(Fit(options), options);
        Assert.Equal(kind, intervals.Kind);
        var prediction = intervals.At(1e24);
        Assert.All(
            [.. intervals.Quantities.Values, prediction.Parameters, prediction.Tokens, prediction.Loss, prediction.TokensPerParameter],
            interval => Assert.True(interval!.Low95 < interval.Low80 && interval.Low80 < interval.High80 && interval.High80 < interval.High95));
        Assert.InRange(prediction.Optimum.Parameters, prediction.Parameters!.Low95, prediction.Parameters.High95);
    }

    [Theory]
    [InlineData(IntervalKind.Percentile)]
    [InlineData(IntervalKind.BiasCorrected)]
    [InlineData(IntervalKind.Profile)]
    [InlineData(IntervalKind.Delta)]
    public void What_the_form_of_a_law_fixes_is_exact_and_no_cause_for_concern(IntervalKind kind)
    {
        var options = new FitRecipeOptions { Law = "tied", Bootstrap = 200, Intervals = kind, Fit = new FitOptions { Method = FitMethod.LogSquared } };
        var intervals = FitIntervals.Of(Fit(options), options);
        foreach (var key in new[] { "a", "b" })
            Assert.Equal(new Interval(0, 0.5, 0.5, 0.5, 0.5), intervals.Quantities[key]);
        Assert.Empty(intervals.Warnings);
    }

    [Fact]
    public void By_the_delta_method_a_coefficient_on_its_bound_has_no_interval_and_that_is_said()
    {
        var rows = Sweeps.Simulated(noise: 0.002);
        var options = new FitRecipeOptions { Bootstrap = 0, Intervals = IntervalKind.Delta, Fit = new FitOptions { Method = FitMethod.LogSquared, IrreducibleHigh = 1.2 } };
        var result = Fit(options, rows);
        Assert.Equal(FitStatus.AtBound, result.Fit.Status);
        var intervals = FitIntervals.Of(result, options);
        Assert.Null(intervals.Quantities["E"]);
        Assert.NotNull(intervals.Quantities["alpha"]);
        Assert.Contains(intervals.Warnings, warning => warning.Text.StartsWith("There is no interval of E: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Blocks_of_the_bootstrap_are_those_of_the_jackknife()
    {
        var byPoint = new FitRecipeOptions { Bootstrap = 100, Intervals = IntervalKind.BiasCorrected, Fit = new FitOptions { Method = FitMethod.LogSquared } };
        var byBudget = byPoint with { Resampling = Resampling.Budgets };
        var points = FitIntervals.Of(Fit(byPoint), byPoint).Quantities["alpha"];
        var budgets = FitIntervals.Of(Fit(byBudget), byBudget).Quantities["alpha"];
        Assert.NotNull(points);
        Assert.NotNull(budgets);
        Assert.NotEqual(points, budgets);
    }

    [Fact]
    public void An_open_end_is_said()
    {
        // Three budgets within a decade and much noise: nothing holds the irreducible loss away from zero.
        var rows = Sweeps.Rows(SweepSimulation.Run(new SweepSimulationOptions
        {
            Law = new ChinchillaLaw(0.3, 20, 60, 0.12, 0.15), Budgets = [1e19, 3e19, 1e20], Checkpoints = 1, Noise = 0.01,
        }).Select(row => row.Row));
        var options = new FitRecipeOptions { Bootstrap = 0, Intervals = IntervalKind.Profile, Fit = new FitOptions { Method = FitMethod.Squared } };
        var intervals = FitIntervals.Of(Fit(options, rows), options);
        Assert.True(double.IsNaN(intervals.Quantities["E"]!.Low95));
        Assert.Contains(intervals.Warnings, warning => warning.Text.Contains("E is open below", StringComparison.Ordinal) || warning.Text.Contains("E and ", StringComparison.Ordinal));
    }

    [Fact]
    public void Short_tails_are_said_where_the_likelihood_expects_long_ones()
    {
        var profile = new FitRecipeOptions { Bootstrap = 0, Intervals = IntervalKind.Profile };
        Assert.Contains(FitIntervals.Of(Fit(profile), profile).Warnings, warning => warning.Text.Contains("Laplace", StringComparison.Ordinal));
        var squared = profile with { Fit = new FitOptions { Method = FitMethod.LogSquared } };
        Assert.Empty(FitIntervals.Of(Fit(squared), squared).Warnings);
    }

    [SkippableFact]
    public async Task The_points_of_the_replication_have_long_tails()
    {
        var rows = await SharedData.ReadAsync("epoch-chinchilla/chinchilla240.csv");
        var options = new FitRecipeOptions { Bootstrap = 0, Intervals = IntervalKind.Profile };
        Assert.Empty(FitIntervals.Of(Fit(options, rows), options).Warnings);
    }

    [Fact]
    public void Without_draws_the_bootstrap_has_no_intervals_and_no_complaint()
    {
        foreach (var kind in new[] { IntervalKind.Percentile, IntervalKind.BiasCorrected })
        {
            var options = new FitRecipeOptions { Bootstrap = 0, Intervals = kind };
            var intervals = FitIntervals.Of(Fit(options), options);
            Assert.All(intervals.Quantities.Values, Assert.Null);
            Assert.Empty(intervals.Warnings);
        }
    }

    [Theory]
    [InlineData(IntervalKind.Percentile, null)]
    [InlineData(IntervalKind.BiasCorrected, "bca")]
    [InlineData(IntervalKind.Profile, "profile")]
    [InlineData(IntervalKind.Delta, "delta")]
    public void The_report_says_how_its_intervals_were_made(IntervalKind kind, string? name)
    {
        var rows = Sweeps.Simulated();
        var options = new FitRecipeOptions { Bootstrap = 20, Intervals = kind };
        var result = Fit(options, rows);
        var report = FitReport.Of(result, options, rows, [1e24]);
        Assert.Equal(name, report.Provenance.Options.GetValueOrDefault("interval"));
        var intervals = FitIntervals.Of(result, options);
        Assert.Equal(IntervalReport.Of(intervals.Quantities["alpha"]), report.Intervals["alpha"]);
        Assert.Equal(IntervalReport.Of(intervals.At(1e24).Loss), report.Predictions[0].Intervals.Loss);
    }
}
