using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Estimation;

/// <summary>Which checkpoints of a small model a law is fitted to.</summary>
public enum CheckpointUse
{
    /// <summary>Every checkpoint, as the guide recommends.</summary>
    All,

    /// <summary>The last one of each model.</summary>
    Final,

    /// <summary>Those next to 10 %, 20 %, … of each model's tokens, as if each were a model of its own: a long log counts no more than a short one.</summary>
    Tenths,
}

/// <summary>How laws are fitted to small models to predict a large one.</summary>
public sealed record EstimationOptions
{
    /// <summary>Early checkpoints up to this many tokens are not fitted; 10B in the guide (§6.1).</summary>
    public double MinimumTokens { get; init; } = 1e10;

    /// <summary>Checkpoints fitted.</summary>
    public CheckpointUse Checkpoints { get; init; }

    /// <summary>Objective; least squares on the loss in the guide (§2).</summary>
    public FitMethod Method { get; init; } = FitMethod.VariableProjection;

    /// <summary>Predict the smallest model from larger ones (Appendix C) instead of the largest from smaller ones.</summary>
    public bool ScaleDown { get; init; }
}

/// <summary>Which models, and how much of their training, a law is fitted to.</summary>
/// <param name="First">Place of the first model among the candidates, which are in the order of size.</param>
/// <param name="Models">How many models from there on.</param>
/// <param name="Share">p: checkpoints below p times the most tokens of the chosen models are fitted; 0 to 1.</param>
public sealed record EstimationPlan(int First, int Models, double Share);
