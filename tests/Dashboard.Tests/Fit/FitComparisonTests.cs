using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Laws;
using static ScalingDashboard.Dashboard.Tests.Fit.Documents;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public sealed class FitComparisonTests
{
    // A law of its own: N = C^alpha, L = E.
    private static Allocation? Predict(SavedFitDocument fit, IReadOnlyList<double> coefficients, double flops) =>
        fit.Law == "chinchilla" ? new Allocation(flops, Math.Pow(flops, coefficients[1]), flops / (6 * Math.Pow(flops, coefficients[1])), coefficients[0]) : null;

    [Fact]
    public void Fits_stand_side_by_side_with_their_intervals()
    {
        var other = Document(alpha: 0.35) with { Method = "vpnls", Status = "at_bound", Points = 1200 };

        var comparison = FitComparison.Of([new("baseline v1", Document()), new("this view", other)], [], Predict);

        Assert.Equal(["baseline v1", "this view"], comparison.Labels);
        Assert.Equal(["Law", "Points", "E", "α", "a"], comparison.Rows.Select(row => row.Label));
        Assert.Equal([new("chinchilla, huber", "converged"), new("chinchilla, vpnls", "at_bound")], comparison.Rows[0].Cells);
        Assert.Equal([new("72"), new("1,200")], comparison.Rows[1].Cells);
        Assert.Equal("nats per token", comparison.Rows[2].Unit);
        Assert.Equal([new("0.34", "0.33–0.355"), new("0.35", "0.33–0.355")], comparison.Rows[3].Cells);
        Assert.Equal("All rest on the same runs.", comparison.Note);
    }

    [Fact]
    public void Intervals_of_another_kind_are_named_and_so_are_those_of_what_is_predicted()
    {
        var profile = Document().With(options: [("bootstrap", "1000"), ("interval", "profile")]);
        var comparison = FitComparison.Of([new("x", Document()), new("y", profile)], [1e6], Predict);
        Assert.Equal([new("chinchilla, huber", "converged"), new("chinchilla, huber", "converged, profile intervals")], comparison.Rows[0].Cells);
        Assert.EndsWith("Of what is predicted, intervals are percentiles of the draws saved with a fit, at most 500.", comparison.Note, StringComparison.Ordinal);
        Assert.DoesNotContain("percentiles", FitComparison.Of([new("x", Document())], [1e6], Predict).Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantity_that_only_one_fit_has_is_a_dash_for_the_other()
    {
        var other = Document() with { Law = "power", Parameters = [new("gamma", 2e7, "", null)], Exponents = [], Draws = [[2e7]] };

        var comparison = FitComparison.Of([new("x", Document()), new("y", other.With(input: "bb"))], [1e6], Predict);

        Assert.Equal(["Law", "Points", "E", "α", "γ", "a", "N at 1e6 FLOP", "D at 1e6 FLOP", "Loss at 1e6 FLOP"], comparison.Rows.Select(row => row.Label));
        Assert.Equal([new("–"), new("2e7", "no interval")], comparison.Rows[4].Cells);
        Assert.All(comparison.Rows.Skip(5), row => Assert.Equal(new("–"), row.Cells[1]));
        Assert.All(comparison.Rows.Skip(5), row => Assert.NotEqual(new("–"), row.Cells[0]));
        Assert.Equal("Each rests on other runs: their difference is one of data as well as of fitting.", comparison.Note);
    }

    [Fact]
    public void Predictions_apply_the_law_to_the_estimate_and_to_every_draw()
    {
        var fit = Document(alpha: 0.5) with { Draws = [.. Enumerable.Range(0, 11).Select(i => new[] { 1.7 + 0.02 * i, 0.5 })] };

        var rows = FitComparison.Of([new("x", fit)], [1e6, 1e8], Predict).Rows;

        Assert.Equal(("N at 1e6 FLOP", "parameters", "1K", "1K–1K"), (rows[5].Label, rows[5].Unit, rows[5].Cells[0].Value, rows[5].Cells[0].Interval));
        Assert.Equal(("D at 1e6 FLOP", "tokens", "167"), (rows[6].Label, rows[6].Unit, rows[6].Cells[0].Value));
        // The 10th and the 90th percentile of 1.70, 1.72, … 1.90.
        Assert.Equal(("Loss at 1e6 FLOP", "nats per token", "1.8", "1.72–1.88"), (rows[7].Label, rows[7].Unit, rows[7].Cells[0].Value, rows[7].Cells[0].Interval));
        Assert.Equal(("N at 1e8 FLOP", "10K"), (rows[8].Label, rows[8].Cells[0].Value));
    }

    [Fact]
    public void Without_draws_a_prediction_says_that_it_has_no_interval()
    {
        var rows = FitComparison.Of([new("x", Document() with { Draws = [] })], [1e6], Predict).Rows;
        Assert.Equal("no interval", rows[5].Cells[0].Interval);
    }

    [Fact]
    public void Some_on_other_runs_are_told_from_all_on_other_runs()
    {
        var comparison = FitComparison.Of([new("x", Document()), new("y", Document()), new("z", Document().With(input: "bb"))], [], Predict);
        Assert.StartsWith("Not all rest on the same runs", comparison.Note, StringComparison.Ordinal);
        Assert.Equal("", FitComparison.Of([new("x", Document())], [], Predict).Note);
    }

    [Fact]
    public void The_text_is_for_a_spreadsheet()
    {
        var text = FitComparison.Of([new("x", Document()), new("y", Document())], [], Predict).Text();
        Assert.Equal(
            "quantity\tx\t80 %\ty\t80 %\nLaw\tchinchilla, huber\tconverged\tchinchilla, huber\tconverged\nPoints\t72\t\t72\t\nE, nats per token\t1.8\t1.78–1.84\t1.8\t1.78–1.84\nα\t0.34\t0.33–0.355\t0.34\t0.33–0.355\na\t0.525\t0.51–0.53\t0.525\t0.51–0.53\n",
            text);
    }
}
