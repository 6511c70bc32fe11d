namespace ScalingDashboard.Numerics.Precision;

/// <summary>A floating-point format without its sign bit: exponent and mantissa bits, which a law may take apart into fractions.</summary>
/// <param name="Exponent">E, bits.</param>
/// <param name="Mantissa">M, bits.</param>
public readonly record struct FloatingPointFormat(double Exponent, double Mantissa)
{
    /// <summary>P = E + M + 1, the sign included.</summary>
    public double Bits => Exponent + Mantissa + 1;
}

/// <summary>
/// Training in floating point (Sun et al. 2025, "Capybara", arXiv 2501.02423 v3, eq. 26): L = n/N^α + d/D^β + ε + (D^β/N^α)·log₂B/(γ(E + ½)^δ(M + ½)^ν),
/// with E exponent bits, M mantissa bits and blocks of B values that share a scale. Cost as in Kumar et al.: C = (6/16)·N·D·P.
/// </summary>
/// <param name="ParameterCoefficient">n, nats per token.</param>
/// <param name="Alpha">α.</param>
/// <param name="TokenCoefficient">d, nats per token.</param>
/// <param name="Beta">β.</param>
/// <param name="Irreducible">ε, nats per token.</param>
/// <param name="Gamma">γ.</param>
/// <param name="ExponentPower">δ.</param>
/// <param name="MantissaPower">ν.</param>
public sealed record FloatingPointLaw(
    double ParameterCoefficient, double Alpha, double TokenCoefficient, double Beta, double Irreducible, double Gamma, double ExponentPower, double MantissaPower)
{
    /// <summary>log₂B of weights scaled channel by channel, as fitted (the paper's constant for it).</summary>
    public const double ChannelLogBlock = 13.1567;

    private double Powers => ExponentPower + MantissaPower;

    /// <summary>Loss of the same model in 32 bits: the law without its last term.</summary>
    public double BaseLoss(double parameters, double tokens) =>
        ParameterCoefficient * Math.Pow(parameters, -Alpha) + TokenCoefficient * Math.Pow(tokens, -Beta) + Irreducible;

    /// <summary>What the format adds to the loss, nats per token.</summary>
    /// <param name="parameters">N.</param>
    /// <param name="tokens">D.</param>
    /// <param name="format">E and M, not below zero.</param>
    /// <param name="logBlock">log₂ of the values that share a scale.</param>
    public double AddedLoss(double parameters, double tokens, FloatingPointFormat format, double logBlock) =>
        Math.Pow(tokens, Beta) * Math.Pow(parameters, -Alpha) * logBlock / Strength(format);

    /// <summary>Loss in a format, nats per token.</summary>
    public double Loss(double parameters, double tokens, FloatingPointFormat format, double logBlock) =>
        BaseLoss(parameters, tokens) + AddedLoss(parameters, tokens, format, logBlock);

    /// <summary>The best split of P bits: M = νP/(δ + ν) − ½, E = δP/(δ + ν) − ½. Fractions; formats are the whole numbers near.</summary>
    public FloatingPointFormat BestLayout(double bits) => new(ExponentPower * bits / Powers - 0.5, MantissaPower * bits / Powers - 0.5);

    /// <summary>Tokens beyond which more training raises the loss: D_crit = [d·γ·N^α·(E + ½)^δ·(M + ½)^ν/log₂B]^(1/(2β)).</summary>
    public double CriticalTokens(double parameters, FloatingPointFormat format, double logBlock) =>
        Math.Pow(TokenCoefficient * Math.Pow(parameters, Alpha) * Strength(format) / logBlock, 1 / (2 * Beta));

    /// <summary>The best bits for N parameters under a budget, in their best layout: P^(δ+ν+2β) = (β + δ + ν)·log₂B/(dβγ_ρ)·(C/κ)^(2β)·N^−(α+2β) (eqs. 51, 52).</summary>
    public PrecisionOptimum OptimumAtParameters(double flops, double parameters, double logBlock)
    {
        var bits = Math.Exp((LogScale(flops, logBlock) - (Alpha + 2 * Beta) * Math.Log(parameters)) / (Powers + 2 * Beta));
        return At(PrecisionMode.FixedParameters, flops, bits, parameters, logBlock);
    }

    /// <summary>The best N under a budget for P bits in their best layout.</summary>
    public PrecisionOptimum OptimumAtBits(double flops, double bits, double logBlock)
    {
        // With D = x/N, x = C/(κP):  dL/d ln N = −αnN^−α − (α + β)·c·x^β·N^(−α−β) + βd(N/x)^β = 0,  c = log₂B/(γ_ρP^(δ+ν)); rises with N.
        var x = flops / (PrecisionLaw.CostPerBit * bits);
        var weight = (Alpha + Beta) * logBlock / Strength(BestLayout(bits)) * Math.Pow(x, Beta);
        var log = MonotoneRoot.Find(
            n => -Alpha * ParameterCoefficient * Math.Exp(-Alpha * n) - weight * Math.Exp(-(Alpha + Beta) * n) + Beta * TokenCoefficient * Math.Pow(x, -Beta) * Math.Exp(Beta * n),
            -50, 150);
        return At(PrecisionMode.FixedBits, flops, bits, Math.Exp(log ?? double.NaN), logBlock);
    }

    /// <summary>
    /// All free: the best bits for a given N, put into the condition of the best N, leave αn(β + δ + ν)N^−α = dβ(δ + ν − α)(κNP/C)^β, a power of N. The bits
    /// grow slowly with the budget.
    /// </summary>
    public PrecisionOptimum JointOptimum(double flops, double logBlock)
    {
        // With P = K·N^−q:  N^(α + β(1 − q)) = αn(β + s)/(dβ(s − α))·(C/κ)^β·K^−β,  s = δ + ν, q = (α + 2β)/(s + 2β).
        var s = Powers;
        var q = (Alpha + 2 * Beta) / (s + 2 * Beta);
        var logK = LogScale(flops, logBlock) / (s + 2 * Beta);
        var logN = (Math.Log(Alpha * ParameterCoefficient * (Beta + s) / (TokenCoefficient * Beta * (s - Alpha)))
            + Beta * (Math.Log(flops / PrecisionLaw.CostPerBit) - logK)) / (Alpha + Beta * (1 - q));
        return At(PrecisionMode.Joint, flops, Math.Exp(logK - q * logN), Math.Exp(logN), logBlock);
    }

    private PrecisionOptimum At(PrecisionMode mode, double flops, double bits, double parameters, double logBlock)
    {
        var tokens = flops / (PrecisionLaw.CostPerBit * parameters * bits);
        return new(mode, flops, bits, parameters, tokens, Loss(parameters, tokens, BestLayout(bits), logBlock));
    }

    // ln[(β + δ + ν)·log₂B/(dβγ_ρ)·(C/κ)^(2β)],  γ_ρ = γδ^δν^ν/(δ + ν)^(δ + ν)
    private double LogScale(double flops, double logBlock)
    {
        var logGamma = Math.Log(Gamma) + ExponentPower * Math.Log(ExponentPower) + MantissaPower * Math.Log(MantissaPower) - Powers * Math.Log(Powers);
        return Math.Log((Beta + Powers) * logBlock / (TokenCoefficient * Beta)) - logGamma + 2 * Beta * Math.Log(flops / PrecisionLaw.CostPerBit);
    }

    private double Strength(FloatingPointFormat format) =>
        Gamma * Math.Pow(format.Exponent + 0.5, ExponentPower) * Math.Pow(format.Mantissa + 0.5, MantissaPower);
}
