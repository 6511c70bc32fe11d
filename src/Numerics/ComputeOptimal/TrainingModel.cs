using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>
/// What a law makes of a goal: the training that is best where one number is given, and the one that fits where two are. What does not exist is NaN.
/// </summary>
public abstract class TrainingModel
{
    /// <summary>The law says what loss a training ends at.</summary>
    public abstract bool PredictsLoss { get; }

    /// <summary>The best training of a budget.</summary>
    /// <param name="flops">C, FLOP.</param>
    public abstract Allocation ByFlops(double flops);

    /// <summary>The training for which a size is the best.</summary>
    /// <param name="parameters">N.</param>
    public abstract Allocation ByParameters(double parameters);

    /// <summary>The training for which a count of tokens is the best.</summary>
    /// <param name="tokens">D.</param>
    public abstract Allocation ByTokens(double tokens);

    /// <summary>The cheapest training that reaches a loss.</summary>
    /// <param name="loss">L, nats per token.</param>
    public virtual Allocation ByLoss(double loss) => new(double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>L of a training, nats per token.</summary>
    /// <param name="parameters">N.</param>
    /// <param name="tokens">D.</param>
    public virtual double Loss(double parameters, double tokens) => double.NaN;

    /// <summary>D at which a size reaches a loss.</summary>
    /// <param name="parameters">N.</param>
    /// <param name="loss">L, nats per token.</param>
    public virtual double TokensForLoss(double parameters, double loss) => double.NaN;

    /// <summary>N at which a count of tokens reaches a loss.</summary>
    /// <param name="tokens">D.</param>
    /// <param name="loss">L, nats per token.</param>
    public virtual double ParametersForLoss(double tokens, double loss) => double.NaN;

    /// <summary>The two sizes that end at a loss for the same budget, one smaller and one larger than the best.</summary>
    /// <param name="flops">C, FLOP.</param>
    /// <param name="loss">L, nats per token.</param>
    public virtual (double Smaller, double Larger) SizesForLoss(double flops, double loss) => (double.NaN, double.NaN);

    /// <summary>The allocation of a size and a count of tokens.</summary>
    protected Allocation At(double parameters, double tokens) => new(6 * parameters * tokens, parameters, tokens, Loss(parameters, tokens));
}

/// <summary>A line N_opt = k·C^a without a loss: what approaches 1 and 2, and Kaplan et al., print.</summary>
/// <param name="line">The line.</param>
public sealed class LineModel(AllocationLine line) : TrainingModel
{
    /// <inheritdoc/>
    public override bool PredictsLoss => false;

    /// <inheritdoc/>
    public override Allocation ByFlops(double flops) => line.Optimum(flops);

    /// <inheritdoc/>
    public override Allocation ByParameters(double parameters)
    {
        // ln C = (ln N − ln k)/a
        var tokens = Math.Exp((Math.Log(parameters) - line.OptimalParameters.LogCoefficient) / line.ParameterExponent) / (6 * parameters);
        return At(parameters, tokens);
    }

    /// <inheritdoc/>
    public override Allocation ByTokens(double tokens)
    {
        // D = C/(6k·C^a): ln C = (ln 6D + ln k)/(1 − a)
        var parameters = Math.Exp((Math.Log(6 * tokens) + line.OptimalParameters.LogCoefficient) / line.TokenExponent) / (6 * tokens);
        return At(parameters, tokens);
    }
}
