using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Tests.Fit;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public class FitDiagnosticsFiguresTests
{
    private static readonly FitResult s_result = DiagnosedSweep.Of(DiagnosedSweep.Input());
    private static readonly FitDiagnostics s_diagnostics = DiagnosedSweep.Diagnose(s_result);

    private static Trace Trace(Figure figure, string name) => figure.Traces.Single(trace => trace.Name == name);

    [Fact]
    public void Residuals_are_shares_of_the_loss_in_one_colour_a_budget()
    {
        var figure = FitDiagnosticsFigures.Residuals(s_diagnostics, s_result, ResidualAxis.C);
        var points = figure.Traces.Where(trace => trace.Kind == TraceKind.Points).ToArray();
        Assert.Equal(5, points.Length);
        Assert.Equal(35, points.Sum(trace => trace.X.Length));
        Assert.Equal(["--seq-1", "--seq-3", "--seq-5", "--seq-7", "--seq-9"], points.Select(trace => trace.Color));
        Assert.Equal("Residual, % of the loss", figure.YAxis.Title);
        var row = s_result.Rows.First(row => row.RunId == points[0].Ids![2]);
        Assert.Equal(row.Flops, points[0].X[2]);
        Assert.Equal(100 * Math.Log(row.Loss / s_result.Fit.Law.Predict(new(row.Parameters, row.Tokens, row.Flops))), points[0].Y[2], 1e-6);
        Assert.Contains("standard deviations", points[0].Hover![2], StringComparison.Ordinal);
    }

    [Fact]
    public void Residuals_stand_against_each_axis()
    {
        foreach (var (axis, title, value) in new (ResidualAxis, string, Func<Runs.Observation, double>)[]
        {
            (ResidualAxis.N, "Parameters N", row => row.Parameters),
            (ResidualAxis.D, "Tokens D", row => row.Tokens),
            (ResidualAxis.C, "Training compute C, FLOP", row => row.Flops),
        })
        {
            var figure = FitDiagnosticsFigures.Residuals(s_diagnostics, s_result, axis);
            Assert.Equal(title, figure.XAxis.Title);
            Assert.True(figure.XAxis.Log);
            Assert.Equal(s_result.Rows.Select(value).Order(), figure.Traces.Where(trace => trace.Kind == TraceKind.Points).SelectMany(trace => trace.X).Order());
        }

        var fitted = FitDiagnosticsFigures.Residuals(s_diagnostics, s_result, ResidualAxis.Fitted);
        Assert.False(fitted.XAxis.Log);
        Assert.Equal("Fitted loss, nats per token", fitted.XAxis.Title);
    }

    [Fact]
    public void The_band_of_residuals_holds_most_of_them()
    {
        var figure = FitDiagnosticsFigures.Residuals(s_diagnostics, s_result, ResidualAxis.C);
        var band = figure.Traces.Single(trace => trace.Kind == TraceKind.Band);
        var inside = figure.Traces.Where(trace => trace.Kind == TraceKind.Points).SelectMany(trace => trace.Y).Count(y => y >= band.YLow![0] && y <= band.YHigh![0]);
        Assert.InRange(inside, 22, 34);
    }

    [Fact]
    public void Influence_shows_the_exponent_without_each_run()
    {
        var figure = FitDiagnosticsFigures.Influence(s_diagnostics, s_result);
        Assert.Equal(35, figure.Traces.Sum(trace => trace.X.Length));
        Assert.Equal(s_result.Fit.Law.ParameterExponent, Assert.Single(figure.VerticalLines).X);
        var most = s_diagnostics.Influence[0];
        var trace = figure.Traces.Single(trace => trace.Ids!.Contains(s_result.Rows[most.Point].RunId));
        var at = Array.IndexOf(trace.Ids!, s_result.Rows[most.Point].RunId);
        Assert.Equal(most.Distance, trace.Y[at]);
        Assert.Equal(most.Without!.ParameterExponent, trace.X[at]);
    }

    [Fact]
    public void Leaving_out_a_budget_stands_beside_the_interval_of_all()
    {
        var figure = FitDiagnosticsFigures.LeaveOneOut(s_diagnostics, s_result);
        Assert.Equal(5, Trace(figure, "Without the budget").X.Length);
        Assert.Equal(s_result.Fit.Law.ParameterExponent, Trace(figure, "All budgets").Y[0]);
        var band = Trace(figure, "All budgets, 80 %");
        Assert.True(band.YLow![0] < band.YHigh![0]);
        var profile = DiagnosedSweep.Options with { Intervals = IntervalKind.Profile };
        var followed = FitIntervals.Of(s_result, profile);
        Assert.Equal(followed.Quantities["a"]!.Low80, Trace(FitDiagnosticsFigures.LeaveOneOut(FitDiagnostics.Run(s_result, profile, followed, 1e23), s_result), "All budgets, 80 %").YLow![0]);
        Assert.Contains("a = ", Trace(figure, "Without the budget").Hover![0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RollOutQuantity.Exponent, "Exponent a", false)]
    [InlineData(RollOutQuantity.Parameters, "N_opt at 1e23 FLOP", true)]
    [InlineData(RollOutQuantity.Loss, "Loss at 1e23 FLOP, nats per token", false)]
    public void A_roll_out_ends_on_the_level_of_all_budgets_with_its_band(RollOutQuantity quantity, string title, bool log)
    {
        var figure = FitDiagnosticsFigures.RollOut(s_diagnostics, quantity);
        Assert.Equal((title, log), (figure.YAxis.Title, figure.YAxis.Log));
        var line = Trace(figure, "Fit to the smallest budgets");
        Assert.Equal(3, line.X.Length);
        Assert.Equal(line.Y[^1], Trace(figure, "All budgets").Y[0]);
        Assert.Equal(3, Trace(figure, "80 % interval").YLow!.Length);
        Assert.StartsWith("3 budgets up to 1e20 FLOP, 21 runs", Trace(figure, "Fits").Hover![0], StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_file_cannot_be_clicked()
    {
        var input = DiagnosedSweep.Input();
        var result = DiagnosedSweep.Of(input with { Observations = [.. input.Observations.Select(row => row with { RunId = "" })] });
        var figure = FitDiagnosticsFigures.Residuals(DiagnosedSweep.Diagnose(result), result, ResidualAxis.C);
        Assert.All(figure.Traces, trace => Assert.Null(trace.Ids));
    }

    [Fact]
    public void A_law_of_compute_alone_follows_the_loss_only()
    {
        var options = DiagnosedSweep.Options with { Law = "compute" };
        var diagnostics = DiagnosedSweep.Diagnose(DiagnosedSweep.Of(DiagnosedSweep.Input(), options), options);
        Assert.Equal([RollOutQuantity.Loss], FitDiagnosticsFigures.Followed(diagnostics));
        Assert.Equal(Enum.GetValues<RollOutQuantity>(), FitDiagnosticsFigures.Followed(s_diagnostics));
    }
}
