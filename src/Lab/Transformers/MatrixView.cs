namespace ScalingDashboard.Lab.Transformers;

/// <summary>A matrix inside an array: element (i, j) at <c>Offset + i·RowStride + j·ColumnStride</c>.</summary>
internal readonly record struct MatrixView(float[] Values, int Offset, int Rows, int Columns, int RowStride, int ColumnStride)
{
    /// <summary>A row-major matrix without gaps.</summary>
    public MatrixView(float[] values, int offset, int rows, int columns) : this(values, offset, rows, columns, columns, 1)
    {
    }

    public MatrixView Transposed => new(Values, Offset, Columns, Rows, ColumnStride, RowStride);

    /// <summary>Some of its rows.</summary>
    public MatrixView Slice(int firstRow, int rows) => this with { Offset = Offset + firstRow * RowStride, Rows = rows };

    /// <summary>The part of <paramref name="columns"/> columns from <paramref name="firstColumn"/>.</summary>
    public MatrixView SliceColumns(int firstColumn, int columns) => this with { Offset = Offset + firstColumn * ColumnStride, Columns = columns };
}
