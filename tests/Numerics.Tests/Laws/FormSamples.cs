using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;

namespace ScalingDashboard.Numerics.Tests.Laws;

/// <summary>A law of every form with coefficients like those in papers, and runs on which it can be told apart.</summary>
internal static class FormSamples
{
    private static readonly double[] s_uniqueTokens = [3.1e9, 26e9, 170e9];
    private static readonly string[] s_precision = ["precision-w-a-kv-post", "precision-wakv", "precision-w0", "precision-post", "precision-w-tokens", "precision-w-both", "precision-w-apart", "precision-w-added", "precision-w-multiplied"];

    internal static Law Law(LawForm form) => form.Key switch
    {
        "chinchilla" => form.With(1.8, 480, 2100, 0.35, 0.37),
        "tied" => form.With(1.8, 480, 1300, 0.35),
        "kaplan" => form.With(6.4e13, 1.8e13, 0.076, 0.103),
        "compute" => form.With(1.7, 300, 0.12),
        "power" => form.With(20, 0.048),
        "repeated" => form.With(1.87, 521, 1488, 0.353, 0.36, 15.4, 5.3),
        "task" => form.With(0.25, 0.85, 4, 2.6),
        // Sun et al.'s; Chinchilla's with what Ouyang et al. and Chen et al. (W4A4) add.
        "floating" => form.With(1.9061, 69.2343, 68973.0621, 0.2368, 0.5162, 11334.5197, 3.1926, 2.9543),
        "lowbit" => form.With(1.8, 480, 2100, 0.35, 0.37, 0.017, 0.5251, 0.2261, 5.4967),
        "granularity" => form.With(1.8, 480, 2100, 0.35, 0.37, 0.1582, 0.0745, 0.2186, 0.7779),
        _ when form is PrecisionForm precision => Precision(precision),
        _ => throw new ArgumentException($"The form {form.Key} has no sample here: add one.", nameof(form)),
    };

    /// <summary>The laws of the list, and some of the many of precision.</summary>
    internal static IEnumerable<LawForm> Forms =>
    [
        .. LawForms.Listed,
        .. s_precision.Select(key => PrecisionForm.Find(key)!),
    ];

    private static Law Precision(PrecisionForm form) => form.With([.. form.Parameters.Select(parameter => parameter.Key switch
    {
        "E" => 2.76,
        "A" => 4300,
        "B" => 18000,
        "alpha" => 0.49,
        "beta" => 0.5,
        "C_T" => 0.185,
        "gamma_D" => 0.51,
        "gamma_N" => 0.34,
        "gamma_post" => 0.59,
        var key when key.StartsWith("k_", StringComparison.Ordinal) => 8,
        "nu_w" or "nu_kv" => 3,
        "nu_a" => 2.5,
        "gamma_w" or "gamma_wakv" => 2.7,
        "gamma_a" => 2.2,
        "gamma_kv" => 0.96,
        "n_w" or "n_wakv" => 0.3,
        "n_a" => 1.4,
        "n_kv" => 2.4,
        var key when key.StartsWith("gamma_", StringComparison.Ordinal) => 1.5,
        var key when key.StartsWith("n_", StringComparison.Ordinal) => 0.8,
        var key => throw new ArgumentException($"The coefficient {key} has no sample here: add one.", nameof(form)),
    })]);

    // Each part by itself, all together, and what was quantised after training, at three sizes and four counts of tokens.
    private static LawPoint[] PrecisionRuns(PrecisionForm form)
    {
        const double full = LawPoint.NotQuantised;
        var isTied = form.Groups.Any(group => group.Parts.Count == 3);
        (double W, double A, double Kv, double Post)[] bits =
        [
            (full, full, full, full),
            .. isTied ? [] : new[] { 3.0, 4, 6 }.Select(p => (p, full, full, full)),
            .. isTied ? [] : new[] { 4.0, 5, 8 }.Select(p => (full, p, full, full)),
            .. isTied ? [] : new[] { 3.0, 4, 5 }.Select(p => (full, full, p, full)),
            .. new[] { 4.0, 6, 8 }.Select(p => (p, p, p, full)),
            .. form.HasPostTraining ? new[] { 3.0, 4, 5 }.Select(p => (full, full, full, p)) : [],
            .. form.HasPostTraining ? [(8.0, 8, 8, 4)] : Array.Empty<(double, double, double, double)>(),
        ];
        bool Needs(LawInput input) => form.Inputs.Contains(input);
        return
        [
            .. from parameters in new[] { 30e6, 60e6, 110e6, 220e6 }
               from tokens in new[] { 1.5e9, 6e9, 26e9 }
               from bit in bits
               select new LawPoint(
                   parameters, tokens, 6 * parameters * tokens, double.NaN, double.NaN,
                   Needs(LawInput.WeightBits) ? bit.W : double.NaN, Needs(LawInput.ActivationBits) ? bit.A : double.NaN,
                   Needs(LawInput.KvBits) ? bit.Kv : double.NaN, Needs(LawInput.PostBits) ? bit.Post : double.NaN),
        ];
    }

    // Every format at five sizes and four counts of tokens, and runs that are not quantised.
    private static LawPoint[] FormatRuns(LawForm form)
    {
        const double full = LawPoint.NotQuantised;
        (double Post, double Exponent, double Mantissa, double Group)[] formats = form.Key switch
        {
            "floating" => [(full, full, full, 128), (full, 2, 1, 128), (full, 4, 3, 128), (full, 5, 2, 128), (full, 3, 2, 32), (full, 2, 3, 512), (full, 3, 0, 128)],
            "lowbit" => [(full, full, full, 1), (2, full, full, 1), (3, full, full, 1), (4, full, full, 1), (6, full, full, 1)],
            _ => [(full, full, full, 1), (full, full, full, 16), (full, full, full, 64), (full, full, full, 256), (full, full, full, 4096)],
        };
        bool Needs(LawInput input) => form.Inputs.Contains(input);
        return
        [
            .. from parameters in new[] { 41e6, 85e6, 180e6, 400e6, 900e6 }
               from tokens in new[] { 5e9, 15e9, 40e9, 110e9 }
               from format in formats
               select new LawPoint(parameters, tokens, 6 * parameters * tokens)
               {
                   PostBits = Needs(LawInput.PostBits) ? format.Post : double.NaN,
                   ExponentBits = Needs(LawInput.ExponentBits) ? format.Exponent : double.NaN,
                   MantissaBits = Needs(LawInput.MantissaBits) ? format.Mantissa : double.NaN,
                   GroupSize = Needs(LawInput.GroupSize) ? format.Group : double.NaN,
               },
        ];
    }

    /// <summary>Runs in a grid of sizes, tokens and unique tokens, none on a kink of the law of repeated tokens.</summary>
    internal static LawPoint[] Runs(LawForm form)
    {
        if (form is PrecisionForm precision)
            return PrecisionRuns(precision);
        if (form is FormatForm)
            return FormatRuns(form);
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
