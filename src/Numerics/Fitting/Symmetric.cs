namespace ScalingDashboard.Numerics.Fitting;

/// <summary>Small dense symmetric systems, row-major with a fixed stride of <see cref="Theta.Count"/>, without allocation.</summary>
internal static class Symmetric
{
    private const int Stride = Theta.Count;

    internal static void Set(Span<double> matrix, int row, int column, double value)
    {
        matrix[row * Stride + column] = value;
        matrix[column * Stride + row] = value;
    }

    /// <summary>
    /// Solves M s = r for the leading <paramref name="size"/> rows by Cholesky, in place: M becomes its factor, r the solution.
    /// False when M is not positive definite to working precision.
    /// </summary>
    internal static bool TrySolve(Span<double> matrix, Span<double> right, int size)
    {
        for (var j = 0; j < size; j++)
        {
            var pivot = matrix[j * Stride + j];
            var original = pivot;
            for (var k = 0; k < j; k++)
                pivot -= matrix[j * Stride + k] * matrix[j * Stride + k];
            if (!(pivot > 1e-14 * original))
                return false;
            var root = Math.Sqrt(pivot);
            matrix[j * Stride + j] = root;
            for (var i = j + 1; i < size; i++)
            {
                var sum = matrix[i * Stride + j];
                for (var k = 0; k < j; k++)
                    sum -= matrix[i * Stride + k] * matrix[j * Stride + k];
                matrix[i * Stride + j] = sum / root;
            }
        }

        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++)
                right[i] -= matrix[i * Stride + k] * right[k];
            right[i] /= matrix[i * Stride + i];
        }

        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++)
                right[i] -= matrix[k * Stride + i] * right[k];
            right[i] /= matrix[i * Stride + i];
        }

        return true;
    }
}
