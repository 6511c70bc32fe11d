using System.Numerics;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>Row-major matrices as the matrix-wise rules need them: a few hundred rows, any precision.</summary>
internal static class SmallMatrix
{
    /// <summary>C[m, n] = A[m, k]·B[k, n].</summary>
    public static void Multiply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int m, int k, int n) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        c.Clear();
        for (var i = 0; i < m; i++)
        {
            var row = c.Slice(i * n, n);
            for (var p = 0; p < k; p++)
                Elementwise.SubtractScaled(row, b.Slice(p * n, n), -a[i * k + p]);
        }
    }

    /// <summary>The transpose of A[rows, columns].</summary>
    public static void Transpose<T>(ReadOnlySpan<T> a, Span<T> target, int rows, int columns) where T : unmanaged
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                target[j * rows + i] = a[i * columns + j];
        }
    }

    /// <summary>S[m, m] = A·Aᵀ of A[m, k].</summary>
    public static void Gram<T>(ReadOnlySpan<T> a, Span<T> transposed, Span<T> s, int m, int k) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Transpose(a, transposed, m, k);
        Multiply(a, transposed, s, m, k, m);
    }

    /// <summary>Makes the columns of Q[n, n] orthonormal, one after the other (modified Gram–Schmidt, twice, which keeps them orthogonal to the last digits).</summary>
    public static void Orthonormalize<T>(Span<T> q, int n) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Columns as rows, so that they lie together.
        Span<T> rows = new T[n * n];
        Transpose(q, rows, n, n);
        for (var j = 0; j < n; j++)
        {
            var column = rows.Slice(j * n, n);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var before = 0; before < j; before++)
                {
                    var other = rows.Slice(before * n, n);
                    var along = T.Zero;
                    for (var i = 0; i < n; i++)
                        along += column[i] * other[i];
                    Elementwise.SubtractScaled(column, other, along);
                }
            }

            var length = T.Sqrt(Elementwise.SumOfSquares<T>(column));
            if (length > T.Zero)
                Elementwise.Scale(column, T.One / length);
        }

        Transpose(rows, q, n, n);
    }
}
