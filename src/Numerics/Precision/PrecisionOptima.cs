using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Precision;

/// <summary>What was given when the best precision was sought.</summary>
public enum PrecisionMode
{
    /// <summary>Parameters, tokens and bits are all free.</summary>
    Joint,

    /// <summary>The model's size is given.</summary>
    FixedParameters,

    /// <summary>The bits are given.</summary>
    FixedBits,
}

/// <summary>The best use of a budget.</summary>
/// <param name="Mode">What was given.</param>
/// <param name="Flops">C = (6/16)·N·D·P, in FLOP of 16 bits.</param>
/// <param name="Bits">P.</param>
/// <param name="Parameters">N.</param>
/// <param name="Tokens">D.</param>
/// <param name="Loss">L, nats per token.</param>
public sealed record PrecisionOptimum(PrecisionMode Mode, double Flops, double Bits, double Parameters, double Tokens, double Loss);

/// <summary>
/// The best bits under the cost C = κ·N·D·P, κ = 6/16 (eq. 5: 6ND at 16 bits), with weights, activations and KV cache in the same P. The published
/// solutions carry misprints, which are named where the right ones stand.
/// </summary>
public sealed partial record PrecisionLaw
{
    /// <summary>κ, per parameter, token and bit.</summary>
    public const double CostPerBit = 6.0 / 16;

    // Bits are searched as P = P₀ + e^t: from a hair above the fewest the law takes to more than any format has.
    private const double LeastStep = -20;
    private const double MostStep = 9;

    /// <summary>P₀: with all parts in the same bits, those at which no effective parameter is left; 0 in the plain form.</summary>
    public double LeastTiedBits => Math.Max(Math.Max(Weights?.LeastBits ?? 0, Activations?.LeastBits ?? 0), Math.Max(KvCache?.LeastBits ?? 0, 0));

    /// <summary>
    /// P given: N* = (αA f^−α/(βB))^(1/(α+β)) · (C/κP)^(β/(α+β)), D* = C/(κN*P). D* follows from the cost because eqs. 6 and 17 print
    /// P^(+β/(α+β)) for it, which forgets the 1/P of the cost.
    /// </summary>
    public LawAnswer<PrecisionOptimum> OptimumAtBits(double flops, double bits)
    {
        if (Outside(TrainingBits.Tied(bits)) is { } outside)
            return outside;
        // Chinchilla's own optimum with A·f^−α in the place of A, at the 6ND that this cost buys.
        var law = Base with { A = Base.A * Math.Pow(Share(TrainingBits.Tied(bits)), -Base.Alpha) };
        var optimum = law.Optimum(6 * flops / (CostPerBit * bits));
        return new PrecisionOptimum(PrecisionMode.FixedBits, flops, bits, optimum.Parameters, optimum.Tokens, optimum.Loss);
    }

    /// <summary>
    /// All free: P maximises f(P)/P, that is P·d ln f/dP = 1, whatever C, A, B, α and β are (eq. 7 prints a factor α too many, eq. 28 a u(P)).
    /// </summary>
    public LawAnswer<PrecisionOptimum> JointOptimum(double flops)
    {
        if (JointBits() is not { } bits)
            return NoOptimum("fewer bits are always better by this law, so no precision is optimal");
        var optimum = OptimumAtBits(flops, bits);
        return optimum.Value is { } found ? found with { Mode = PrecisionMode.Joint } : optimum;
    }

    /// <summary>P* with all free; null where fewer bits are always better.</summary>
    public double? JointBits() => BitsWhere(bits => Math.Log(bits * LogSlope(bits)));

    /// <summary>
    /// N given: −α·(f′/f)·A·(Nf)^−α + (β/P)·B·(C/(κNP))^−β = 0 (§4.3.3). Grows like βγ·ln C: a model trained far beyond its compute-optimal tokens wants
    /// more bits.
    /// </summary>
    public LawAnswer<PrecisionOptimum> OptimumAtParameters(double flops, double parameters)
    {
        if (BitsAtParameters(flops, parameters) is not { } bits)
            return NoOptimum("fewer bits are always better by this law, so no precision is optimal");
        var tokens = flops / (CostPerBit * parameters * bits);
        return new PrecisionOptimum(PrecisionMode.FixedParameters, flops, bits, parameters, tokens, TrainingLoss(parameters, tokens, TrainingBits.Tied(bits)));
    }

    /// <summary>P* for a given N; null where fewer bits are always better.</summary>
    public double? BitsAtParameters(double flops, double parameters) => BitsWhere(bits =>
        Math.Log(Base.Alpha * Base.A * bits * LogSlope(bits)) - Base.Alpha * Math.Log(parameters * Share(TrainingBits.Tied(bits)))
        - Math.Log(Base.Beta * Base.B) - Base.Beta * Math.Log(CostPerBit * parameters * bits / flops));

    /// <summary>The cheapest bits in which N parameters reach a training loss.</summary>
    public LawAnswer<PrecisionOptimum> CheapestForLoss(double parameters, double loss)
    {
        // C = κNP·D(P) with D = (B/(R − X))^(1/β), R = L − E and X = A(Nf)^−α:  d ln C/d ln P = 1 − (α/β)·P·(f′/f)·X/(R − X) = 0, where R > X.
        var left = loss - Base.E;
        if (!(Base.Loss(parameters, double.PositiveInfinity) < loss))
            return NoOptimum("no budget brings a model of this size to that loss");
        var cheapest = BitsWhere(bits =>
        {
            var term = Base.A * Math.Pow(parameters * Share(TrainingBits.Tied(bits)), -Base.Alpha);
            return term < left ? Math.Log(Base.Alpha / Base.Beta * bits * LogSlope(bits) * term / (left - term)) : double.PositiveInfinity;
        });
        if (cheapest is not { } best)
            return NoOptimum("fewer bits are always better by this law, so no precision is optimal");
        var tokens = TokensForLoss(parameters, TrainingBits.Tied(best), loss);
        return new PrecisionOptimum(PrecisionMode.FixedParameters, CostPerBit * parameters * tokens * best, best, parameters, tokens, loss);
    }

    /// <summary>1/f: how many times the parameters a model in these bits needs to count as many as one that is not quantised.</summary>
    public double ParameterMultiplier(TrainingBits bits) => 1 / Share(bits);

    /// <summary>Bits, the same for all parts, at which N_eff/N is a given share; null where no number of bits gives it.</summary>
    public double? BitsForShare(double share) =>
        share is > 0 and < 1 ? BitsForLogShare(Math.Log(share)) : null;

    /// <summary>The same for ln(N_eff/N), which tells the bits also where hardly anything is lost.</summary>
    public double? BitsForLogShare(double logShare) =>
        logShare < 0 ? BitsWhere(bits => Math.Log(LogShare(TrainingBits.Tied(bits)) / logShare)) : null;

    /// <summary>d ln f/dP with all parts in the same P, per bit.</summary>
    internal double LogSlope(double bits) => (Weights?.LogSlope(bits) ?? 0) + (Activations?.LogSlope(bits) ?? 0) + (KvCache?.LogSlope(bits) ?? 0);

    /// <summary>Where a function that falls with the bits crosses zero; null where it does not.</summary>
    internal double? BitsWhere(Func<double, double> falls)
    {
        var least = LeastTiedBits;
        return MonotoneRoot.Find(step => falls(least + Math.Exp(step)), LeastStep, MostStep) is { } root ? least + Math.Exp(root) : null;
    }

    private static OutsideLaw NoOptimum(string text) => new(OutsideReason.NoOptimum, text);
}
