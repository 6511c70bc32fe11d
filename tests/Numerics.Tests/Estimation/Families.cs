using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Estimation;

/// <summary>Families with a known law.</summary>
internal static class Families
{
    internal static ChinchillaLaw Truth { get; } = new(1.8, 480, 2000, 0.35, 0.36);

    internal static double[] Sizes { get; } = [1e8, 2e8, 4e8, 8e8, 1.6e9, 6.4e9];

    /// <summary>Checkpoints at 10B, 20B … 100B tokens, exactly on the law.</summary>
    internal static FamilyModel[] Exact(params double[] sizes) => [.. (sizes.Length == 0 ? Sizes : sizes).Select(size => Model(size, [.. Enumerable.Range(1, 10).Select(i => 1e10 * i)]))];

    internal static FamilyModel Model(double parameters, double[] tokens, string? name = null) =>
        new(name ?? FormattableString.Invariant($"model {parameters}"), parameters, tokens, Array.ConvertAll(tokens, d => Truth.Loss(parameters, d)));

    internal static FamilyEstimation Family(EstimationOptions? options = null, params double[] sizes)
    {
        var models = Exact(sizes);
        options ??= new EstimationOptions { MinimumTokens = 0 };
        return new FamilyEstimation(models, options.ScaleDown ? models.Min(model => model.Parameters) : models.Max(model => model.Parameters), options);
    }

    /// <summary>A score with nothing in it but what the tests of fronts and advice look at.</summary>
    internal static PlanScore Score(double are, double flops, int first = 0, int models = 2, double share = 1, Numerics.Fitting.FitStatus status = Numerics.Fitting.FitStatus.Converged) => new()
    {
        Plan = new EstimationPlan(first, models, share),
        Law = new EstimationLaw(Truth, status, "", 10),
        Error = new PredictionError(are, are, null),
        BestLoss = PredictionError.None,
        MostCompute = PredictionError.None,
        FlopsSpent = flops,
        SmallestParameters = 1e8,
        LargestParameters = 2e8,
    };
}
