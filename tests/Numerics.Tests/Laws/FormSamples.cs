using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Laws;

/// <summary>A law of every form with coefficients like those in papers, and runs on which it can be told apart.</summary>
internal static class FormSamples
{
    private static readonly double[] s_uniqueTokens = [3.1e9, 26e9, 170e9];

    internal static Law Law(LawForm form) => form.Key switch
    {
        "chinchilla" => form.With(1.8, 480, 2100, 0.35, 0.37),
        "tied" => form.With(1.8, 480, 1300, 0.35),
        "kaplan" => form.With(6.4e13, 1.8e13, 0.076, 0.103),
        "compute" => form.With(1.7, 300, 0.12),
        "power" => form.With(20, 0.048),
        "repeated" => form.With(1.87, 521, 1488, 0.353, 0.36, 15.4, 5.3),
        "task" => form.With(0.25, 0.85, 4, 2.6),
        _ => throw new ArgumentException($"The form {form.Key} has no sample here: add one.", nameof(form)),
    };

    /// <summary>Runs in a grid of sizes, tokens and unique tokens, none on a kink of the law of repeated tokens.</summary>
    internal static LawPoint[] Runs(LawForm form)
    {
        double[] unique = form.Inputs.Contains(LawInput.UniqueTokens) ? s_uniqueTokens : [double.NaN];
        return
        [
            .. from n in Enumerable.Range(0, 6)
               from d in Enumerable.Range(0, 6)
               from u in unique
               let parameters = 7e7 * Math.Pow(3.1, n)
               let tokens = 4e9 * Math.Pow(2.9, d)
               let loss = LawForms.Chinchilla.With(1.8, 480, 2100, 0.35, 0.37).Predict(new LawPoint(parameters, tokens, double.NaN))
               select new LawPoint(parameters, tokens, 6 * parameters * tokens, u, form.Inputs.Contains(LawInput.Loss) ? loss : double.NaN),
        ];
    }

    /// <summary>What the law says of the runs, with multiplicative noise of a seed; a metric stays between 0 and 1.</summary>
    internal static FitPoints Points(LawForm form, double sigma = 0, int seed = 0)
    {
        var law = Law(form);
        var random = new Random(seed);
        var runs = Runs(form);
        return FitPoints.From(runs, [.. runs.Select(run => law.Predict(run) * Math.Exp(sigma * MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1)))]);
    }
}
