using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Tests.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Tests.Fit;

/// <summary>Bands of the charts are of the kind that the page is asked for.</summary>
public class FitBandsTests
{
    private static (FitAnalysis Analysis, FitBands Bands) Of(FitState state)
    {
        var analysis = SampleFit.Analysis(state);
        return (analysis, FitBands.Of(analysis, state));
    }

    [Theory]
    [InlineData(IntervalKind.Percentile, 32)]
    [InlineData(IntervalKind.BiasCorrected, 32)]
    [InlineData(IntervalKind.Delta, 32)]
    [InlineData(IntervalKind.Profile, 12)]
    public void At_each_place_a_band_is_the_interval_of_the_page(IntervalKind kind, int places)
    {
        var state = SampleFit.State with { Intervals = kind, Axis = ContourAxis.C };
        var (analysis, bands) = Of(state);
        Assert.Equal((kind, false), (bands.Kind, bands.AreOfAnotherKind));
        Assert.Equal(places, bands.Loss!.X.Count);
        var (low, high) = FitBands.Range(analysis, state.Target);
        Assert.Equal(1, bands.Loss.X[0] / low, 1e-9);
        Assert.Equal(1, bands.Loss.X[^1] / high, 1e-9);
        foreach (var i in new[] { 0, places / 2, places - 1 })
        {
            var numbers = FitEstimates.Of(analysis, state with { Target = bands.Loss.X[i] });
            Close(numbers["loss"].Interval!, bands.Loss.Intervals[i]!);
            Close(numbers["parameters"].Interval!, bands.Frontier!.Intervals[i]!);
        }

        // A profile ends where it is close enough to its cut-off; which of them were followed beside it moves that a little.
        static void Close(Interval expected, Interval actual) => Assert.All(
            new[] { (expected.Low80, actual.Low80), (expected.High80, actual.High80) }, ends => Assert.Equal(1, ends.Item2 / ends.Item1, 1e-4));
    }

    [Fact]
    public void Over_tokens_the_band_is_that_of_the_size_whose_optimum_sees_them()
    {
        var (analysis, bands) = Of(SampleFit.State with { Intervals = IntervalKind.Delta });
        var tokens = bands.Frontier!.X[5];
        // C at which the fitted law's optimum has these tokens: D = Q·C^b.
        var flops = Math.Pow(tokens / analysis.Law.Optimum(1).Tokens, 1 / analysis.Law.TokenExponent);
        var size = analysis.Law.Optimum(flops).Parameters;
        Assert.True(bands.Frontier.Intervals[5]!.Low80 < size && size < bands.Frontier.Intervals[5]!.High80);
        Assert.Equal(tokens, analysis.Law.Optimum(flops).Tokens, tokens * 1e-9);
    }

    [Fact]
    public void Profiles_and_the_delta_method_need_no_draws_and_percentiles_do()
    {
        foreach (var kind in new[] { IntervalKind.Profile, IntervalKind.Delta })
            Assert.All(Of(SampleFit.State with { Draws = 0, Intervals = kind }).Bands.Loss!.Intervals, Assert.NotNull);
        foreach (var kind in new[] { IntervalKind.Percentile, IntervalKind.BiasCorrected })
        {
            var bands = Of(SampleFit.State with { Draws = 0, Intervals = kind }).Bands;
            Assert.All(bands.Loss!.Intervals, Assert.Null);
            Assert.Equal("no band without bootstrap draws", FitWording.Band(bands, bands.Loss));
        }
    }

    [Fact]
    public void Of_many_points_no_profile_is_followed_and_the_chart_says_so()
    {
        var rows = SampleFit.Rows(checkpoints: 25);
        Assert.InRange(rows.Count, FitBands.MostProfiled + 1, 2 * FitBands.MostProfiled);
        // Least squares: its profiles of the numbers in the table are followed all the same, and fast.
        var state = SampleFit.State with { Intervals = IntervalKind.Profile, Method = FitMethod.Squared, Draws = 20 };
        var analysis = SampleFit.Analysis(state, rows);
        var bands = FitBands.Of(analysis, state);
        Assert.Equal((IntervalKind.Percentile, true), (bands.Kind, bands.AreOfAnotherKind));
        Assert.Equal(Interval.Of(analysis.Result.Bootstrap.Laws.Select(law => law.Optimum(bands.Loss!.X[3]).Loss)), bands.Loss!.Intervals[3]);
        Assert.Equal("80 % percentile band (a profile takes too long above 500 points)", FitWording.Band(bands, bands.Loss));
        var without = FitBands.Of(SampleFit.Analysis(state with { Draws = 0 }, rows), state with { Draws = 0 });
        Assert.Equal("no band without bootstrap draws", FitWording.Band(without, without.Loss));
    }

    [Fact]
    public void A_law_of_a_metric_has_its_band_over_the_loss_and_no_other()
    {
        var state = SampleFit.State with { Law = "task", MetricColumn = "accuracy", Method = FitMethod.Squared, Intervals = IntervalKind.Delta };
        var (analysis, bands) = Of(state);
        Assert.Null(bands.Frontier);
        Assert.Null(bands.Loss);
        Assert.Equal(FitBands.LossesOf(analysis, state), bands.Metric!.X);
        var middle = bands.Metric.X[40];
        Assert.True(bands.Metric.Intervals[40]!.Low80 < FitWording.Metric(analysis.Law, middle) && FitWording.Metric(analysis.Law, middle) < bands.Metric.Intervals[40]!.High80);
    }

    [Fact]
    public void A_law_of_compute_alone_has_no_frontier_and_one_without_an_answer_no_band()
    {
        Assert.Null(Of(SampleFit.State with { Law = "compute" }).Bands.Frontier);
        var bands = FitBands.Of(SampleFit.Analysis(SampleFit.State, SampleFit.OneRatio()), SampleFit.State);
        Assert.True(bands is { Frontier: null, Loss: null, Metric: null });
    }
}
