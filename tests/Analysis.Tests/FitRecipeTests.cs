using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;
using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

public class FitRecipeTests
{
    private static readonly FitRecipeOptions s_noDraws = new() { Bootstrap = 0 };

    [Theory]
    [InlineData(1, "1 usable row cannot")]
    [InlineData(4, "4 usable rows cannot")]
    public void Fewer_rows_than_parameters_are_refused(int rows, string words)
    {
        var failure = Assert.Throws<AnalysisException>(() => FitRecipe.Run([.. Simulated().Observations.Take(rows)], s_noDraws));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Contains("E, A, B, alpha and beta", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.VariableProjection)]
    public void Rows_on_the_law_give_the_law(FitMethod method)
    {
        var result = FitRecipe.Run(Simulated(noise: 0).Observations, s_noDraws with { Fit = new FitOptions { Method = method } });
        Assert.Equal(FitStatus.Converged, result.Fit.Status);
        Assert.Empty(result.Warnings);
        Assert.Equal(Epoch.E, result.Fit.Law["E"], 1e-5);
        Assert.Equal(Epoch.Alpha, result.Fit.Law["alpha"], 1e-5);
        Assert.Equal(Epoch.Beta, result.Fit.Law["beta"], 1e-5);
        Assert.Equal(1, result.Fit.Law["A"] / Epoch.A, 1e-3);
        Assert.Equal(1, result.Fit.Law["B"] / Epoch.B, 1e-3);
    }

    [Fact]
    public void A_bound_below_the_truth_is_said_and_warned_about()
    {
        var result = FitRecipe.Run(Simulated().Observations, s_noDraws with { Fit = new FitOptions { ExponentHigh = 0.3 } });
        Assert.Equal(FitStatus.AtBound, result.Fit.Status);
        var warning = Assert.Single(result.Warnings);
        Assert.Equal("fit", warning.Kind);
        Assert.Contains(result.Fit.Explanation, warning.Text, StringComparison.Ordinal);
        Assert.NotEmpty(result.Fit.Explanation);
    }

    [Fact]
    public void A_term_that_vanishes_leaves_no_size_to_answer_with()
    {
        // Tokens without any effect: the more parameters the better, at any budget.
        Observation[] rows = [.. Simulated().Observations.Select((row, i) => row with { Loss = (0.5 + 482 * Math.Pow(row.Parameters, -0.348)) * (1 + 0.001 * (i % 3)) })];
        var surface = FitRecipe.Run(rows, s_noDraws);
        var result = IsoFlopRecipe.Surface(surface, IsoFlopRecipe.Group(rows, new IsoFlopOptions()));
        Assert.Equal(FitStatus.AtBound, result.Status);
        Assert.True(double.IsFinite(result.Law.ParameterExponent));
        Assert.False(result.IsUsable);
        Assert.Contains("hangs on that bound", Assert.Single(result.Warnings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_at_one_ratio_of_tokens_to_parameters_are_not_identifiable()
    {
        var rows = Enumerable.Range(0, 12).Select(i => 1e8 * Math.Pow(2, i))
            .Select(parameters => Row($"{parameters}", parameters, 20 * parameters, Epoch.Loss(parameters, 20 * parameters)));
        var result = FitRecipe.Run([.. rows], s_noDraws);
        Assert.Equal(FitStatus.NotIdentifiable, result.Fit.Status);
        Assert.Equal("fit", Assert.Single(result.Warnings).Kind);
    }

    [Fact]
    public void Equal_losses_are_not_identifiable()
    {
        var rows = Simulated().Observations.Select(row => row with { Loss = 2.5 });
        Assert.NotEqual(FitStatus.Converged, FitRecipe.Run([.. rows], s_noDraws).Fit.Status);
    }

    [Fact]
    public void An_interval_as_wide_as_the_exponent_is_warned_about()
    {
        var result = FitRecipe.Run(Thin(0.02, 2), new FitRecipeOptions { Bootstrap = 200 });
        Assert.Equal(FitStatus.Converged, result.Fit.Status);
        Assert.Equal("wide", Assert.Single(result.Warnings).Kind);
        var a = Interval.Of(result.Bootstrap.Laws.Select(law => law.ParameterExponent))!;
        Assert.True(a.High95 - a.Low95 > result.Fit.Law.ParameterExponent);
    }

    [Fact]
    public void Refits_that_fail_are_counted_and_warned_about()
    {
        var result = FitRecipe.Run(Thin(0.05, 3), new FitRecipeOptions { Bootstrap = 200 });
        Assert.InRange(result.Bootstrap.Failed, 11, 199);
        Assert.Equal(200, result.Bootstrap.Laws.Count + result.Bootstrap.Failed);
        var warning = Assert.Single(result.Warnings, warning => warning.Kind == "bootstrap");
        Assert.Contains($"{result.Bootstrap.Failed} of 200", warning.Text, StringComparison.Ordinal);
    }

    /// <summary>Twelve runs with much noise.</summary>
    private static Observation[] Thin(double noise, int seed) => [.. Simulated(noise, seed).Observations.Where((_, i) => i % 6 == 0)];

    [Fact]
    public void Draws_are_the_same_for_a_seed_and_counted_while_they_run()
    {
        var progress = new Counter();
        var first = FitRecipe.Run(Simulated().Observations, new FitRecipeOptions { Bootstrap = 50, Seed = 3 }, progress);
        var second = FitRecipe.Run(Simulated().Observations, new FitRecipeOptions { Bootstrap = 50, Seed = 3 });
        var other = FitRecipe.Run(Simulated().Observations, new FitRecipeOptions { Bootstrap = 50, Seed = 4 });
        Assert.Equal(first.Bootstrap.Laws, second.Bootstrap.Laws);
        Assert.NotEqual(first.Bootstrap.Laws, other.Bootstrap.Laws);
        Assert.Equal(50, progress.Highest);
        Assert.Equal((50, 0), (first.Bootstrap.Draws, first.Bootstrap.Failed));
    }

    [Fact]
    public void A_cancelled_fit_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => FitRecipe.Run(Simulated().Observations, new FitRecipeOptions(), null, cancelled.Token));
    }

    private sealed class Counter : IProgress<int>
    {
        private int _highest;

        internal int Highest => _highest;

        public void Report(int value)
        {
            for (var seen = _highest; value > seen; seen = _highest)
                Interlocked.CompareExchange(ref _highest, value, seen);
        }
    }
}
