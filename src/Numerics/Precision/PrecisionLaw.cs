using System.Globalization;
using MathNet.Numerics;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Precision;

/// <summary>
/// How one part of a model loses effective parameters with its bits: factor = 1 − e^(−P/γ + n) (Kumar et al. 2024, arXiv 2411.04330, eq. 3).
/// The main text drops the shift n that the fits were made with (appendix K); without it the constants contradict the paper's own claims.
/// </summary>
/// <param name="Gamma">γ, bits.</param>
/// <param name="Offset">n; 0 is the plain form of the main text.</param>
public readonly record struct PartSensitivity(double Gamma, double Offset)
{
    /// <summary>γn: at so few bits no effective parameter is left.</summary>
    public double LeastBits => Gamma * Offset;

    /// <summary>Share of the parameters that counts; zero or below at <see cref="LeastBits"/> and under.</summary>
    public double Factor(double bits) => 1 - Math.Exp(Offset - bits / Gamma);

    /// <summary>ln of it, to its last digits also where it is near 1 or near 0; −∞ where nothing is left.</summary>
    internal double LogFactor(double bits)
    {
        var exponent = Offset - bits / Gamma;
        return exponent >= 0 ? double.NegativeInfinity
            : exponent < -1 ? SpecialFunctions.Log1p(-Math.Exp(exponent))
            : Math.Log(-SpecialFunctions.Expm1(exponent));
    }

    /// <summary>d ln factor / dP, per bit: e/(γ(1 − e)) with e = e^(−P/γ + n).</summary>
    public double LogSlope(double bits) => 1 / (Gamma * (Math.Exp(bits / Gamma - Offset) - 1));
}

/// <summary>
/// What quantising the weights after training adds to the loss: δ = C_T · e^(−P_post/γ_post + b) · D^γ_D / N_eff^γ_N, times the robustness of a model that
/// was trained in few bits itself (Kumar et al. 2024, arXiv 2411.04330, eqs. 2 and 9; b from appendix K, its sign from the turning points of figure 2).
/// </summary>
/// <param name="Coefficient">C_T, nats per token.</param>
/// <param name="TokenExponent">γ_D.</param>
/// <param name="ParameterExponent">γ_N.</param>
/// <param name="Gamma">γ_post, bits.</param>
/// <param name="Offset">b; 0 is the plain form of the main text. C_T·e^b is all that a fit can tell.</param>
public sealed record PostTrainingTerm(double Coefficient, double TokenExponent, double ParameterExponent, double Gamma, double Offset)
{
    /// <summary>δ of a model trained without quantisation, or of effective parameters; nats per token.</summary>
    public double Loss(double effectiveParameters, double tokens, double bits) => Factor(effectiveParameters, bits) * Math.Pow(tokens, TokenExponent);

    /// <summary>δ/D^γ_D.</summary>
    internal double Factor(double effectiveParameters, double bits) => Coefficient * Math.Exp(Offset - bits / Gamma) * Math.Pow(effectiveParameters, -ParameterExponent);
}

/// <summary>
/// C_w, C_a, C_kv in Π (1 − e^(−C_x·(P_x − P_post))): training near the serving precision makes robust (eq. 9). Not published; the paper sets C_w = 1 to
/// illustrate.
/// </summary>
public readonly record struct Robustness(double Weights, double Activations, double KvCache)
{
    /// <summary>1 for every part.</summary>
    public static Robustness Illustrative { get; } = new(1, 1, 1);

    /// <summary>C of one part, per bit.</summary>
    public double this[QuantisedPart part] => part switch
    {
        QuantisedPart.Weights => Weights,
        QuantisedPart.Activations => Activations,
        _ => KvCache,
    };
}

/// <summary>The loss of a model at some precision, term by term; nats per token.</summary>
/// <param name="EffectiveParameters">N_eff, a count.</param>
/// <param name="Parameters">A·N_eff^−α.</param>
/// <param name="Tokens">B·D^−β.</param>
/// <param name="Irreducible">E.</param>
/// <param name="PostTraining">δ; 0 where nothing is quantised after training.</param>
public sealed record PrecisionTerms(double EffectiveParameters, double Parameters, double Tokens, double Irreducible, double PostTraining)
{
    /// <summary>Loss before anything is quantised after training.</summary>
    public double TrainingLoss => Parameters + Tokens + Irreducible;

