using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>What a training of another size than the best costs, beside the cheapest training that ends at the same loss.</summary>
/// <param name="Training">The training.</param>
/// <param name="Cheapest">The training of its loss that takes the least compute.</param>
public sealed record OffOptimum(Allocation Training, Allocation Cheapest)
{
    /// <summary>Share of the law's compute that the training needs; what is served needs all of its own.</summary>
    public double TrainingFactor { get; init; } = 1;

    // Nearer to the cheapest than this it is the cheapest, but for rounding.
    private const double Rounding = 1e-6;

    /// <summary>N over that of the cheapest; below 1 it is over-trained.</summary>
    public double SizeRatio => Training.Parameters / Cheapest.Parameters;

    /// <summary>Compute beyond that of the cheapest, as a share of it.</summary>
    public double Overhead => Training.Flops / Cheapest.Flops - 1 is var extra && extra < Rounding ? 0 : extra;

    /// <summary>
    /// Served tokens from which on an over-trained model costs less over training and serving than the cheapest to train: where
    /// 6·N·D + 2·N·D_inf = 6·N*·D* + 2·N*·D_inf (Sardana et al. 2023, arXiv 2401.00448, §2). NaN for a larger model, which never does.
    /// </summary>
    public double BreakEvenServedTokens =>
        SizeRatio < 1 - Rounding ? TrainingFactor * 0.5 * (Training.Flops - Cheapest.Flops) / (Cheapest.Parameters - Training.Parameters) : double.NaN;

    /// <summary>D_inf at which it is the cheapest training of its loss over training and serving; negative where its model is too large for any.</summary>
    public double BestServedTokens { get; init; } = double.NaN;

    /// <summary>FLOP of training it and serving tokens, over those of the cheapest to train.</summary>
    /// <param name="servedTokens">D_inf.</param>
    public double LifeCost(double servedTokens) => LifeFlops(Training, servedTokens / TrainingFactor) / LifeFlops(Cheapest, servedTokens / TrainingFactor);

    /// <summary>FLOP of training a model and serving tokens.</summary>
    /// <param name="training">The training.</param>
    /// <param name="servedTokens">D_inf.</param>
    public static double LifeFlops(Allocation training, double servedTokens) => training.Flops + 2 * training.Parameters * servedTokens;

    /// <summary>Of a training; null where its loss is none that a cheapest training reaches.</summary>
    /// <param name="model">The surface.</param>
    /// <param name="training">The training.</param>
    /// <param name="trainingFactor">Share of the law's compute that training needs.</param>
    public static OffOptimum? Of(SurfaceModel model, Allocation training, double trainingFactor = 1) =>
        model.WithoutServing.ByLoss(training.Loss) is var cheapest && double.IsFinite(cheapest.Flops) ? new(training, cheapest) { TrainingFactor = trainingFactor, BestServedTokens = trainingFactor * model.ServedTokensFor(training) } : null;

    /// <summary>The same for a size beside the cheapest; NaN where the size does not reach the loss.</summary>
    /// <param name="model">The surface.</param>
    /// <param name="cheapest">The cheapest training of its loss.</param>
    /// <param name="sizeRatio">N over that of the cheapest.</param>
    public static double OverheadAt(SurfaceModel model, Allocation cheapest, double sizeRatio)
    {
        var parameters = sizeRatio * cheapest.Parameters;
        return 6 * parameters * model.TokensForLoss(parameters, cheapest.Loss) / cheapest.Flops - 1;
    }
}
