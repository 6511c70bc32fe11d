using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>What is given about a training; null is to be found. Units as in <see cref="TrainingQuantity"/>.</summary>
public sealed record TrainingGoals
{
    /// <summary>C, FLOP.</summary>
    public double? Flops { get; init; }

    /// <summary>N.</summary>
    public double? Parameters { get; init; }

    /// <summary>D.</summary>
    public double? Tokens { get; init; }

    /// <summary>L, nats per token.</summary>
    public double? Loss { get; init; }

    /// <summary>Days.</summary>
    public double? Days { get; init; }

    /// <summary>Accelerators used at once.</summary>
    public double? Accelerators { get; init; }

    /// <summary>US dollars.</summary>
    public double? Money { get; init; }

    /// <summary>kWh.</summary>
    public double? Energy { get; init; }

    /// <summary>kg CO2e.</summary>
    public double? Carbon { get; init; }

    /// <summary>Tokens served over the model's life.</summary>
    public double? ServedTokens { get; init; }

    /// <summary>Different tokens there are to train on; null for as many as wanted.</summary>
    public double? UniqueTokens { get; init; }

    /// <summary>Most passes over them; null for any number. Without unique tokens it says nothing.</summary>
    public double? Epochs { get; init; }

    /// <summary>Bits of weights, activations and KV cache in training, whose effect on the loss counts; null for none.</summary>
    public double? Bits { get; init; }

    /// <summary>The bits are to be found.</summary>
    public bool SolvesBits { get; init; }

    /// <summary>Compute of training and serving together, FLOP.</summary>
    public double? LifeFlops { get; init; }

    /// <summary>
    /// Bits take part. Compute is then counted in FLOP of 16 bits, C = (6/16)·N·D·P (Kumar et al. 2024, arXiv 2411.04330, eq. 5), and serving takes (2/16)·N·P for each token.
    /// </summary>
    public bool CountsBits => SolvesBits || Bits is not null;

    /// <summary>Most tokens that may be trained on; infinite without a limit.</summary>
    public double MostTokens => UniqueTokens is { } unique && Epochs is { } epochs ? unique * epochs : double.PositiveInfinity;

    /// <summary>A quantity follows from the goals and from what an accelerator-hour does, whatever a law says.</summary>
    public bool Settles(TrainingQuantity quantity)
    {
        var sized = Parameters is not null && Tokens is not null;
        var lived = LifeFlops is not null && ServedTokens is not null && (Parameters ?? Tokens) is not null && !SolvesBits;
        // With the bits open, size and tokens say nothing of the compute.
        var compute = (Flops ?? Money ?? Energy ?? Carbon) is not null || (Accelerators is not null && Days is not null) || (sized && !SolvesBits) || lived;
        return this[quantity] is not null || (compute && quantity switch
        {
            TrainingQuantity.Parameters => Tokens is not null && !SolvesBits,
            TrainingQuantity.Tokens => Parameters is not null && !SolvesBits,
            TrainingQuantity.Bits => SolvesBits && sized,
            TrainingQuantity.LifeFlops => ServedTokens is not null && (sized || ((Parameters ?? Tokens) is not null && !SolvesBits)),
            TrainingQuantity.ServedTokens => LifeFlops is not null && (sized || ((Parameters ?? Tokens) is not null && !SolvesBits)),
            TrainingQuantity.Days => Accelerators is not null,
            TrainingQuantity.Accelerators => Days is not null,
            TrainingQuantity.Flops or TrainingQuantity.Money or TrainingQuantity.Energy or TrainingQuantity.Carbon => true,
            _ => false,
        });
    }

    /// <summary>One of them.</summary>
    public double? this[TrainingQuantity quantity] => quantity switch
    {
        TrainingQuantity.Flops => Flops,
        TrainingQuantity.Parameters => Parameters,
        TrainingQuantity.Tokens => Tokens,
        TrainingQuantity.Loss => Loss,
        TrainingQuantity.Days => Days,
        TrainingQuantity.Accelerators => Accelerators,
        TrainingQuantity.Money => Money,
        TrainingQuantity.Energy => Energy,
        TrainingQuantity.Carbon => Carbon,
        TrainingQuantity.ServedTokens => ServedTokens,
        TrainingQuantity.UniqueTokens => UniqueTokens,
        TrainingQuantity.Bits => Bits,
        TrainingQuantity.LifeFlops => LifeFlops,
        _ => Epochs,
    };

    /// <summary>With one of them changed.</summary>
    public TrainingGoals With(TrainingQuantity quantity, double? value) => quantity switch
    {
        TrainingQuantity.Flops => this with { Flops = value },
        TrainingQuantity.Parameters => this with { Parameters = value },
        TrainingQuantity.Tokens => this with { Tokens = value },
        TrainingQuantity.Loss => this with { Loss = value },
        TrainingQuantity.Days => this with { Days = value },
        TrainingQuantity.Accelerators => this with { Accelerators = value },
        TrainingQuantity.Money => this with { Money = value },
        TrainingQuantity.Energy => this with { Energy = value },
        TrainingQuantity.Carbon => this with { Carbon = value },
        TrainingQuantity.ServedTokens => this with { ServedTokens = value },
        TrainingQuantity.UniqueTokens => this with { UniqueTokens = value },
        TrainingQuantity.Bits => this with { Bits = value, SolvesBits = false },
        TrainingQuantity.LifeFlops => this with { LifeFlops = value },
        _ => this with { Epochs = value },
    };
}
