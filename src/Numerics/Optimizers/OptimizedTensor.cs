namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>A tensor as an optimizer sees it: row-major, a vector has one row.</summary>
/// <param name="Rows">Outputs of a linear map.</param>
/// <param name="Columns">Inputs of a linear map.</param>
/// <param name="Hidden">A linear map inside the model; embeddings and heads are none, and rules for matrices leave them to AdamW.</param>
public readonly record struct OptimizedTensor(int Rows, int Columns, bool Hidden = true)
{
    /// <summary>Numbers in it.</summary>
    public int Length => Rows * Columns;

    /// <summary>Rules that look at a matrix as a whole apply.</summary>
    public bool IsHiddenMatrix => Hidden && Rows > 1 && Columns > 1;
}
