using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Tests.Fit;
using ScalingDashboard.Dashboard.Tests.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public class FitFiguresTests
{
    private static readonly FitScene s_scene = SampleFit.Scene(SampleFit.State);

    [Theory]
    [InlineData("chinchilla", ContourAxis.D)]
    [InlineData("chinchilla", ContourAxis.C)]
    [InlineData("kaplan", ContourAxis.D)]
    [InlineData("tied", ContourAxis.C)]
    public void On_a_line_of_equal_loss_the_law_predicts_that_loss(string law, ContourAxis axis)
    {
        var scene = SampleFit.Scene(SampleFit.State with { Law = law, Axis = axis, Draws = 0 });
        var figure = FitFigures.IsoLoss(scene)!;
        var contours = figure.Traces.Where(trace => trace.Name.StartsWith("Loss ", StringComparison.Ordinal)).ToArray();
        Assert.InRange(contours.Length, 4, 11);
        foreach (var contour in contours)
        {
            var level = double.Parse(contour.EndLabel!, System.Globalization.CultureInfo.InvariantCulture);
            for (var i = 0; i < contour.X.Length; i++)
            {
                var tokens = axis == ContourAxis.D ? contour.X[i] : contour.X[i] / (6 * contour.Y[i]);
                Assert.Equal(level, scene.Analysis.Law.Predict(new LawPoint(contour.Y[i], tokens, 6 * contour.Y[i] * tokens)), 1e-6);
            }

            Assert.True(contour.Y[0] > contour.Y[^1]);
        }
    }

    [Fact]
    public void The_frontier_reaches_each_loss_with_the_least_compute_and_stands_in_its_band()
    {
        foreach (var axis in Enum.GetValues<ContourAxis>())
        {
            var figure = FitFigures.IsoLoss(SampleFit.Scene(SampleFit.State with { Axis = axis }))!;
            var frontier = Trace(figure, "Efficient frontier");
            var band = Trace(figure, "Frontier, 80 %");
            Assert.Equal(frontier.X, band.X);
            var law = s_scene.Analysis.Law;
            for (var i = 0; i < frontier.X.Length; i++)
            {
                var tokens = axis == ContourAxis.D ? frontier.X[i] : frontier.X[i] / (6 * frontier.Y[i]);
                var loss = law.Predict(new LawPoint(frontier.Y[i], tokens, double.NaN));
                foreach (var factor in new[] { 0.8, 1.25 })
                    Assert.True(!(law.TokensForLoss(frontier.Y[i] * factor, loss) * factor < tokens));
                Assert.True(band.YLow![i] < band.YHigh![i]);
            }
        }
    }

    [Fact]
    public void The_band_over_tokens_is_the_spread_of_the_draws_at_those_tokens()
    {
        var figure = FitFigures.IsoLoss(s_scene)!;
        var band = Trace(figure, "Frontier, 80 %");
        // N of each draw at the band's first D, from its own frontier by bisection in C.
        var sizes = s_scene.Analysis.Result.Bootstrap.Laws.Select(law =>
        {
            var (low, high) = (1e10, 1e30);
            for (var i = 0; i < 200; i++)
            {
                var middle = Math.Sqrt(low * high);
                (low, high) = law.Optimum(middle).Tokens < band.X[0] ? (middle, high) : (low, middle);
            }

            return law.Optimum(low).Parameters;
        });
        var interval = Interval.Of(sizes)!;
        Assert.Equal(1, band.YLow![0] / interval.Low80, 1e-6);
        Assert.Equal(1, band.YHigh![0] / interval.High80, 1e-6);
    }

    [Theory]
    [InlineData(IntervalKind.Percentile, "percentile")]
    [InlineData(IntervalKind.BiasCorrected, "BCa")]
    [InlineData(IntervalKind.Profile, "profile")]
    [InlineData(IntervalKind.Delta, "delta-method")]
    public void A_chart_says_of_what_kind_its_band_is(IntervalKind kind, string words)
    {
        var scene = SampleFit.Scene(SampleFit.State with { Intervals = kind });
        Assert.Equal($"points and frontier, 80 % {words} band", FitFigures.LossAgainstCompute(scene)!.Subtitle);
        Assert.EndsWith($"80 % {words} band", FitFigures.IsoLoss(scene)!.Subtitle, StringComparison.Ordinal);
        Assert.Equal(scene.Bands.Loss!.Intervals[2]!.Low80, Trace(FitFigures.LossAgainstCompute(scene)!, "Fit, 80 %").YLow![2]);
    }

    [Fact]
    public void Runs_take_the_colour_of_their_loss_in_every_chart_and_can_be_clicked()
    {
        var rows = s_scene.Analysis.Rows;
        var best = Enumerable.Range(0, rows.Count).MinBy(i => rows[i].Loss);
        foreach (var figure in new[] { FitFigures.IsoLoss(s_scene)!, FitFigures.LossAgainstCompute(s_scene)!, FitFigures.FittedAgainstMeasured(s_scene) })
        {
            var points = Trace(figure, "Points");
            Assert.Equal(rows.Select(row => row.RunId), points.Ids);
            Assert.Equal("--seq-9", points.Colors![best]);
            Assert.Contains("--seq-1", points.Colors);
        }
    }

    [Fact]
    public void The_target_and_the_model_to_serve_are_marked()
    {
        var scene = SampleFit.Scene(SampleFit.State with { ServedTokens = 1e13 });
        var optimum = scene.Analysis.Law.Optimum(1e22);
        var figure = FitFigures.IsoLoss(scene)!;
        Assert.Equal((optimum.Tokens, optimum.Parameters), (Trace(figure, "Target").X[0], Trace(figure, "Target").Y[0]));
        Assert.True(Trace(figure, "Served").Y[0] < optimum.Parameters);
        Assert.InRange(optimum.Parameters, figure.YAxis.Range!.Low, figure.YAxis.Range.High);
        Assert.Equal(optimum.Loss, Trace(FitFigures.LossAgainstCompute(scene)!, "Target").Y[0]);
        Assert.DoesNotContain(FitFigures.IsoLoss(s_scene)!.Traces, trace => trace.Name == "Served");
    }

    [Fact]
    public void Fitted_losses_stand_against_the_measured_ones()
    {
        var figure = FitFigures.FittedAgainstMeasured(s_scene);
        var points = Trace(figure, "Points");
        var row = s_scene.Analysis.Rows[4];
        Assert.Equal(row.Loss, points.X[4]);
        Assert.Equal(s_scene.Analysis.Law.Predict(new LawPoint(row.Parameters, row.Tokens, row.Flops)), points.Y[4]);
        Assert.Equal(Trace(figure, "Agreement").X, Trace(figure, "Agreement").Y);
        Assert.Matches(@"^half of the points within 0\.\d+ %$", figure.Subtitle);
    }

    [Fact]
    public void Published_and_saved_laws_are_laid_over()
    {
        var scene = SampleFit.Scene(SampleFit.State with { Shown = ["epoch", "kaplan"] }, null, new OverlaidLaw("baseline v1", PublishedSurfaces.Hoffmann.Law), new OverlaidLaw("line v2", LawForms.Find("compute")!.With(1.7, 1000, 0.15)));
        var losses = FitFigures.LossAgainstCompute(scene)!;
        Assert.True(Trace(losses, "Besiroglu et al. (Epoch AI)").Published);
        Assert.Equal("Kaplan", Trace(losses, "Kaplan et al.").EndLabel);
        Assert.NotEqual(Trace(losses, "baseline v1").Color, Trace(losses, "line v2").Color);
        Assert.NotEqual(Trace(losses, "baseline v1").Dash, Trace(losses, "line v2").Dash);
        Assert.Equal(PublishedSurfaces.Hoffmann.Law.Optimum(Trace(losses, "baseline v1").X[3]).Loss, Trace(losses, "baseline v1").Y[3], 1e-9);
        // A law of compute alone has no frontier of sizes.
        Assert.DoesNotContain(FitFigures.IsoLoss(scene)!.Traces, trace => trace.Name == "line v2");
        Trace(FitFigures.IsoLoss(scene)!, "baseline v1");
    }

    [Fact]
    public void A_run_left_out_stays_where_it_was_to_be_clicked_back()
    {
        var rows = SampleFit.Rows();
        var state = SampleFit.State with { Excluded = [rows[0].RunId] };
        var scene = s_scene with { State = state, Runs = SampleAnalysis.RunRows(rows) };
        foreach (var figure in new[] { FitFigures.IsoLoss(scene)!, FitFigures.LossAgainstCompute(scene)! })
            Assert.Equal(rows[0].RunId, Assert.Single(Trace(figure, "Excluded").Ids!));
        Assert.Equal(rows[0].Tokens, Trace(FitFigures.IsoLoss(scene)!, "Excluded").X[0]);
    }

    [Fact]
    public void Laws_without_sizes_have_no_lines_of_equal_loss_and_laws_of_a_metric_a_chart_of_their_own()
    {
        var compute = SampleFit.Scene(SampleFit.State with { Law = "compute" });
        Assert.Null(FitFigures.IsoLoss(compute));
        Assert.Null(FitFigures.MetricAgainstLoss(compute));
        Trace(FitFigures.LossAgainstCompute(compute)!, "Fit, 80 %");

        var task = SampleFit.Scene(SampleFit.State with { Law = "task", MetricColumn = "accuracy", Method = FitMethod.Squared, TargetLoss = 2 });
        Assert.Null(FitFigures.LossAgainstCompute(task));
        var figure = FitFigures.MetricAgainstLoss(task)!;
        Assert.Equal("accuracy, 0 to 1", figure.YAxis.Title);
        Assert.Equal(2, Trace(figure, "Target").X[0]);
        var (curve, band) = (Trace(figure, "Fit"), Trace(figure, "Fit, 80 %"));
        Assert.True(curve.Y[0] > curve.Y[^1]);
        Assert.True(band.YLow![40] <= curve.Y[40] + 1e-3 && curve.Y[40] <= band.YHigh![40] + 1e-3);
    }

    [Fact]
    public void A_law_that_does_not_answer_draws_the_runs_alone()
    {
        var scene = SampleFit.Scene(SampleFit.State, SampleFit.OneRatio());
        Assert.Equal(["Points"], FitFigures.IsoLoss(scene)!.Traces.Select(trace => trace.Name));
        Assert.DoesNotContain(FitFigures.LossAgainstCompute(scene)!.Traces, trace => trace.Name is "Fit" or "Target");
    }

    [Theory]
    [InlineData(1.97, 3.6, 2, 3.6, 9)]
    [InlineData(2.001, 2.004, 2.001, 2.004, 7)]
    [InlineData(0.6, 7, 1, 7, 7)]
    public void Levels_are_round_and_few(double low, double high, double first, double last, int count)
    {
        var levels = FitFigures.Levels([high, low]);
        Assert.Equal(count, levels.Count);
        Assert.Equal(first, levels[0], 1e-9);
        Assert.Equal(last, levels[^1], 1e-9);
    }

    private static Trace Trace(Figure figure, string name) => figure.Traces.Single(trace => trace.Name == name);
}
