using MathNet.Numerics.LinearAlgebra;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Laws;

/// <summary>How far the coefficients of a law L(N, D) = E + A·N^−α + B·D^−β may be off, and how they move together: a normal distribution of (ln E, ln A, ln B, α, β).</summary>
/// <param name="StandardErrors">Of ln E, ln A, ln B, α and β.</param>
/// <param name="Correlations">Below the diagonal, row by row: (A, E), (B, E), (B, A), (α, E) … (β, α).</param>
public sealed record CoefficientSpread(IReadOnlyList<double> StandardErrors, IReadOnlyList<double> Correlations)
{
    /// <summary>Laws drawn from the distribution; the same for the same seed.</summary>
    /// <param name="centre">The law in its middle.</param>
    /// <param name="count">Draws.</param>
    /// <param name="seed">Seed.</param>
    public IReadOnlyList<Law> Draws(Law centre, int count, int seed)
    {
        ArgumentNullException.ThrowIfNull(centre);
        var size = StandardErrors.Count;
        // Σ_ij = σ_i ρ_ij σ_j = (C Cᵀ)_ij; a draw is µ + C z.
        var lower = Matrix<double>.Build.Dense(size, size, (i, j) => StandardErrors[i] * StandardErrors[j] * (i == j ? 1 : Correlation(Math.Max(i, j), Math.Min(i, j)))).Cholesky().Factor;
        double[] middle = [Math.Log(centre["E"]), Math.Log(centre["A"]), Math.Log(centre["B"]), centre["alpha"], centre["beta"]];
        return [.. Enumerable.Range(0, count).Select(Draw)];

        Law Draw(int draw)
        {
            var random = new DrawGenerator(seed, draw);
            // Box and Muller 1958.
            var normal = Vector<double>.Build.Dense(size, _ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            var at = lower * normal;
            return LawForms.Chinchilla.With(Math.Exp(middle[0] + at[0]), Math.Exp(middle[1] + at[1]), Math.Exp(middle[2] + at[2]), middle[3] + at[3], middle[4] + at[4]);
        }
    }

    private double Correlation(int row, int column) => Correlations[row * (row - 1) / 2 + column];
}
