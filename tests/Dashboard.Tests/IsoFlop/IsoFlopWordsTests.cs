using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Tests.IsoFlop;

public class IsoFlopWordsTests
{
    private static readonly IsoFlopAnalysis s_analysis = SampleAnalysis.Of(SampleAnalysis.Rows());

    [Fact]
    public void The_headline_is_approach_3_with_its_own_intervals_and_the_reach()
    {
        var answering = IsoFlopWords.Answering(s_analysis, HeadlineChoice.Auto)!;
        Assert.Equal(3, answering.Approach);
        var answer = IsoFlopWords.Answer(s_analysis, answering, 1e23);
        var prediction = answering.At(1e23);
        Assert.Equal("1e23 FLOP", answer.Budget);
        Assert.Equal($"{Quantity.Count(prediction.Optimum.Parameters)} parameters", answer.Parameters);
        Assert.Equal($"{Quantity.Count(prediction.Optimum.Tokens)} tokens", answer.Tokens);
        Assert.Equal($"{IsoFlopWords.Loss(prediction.Optimum.Loss)} nats per token", answer.Loss);
        Assert.Contains($"80 %: {Quantity.Count(prediction.Parameters!.Low80)}–{Quantity.Count(prediction.Parameters.High80)}", answer.Interval, StringComparison.Ordinal);
        Assert.Contains("by Approach 3; 2.0 decades beyond your largest run", answer.Interval, StringComparison.Ordinal);
    }

    [Fact]
    public void The_spread_names_the_smallest_and_the_largest_answer()
    {
        var sizes = s_analysis.Approaches.Select(result => result.Law.Optimum(1e23).Parameters).Order().ToArray();
        var spread = IsoFlopWords.Answer(s_analysis, s_analysis.Headline!, 1e23).Spread;
        Assert.Equal($"Over the two approaches: {Quantity.Count(sizes[0])} to {Quantity.Count(sizes[^1])} parameters.", spread);
    }

    [Fact]
    public void The_user_may_choose_who_answers_as_long_as_it_can()
    {
        Assert.Equal(2, IsoFlopWords.Answering(s_analysis, HeadlineChoice.Two)!.Approach);
        // No curves, so no Approach 1: the rule answers.
        Assert.Equal(3, IsoFlopWords.Answering(s_analysis, HeadlineChoice.One)!.Approach);
        Assert.Equal(1, IsoFlopWords.Answering(SampleAnalysis.Of(SampleAnalysis.Rows(checkpoints: 6)), HeadlineChoice.One)!.Approach);
    }

    [Fact]
    public void Approach_2_answers_without_a_loss_and_the_strip_does_not_borrow_one()
    {
        var parabolas = s_analysis.Approach(2)!;
        Assert.Null(IsoFlopWords.Answer(s_analysis, parabolas, 1e23).Loss);
        var figures = IsoFlopWords.KeyFigures(s_analysis, parabolas, 1e23);
        Assert.Equal(5, figures.Count);
        Assert.Equal("–", figures[3].Value);
        Assert.Equal($"a = {IsoFlopWords.Exponent(parabolas.Law.ParameterExponent)}", figures[0].Value);
        Assert.Equal("2.0 decades", figures[4].Value);
    }

    [Fact]
    public void Without_draws_it_says_that_there_is_no_interval()
    {
        var analysis = SampleAnalysis.Of(SampleAnalysis.Rows(), draws: 0);
        Assert.Contains("no interval", IsoFlopWords.Answer(analysis, analysis.Headline!, 1e23).Interval, StringComparison.Ordinal);
        Assert.All(IsoFlopWords.KeyFigures(analysis, analysis.Headline!, 1e23).Take(4), figure => Assert.Contains("no interval", figure.Interval, StringComparison.Ordinal));
    }

    [Fact]
    public void Approach_2_answers_when_the_surface_is_not_identifiable()
    {
        // One budget and a second one that only repeats its sizes at 4× compute: N and D move together within the first alone.
        var rows = SampleAnalysis.Rows().Where(row => row.Budget == 1e20).ToArray();
        var analysis = SampleAnalysis.Of(rows);
        Assert.Null(analysis.Headline);
        Assert.Contains(analysis.Warnings, warning => warning.Text.Contains("one budget", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1e21, "within the compute of your runs")]
    [InlineData(1e19, "within the compute of your runs")]
    [InlineData(1e22, "1.0 decades beyond your largest run")]
    [InlineData(1e16, "2.0 decades below your smallest run")]
    public void Reach_counts_decades(double target, string words) => Assert.Equal(words, IsoFlopWords.Reach(target, 1e18, 1e21));

    [Fact]
    public void The_table_has_every_approach_with_intervals_and_every_paper()
    {
        var rows = IsoFlopTable.Rows(s_analysis, 5.76e23);
        Assert.Equal(["2", "3", .. PublishedLaws.All.Select(law => law.Key)], rows.Select(row => row.Key));
        Assert.All(rows.Where(row => !row.Published), row =>
        {
            Assert.NotEmpty(row.ParameterExponent.Interval);
            Assert.NotEmpty(row.Parameters.Interval);
            Assert.NotEmpty(row.Tokens.Interval);
        });
        var hoffmann = rows.Single(row => row.Key == "hoffmann1");
        Assert.Equal(new TableCell("0.50", "0.488–0.502"), hoffmann.ParameterExponent);
        Assert.Equal("67B", hoffmann.Parameters.Value);
        Assert.Equal("0.513", rows.Single(row => row.Key == "epoch").ParameterExponent.Value);
        Assert.Contains("2203.15556", hoffmann.Source, StringComparison.Ordinal);
    }
}
