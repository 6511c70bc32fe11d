namespace ScalingDashboard.Numerics.Laws;

/// <summary>How a training budget is spent: flops = 6 · parameters · tokens.</summary>
/// <param name="Flops">C, training FLOP.</param>
/// <param name="Parameters">N, a count.</param>
/// <param name="Tokens">D, a count.</param>
/// <param name="Loss">L, nats per token; NaN where the law says nothing about the loss.</param>
public readonly record struct Allocation(double Flops, double Parameters, double Tokens, double Loss)
{
    /// <summary>D/N.</summary>
    public double TokensPerParameter => Tokens / Parameters;
}
