using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Dashboard.Tests.Precision;

public class PrecisionWordsTests
{
    [Fact]
    public void What_training_in_few_bits_costs_by_published_constants()
    {
        var answer = Answer(new PrecisionState());
        Assert.Equal(
            "In 8 bits, 8B parameters count as 6.62B: it takes 1.21 times the parameters to make up for the bits (published constants, for which no interval is published; N 1.6 decades and D 2.8 decades beyond the runs behind the law).",
            Sentence(answer));
        Assert.Equal(["After 15T tokens that is a loss of 2.827 nats per token, 0.0051 of them for the bits.", "Four bits for everything take 5.24 times the parameters."], answer.More);
        Assert.Equal(["Effective parameters", "Predicted loss", "Lost to the bits", "Bits that keep 90 %", "Beyond the runs"], answer.KeyFigures.Select(figure => figure.Label));
        Assert.All(answer.KeyFigures.SkipLast(1), figure => Assert.Contains("no interval published", figure.Interval, StringComparison.Ordinal));
        Assert.StartsWith("Without quantisation 8B parameters on 15T tokens reach a loss of 2.822 nats per token", Sentence(Answer(new PrecisionState().WithBits(16))), StringComparison.Ordinal);
        Assert.StartsWith("In weights 4, activations 8, KV cache 8 bits, ", Sentence(Answer(new PrecisionState { Weights = 4, Apart = true })), StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_bits_do_not_depend_on_the_budget_unless_the_size_is_given()
    {
        var free = Answer(new PrecisionState { View = PrecisionView.Budget });
        Assert.StartsWith("With size and data free, 7.0 bits are best whatever the budget; 1e23 FLOP then train 53.4B parameters on 713B tokens (", Sentence(free), StringComparison.Ordinal);
        Assert.Equal("16 bits are wasteful here: at 7.0 bits the same loss costs 41 % less, if cost falls with the bits as C = 6·N·D·bits/16.", Assert.Single(free.More));

        var given = Answer(new PrecisionState { View = PrecisionView.Budget, SizeGiven = true });
        Assert.StartsWith("For 8B parameters and 1e23 FLOP, 11.3 bits are best, on 2.96T tokens (", Sentence(given), StringComparison.Ordinal);
        Assert.Contains("at 11.3 bits the same loss costs 18 % less", given.More[0], StringComparison.Ordinal);
        Assert.Contains("7.0 bits at any budget", given.More[1], StringComparison.Ordinal);

        var long_ = Answer(new PrecisionState { View = PrecisionView.Budget, SizeGiven = true, Parameters = 1e9, Flops = 1e25 });
        Assert.StartsWith("16 bits are not wasteful here: a model trained this far", long_.More[0], StringComparison.Ordinal);
        Assert.Contains("less than 2 %", Answer(new PrecisionState { View = PrecisionView.Budget, SizeGiven = true, Parameters = 8e9, Flops = 3e24 }).More[0], StringComparison.Ordinal);
    }

    // The saving is that of the law: at the cheapest bits the loss of 16 is reached for so much less.
    [Fact]
    public void The_saving_against_sixteen_bits_is_that_of_the_law()
    {
        var law = PublishedPrecisions.Kumar.Law;
        var free = SamplePrecision.Published(new PrecisionState { View = PrecisionView.Budget });
        var saved = PrecisionWords.SavedAgainstFull(law, free)!.Value;
        Assert.Equal(law.OptimumAtBits(1e23, 16).Value!.Loss, law.JointOptimum((1 - saved) * 1e23).Value!.Loss, 1e-9);
        var given = SamplePrecision.Published(new PrecisionState { View = PrecisionView.Budget, SizeGiven = true });
        var less = PrecisionWords.SavedAgainstFull(law, given)!.Value;
        var tokens = 1e23 / (PrecisionLaw.CostPerBit * 8e9 * 16);
        Assert.Equal(law.TrainingLoss(8e9, tokens, TrainingBits.Tied(16)), law.OptimumAtParameters((1 - less) * 1e23, 8e9).Value!.Loss, 1e-9);
    }

    [Fact]
    public void Quantising_after_training_is_weighed_against_a_smaller_model_of_the_same_memory()
    {
        var costly = Answer(new PrecisionState { View = PrecisionView.Served });
        Assert.StartsWith("Quantising 8B parameters trained on 15T tokens in 8 bits to 4 bits adds 0.4 nats per token (", Sentence(costly), StringComparison.Ordinal);
        Assert.Equal("It costs more than it saves: 2B parameters kept at 16 bits take the same memory and would be 0.34 nats better.", costly.More[0]);
        Assert.Equal("More training hurts: from 193B tokens on each further token raises the loss at 4 bits; these are 77.6 times as many.", costly.More[1]);

        var cheap = Answer(new PrecisionState { View = PrecisionView.Served, Post = 6, Tokens = 2e11 });
        Assert.StartsWith("It saves more than it costs: 3B parameters kept at 16 bits", cheap.More[0], StringComparison.Ordinal);
        Assert.StartsWith("More training still helps: only from", cheap.More[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PrecisionView.Training, 3, 4, "In 3 bits, a model of 8B parameters lies outside the law (activations at 3 bits lie outside the law, which holds above γ·n = 3.11 bits")]
    [InlineData(PrecisionView.Served, 4, 6, "lies outside the law (6 bits after training are more than the 4 bits in which the weights were trained")]
    public void Outside_the_law_the_answer_says_why(PrecisionView view, double bits, double post, string words)
    {
        var answer = Answer((new PrecisionState { View = view, Post = post }).WithBits(bits));
        Assert.Contains(words, Sentence(answer), StringComparison.Ordinal);
        Assert.Empty(answer.KeyFigures);
    }

    [Fact]
    public void A_fit_answers_with_intervals_and_the_reach_of_its_runs()
    {
        var training = PrecisionWords.Answer(SamplePrecision.Fitted());
        Assert.Matches(@"^In 8 bits, 220M parameters count as 18\dM: it takes 1\.2\d? times the parameters to make up for the bits \(80 %: 1\d\dM–1\d\dM and 1\.\d+–1\.\d+; within the N and D of your runs\)\.$", Sentence(training));
        Assert.All(training.KeyFigures.SkipLast(1), figure => Assert.Contains("80 %: ", figure.Interval, StringComparison.Ordinal));
        var budget = PrecisionWords.Answer(SamplePrecision.Fitted(new PrecisionState { Project = "p", View = PrecisionView.Budget, SizeGiven = true, Flops = 1e20 }));
        Assert.Matches(@"\(80 %: [\d.]+–[\d.]+ and [\d.]+B–[\d.]+B; D 0\.\d decades beyond your runs\)", Sentence(budget));
        Assert.Matches(@"costs \d+ % less \(80 %: \d+ %–\d+ %\)", budget.More[0]);
        var served = PrecisionWords.Answer(SamplePrecision.Fitted(new PrecisionState { Project = "p", View = PrecisionView.Served }));
        Assert.Matches(@"would be [\d.]+ nats (worse|better) \(80 %: [\d.]+ to [\d.]+\)", served.More[0]);
    }

    [Theory]
    [InlineData("sun", PrecisionView.Training, "In E4M3, 8B parameters on 15T tokens lose ")]
    [InlineData("sun", PrecisionView.Budget, "With size and data free, 4.7 bits are best at 1e23 FLOP")]
    [InlineData("ouyang", PrecisionView.Training, "Quantising 8B parameters trained on 15T tokens to 4 bits adds ")]
    [InlineData("chen-w4a4-fc2", PrecisionView.Served, "Trained in W4A4, FC2 input in 8 bits with groups of 128, ")]
    public void Other_laws_answer_what_they_can(string law, PrecisionView asked, string words)
    {
        var scene = SamplePrecision.Published(new PrecisionState { Law = law, View = asked });
        Assert.Contains(scene.View, scene.Views);
        var answer = PrecisionWords.Answer(scene);
        Assert.StartsWith(words, Sentence(answer), StringComparison.Ordinal);
        Assert.Contains("no interval is published", answer.Headline.Interval, StringComparison.Ordinal);
        Assert.NotEmpty(answer.KeyFigures);
    }

    [Fact]
    public void Every_published_law_answers_each_of_its_questions()
    {
        foreach (var published in PublishedPrecisions.All)
        {
            foreach (var view in Enum.GetValues<PrecisionView>())
            {
                var answer = Answer(new PrecisionState { Law = published.Key, View = view, SizeGiven = true });
                Assert.DoesNotContain("NaN", Sentence(answer) + string.Join(' ', answer.More), StringComparison.Ordinal);
                Assert.DoesNotContain("–", string.Concat(answer.KeyFigures.Select(figure => figure.Value)), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Numbers_read_as_people_write_them()
    {
        Assert.Equal(["7.0", "1.58", "–"], ((double[])[7.002, 1.584, double.NaN]).Select(PrecisionWords.Bits));
        Assert.Equal(["8", "6.5", "not quantised"], ((double[])[8, 6.5, 16]).Select(PrecisionWords.Chosen));
        Assert.Equal(["0.12", "1.2e-5", "–"], ((double[])[0.1234, 1.234e-5, double.NaN]).Select(PrecisionWords.Nats).Select(text => text.Replace("1.23e-5", "1.2e-5", StringComparison.Ordinal)));
    }

    private static PrecisionAnswer Answer(PrecisionState state) => PrecisionWords.Answer(SamplePrecision.Published(state));

    private static string Sentence(PrecisionAnswer answer) => string.Concat(answer.Headline.Sentence.Select(phrase => phrase.Text)) + " " + answer.Headline.Interval;
}
