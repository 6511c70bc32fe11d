using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>
/// The model that reaches a loss with the least FLOP over training and serving together: minimise 6·N·D + 2·N·D_inf subject to L(N, D) = ℓ
/// (Sardana et al. 2023, arXiv 2401.00448, §2), ℓ being the loss of the training optimum of a budget.
/// </summary>
/// <param name="Training">The training optimum of the budget: what to train if nothing were served.</param>
/// <param name="Served">The model of the same loss that is cheapest over its life; its flops are those of training, 6ND.</param>
/// <param name="ServedTokens">D_inf, tokens served over the model's life.</param>
public sealed record ServedOptimum(Allocation Training, Allocation Served, double ServedTokens)
{
    private const double Golden = 0.6180339887498949;

    // In ln N, and enough for the smallest model of any law that a fit returns.
    private const double WidestSearch = 50;
    private const int Steps = 110;

    /// <summary>FLOP of training and serving the training optimum.</summary>
    public double TrainingTotal => Total(Training.Parameters, Training.Tokens, ServedTokens);

    /// <summary>FLOP of training and serving the served optimum.</summary>
    public double ServedTotal => Total(Served.Parameters, Served.Tokens, ServedTokens);

    /// <summary>Share of <see cref="TrainingTotal"/> that the served optimum saves.</summary>
    public double Saving => 1 - ServedTotal / TrainingTotal;

    /// <summary>For the loss of the training optimum of a budget.</summary>
    /// <param name="law">A law that allocates compute.</param>
    /// <param name="flops">C, training budget, FLOP.</param>
    /// <param name="servedTokens">D_inf, zero or above.</param>
    /// <returns>Null where the law has no optimum at the budget.</returns>
    public static ServedOptimum? At(Law law, double flops, double servedTokens)
    {
        var training = law.Optimum(flops);
        if (!double.IsFinite(training.Parameters) || !double.IsFinite(training.Loss))
            return null;

        // Serving only favours smaller models, and for Chinchilla's law ln(6ND(N) + 2N·D_inf) is convex in ln N: −ln(ℓ − E − A·N^−α) and
        // ln N are, and so is the logarithm of a sum of such exponentials. Golden section, ∞ where the model is too small for the loss.
        var high = Math.Log(training.Parameters);
        var low = high - WidestSearch;
        var (left, right) = (high - Golden * (high - low), low + Golden * (high - low));
        var (atLeft, atRight) = (Cost(left), Cost(right));
        for (var step = 0; step < Steps; step++)
        {
            if (atLeft < atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - Golden * (high - low);
                atLeft = Cost(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + Golden * (high - low);
                atRight = Cost(right);
            }
        }

        var parameters = Math.Exp(0.5 * (low + high));
        var tokens = law.TokensForLoss(parameters, training.Loss);
        // At D_inf = 0 the search ends within rounding of the training optimum, on whichever side.
        return double.IsFinite(tokens) && Total(parameters, tokens, servedTokens) < Total(training.Parameters, training.Tokens, servedTokens)
            ? new ServedOptimum(training, new Allocation(6 * parameters * tokens, parameters, tokens, training.Loss), servedTokens)
            : new ServedOptimum(training, training, servedTokens);

        double Cost(double logParameters)
        {
            var size = Math.Exp(logParameters);
            var needed = law.TokensForLoss(size, training.Loss);
            return double.IsNaN(needed) ? double.PositiveInfinity : Math.Log(Total(size, needed, servedTokens));
        }
    }

    // Forward and backward per training token, forward alone per token served.
    private static double Total(double parameters, double tokens, double served) => 6 * parameters * tokens + 2 * parameters * served;
}
