using ScalingDashboard.Lab.Transformers;

namespace ScalingDashboard.Lab.Tests;

public sealed class MatrixProductTests
{
    /// <summary>Tiles of 32 and of 16 columns, and what is left over; rows that fill no tile; more than one block of depth.</summary>
    [Theory]
    [InlineData(6, 4, 32)]
    [InlineData(13, 7, 48)]
    [InlineData(25, 300, 75)]
    [InlineData(5, 520, 9)]
    public void A_product_is_that_of_double_precision_and_each_column_the_same_in_whatever_tile_it_lies(int rows, int depth, int columns)
    {
        var random = new Random(3);
        float[] a = Fill(rows * depth), b = Fill(depth * columns), whole = new float[rows * columns];
        MatrixProduct.Multiply(new(a, 0, rows, depth), new(b, 0, depth, columns), new(whole, 0, rows, columns));
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var expected = Enumerable.Range(0, depth).Sum(p => (double)a[i * depth + p] * b[p * columns + j]);
                Assert.Equal(expected, whole[i * columns + j], 2e-6 * depth);
            }
        }

        // One column at a time lies in the narrowest tile there is.
        var single = new float[rows * columns];
        for (var j = 0; j < columns; j++)
            MatrixProduct.Multiply(new(a, 0, rows, depth), new MatrixView(b, 0, depth, columns).SliceColumns(j, 1), new MatrixView(single, 0, rows, columns).SliceColumns(j, 1));
        Assert.Equal(whole, single);
        // Added to what is there, from a transposed B, by several threads.
        float[] transposed = new float[b.Length], added = new float[whole.Length];
        for (var p = 0; p < depth; p++)
        {
            for (var j = 0; j < columns; j++)
                transposed[j * depth + p] = b[p * columns + j];
        }

        MatrixProduct.Multiply(new(a, 0, rows, depth), new MatrixView(transposed, 0, columns, depth).Transposed, new(added, 0, rows, columns), add: true, threads: 3);
        Assert.Equal(whole, added);

        float[] Fill(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
