namespace ScalingDashboard.Numerics.Laws;

/// <summary>A law that says how to split a compute budget between parameters and tokens.</summary>
public interface IAllocationLaw
{
    /// <summary>a in N_opt ∝ C^a.</summary>
    double ParameterExponent { get; }

    /// <summary>b in D_opt ∝ C^b.</summary>
    double TokenExponent { get; }

    /// <summary>The compute-optimal allocation of <paramref name="flops"/> FLOP; its loss is NaN where the law has none.</summary>
    Allocation Optimum(double flops);
}

/// <summary>N_opt as a power of C with D_opt = C/(6·N_opt): what approaches 1 and 2 give.</summary>
/// <param name="OptimalParameters">N_opt against C in FLOP.</param>
public sealed record AllocationLine(PowerLaw OptimalParameters) : IAllocationLaw
{
    /// <inheritdoc/>
    public double ParameterExponent => OptimalParameters.Exponent;

    /// <inheritdoc/>
    public double TokenExponent => 1 - OptimalParameters.Exponent;

    /// <inheritdoc/>
    public Allocation Optimum(double flops)
    {
        var parameters = OptimalParameters.At(flops);
        return new Allocation(flops, parameters, flops / (6 * parameters), double.NaN);
    }
}
