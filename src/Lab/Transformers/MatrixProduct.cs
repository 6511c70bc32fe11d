using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScalingDashboard.Lab.Transformers;

/// <summary>
/// Products of single-precision matrices in cache-sized blocks of fused multiply-adds.
/// </summary>
/// <remarks>
/// Blocking after Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication": a panel of two vectors of columns and
/// <see cref="BlockDepth"/> rows of B stays in the first-level cache while all rows of A pass by, six at a time, their 6 × 2 vectors of sums in registers.
/// Every element of C is one chain of fused multiply-adds along the depth, block after block, whatever the number of threads and the width of the vectors.
/// </remarks>
internal static class MatrixProduct
{
    private const int TileRows = 6;
    private const int NarrowColumns = 16;
    private const int WideColumns = 32;
    private const int BlockDepth = 256;

    /// <summary>Fewer multiply-adds than this are not worth a second thread.</summary>
    private const long WorthThreads = 1 << 19;

    [ThreadStatic] private static float[]? t_panel;

    /// <summary>C = A·B, or C += A·B; C must be row-major with column stride 1 and must not overlap A or B.</summary>
    public static void Multiply(MatrixView a, MatrixView b, MatrixView c, bool add = false, int threads = 1)
    {
        if (a.Columns != b.Rows || a.Rows != c.Rows || b.Columns != c.Columns || c.ColumnStride != 1)
            throw new ArgumentException($"A is {a.Rows} × {a.Columns}, B {b.Rows} × {b.Columns}, C {c.Rows} × {c.Columns} with column stride {c.ColumnStride}.");
        if (threads <= 1 || (long)a.Rows * a.Columns * b.Columns < WorthThreads)
        {
            MultiplyRows(a, b, c, add);
            return;
        }

        var tiles = (a.Rows + TileRows - 1) / TileRows;
        var parts = Math.Min(threads, tiles);
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
        {
            var first = (int)((long)tiles * part / parts) * TileRows;
            var end = Math.Min(a.Rows, (int)((long)tiles * (part + 1) / parts) * TileRows);
            MultiplyRows(a.Slice(first, end - first), b, c.Slice(first, end - first), add);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyRows(MatrixView a, MatrixView b, MatrixView c, bool add)
    {
        var panel = t_panel ??= new float[BlockDepth * WideColumns];
        Span<float> edge = stackalloc float[TileRows * WideColumns];
        ref var aStart = ref MemoryMarshal.GetArrayDataReference(a.Values);
        ref var bStart = ref MemoryMarshal.GetArrayDataReference(b.Values);
        ref var cStart = ref MemoryMarshal.GetArrayDataReference(c.Values);
        ref var panelStart = ref MemoryMarshal.GetArrayDataReference(panel);
        for (int column = 0, tile; column < b.Columns; column += tile)
        {
            tile = Vector512.IsHardwareAccelerated && b.Columns - column >= WideColumns ? WideColumns : NarrowColumns;
            var width = Math.Min(tile, b.Columns - column);
            for (var from = 0; from < a.Columns; from += BlockDepth)
            {
                var depth = Math.Min(BlockDepth, a.Columns - from);
                Pack(ref Unsafe.Add(ref bStart, b.Offset + from * b.RowStride + column * b.ColumnStride), b.RowStride, b.ColumnStride, depth, width, tile, ref panelStart);
                var keep = add || from > 0;
                var row = 0;
                for (; row + TileRows <= a.Rows; row += TileRows)
                {
                    ref var aTile = ref Unsafe.Add(ref aStart, a.Offset + row * a.RowStride + from * a.ColumnStride);
                    ref var cTile = ref Unsafe.Add(ref cStart, c.Offset + row * c.RowStride + column);
                    if (tile == WideColumns)
                    {
                        WideTile(ref aTile, (nint)a.RowStride, (nint)a.ColumnStride, ref panelStart, depth, ref cTile, (nint)c.RowStride, keep);
                    }
                    else if (width == NarrowColumns)
                    {
                        Tile(ref aTile, (nint)a.RowStride, (nint)a.ColumnStride, ref panelStart, depth, ref cTile, (nint)c.RowStride, keep);
                    }
                    else
                    {
                        Tile(ref aTile, (nint)a.RowStride, (nint)a.ColumnStride, ref panelStart, depth, ref MemoryMarshal.GetReference(edge), NarrowColumns, false);
                        for (var r = 0; r < TileRows; r++)
                            Store(edge.Slice(r * NarrowColumns, width), ref Unsafe.Add(ref cTile, r * c.RowStride), keep);
                    }
                }

                for (; row < a.Rows; row++)
                {
                    ref var aRow = ref Unsafe.Add(ref aStart, a.Offset + row * a.RowStride + from * a.ColumnStride);
                    for (var part = 0; part < tile; part += NarrowColumns)
                        Row(ref aRow, (nint)a.ColumnStride, ref Unsafe.Add(ref panelStart, part), tile, depth, ref MemoryMarshal.GetReference(edge[part..]));
                    Store(edge[..width], ref Unsafe.Add(ref cStart, c.Offset + row * c.RowStride + column), keep);
                }
            }
        }
    }

    private static void Store(ReadOnlySpan<float> values, ref float target, bool keep)
    {
        for (var j = 0; j < values.Length; j++)
        {
            ref var element = ref Unsafe.Add(ref target, j);
            element = keep ? element + values[j] : values[j];
        }
    }

    /// <summary>Copies a part of B so that the columns of a tile lie side by side; missing columns are zero.</summary>
    private static void Pack(ref float source, int rowStride, int columnStride, int depth, int width, int tile, ref float panel)
    {
        if (columnStride == 1 && width == tile)
        {
            for (var p = 0; p < depth; p++)
            {
                ref var from = ref Unsafe.Add(ref source, p * rowStride);
                ref var to = ref Unsafe.Add(ref panel, p * tile);
                for (var j = 0; j < tile; j += Vector256<float>.Count)
                    Vector256.LoadUnsafe(ref from, (nuint)j).StoreUnsafe(ref to, (nuint)j);
            }

            return;
        }

        for (var j = 0; j < tile; j++)
        {
            ref var to = ref Unsafe.Add(ref panel, j);
            if (j >= width)
            {
                for (var p = 0; p < depth; p++)
                    Unsafe.Add(ref to, p * tile) = 0;
                continue;
            }

            ref var from = ref Unsafe.Add(ref source, j * columnStride);
            for (var p = 0; p < depth; p++)
                Unsafe.Add(ref to, p * tile) = Unsafe.Add(ref from, p * rowStride);
        }
    }

    /// <summary>Six rows of A times a panel of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(ref float a, nint rowStride, nint columnStride, ref float b, int depth, ref float c, nint cStride, bool keep)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector256<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        ref var a1 = ref Unsafe.Add(ref a, rowStride);
        ref var a2 = ref Unsafe.Add(ref a1, rowStride);
        ref var a3 = ref Unsafe.Add(ref a2, rowStride);
        ref var a4 = ref Unsafe.Add(ref a3, rowStride);
        ref var a5 = ref Unsafe.Add(ref a4, rowStride);
        nint at = 0;
        for (nint p = 0; p < depth; p++)
        {
            var b0 = Vector256.LoadUnsafe(ref b);
            var b1 = Vector256.LoadUnsafe(ref b, 8);
            var x = Vector256.Create(Unsafe.Add(ref a, at));
            c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
            x = Vector256.Create(Unsafe.Add(ref a1, at));
            c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
            x = Vector256.Create(Unsafe.Add(ref a2, at));
            c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
            x = Vector256.Create(Unsafe.Add(ref a3, at));
            c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
            x = Vector256.Create(Unsafe.Add(ref a4, at));
            c40 = Vector256.FusedMultiplyAdd(x, b0, c40);
            c41 = Vector256.FusedMultiplyAdd(x, b1, c41);
            x = Vector256.Create(Unsafe.Add(ref a5, at));
            c50 = Vector256.FusedMultiplyAdd(x, b0, c50);
            c51 = Vector256.FusedMultiplyAdd(x, b1, c51);
            at += columnStride;
            b = ref Unsafe.Add(ref b, NarrowColumns);
        }

        Store(ref c, c00, c01, keep);
        Store(ref Unsafe.Add(ref c, cStride), c10, c11, keep);
        Store(ref Unsafe.Add(ref c, 2 * cStride), c20, c21, keep);
        Store(ref Unsafe.Add(ref c, 3 * cStride), c30, c31, keep);
        Store(ref Unsafe.Add(ref c, 4 * cStride), c40, c41, keep);
        Store(ref Unsafe.Add(ref c, 5 * cStride), c50, c51, keep);
    }

    /// <summary>The same for a panel of wide vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WideTile(ref float a, nint rowStride, nint columnStride, ref float b, int depth, ref float c, nint cStride, bool keep)
    {
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        ref var a1 = ref Unsafe.Add(ref a, rowStride);
        ref var a2 = ref Unsafe.Add(ref a1, rowStride);
        ref var a3 = ref Unsafe.Add(ref a2, rowStride);
        ref var a4 = ref Unsafe.Add(ref a3, rowStride);
        ref var a5 = ref Unsafe.Add(ref a4, rowStride);
        nint at = 0;
        for (nint p = 0; p < depth; p++)
        {
            var b0 = Vector512.LoadUnsafe(ref b);
            var b1 = Vector512.LoadUnsafe(ref b, 16);
            var x = Vector512.Create(Unsafe.Add(ref a, at));
            c00 = Vector512.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(x, b1, c01);
            x = Vector512.Create(Unsafe.Add(ref a1, at));
            c10 = Vector512.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(x, b1, c11);
            x = Vector512.Create(Unsafe.Add(ref a2, at));
            c20 = Vector512.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(x, b1, c21);
            x = Vector512.Create(Unsafe.Add(ref a3, at));
            c30 = Vector512.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(x, b1, c31);
            x = Vector512.Create(Unsafe.Add(ref a4, at));
            c40 = Vector512.FusedMultiplyAdd(x, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(x, b1, c41);
            x = Vector512.Create(Unsafe.Add(ref a5, at));
            c50 = Vector512.FusedMultiplyAdd(x, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(x, b1, c51);
            at += columnStride;
            b = ref Unsafe.Add(ref b, WideColumns);
        }

        Store(ref c, c00, c01, keep);
        Store(ref Unsafe.Add(ref c, cStride), c10, c11, keep);
        Store(ref Unsafe.Add(ref c, 2 * cStride), c20, c21, keep);
        Store(ref Unsafe.Add(ref c, 3 * cStride), c30, c31, keep);
        Store(ref Unsafe.Add(ref c, 4 * cStride), c40, c41, keep);
        Store(ref Unsafe.Add(ref c, 5 * cStride), c50, c51, keep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float target, Vector256<float> left, Vector256<float> right, bool keep)
    {
        if (keep)
        {
            left += Vector256.LoadUnsafe(ref target);
            right += Vector256.LoadUnsafe(ref target, 8);
        }

        left.StoreUnsafe(ref target);
        right.StoreUnsafe(ref target, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float target, Vector512<float> left, Vector512<float> right, bool keep)
    {
        if (keep)
        {
            left += Vector512.LoadUnsafe(ref target);
            right += Vector512.LoadUnsafe(ref target, 16);
        }

        left.StoreUnsafe(ref target);
        right.StoreUnsafe(ref target, 16);
    }

    /// <summary>One row of A times 16 columns of a panel of B that is <paramref name="tile"/> columns wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(ref float a, nint columnStride, ref float b, int tile, int depth, ref float sums)
    {
        Vector256<float> left = default, right = default;
        for (nint p = 0; p < depth; p++)
        {
            var x = Vector256.Create(Unsafe.Add(ref a, p * columnStride));
            left = Vector256.FusedMultiplyAdd(x, Vector256.LoadUnsafe(ref b), left);
            right = Vector256.FusedMultiplyAdd(x, Vector256.LoadUnsafe(ref b, 8), right);
            b = ref Unsafe.Add(ref b, tile);
        }

        left.StoreUnsafe(ref sums);
        right.StoreUnsafe(ref sums, 8);
    }
}
