namespace ScalingDashboard.Numerics.Precision;

/// <summary>
/// What quantising the weights to very few bits after training adds to the loss (Ouyang et al. 2024, "QiD", arXiv 2411.17691): k·D^b/(N^a·P^c), a power of
/// the bits where Kumar et al. have an exponential. It says nothing about the loss itself.
/// </summary>
/// <param name="Coefficient">k, nats per token.</param>
/// <param name="TokenExponent">b.</param>
/// <param name="ParameterExponent">a, of parameters without embeddings.</param>
/// <param name="BitsExponent">c.</param>
public sealed record LowBitLaw(double Coefficient, double TokenExponent, double ParameterExponent, double BitsExponent)
{
    /// <summary>Nats per token.</summary>
    public double AddedLoss(double parameters, double tokens, double bits) =>
        Coefficient * Math.Pow(tokens, TokenExponent) * Math.Pow(parameters, -ParameterExponent) * Math.Pow(bits, -BitsExponent);
}

/// <summary>
/// What training with quantisation adds to the loss by its granularity (Chen et al. 2025, arXiv 2505.14302): k·D^γ_D·(log₂G)^γ_G/N^γ_N, where G values
/// share a scale. It says nothing about the loss itself.
/// </summary>
/// <param name="Coefficient">k, nats per token.</param>
/// <param name="TokenExponent">γ_D.</param>
/// <param name="ParameterExponent">γ_N.</param>
/// <param name="GroupExponent">γ_G.</param>
public sealed record GroupedTrainingLaw(double Coefficient, double TokenExponent, double ParameterExponent, double GroupExponent)
{
    /// <summary>Nats per token.</summary>
    /// <param name="parameters">N.</param>
    /// <param name="tokens">D.</param>
    /// <param name="group">G, values that share a scale, at least 1.</param>
    public double AddedLoss(double parameters, double tokens, double group) =>
        Coefficient * Math.Pow(tokens, TokenExponent) * Math.Pow(Math.Log2(group), GroupExponent) * Math.Pow(parameters, -ParameterExponent);
}
