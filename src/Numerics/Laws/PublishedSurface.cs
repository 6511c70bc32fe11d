using System.Globalization;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Laws;

/// <summary>Coefficients of a law as a paper prints them.</summary>
public sealed record PublishedSurface
{
    /// <summary>Short stable key, used in links; that of the <see cref="PublishedLaw"/> where both are the same fit.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Paper and section the figures come from.</summary>
    public required string Source { get; init; }

    /// <summary>How the paper counts parameters.</summary>
    public required string Counting { get; init; }

    /// <summary>The runs behind it, beyond which it extrapolates.</summary>
    public required string Validity { get; init; }

    /// <summary>The law.</summary>
    public required Law Law { get; init; }
}

/// <summary>Published coefficients of loss surfaces, each with its source; those of one form stand beside a fit of that form.</summary>
public static class PublishedSurfaces
{
    private const string HoffmannRuns = "over 400 runs of 70M to 16B parameters on 5B to 500B tokens; budgets from 6e18 to 3e21 FLOP";

    /// <summary>Kaplan et al. 2020, the joint law in N and D: α_N 0.076, α_D 0.103, N_c 6.4e13, D_c 1.8e13.</summary>
    public static PublishedSurface Kaplan { get; } = new()
    {
        Key = PublishedLaws.Kaplan.Key,
        Name = PublishedLaws.Kaplan.Name,
        Source = "Kaplan et al. 2020, arXiv 2001.08361, eq. 1.5 and §4",
        Counting = PublishedLaws.Kaplan.Counting,
        Validity = "models of up to 1.5B parameters without embeddings on up to 23B tokens",
        Law = LawForms.Find("kaplan")!.With(6.4e13, 1.8e13, 0.076, 0.103),
    };

    /// <summary>Kaplan et al. 2020, the loss of compute alone, (C_c/C)^α_C with α_C 0.050 and C_c 3.1e8 PF-days of 8.64e19 FLOP.</summary>
    public static PublishedSurface KaplanCompute { get; } = new()
    {
        Key = "kaplancompute",
        Name = "Kaplan et al., compute alone",
        Source = "Kaplan et al. 2020, arXiv 2001.08361, eq. 1.3",
        Counting = PublishedLaws.Kaplan.Counting,
        Validity = "compute-optimal models of up to 1.5B parameters without embeddings; C is what they would have taken with batches far below the critical size",
        Law = LawForms.Find("power")!.With(Math.Pow(3.1e8 * 8.64e19, 0.050), 0.050),
    };

    /// <summary>The coefficients of <see cref="PublishedLaws.HoffmannApproach3"/>.</summary>
    public static PublishedSurface Hoffmann { get; } = Chinchilla(PublishedLaws.HoffmannApproach3, HoffmannRuns);

    /// <summary>The coefficients of <see cref="PublishedLaws.HoffmannApproach3Rounded"/>.</summary>
    public static PublishedSurface HoffmannRounded { get; } = Chinchilla(PublishedLaws.HoffmannApproach3Rounded, HoffmannRuns);

    /// <summary>The coefficients of <see cref="PublishedLaws.Epoch"/>.</summary>
    public static PublishedSurface Epoch { get; } = Chinchilla(PublishedLaws.Epoch, "240 of Hoffmann et al.'s runs, read off their Figure 4");

    /// <summary>
    /// How the coefficients of <see cref="Epoch"/> move together: 4,000 paired bootstrap refits of the 240 points, as §3 of the paper makes its standard errors.
    /// The paper prints those, ln E 0.014, ln A 0.258, ln B 0.421, α 0.015, β 0.021, and no correlations.
    /// </summary>
    public static CoefficientSpread EpochSpread { get; } = new(
        [0.0137928, 0.253387, 0.411717, 0.0150946, 0.0201486],
        [0.585221, 0.602739, -0.261299, 0.578983, 0.999308, -0.272117, 0.601057, -0.266502, 0.999667, -0.277764]);

    /// <summary>A refit by variable projection of the IsoFLOP points that the Llama 3 report draws.</summary>
    public static PublishedSurface Llama3 { get; } = new()
    {
        Key = "llama3",
        Name = "Open Athena, on Llama 3's runs",
        Source = "arXiv 2603.22339, variable projection on the Llama 3 IsoFLOP points",
        Counting = "as drawn in the Llama 3 report",
        Validity = "133 runs in 10 budgets, with losses on the report's own scale, far below nats per token",
        Law = LawForms.Chinchilla.With(0.6047, 59.1, 155.1, 0.3100, 0.3136),
    };

    /// <summary>Muennighoff et al. 2023: ln A 6.255414, ln B 7.3049974, ln E 0.6254804, α = β = 0.3526596, R_D* 15.387756, R_N* 5.309743.</summary>
    public static PublishedSurface Muennighoff { get; } = new()
    {
        Key = "muennighoff",
        Name = "Muennighoff et al.",
        Source = "Muennighoff et al. 2023, arXiv 2305.16264, and its repository datablations",
        Counting = "all parameters, embeddings included",
        Validity = "models of up to 9B parameters on up to 900B tokens",
        Law = LawForms.Find("repeated")!.With(
            Math.Exp(0.6254804), Math.Exp(6.255414), Math.Exp(7.3049974), 0.3526596, 0.3526596, 15.387756, 5.309743),
    };

