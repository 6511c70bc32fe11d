using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Numerics.Tests.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class FormatFormTests
{
    // Of ten independent sweeps fewer than 7 intervals of a coefficient hold it once in a thousand times, where 95 % do.
    [Theory]
    [InlineData("floating")]
    [InlineData("lowbit")]
    [InlineData("granularity")]
    public void Noisy_sweeps_give_the_constants_back_within_their_intervals(string key)
    {
        const int sweeps = 10, fewest = 7;
        Assert.Equal(1e-3, Binomial.CDF(0.95, sweeps, fewest - 1), 2e-4);
        var form = LawForms.Find(key)!;
        var truth = FormSamples.Law(form);
        var options = new FitOptions { Method = FitMethod.LogSquared };
        Func<Law, double>[] quantities = [.. form.Parameters.Select(parameter => (Func<Law, double>)(law => law[parameter.Key]))];
        var held = new int[quantities.Length];
        // Quantiles of fewer draws lie too near the middle: of 60, 95 % intervals hold nine in ten.
        Parallel.For(1, sweeps + 1, seed =>
        {
            var points = FormSamples.Points(form, 0.002, seed);
            var fit = LawFitter.Fit(form, points, options);
            var intervals = LawIntervals.For(IntervalKind.Percentile, fit, points, options, BootstrapDraws.Run(points, fit, options, 200, seed)).Of(quantities);
            for (var k = 0; k < held.Length; k++)
            {
                if (intervals[k] is { } interval && interval.Low95 <= quantities[k](truth) && quantities[k](truth) <= interval.High95)
                    Interlocked.Increment(ref held[k]);
            }
        });

        Assert.All(form.Parameters.Zip(held), pair => Assert.True(pair.Second >= fewest, $"{pair.First.Key}: {pair.Second} of {sweeps}"));
    }

    [Fact]
    public void A_form_says_what_its_law_says()
    {
        var sun = PublishedPrecisions.Sun.Law;
        var floating = FormSamples.Law(LawForms.Find("floating")!);
        Assert.Equal(sun.Loss(1e9, 1e11, new(4, 3), 7), floating.Predict(new LawPoint(1e9, 1e11, double.NaN) { ExponentBits = 4, MantissaBits = 3, GroupSize = 128 }), 1e-12);
        Assert.Equal(sun.BaseLoss(1e9, 1e11), floating.Predict(new LawPoint(1e9, 1e11, double.NaN)), 1e-12);

        var low = FormSamples.Law(LawForms.Find("lowbit")!);
        var plain = low.Predict(new LawPoint(1e9, 1e11, double.NaN));
        Assert.Equal(PublishedPrecisions.Ouyang.Law.AddedLoss(1e9, 1e11, 3), low.Predict(new LawPoint(1e9, 1e11, double.NaN, PostBits: 3)) - plain, 1e-12);
        Assert.Equal(plain, low.Predict(new LawPoint(1e9, 1e11, double.NaN, PostBits: LawPoint.NotQuantised)));

        var grouped = FormSamples.Law(LawForms.Find("granularity")!);
        Assert.Equal(PublishedPrecisions.Chen[0].Law.AddedLoss(1e9, 1e11, 128), grouped.Predict(new LawPoint(1e9, 1e11, double.NaN) { GroupSize = 128 }) - plain, 1e-12);
        Assert.Equal(plain, grouped.Predict(new LawPoint(1e9, 1e11, double.NaN) { GroupSize = 1 }));
    }

    [Theory]
    [InlineData("floating", "none", "no run says what γ, δ, ν are of: none is quantised")]
    [InlineData("floating", "exponent", "one number of exponent bits: δ cannot be told from γ")]
    [InlineData("floating", "mantissa", "one number of mantissa bits: ν cannot be told from γ")]
    [InlineData("lowbit", "none", "no run says what k, γ_D, γ_N, γ_P are of: none is quantised")]
    [InlineData("lowbit", "bits", "one number of bits: γ_P cannot be told from k")]
    [InlineData("lowbit", "size", "one size: γ_N cannot be told from k")]
    [InlineData("lowbit", "tokens", "one count of tokens: γ_D cannot be told from k")]
    [InlineData("granularity", "group", "one group size: γ_G cannot be told from k")]
    public void Too_few_distinct_values_name_what_cannot_be_told(string key, string lacks, string words)
    {
        var form = LawForms.Find(key)!;
        var law = FormSamples.Law(form);
        LawPoint[] runs =
        [
            .. FormSamples.Runs(form).Where(run => run.PostBits is LawPoint.NotQuantised || run.ExponentBits is LawPoint.NotQuantised || run.GroupSize is 1 || lacks switch
            {
                "none" => false,
                "exponent" => run.ExponentBits == 2,
                "mantissa" => run.MantissaBits == 2,
                "bits" => run.PostBits == 3,
                "size" => run.Parameters == 85e6,
                "tokens" => run.Tokens == 15e9,
                _ => run.GroupSize == 64,
            }),
        ];
        var fit = LawFitter.Fit(form, FitPoints.From(runs, [.. runs.Select(run => law.Predict(run))]), new FitOptions());
        Assert.Equal(FitStatus.NotIdentifiable, fit.Status);
        Assert.Contains(words, fit.Explanation, StringComparison.Ordinal);
    }
}
