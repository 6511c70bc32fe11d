using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>Why goals have no training.</summary>
public enum ObstacleKind
{
    /// <summary>Nothing is given that says how large the training is.</summary>
    Missing,

    /// <summary>A rate is not known that one of the goals needs, such as the price of an hour.</summary>
    RateUnknown,

    /// <summary>Two sets of goals say different things of one quantity.</summary>
    Contradiction,

    /// <summary>The loss is below what can be reached.</summary>
    LossBelowLimit,

    /// <summary>The budget is below the least that reaches the loss.</summary>
    BudgetTooSmall,

    /// <summary>A loss is given and the law has none.</summary>
    LawWithoutLoss,

    /// <summary>Training and serving together would take more compute than there is.</summary>
    LifeTooSmall,

    /// <summary>The bits lie outside what the law of precision holds for.</summary>
    BitsOutside,

    /// <summary>The bits are to be found, and nothing that is given says how many there may be.</summary>
    BitsOpen,

    /// <summary>The bits are to be found, and fewer are always better by the law, or it knows no effect of them.</summary>
    NoBestBits,
}

/// <summary>What stands in the way of a plan.</summary>
/// <param name="Kind">Which of the reasons.</param>
/// <param name="Measure">The quantity it is about, whose unit the values have.</param>
/// <param name="Left">Goals that say <paramref name="LeftValue"/>.</param>
/// <param name="LeftValue">What they say; NaN where nothing is compared.</param>
/// <param name="Right">Goals that say <paramref name="RightValue"/>, or set the limit.</param>
/// <param name="RightValue">What they say, or the limit.</param>
public sealed record PlanObstacle(
    ObstacleKind Kind, TrainingQuantity Measure, IReadOnlyList<TrainingQuantity> Left, double LeftValue, IReadOnlyList<TrainingQuantity> Right, double RightValue);

/// <summary>A training that meets its goals, or why none does.</summary>
public sealed record TrainingPlan
{
    /// <summary>N, D, C and L; NaN throughout where there is an obstacle.</summary>
    public required Allocation Training { get; init; }

    /// <summary>A larger model of the same budget and loss, where both were given and the smaller one is planned.</summary>
    public Allocation? Larger { get; init; }

    /// <summary>Accelerator-hours.</summary>
    public required double AcceleratorHours { get; init; }

    /// <summary>Days; NaN where neither they nor the accelerators are given.</summary>
    public required double Days { get; init; }

    /// <summary>Accelerators used at once, not rounded; NaN where neither they nor the days are given.</summary>
    public required double Accelerators { get; init; }

    /// <summary>US dollars; NaN without a price.</summary>
    public required double Money { get; init; }

    /// <summary>kWh; NaN without a power.</summary>
    public required double Energy { get; init; }

    /// <summary>kg CO2e; NaN without a power.</summary>
    public required double Carbon { get; init; }

    /// <summary>D_inf, tokens served over the model's life: as given, or what is left of the compute of its life; NaN where neither says so.</summary>
    public double ServedTokens { get; init; } = double.NaN;

    /// <summary>Compute of training and serving together, FLOP; NaN where nothing is said of serving.</summary>
    public double LifeFlops { get; init; } = double.NaN;

    /// <summary>P; NaN where the bits do not count.</summary>
    public double Bits { get; init; } = double.NaN;

    /// <summary>Why there is no such training; null where there is one.</summary>
    public PlanObstacle? Obstacle { get; init; }

    /// <summary>A number of it, in the unit of the quantity; NaN for quantities that only limit a plan.</summary>
    public double this[TrainingQuantity quantity] => quantity switch
    {
        TrainingQuantity.Flops => Training.Flops,
        TrainingQuantity.Parameters => Training.Parameters,
        TrainingQuantity.Tokens => Training.Tokens,
        TrainingQuantity.Loss => Training.Loss,
        TrainingQuantity.Days => Days,
        TrainingQuantity.Accelerators => Accelerators,
        TrainingQuantity.Money => Money,
        TrainingQuantity.Energy => Energy,
        TrainingQuantity.Carbon => Carbon,
        TrainingQuantity.ServedTokens => ServedTokens,
        TrainingQuantity.LifeFlops => LifeFlops,
        TrainingQuantity.Bits => Bits,
        _ => double.NaN,
    };
}
