using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Analysis;

/// <summary>A model of a schedule of growing.</summary>
/// <param name="Parameters">N.</param>
/// <param name="Tokens">D that a training from scratch to the same loss takes.</param>
/// <param name="Loss">By the law, nats per token; NaN where it has no loss.</param>
/// <param name="Flops">FLOP: 6ND for the first, a share of that for those grown.</param>
/// <param name="Low95">Lower end of the 95 % interval of that.</param>
/// <param name="High95">Upper end.</param>
public sealed record GrowthStage(double Parameters, double Tokens, double Loss, double Flops, double Low95, double High95);

/// <summary>
/// A schedule of sizes: the first model is trained, each further one grown from the one before and trained to the loss that the law says for its size and tokens. Growing takes 1 − savings of
/// the compute from scratch; the operator is part of that.
/// </summary>
public sealed record GrowthSchedule
{
    /// <summary>Models, smallest first.</summary>
    public required IReadOnlyList<GrowthStage> Stages { get; init; }

    /// <summary>FLOP of the largest model from scratch, 6ND.</summary>
    public required double Scratch { get; init; }

    /// <summary>The first model is there already and costs nothing.</summary>
    public required bool FirstIsPaid { get; init; }

    /// <summary>FLOP of all stages that are paid.</summary>
    public double Total => Paid(stage => stage.Flops);

    /// <summary>Lower end of its 95 % interval, by the savings.</summary>
    public double TotalLow95 => Paid(stage => stage.Low95);

    /// <summary>Upper end.</summary>
    public double TotalHigh95 => Paid(stage => stage.High95);

    /// <summary>1 − total/scratch; below 0 the schedule costs more.</summary>
    public double Savings => 1 - Total / Scratch;

    /// <summary>The schedule.</summary>
    /// <param name="law">Says the loss of each size.</param>
    /// <param name="sizes">N, ascending.</param>
    /// <param name="tokensPerParameter">D/N of each model.</param>
    /// <param name="factor">1 − savings of one growth, with its interval.</param>
    /// <param name="firstIsPaid">The first model is there already.</param>
    public static GrowthSchedule Of(TrainingLaw law, IReadOnlyList<double> sizes, double tokensPerParameter, ComputeFactor factor, bool firstIsPaid)
    {
        ArgumentNullException.ThrowIfNull(law);
        ArgumentNullException.ThrowIfNull(sizes);
        ArgumentNullException.ThrowIfNull(factor);
        if (sizes.Count == 0 || sizes.Zip(sizes.Skip(1)).Any(pair => pair.Second <= pair.First))
            throw new AnalysisException("Name the sizes of a schedule from the smallest to the largest, each once, such as 100M, 1B, 10B.");
        var stages = sizes.Select((parameters, i) =>
        {
            var tokens = tokensPerParameter * parameters;
            var whole = 6 * parameters * tokens;
            var loss = law.Surface?.Predict(new Numerics.Laws.LawPoint(parameters, tokens, whole)) ?? double.NaN;
            return i == 0 ? new GrowthStage(parameters, tokens, loss, whole, whole, whole) : new GrowthStage(parameters, tokens, loss, factor.Value * whole, factor.Low95 * whole, factor.High95 * whole);
        });
        return new GrowthSchedule { Stages = [.. stages], Scratch = 6 * sizes[^1] * tokensPerParameter * sizes[^1], FirstIsPaid = firstIsPaid };
    }

    /// <summary>What compute costs in a quantity, such as money; NaN where its rate is not known.</summary>
    /// <param name="rates">Of an accelerator-hour.</param>
    /// <param name="flops">FLOP.</param>
    /// <param name="quantity">Money, energy or emissions.</param>
    public static double Cost(TrainingRates rates, double flops, TrainingQuantity quantity)
    {
        ArgumentNullException.ThrowIfNull(rates);
        return flops / rates.PerHour(TrainingQuantity.Flops) * rates.PerHour(quantity);
    }

    private double Paid(Func<GrowthStage, double> flops) => Stages.Skip(FirstIsPaid ? 1 : 0).Sum(flops);
}