    /// <summary>What is left of <see cref="Muennighoff"/> where no token repeats and no model is too large for its tokens: a law with α = β. In a chart it is the same line.</summary>
    public static PublishedSurface MuennighoffOnce { get; } = Muennighoff with
    {
        Key = "muennighoffonce",
        Name = "Muennighoff et al., no token twice",
        Law = LawForms.Find("tied")!.With(Math.Exp(0.6254804), Math.Exp(6.255414), Math.Exp(7.3049974), 0.3526596),
    };

    /// <summary>Those that charts show, in the order they are listed.</summary>
    public static IReadOnlyList<PublishedSurface> All { get; } = [Kaplan, KaplanCompute, Hoffmann, HoffmannRounded, Epoch, Llama3, Muennighoff];

    /// <summary>Those of a form.</summary>
    public static IReadOnlyList<PublishedSurface> Of(LawForm form) =>
        form is PrecisionForm precision ? Kumar(precision)
        : form is FloatingPointForm ? [Sun(form)]
        : [.. All.Append(MuennighoffOnce).Where(surface => surface.Law.Form == form)];

    /// <summary>Why there are none of a form, in a sentence; null where there are.</summary>
    public static string? WhyNone(LawForm form) => Of(form).Count > 0 ? null : form.Key switch
    {
        "compute" => "No paper known here prints this law for the loss of language in nats per token: Kaplan et al. (arXiv 2001.08361) print one of compute alone without an offset, which stands beside that law. To compare yours with it, choose “Compute alone”.",
        "task" => "No published coefficients stand beside these: floor, ceiling, steepness and midpoint belong to one task, one metric and one scale of loss, and mean nothing for another.",
        "lowbit" => $"{PublishedPrecisions.Ouyang.Source}, print what is added alone, {Powers(PublishedPrecisions.Ouyang.Law.Coefficient, PublishedPrecisions.Ouyang.Law.TokenExponent, PublishedPrecisions.Ouyang.Law.ParameterExponent)}, γ_P {Invariant(PublishedPrecisions.Ouyang.Law.BitsExponent)}, and no law of the loss it is added to.",
        "granularity" => $"{PublishedPrecisions.Chen[0].Source}, print what is added alone, and no law of the loss it is added to: {string.Join("; ", PublishedPrecisions.Chen.Select(one => $"{one.Name["Chen et al., ".Length..]}: {Powers(one.Law.Coefficient, one.Law.TokenExponent, one.Law.ParameterExponent)}, γ_G {Invariant(one.Law.GroupExponent)}"))}.",
        _ => "No paper known here prints coefficients of this form.",
    };

    private static string Powers(double coefficient, double tokens, double parameters) => $"k {Invariant(coefficient)}, γ_D {Invariant(tokens)}, γ_N {Invariant(parameters)}";

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Sun et al.'s constants of training in floating point.</summary>
    private static PublishedSurface Sun(LawForm form)
    {
        var (published, law) = (PublishedPrecisions.Sun, PublishedPrecisions.Sun.Law);
        return new()
        {
            Key = published.Key, Name = "Sun et al.", Source = published.Source, Counting = "as in the paper", Validity = published.Validity,
            Law = form.With(law.Irreducible, law.ParameterCoefficient, law.TokenCoefficient, law.Alpha, law.Beta, law.Gamma, law.ExponentPower, law.MantissaPower),
        };
    }

    /// <summary>Kumar et al.'s constants of the parts that a form of the law of precision has; none where it takes several parts together, or as an alternative.</summary>
    private static IReadOnlyList<PublishedSurface> Kumar(PrecisionForm form)
    {
        var published = PublishedPrecisions.Kumar;
        if (form.Effect != PrecisionEffect.Parameters || form.Groups.Any(group => group.Parts.Count > 1 || !group.Offset))
            return [];
        var (law, post) = (published.Law, published.Law.PostTraining!);
        double[] coefficients =
        [
            law.Base.E, law.Base.A, law.Base.B, law.Base.Alpha, law.Base.Beta,
            .. form.Groups.SelectMany(group => law[group.Parts[0]] is { } part ? new[] { part.Gamma, part.Offset } : []),
            // The form holds e^b in C_T.
            .. form.HasPostTraining ? [post.Coefficient * Math.Exp(post.Offset), post.TokenExponent, post.ParameterExponent, post.Gamma] : Array.Empty<double>(),
        ];
        return [new() { Key = published.Key, Name = "Kumar et al.", Source = published.Source, Counting = "without embeddings", Validity = published.Validity, Law = form.With(coefficients) }];
    }

    private static PublishedSurface Chinchilla(PublishedLaw law, string validity)
    {
        var (e, a, b, alpha, beta) = (ChinchillaLaw)law.Law;
        return new()
        {
            Key = law.Key,
            Name = law.Name,
            Source = law.Source,
            Counting = law.Counting,
            Validity = validity,
            Law = LawForms.Chinchilla.With(e, a, b, alpha, beta),
        };
    }
}
