namespace ScalingDashboard.Numerics.Compute;

/// <summary>What a training can be planned by.</summary>
public enum TrainingQuantity
{
    /// <summary>C, training FLOP.</summary>
    Flops,

    /// <summary>N, a count.</summary>
    Parameters,

    /// <summary>D, tokens seen, a count.</summary>
    Tokens,

    /// <summary>L, nats per token.</summary>
    Loss,

    /// <summary>Time from start to end, days.</summary>
    Days,

    /// <summary>Accelerators used at once, a count.</summary>
    Accelerators,

    /// <summary>Rent, US dollars.</summary>
    Money,

    /// <summary>Electric energy, kWh.</summary>
    Energy,

    /// <summary>Emissions of that energy, kg CO2e.</summary>
    Carbon,

    /// <summary>D_inf, tokens served over the model's life, a count.</summary>
    ServedTokens,

    /// <summary>U, different tokens there are to train on, a count.</summary>
    UniqueTokens,

    /// <summary>Most passes over the unique tokens.</summary>
    Epochs,

    /// <summary>P, bits of weights, activations and KV cache in training.</summary>
    Bits,

    /// <summary>Compute of training and serving together, FLOP.</summary>
    LifeFlops,
}
