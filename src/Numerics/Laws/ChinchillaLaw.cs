namespace ScalingDashboard.Numerics.Laws;

/// <summary>The parametric loss surface L(N, D) = E + A·N^−α + B·D^−β (Hoffmann et al. 2022, arXiv 2203.15556, eq. 2).</summary>
/// <param name="E">Irreducible loss, nats per token.</param>
/// <param name="A">Coefficient of the parameter term, nats per token.</param>
/// <param name="B">Coefficient of the token term, nats per token.</param>
/// <param name="Alpha">Exponent of parameters.</param>
/// <param name="Beta">Exponent of tokens.</param>
public sealed record ChinchillaLaw(double E, double A, double B, double Alpha, double Beta) : IAllocationLaw
{
    /// <summary>a in N_opt ∝ C^a: β/(α+β) (eq. 4).</summary>
    public double ParameterExponent => Beta / (Alpha + Beta);

    /// <summary>b in D_opt ∝ C^b: α/(α+β) (eq. 4).</summary>
    public double TokenExponent => Alpha / (Alpha + Beta);

    /// <summary>Loss of a model with <paramref name="parameters"/> parameters after <paramref name="tokens"/> tokens, nats per token.</summary>
    public double Loss(double parameters, double tokens) =>
        E + A * Math.Pow(parameters, -Alpha) + B * Math.Pow(tokens, -Beta);

    /// <summary>The allocation of <paramref name="flops"/> FLOP that minimises the loss subject to 6ND = C (eq. 4).</summary>
    public Allocation Optimum(double flops)
    {
        // G = (αA / βB)^(1/(α+β));  N_opt = G·(C/6)^a;  D_opt = G^−1·(C/6)^b
        var parameters = Math.Exp(LogG() + ParameterExponent * Math.Log(flops / 6));
        var tokens = flops / (6 * parameters);
        return new Allocation(flops, parameters, tokens, Loss(parameters, tokens));
    }

    /// <summary>The smallest budget, in FLOP, whose optimum reaches <paramref name="loss"/>; NaN at or below the irreducible loss.</summary>
    public double FlopsForLoss(double loss)
    {
        if (!(loss > E))
            return double.NaN;
        // L_opt(C) = E + (A·G^−α + B·G^β)·(C/6)^(−αβ/(α+β)), solved for C.
        var logG = LogG();
        var scale = A * Math.Exp(-Alpha * logG) + B * Math.Exp(Beta * logG);
        return 6 * Math.Pow((loss - E) / scale, -(Alpha + Beta) / (Alpha * Beta));
    }

    /// <summary>The iso-loss line D = (B/(L − E − A·N^−α))^(1/β); NaN for models too small to reach the loss.</summary>
    public double TokensForLoss(double parameters, double loss)
    {
        var left = loss - E - A * Math.Pow(parameters, -Alpha);
        return left > 0 ? Math.Pow(B / left, 1 / Beta) : double.NaN;
    }

    private double LogG() => Math.Log(Alpha * A / (Beta * B)) / (Alpha + Beta);
}
