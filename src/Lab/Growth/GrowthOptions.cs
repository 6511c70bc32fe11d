using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Lab.Growth;

/// <summary>How a large model begins from a small one.</summary>
public sealed record GrowthOptions
{
    /// <summary>The paper's steps of learning the operator.</summary>
    public const int UsualSteps = 100;

    /// <summary>A learning rate of the operator that did best of 0.003, 0.01, 0.03 and 0.1 when 7 thousand parameters grew to 51 thousand.</summary>
    public const double UsualLearningRate = 1e-2;

    /// <summary>The way.</summary>
    public required GrowthMethod Method { get; init; }

    /// <summary>LiGO: steps of learning the operator.</summary>
    public int OperatorSteps { get; init; } = UsualSteps;

    /// <summary>LiGO: peak learning rate of the operator.</summary>
    public double OperatorLearningRate { get; init; } = UsualLearningRate;

    /// <summary>LiGO: what is learned.</summary>
    public LigoForm Form { get; init; }

    /// <summary>LiGO: how depth weights begin.</summary>
    public DepthInitialization Depth { get; init; }

    /// <summary>LiGO: how new units begin.</summary>
    public WidthInitialization Width { get; init; }

    /// <summary>KI: how the small model teaches.</summary>
    public Inheritance Inheritance { get; init; } = new();

    /// <summary>Everything that makes growing impossible, in words.</summary>
    /// <param name="small">The trained model's shape.</param>
    /// <param name="large">The training of the target.</param>
    public IEnumerable<string> Problems(TransformerShape small, TrainingOptions large)
    {
        ArgumentNullException.ThrowIfNull(large);
        var problems = TransformerGrowth.Problems(small, large.Shape).ToList();
        if (problems.Count == 0 && Method.Rule is { } rule)
            problems.AddRange(GrowthRules.Problems(rule, new TransformerGrowth(small, large.Shape).Table));
        if (OperatorSteps < 0)
            problems.Add(FormattableString.Invariant($"operator steps is {OperatorSteps}; it must be at least 0."));
        if (!(OperatorLearningRate > 0 && double.IsFinite(OperatorLearningRate)))
            problems.Add(FormattableString.Invariant($"operator learning rate is {OperatorLearningRate}; it must be above zero."));
        return problems;
    }
}

/// <summary>
/// Knowledge inheritance (Qin et al. 2021, arXiv 2105.13880): the loss is (1 − α)·CE + α·τ²·KL(teacher ‖ student), and α falls on a line to 0, so that the larger student
/// overtakes its teacher.
/// </summary>
/// <param name="First">α of the first step.</param>
/// <param name="Share">Share of the steps until it is 0.</param>
/// <param name="Temperature">τ: both distributions are of logits divided by it.</param>
public sealed record Inheritance(double First = 0.5, double Share = 0.5, double Temperature = 1)
{
    /// <summary>α of a step of a run.</summary>
    public double At(int step, int steps) => First * Math.Max(0, 1 - step / (Share * steps));

    /// <summary>Steps of a run with α above zero.</summary>
    public int Steps(int steps) => First > 0 ? (int)Math.Ceiling(Share * steps) : 0;
}
