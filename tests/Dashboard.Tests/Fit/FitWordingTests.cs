using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Tests.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public class FitWordingTests
{
    [Fact]
    public void A_law_of_N_and_D_answers_with_both_and_the_loss()
    {
        var (analysis, estimates) = Fit(SampleFit.State);
        var answer = FitWording.Answer(analysis, estimates, SampleFit.State)!;
        var optimum = analysis.Law.Optimum(1e22);
        Assert.Equal(
            $"At 1e22 FLOP, this law trains {Quantity.Count(optimum.Parameters)} parameters on {Quantity.Count(optimum.Tokens)} tokens for a loss of {IsoFlopWords.Loss(optimum.Loss)} nats per token",
            Text(answer));
        Assert.Equal(4, answer.Sentence.Count(phrase => phrase.Bold));
        var n = Interval.Of(analysis.Result.Bootstrap.Laws.Select(law => law.Optimum(1e22).Parameters))!;
        Assert.StartsWith($"(80 %: {Quantity.Count(n.Low80)}–{Quantity.Count(n.High80)}, ", answer.Interval, StringComparison.Ordinal);
        Assert.EndsWith("; 1.0 decades beyond your largest run).", answer.Interval, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kaplan", "this law trains")]
    [InlineData("tied", "this law trains")]
    [InlineData("compute", "this law reaches a loss of")]
    [InlineData("power", "this law reaches a loss of")]
    public void Every_law_of_the_loss_answers_with_an_interval(string law, string words)
    {
        var state = SampleFit.State with { Law = law };
        var (analysis, estimates) = Fit(state);
        var answer = FitWording.Answer(analysis, estimates, state)!;
        Assert.Contains(words, Text(answer), StringComparison.Ordinal);
        Assert.StartsWith("(80 %: ", answer.Interval, StringComparison.Ordinal);
        Assert.InRange(FitWording.KeyFigures(analysis, estimates, state).Count, 4, 5);
    }

    [Fact]
    public void A_law_of_a_metric_answers_at_the_lowest_loss_or_the_one_asked_for()
    {
        var state = SampleFit.State with { Law = "task", Method = FitMethod.Squared, MetricColumn = "accuracy" };
        var (analysis, estimates) = Fit(state);
        var lowest = analysis.Rows.Min(row => row.Loss);
        var answer = FitWording.Answer(analysis, estimates, state)!;
        Assert.StartsWith($"At a loss of {IsoFlopWords.Loss(lowest)} nats per token, this law puts accuracy at 0.", Text(answer), StringComparison.Ordinal);
        Assert.Contains("within the losses of your runs", answer.Interval, StringComparison.Ordinal);

        var better = state with { TargetLoss = lowest - 0.1 };
        var (_, beyond) = Fit(better);
        Assert.Contains("0.100 nats below the lowest loss", FitWording.Answer(analysis, beyond, better)!.Interval, StringComparison.Ordinal);
        Assert.Equal(0.25 + 0.6 / (1 + Math.Exp(4 * (lowest - 0.1 - 2.4))), beyond["metric"].Value, 0.02);
    }

    [Fact]
    public void One_ratio_of_tokens_to_parameters_gives_no_answer_and_says_why()
    {
        var analysis = SampleFit.Analysis(SampleFit.State, SampleFit.OneRatio());
        var estimates = FitEstimates.Of(analysis, SampleFit.State);
        Assert.Null(FitWording.Answer(analysis, estimates, SampleFit.State));
        Assert.Equal("N and D cannot be separated by these runs", FitWording.NoAnswer(analysis));
        Assert.Contains("one ratio of tokens to parameters", FitWording.WhyNoAnswer(analysis), StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be separated", FitWording.WhyNoAnswer(analysis), StringComparison.Ordinal);
        Assert.Empty(FitWording.KeyFigures(analysis, estimates, SampleFit.State));
        Assert.All(estimates.All, estimate => Assert.Null(estimate.Interval));
    }

    [Fact]
    public void All_losses_alike_give_a_status_in_words_and_no_exception()
    {
        var analysis = SampleFit.Analysis(SampleFit.State, [.. SampleFit.Rows().Select(row => row with { Loss = 2.5 })]);
        Assert.NotEqual(FitStatus.Converged, analysis.Result.Fit.Status);
        Assert.NotEmpty(FitWording.Status(analysis.Result.Fit));
        Assert.Null(FitWording.Answer(analysis, FitEstimates.Of(analysis, SampleFit.State), SampleFit.State));
    }

    [Fact]
    public void Serving_asks_for_a_smaller_model_on_more_tokens_and_says_what_it_saves()
    {
        var state = SampleFit.State with { ServedTokens = 1e13 };
        var (analysis, estimates) = Fit(state);
        var sentence = FitWording.Served(analysis, estimates, state)!;
        Assert.Matches(@"^For 10T served tokens the same loss costs least with [\d.]+[MB] parameters on [\d.]+[BT] tokens \(80 %: .* and .*\): [\d.]+e\d+ FLOP over training and serving, \d+ % less than the training optimum served alike \(80 %: .* %–.* %\)\.$", sentence);
        Assert.True(estimates["served_parameters"].Value < estimates["parameters"].Value);
        Assert.True(estimates["served_tokens"].Value > estimates["tokens"].Value);
        Assert.Null(FitWording.Served(analysis, FitEstimates.Of(analysis, SampleFit.State), SampleFit.State));
    }

    [Fact]
    public void Without_draws_it_says_that_there_is_no_interval()
    {
        var state = SampleFit.State with { Draws = 0 };
        var (analysis, estimates) = Fit(state);
        Assert.Contains("no interval without bootstrap draws", FitWording.Answer(analysis, estimates, state)!.Interval, StringComparison.Ordinal);
        Assert.Equal("no interval", FitWording.KeyFigures(analysis, estimates, state)[0].Interval);
    }

    [Fact]
    public void Profiles_and_the_delta_method_need_no_draws()
    {
        foreach (var kind in new[] { IntervalKind.Profile, IntervalKind.Delta })
        {
            var state = SampleFit.State with { Draws = 0, Intervals = kind };
            var (analysis, estimates) = Fit(state);
            Assert.All(estimates.All, estimate => Assert.NotNull(estimate.Interval));
            Assert.True(estimates["alpha"].Interval!.Low95 < estimates["alpha"].Value && estimates["alpha"].Value < estimates["alpha"].Interval!.High95);
            Assert.Contains("interval", analysis.Provenance.Options.Keys);
        }
    }

    [Theory]
    [InlineData(IntervalKind.Percentile)]
    [InlineData(IntervalKind.Profile)]
    public void Exponents_that_the_law_fixes_are_said_to_be_fixed(IntervalKind kind)
    {
        var state = SampleFit.State with { Law = "tied", Method = FitMethod.Squared, Intervals = kind };
        var (analysis, estimates) = Fit(state);
        Assert.Equal(("a = 0.500", "fixed by the law"), (FitWording.KeyFigures(analysis, estimates, state)[0].Value, FitWording.KeyFigures(analysis, estimates, state)[0].Interval));
        Assert.All(FitTable.Rows(analysis.Form, estimates).Where(row => row.Symbol is "a" or "b"), row => Assert.Equal(("0.5", "fixed by the law", "fixed by the law", "–"), (row.Value, row.Eighty, row.NinetyFive, row.StandardError)));
    }

    [Theory]
    [InlineData(IntervalKind.Percentile, "Fitting")]
    [InlineData(IntervalKind.BiasCorrected, "Fitting")]
    [InlineData(IntervalKind.Profile, "Following profiles")]
    [InlineData(IntervalKind.AdjustedProfile, "Following profiles")]
    [InlineData(IntervalKind.Delta, "Fitting")]
    public void Says_what_it_is_busy_with_once_the_draws_are_done(IntervalKind kind, string words)
    {
        Assert.Equal(words, FitWording.Doing(kind, hasDrawsToCome: false));
        Assert.Equal("Fitting, with bootstrap", FitWording.Doing(kind, hasDrawsToCome: true));
    }

    [Fact]
    public void An_open_end_is_said()
    {
        var estimate = Fit(SampleFit.State).Estimates["parameters"] with { Interval = new(1, 2e9, double.NaN, double.NaN, double.NaN) };
        Assert.Equal("from 2B", estimate.Eighty);
        Assert.Equal("open", estimate.NinetyFive);
    }

    [Fact]
    public void The_table_has_every_number_with_its_intervals_beside_the_published_ones()
    {
        var (analysis, estimates) = Fit(SampleFit.State);
        var rows = FitTable.Rows(analysis.Form, estimates);
        Assert.Equal(["E", "A", "B", "α", "β", "a", "b", "N at 1e22 FLOP", "D at 1e22 FLOP", "D/N at 1e22 FLOP", "L at 1e22 FLOP"], rows.Select(row => row.Symbol));
        Assert.All(rows, row => Assert.True(row.Eighty.Contains('–', StringComparison.Ordinal) && row.NinetyFive.Length > 1 && row.StandardError != "–"));
        Assert.Equal(["1.6934", "1.69", "1.8169", "0.6047"], rows[0].Published);
        var lines = FitTable.Text(rows, PublishedSurfaces.Of(analysis.Form)).TrimEnd('\n').Split('\n').Select(line => line.Split('\t')).ToArray();
        Assert.Equal(rows.Count + 1, lines.Length);
        Assert.All(lines, line => Assert.Equal(10, line.Length));
        Assert.Equal(rows[3].Value, lines[4][2]);
    }

    [Fact]
    public void Checkpoints_as_points_warn_that_they_resemble_each_other()
    {
        var rows = SampleFit.Rows(checkpoints: 4);
        Assert.Contains(SampleFit.Analysis(SampleFit.State, rows).Warnings, warning => warning.Kind == "checkpoints");
        Assert.DoesNotContain(SampleFit.Analysis(SampleFit.State with { Draws = 0 }, rows).Warnings, warning => warning.Kind == "checkpoints");
        Assert.Contains(SampleFit.Analysis(SampleFit.State with { Draws = 0, Intervals = IntervalKind.Delta }, rows).Warnings, warning => warning.Kind == "checkpoints");
        Assert.DoesNotContain(SampleFit.Analysis(SampleFit.State).Warnings, warning => warning.Kind == "checkpoints");
    }

    [Fact]
    public void The_document_of_a_fit_is_the_fit()
    {
        var state = SampleFit.State with { Excluded = ["id-x"] };
        var (analysis, estimates) = Fit(state);
        var view = new FitView(new() { All = [], Rows = SampleAnalysis.RunRows([analysis.Rows[0] with { RunId = "id-x", Run = "left out" }]), Final = analysis.Input, Checkpoints = analysis.Input }, analysis, null);
        var document = FitDocuments.Of(analysis, estimates, view, state);
        Assert.Equal(analysis.Law, FitDocuments.LawOf(document));
        Assert.Equal(60, document.Draws!.Count);
        Assert.Equal("left out", Assert.Single(document.Excluded).Name);
        Assert.Equal(["a", "b"], document.Exponents.Select(number => number.Key));
        Assert.Equal(analysis.Result.Bootstrap.Laws[0].Optimum(1e22), FitDocuments.Predict(document, document.Draws[0], 1e22));
        Assert.Null(FitDocuments.LawOf(document with { Law = "of the future" }));
        var again = FitDrift.Between(document, FitDocuments.Of(analysis, FitEstimates.Of(analysis, state), view, state));
        Assert.True(again is { SameRuns: true, SameOptions: true, SameNumbers: true });
    }

    private static (Analysis.FitAnalysis Analysis, FitEstimates Estimates) Fit(FitState state)
    {
        var analysis = SampleFit.Analysis(state);
        return (analysis, FitEstimates.Of(analysis, state));
    }

    private static string Text(FitAnswer answer) => string.Concat(answer.Sentence.Select(phrase => phrase.Text));
}