    /// <summary>Loss of the model as it is served.</summary>
    public double Loss => TrainingLoss + PostTraining;
}

/// <summary>
/// The unified law of Kumar et al. 2024 (arXiv 2411.04330 v2, eqs. 3, 4, 8, 9, 11): L = A·N_eff^−α + B·D^−β + E + δ,
/// N_eff = N·Π_x (1 − e^(−P_x/γ_x + n_x)) over weights, activations and KV cache.
/// </summary>
public sealed partial record PrecisionLaw
{
    /// <summary>A, α, B, β, E: the law of models that are not quantised.</summary>
    public required ChinchillaLaw Base { get; init; }

    /// <summary>γ_w and n_w; null where the law knows no effect of the weights' bits.</summary>
    public PartSensitivity? Weights { get; init; }

    /// <summary>γ_a and n_a.</summary>
    public PartSensitivity? Activations { get; init; }

    /// <summary>γ_kv and n_kv.</summary>
    public PartSensitivity? KvCache { get; init; }

    /// <summary>What quantising after training adds; null where the law does not say.</summary>
    public PostTrainingTerm? PostTraining { get; init; }

    /// <summary>How much training in few bits protects against quantising afterwards.</summary>
    public Robustness Robustness { get; init; } = Robustness.Illustrative;

    /// <summary>γ and n of one part; null where the law knows no effect of its bits.</summary>
    public PartSensitivity? this[QuantisedPart part] => part switch
    {
        QuantisedPart.Weights => Weights,
        QuantisedPart.Activations => Activations,
        _ => KvCache,
    };

    /// <summary>The form of the paper's main text: without the shifts n and b.</summary>
    public PrecisionLaw Plain() => this with
    {
        Weights = Weights is { } weights ? weights with { Offset = 0 } : null,
        Activations = Activations is { } activations ? activations with { Offset = 0 } : null,
        KvCache = KvCache is { } cache ? cache with { Offset = 0 } : null,
        PostTraining = PostTraining is { } post ? post with { Offset = 0 } : null,
    };

    /// <summary>The loss of N parameters trained on D tokens.</summary>
    /// <param name="parameters">N, without embeddings.</param>
    /// <param name="tokens">D.</param>
    /// <param name="bits">Bits in training, above zero.</param>
    /// <param name="post">Bits of the weights after training, above zero; null where they stay as trained.</param>
    public LawAnswer<PrecisionTerms> At(double parameters, double tokens, TrainingBits bits, double? post = null)
    {
        if (Outside(bits, post) is { } outside)
            return outside;
        var effective = parameters * Share(bits);
        var added = post is { } served ? PostTraining!.Loss(effective, tokens, served) * Robustification(bits, served) : 0;
        return new PrecisionTerms(effective, Base.A * Math.Pow(effective, -Base.Alpha), Base.B * Math.Pow(tokens, -Base.Beta), Base.E, added);
    }

