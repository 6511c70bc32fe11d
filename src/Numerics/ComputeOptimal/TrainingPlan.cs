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
        _ => double.NaN,
    };
}
