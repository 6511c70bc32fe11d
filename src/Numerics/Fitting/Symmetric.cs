using System.Runtime.CompilerServices;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>Small dense symmetric systems, row-major with a given stride, without allocation.</summary>
internal static class Symmetric
{
    internal static void Set(Span<double> matrix, int stride, int row, int column, double value)
    {
        matrix[row * stride + column] = value;
        matrix[column * stride + row] = value;
    }

    /// <summary>
    /// Solves M s = r for the leading <paramref name="size"/> rows by Cholesky, in place: M becomes its factor, r the solution.
    /// False when M is not positive definite to working precision.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool TrySolve(Span<double> matrix, int stride, Span<double> right, int size)
    {
        for (var j = 0; j < size; j++)
        {
            var pivot = matrix[j * stride + j];
            var original = pivot;
            for (var k = 0; k < j; k++)
                pivot -= matrix[j * stride + k] * matrix[j * stride + k];
            if (!(pivot > 1e-14 * original))
                return false;
            var root = Math.Sqrt(pivot);
            matrix[j * stride + j] = root;
            for (var i = j + 1; i < size; i++)
            {
                var sum = matrix[i * stride + j];
                for (var k = 0; k < j; k++)
                    sum -= matrix[i * stride + k] * matrix[j * stride + k];
                matrix[i * stride + j] = sum / root;
            }
        }

        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++)
                right[i] -= matrix[i * stride + k] * right[k];
            right[i] /= matrix[i * stride + i];
        }

        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++)
                right[i] -= matrix[k * stride + i] * right[k];
            right[i] /= matrix[i * stride + i];
        }

        return true;
    }
}