    /// <summary>Why the law says nothing of these bits; null where it does.</summary>
    public OutsideLaw? Outside(TrainingBits bits, double? post = null)
    {
        foreach (var part in TrainingBits.Parts)
        {
            if (bits[part] is { } some && this[part] is { } sensitivity && !(sensitivity.Factor(some) > 0))
            {
                return new(OutsideReason.TooFewBits, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TrainingBits.Name(part)} at {some:0.###} bits lie outside the law, which holds above γ·n = {sensitivity.LeastBits:0.00} bits: at fewer no effective parameter is left, and training diverges"));
            }
        }

        if (post is not { } served)
            return null;
        if (PostTraining is null)
            return new(OutsideReason.NoPostTraining, "this law says nothing about quantising after training");
        foreach (var part in TrainingBits.Parts)
        {
            if (bits[part] < served)
            {
                return new(OutsideReason.PostAboveTraining, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{served:0.###} bits after training are more than the {bits[part]:0.###} bits in which the {TrainingBits.Name(part)} were trained; the law takes post-training bits at or below those of training"));
            }
        }

        return null;
    }

    /// <summary>f = N_eff/N; zero where no effective parameter is left.</summary>
    public double Share(TrainingBits bits)
    {
        return Left(Weights, bits.Weights) * Left(Activations, bits.Activations) * Left(KvCache, bits.KvCache);

        static double Left(PartSensitivity? sensitivity, double? bits) => sensitivity is { } part && bits is { } some ? Math.Max(0, part.Factor(some)) : 1;
    }

    /// <summary>ln f, to its last digits also where hardly anything is lost; −∞ where no effective parameter is left.</summary>
    public double LogShare(TrainingBits bits)
    {
        return Left(Weights, bits.Weights) + Left(Activations, bits.Activations) + Left(KvCache, bits.KvCache);

        static double Left(PartSensitivity? sensitivity, double? bits) => sensitivity is { } part && bits is { } some ? part.LogFactor(some) : 0;
    }

    /// <summary>Loss before quantising after training, nats per token; infinite where no effective parameter is left, where <see cref="At"/> says so in words.</summary>
    public double TrainingLoss(double parameters, double tokens, TrainingBits bits) => Base.Loss(parameters * Share(bits), tokens);

    /// <summary>Π (1 − e^(−C_x·(P_x − P_post))) over the parts that are quantised in training; 0 where a part was trained in the bits it is served in.</summary>
    public double Robustification(TrainingBits bits, double post)
    {
        var product = 1.0;
        foreach (var part in TrainingBits.Parts)
        {
            if (bits[part] is { } some)
                product *= 1 - Math.Exp(-Robustness[part] * Math.Max(0, some - post));
        }

        return product;
    }

    /// <summary>
    /// Tokens beyond which more training raises the loss after quantisation: D_crit = [βB N_eff^γ_N / (γ_D C_T e^(−P_post/γ_post + b) Π)]^(1/(γ_D + β))
    /// (eq. 13; eq. 12 lost a β on its left side). Infinite where quantising costs nothing.
    /// </summary>
    /// <param name="parameters">N.</param>
    /// <param name="bits">Bits in training.</param>
    /// <param name="post">Bits after training.</param>
    public double CriticalTokens(double parameters, TrainingBits bits, double post)
    {
        if (PostTraining is not { } term)
            return double.PositiveInfinity;
        var factor = term.Factor(parameters * Share(bits), post) * Robustification(bits, post);
        return Math.Pow(Base.Beta * Base.B / (term.TokenExponent * factor), 1 / (term.TokenExponent + Base.Beta));
    }

    /// <summary>Bits after training at which D tokens are the critical ones of a model trained without quantisation: with fewer, its last tokens raised the quantised loss.</summary>
    public double CriticalPostBits(double parameters, double tokens)
    {
        // D_crit(P) = D solved for P.
        if (PostTraining is not { } term)
            return double.NegativeInfinity;
        return term.Gamma * (term.Offset + Math.Log(
            term.TokenExponent * term.Coefficient * Math.Pow(tokens, term.TokenExponent + Base.Beta) / (Base.Beta * Base.B * Math.Pow(parameters, term.ParameterExponent))));
    }

    /// <summary>
    /// f as a run shows it against its twin without quantisation: f = (1/N)·[(L(P) − L(16 bit))/A + N^−α]^(−1/α) (eq. 30). Above 1 where the run is better;
    /// null where it is so much better that no parameter count explains it.
    /// </summary>
    /// <param name="parameters">N of both.</param>
    /// <param name="loss">Loss of the run, nats per token.</param>
    /// <param name="twinLoss">Loss of the twin.</param>
    public double? EmpiricalShare(double parameters, double loss, double twinLoss)
    {
        var term = (loss - twinLoss) / Base.A + Math.Pow(parameters, -Base.Alpha);
        return term > 0 ? Math.Pow(term, -1 / Base.Alpha) / parameters : null;
    }

    /// <summary>D at which N parameters in these bits reach a training loss; NaN where no count of tokens does.</summary>
    public double TokensForLoss(double parameters, TrainingBits bits, double loss) => Base.TokensForLoss(parameters * Share(bits), loss);

    /// <summary>N that reaches a training loss on D tokens in these bits; NaN where no count of parameters does.</summary>
    public double ParametersForLoss(double tokens, TrainingBits bits, double loss)
    {
        var left = loss - Base.E - Base.B * Math.Pow(tokens, -Base.Beta);
        return left > 0 && Share(bits) is > 0 and var share ? Math.Pow(Base.A / left, 1 / Base.Alpha) / share : double.NaN;
    }
}
