using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Numerics.Tests.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class PrecisionFormTests
{
    public static TheoryData<string, FitMethod> Cases
    {
        get
        {
            var cases = new TheoryData<string, FitMethod>();
            foreach (var form in FormSamples.Forms.OfType<PrecisionForm>().Concat<LawForm>(LawForms.OfFormats))
            {
                foreach (var method in (FitMethod[])[FitMethod.Huber, FitMethod.Squared, FitMethod.LogSquared])
                    cases.Add(form.Key, method);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_form_is_recovered_from_what_it_predicts(string key, FitMethod method)
    {
        var form = LawForms.Find(key)!;
        var law = FormSamples.Law(form);
        var fit = LawFitter.Fit(form, FormSamples.Points(form), new FitOptions { Method = method });
        Assert.True(fit.Status == FitStatus.Converged, $"{fit.Status}: {fit.Explanation}");
        foreach (var parameter in form.Parameters)
            Assert.Equal(1, fit.Law[parameter.Key] / law[parameter.Key], 2e-3);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_noisy_sweep_gives_the_constants_back_within_their_intervals(int seed)
    {
        var form = PrecisionForm.Find("precision-w-a-kv-post")!;
        var truth = FormSamples.Law(form);
        var points = FormSamples.Points(form, 0.002, seed);
        var options = new FitOptions { Method = FitMethod.LogSquared };
        var fit = LawFitter.Fit(form, points, options);
        Func<Law, double>[] quantities = [.. form.Parameters.Select(parameter => (Func<Law, double>)(law => law[parameter.Key])), law => form.LawOf(law.Coefficients)!.JointBits()!.Value];
        var intervals = LawIntervals.For(IntervalKind.Percentile, fit, points, options, BootstrapDraws.Run(points, fit, options, 200, 1)).Of(quantities);
        var held = quantities.Zip(intervals).Count(pair => pair.First(truth) >= pair.Second!.Low95 && pair.First(truth) <= pair.Second.High95);
        // Of sixteen 95 % intervals of correlated numbers.
        Assert.InRange(held, 14, 16);
    }

    [Fact]
    public void The_law_of_a_fit_says_what_the_form_predicts()
    {
        foreach (var form in FormSamples.Forms.OfType<PrecisionForm>().Where(form => form.Effect == PrecisionEffect.Parameters))
        {
            var law = FormSamples.Law(form);
            var precision = form.LawOf(law.Coefficients)!;
            foreach (var run in FormSamples.Runs(form))
            {
                var terms = precision.At(run.Parameters, run.Tokens, new(Bits(run.WeightBits), Bits(run.ActivationBits), Bits(run.KvBits)), Bits(run.PostBits)).Value!;
                Assert.Equal(terms.Loss, law.Predict(run), 1e-10);
            }
        }

        static double? Bits(double bits) => bits < LawPoint.NotQuantised ? bits : null;
    }

    [Fact]
    public void With_no_effective_parameters_left_the_loss_has_no_end()
    {
        var law = FormSamples.Law(PrecisionForm.Find("precision-w-a-kv-post")!);
        Assert.Equal(double.PositiveInfinity, law.Predict(new LawPoint(1e9, 1e10, 6e19, ActivationBits: 3)));
        // Bits that nobody told are those of no quantisation.
        Assert.Equal(law.Predict(new LawPoint(1e9, 1e10, 6e19)), law.Predict(new LawPoint(1e9, 1e10, 6e19, WeightBits: LawPoint.NotQuantised)), 1e-12);
    }

    [Theory]
    [InlineData("precision-w-a-kv-post")]
    [InlineData("precision-wakv")]
    [InlineData("precision-wa0-kv")]
    [InlineData("precision-post")]
    [InlineData("precision-w0-kv-apart")]
    public void A_key_finds_its_form_and_the_same_one_each_time(string key)
    {
        var form = LawForms.Find(key);
        Assert.Equal(key, form!.Key);
        Assert.Same(form, LawForms.Find(key));
    }

    [Theory]
    [InlineData("precision")]
    [InlineData("precision-")]
    [InlineData("precision-a-w")]
    [InlineData("precision-w-wa")]
    [InlineData("precision-ww")]
    [InlineData("precision-x")]
    [InlineData("precision-0")]
    [InlineData("precision-both")]
    [InlineData("precision-w-post-both")]
    [InlineData("Precision-w")]
    public void Other_keys_find_none(string key) => Assert.Null(LawForms.Find(key));

    [Fact]
    public void Too_few_precisions_are_not_identifiable()
    {
        var form = PrecisionForm.Find("precision-w")!;
        var law = FormSamples.Law(form);
        LawPoint[] runs = [.. FormSamples.Runs(form).Where(run => run.WeightBits is 4 or LawPoint.NotQuantised)];
        var fit = LawFitter.Fit(form, FitPoints.From(runs, [.. runs.Select(run => law.Predict(run) * 1.001)]), new FitOptions());
        Assert.Equal(FitStatus.NotIdentifiable, fit.Status);
        Assert.Contains("fewer than three precisions of the weights: γ and n cannot be told apart", fit.Explanation, StringComparison.Ordinal);

        var post = PrecisionForm.Find("precision-post")!;
        var sample = FormSamples.Law(post);
        LawPoint[] served = [.. FormSamples.Runs(post).Where(run => run.PostBits is 4 or LawPoint.NotQuantised)];
        Assert.Equal(FitStatus.NotIdentifiable, LawFitter.Fit(post, FitPoints.From(served, [.. served.Select(run => sample.Predict(run))]), new FitOptions()).Status);
    }

    [Fact]
    public void A_part_of_a_sweep_keeps_the_fewest_bits_of_its_own()
    {
        var form = PrecisionForm.Find("precision-w")!;
        var points = FormSamples.Points(form);
        Assert.Equal(3, points.Least(LawInput.WeightBits), 1e-9);
        int[] above = [.. Enumerable.Range(0, points.Count).Where(i => points.Run(i).WeightBits > 3.5)];
        Assert.Equal(4, points.Only(above).Least(LawInput.WeightBits), 1e-9);
        Assert.Equal(3, points.Take(above).Least(LawInput.WeightBits), 1e-9);
    }
}
