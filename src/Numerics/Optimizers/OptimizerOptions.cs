namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>The rule that makes a step out of gradients.</summary>
public enum OptimizerRule
{
    /// <summary>Stochastic gradient descent with heavy-ball momentum.</summary>
    Sgd,

    /// <summary>Adam with its decay as an L2 term in the gradient.</summary>
    Adam,

    /// <summary>Adam with decoupled decay.</summary>
    AdamW,

    /// <summary>The sign of an interpolated momentum.</summary>
    Lion,

    /// <summary>Second moments kept as row and column means, relative step size.</summary>
    Adafactor,

    /// <summary>Orthogonalized momentum for hidden matrices, AdamW for the rest.</summary>
    Muon,

    /// <summary>Adam in the eigenbasis of Shampoo for hidden matrices, AdamW for the rest.</summary>
    Soap,

    /// <summary>AdamW without a schedule: gradients at an interpolation, an average to be evaluated.</summary>
    ScheduleFreeAdamW,
}

/// <summary>How a cautious mask makes up for the coordinates it drops.</summary>
public enum MaskScaling
{
    /// <summary>numel / (nnz + 1), the paper's (arXiv 2411.16085, algorithm 1, ξ = 1).</summary>
    CountPlusOne,

    /// <summary>1 / max(mean of the mask, 10⁻³), as the authors' code later has it.</summary>
    ClampedMean,
}

/// <summary>Where a cautious mask of Muon acts.</summary>
public enum MaskStage
{
    /// <summary>On the step itself, as everywhere else.</summary>
    Step,

    /// <summary>On the momentum, before it is orthogonalized.</summary>
    Momentum,
}

/// <summary>When weights decay.</summary>
public enum DecayOrder
{
    /// <summary>w ← (1 − lr·λ)w, then the step.</summary>
    Before,

    /// <summary>The step, then w ← (1 − lr·λ)w, the order printed in the cautious paper.</summary>
    After,
}

/// <summary>Where Adam adds its ε.</summary>
public enum EpsilonPlacement
{
    /// <summary>To √v̂, the corrected root, as Adam's paper.</summary>
    Corrected,

    /// <summary>To √v, the plain root, as the cautious authors' code and BERT's.</summary>
    Plain,
}

/// <summary>How Muon accumulates gradients.</summary>
public enum MuonMomentum
{
    /// <summary>m ← μm + g, orthogonalized g + μm.</summary>
    HeavyBall,

    /// <summary>m ← μm + (1 − μ)g, orthogonalized (1 − μ)g + μm.</summary>
    Average,
}

/// <summary>How large Muon's orthogonal step is.</summary>
public enum MuonScale
{
    /// <summary>√max(1, rows/columns).</summary>
    Shape,

    /// <summary>0.2·√max(rows, columns): as large as a step of AdamW (arXiv 2502.16982).</summary>
    MatchedToAdam,
}

/// <summary>An optimizer with all that can be chosen about it; a learning rate comes with each step.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The rule.</summary>
    public OptimizerRule Rule { get; init; } = OptimizerRule.AdamW;

    /// <summary>β₁: share of the past in the first moment; momentum of <see cref="OptimizerRule.Sgd"/>; 0 for none in Adafactor.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂: share of the past in the second moment; in Lion that of the momentum kept.</summary>
    public double Beta2 { get; init; } = 0.95;

    /// <summary>ε: keeps a division finite.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Where it is added.</summary>
    public EpsilonPlacement EpsilonPlacement { get; init; }

    /// <summary>Moments are divided by 1 − βᵗ.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>λ: decay a unit of learning rate.</summary>
    public double WeightDecay { get; init; }

    /// <summary>When.</summary>
    public DecayOrder DecayOrder { get; init; }

    /// <summary>Decay only where it points along the step: 1[u∘w ≥ 0] (arXiv 2510.12402).</summary>
    public bool CautiousDecay { get; init; }

    /// <summary>The step only where it agrees with the gradient: 1[u∘g &gt; 0] (arXiv 2411.16085); null for the plain rule.</summary>
    public MaskScaling? Caution { get; init; }

    /// <summary>For a cautious Muon.</summary>
    public MaskStage MaskStage { get; init; }

    /// <summary>μ of Muon.</summary>
    public double MuonMomentumShare { get; init; } = 0.95;

    /// <summary>Its form.</summary>
    public MuonMomentum MuonMomentum { get; init; }

    /// <summary>Its size.</summary>
    public MuonScale MuonScale { get; init; } = MuonScale.MatchedToAdam;

    /// <summary>Steps between two refreshes of the eigenbases of SOAP.</summary>
    public int BasisInterval { get; init; } = 10;
}
