using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Numerics.Growth;

/// <summary>A row-major matrix of weights, <c>[out, in]</c>; a vector has one column.</summary>
public sealed class WeightMatrix
{
    /// <summary>A matrix over its values, or of zeros.</summary>
    /// <exception cref="ArgumentException">There are not rows × columns values.</exception>
    public WeightMatrix(int rows, int columns, double[]? values = null)
    {
        Values = values ?? new double[rows * columns];
        if (Values.Length != rows * columns)
            throw new ArgumentException($"{Values.Length} values for {rows} × {columns}.", nameof(values));
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    /// <summary>Row after row.</summary>
    public double[] Values { get; }

    /// <summary>One element.</summary>
    public double this[int row, int column]
    {
        get => Values[row * Columns + column];
        set => Values[row * Columns + column] = value;
    }

    /// <summary>[I; C]: the identity above more rows.</summary>
    public static WeightMatrix IdentityAbove(WeightMatrix below)
    {
        ArgumentNullException.ThrowIfNull(below);
        var whole = Identity(below.Columns + below.Rows, below.Columns);
        below.Values.CopyTo(whole.Values, below.Columns * below.Columns);
        return whole;
    }

    /// <summary>Ones on the diagonal.</summary>
    public static WeightMatrix Identity(int rows, int columns)
    {
        var identity = new WeightMatrix(rows, columns);
        for (var i = 0; i < Math.Min(rows, columns); i++)
            identity[i, i] = 1;
        return identity;
    }

    /// <summary>The same numbers in an array of their own.</summary>
    public WeightMatrix Copy() => new(Rows, Columns, [.. Values]);

    /// <summary>This matrix times another.</summary>
    public WeightMatrix Times(WeightMatrix right)
    {
        ArgumentNullException.ThrowIfNull(right);
        if (Columns != right.Rows)
            throw new ArgumentException($"{Rows} × {Columns} times {right.Rows} × {right.Columns}.", nameof(right));
        var product = new WeightMatrix(Rows, right.Columns);
        SmallMatrix.Multiply<double>(Values, right.Values, product.Values, Rows, Columns, right.Columns);
        return product;
    }

    /// <summary>Rows as columns.</summary>
    public WeightMatrix Transposed()
    {
        var transposed = new WeightMatrix(Columns, Rows);
        SmallMatrix.Transpose<double>(Values, transposed.Values, Rows, Columns);
        return transposed;
    }

    /// <summary>Adds a multiple of another matrix of the same sides to this one.</summary>
    public void Add(WeightMatrix other, double factor = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Rows != Rows || other.Columns != Columns)
            throw new ArgumentException($"{Rows} × {Columns} and {other.Rows} × {other.Columns}.", nameof(other));
        Elementwise.SubtractScaled<double>(Values, other.Values, -factor);
    }

    /// <summary>Sum of the products of the elements.</summary>
    public double Dot(WeightMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var sum = 0.0;
        for (var i = 0; i < Values.Length; i++)
            sum += Values[i] * other.Values[i];
        return sum;
    }

    /// <summary>Its rows from <paramref name="first"/> on.</summary>
    public WeightMatrix RowsFrom(int first) => new(Rows - first, Columns, Values[(first * Columns)..]);
}
