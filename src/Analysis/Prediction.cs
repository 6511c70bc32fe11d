using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Analysis;

/// <summary>The compute-optimal allocation of a budget, each quantity with its interval.</summary>
/// <param name="Optimum">The point estimate; its loss is NaN where the approach has none.</param>
/// <param name="Parameters">Interval of N; null without bootstrap draws.</param>
/// <param name="Tokens">Interval of D.</param>
/// <param name="Loss">Interval of the loss.</param>
/// <param name="TokensPerParameter">Interval of D/N.</param>
public sealed record Prediction(Allocation Optimum, Interval? Parameters, Interval? Tokens, Interval? Loss, Interval? TokensPerParameter)
{
    /// <summary>Applies a law and its bootstrap draws to a budget.</summary>
    public static Prediction At(double flops, IAllocationLaw law, IReadOnlyList<IAllocationLaw> draws)
    {
        var drawn = draws.Select(draw => draw.Optimum(flops)).ToArray();
        return new Prediction(
            law.Optimum(flops),
            Interval.Of(drawn.Select(optimum => optimum.Parameters)),
            Interval.Of(drawn.Select(optimum => optimum.Tokens)),
            Interval.Of(drawn.Select(optimum => optimum.Loss)),
            Interval.Of(drawn.Select(optimum => optimum.TokensPerParameter)));
    }
}
