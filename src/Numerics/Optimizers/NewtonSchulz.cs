using System.Numerics;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>
/// Brings the singular values of a matrix near one, keeping its singular vectors: X₀ = G/(‖G‖_F + 10⁻⁷), five times X ← aX + (bA + cA²)X with A = XXᵀ and
/// (a, b, c) = (3.4445, −4.7750, 2.0315), on the transpose of a tall one. Jordan et al. 2024, "Muon".
/// </summary>
internal sealed class NewtonSchulz<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Rounds = 5;

    private readonly int _rows;
    private readonly int _columns;
    private readonly int _short;
    private readonly int _long;
    private readonly T[] _x;
    private readonly T[] _next;
    private readonly T[] _transposed;
    private readonly T[] _gram;
    private readonly T[] _square;

    public NewtonSchulz(int rows, int columns)
    {
        (_rows, _columns) = (rows, columns);
        (_short, _long) = (Math.Min(rows, columns), Math.Max(rows, columns));
        (_x, _next, _transposed) = (new T[rows * columns], new T[rows * columns], new T[rows * columns]);
        (_gram, _square) = (new T[_short * _short], new T[_short * _short]);
    }

    /// <summary>In place.</summary>
    public void Apply(Span<T> matrix)
    {
        if (_rows > _columns)
            SmallMatrix.Transpose(matrix, _x.AsSpan(), _rows, _columns);
        else
            matrix.CopyTo(_x);
        Elementwise.Scale<T>(_x, T.One / (T.Sqrt(Elementwise.SumOfSquares<T>(_x)) + T.CreateChecked(1e-7)));
        var (a, b, c) = (T.CreateChecked(3.4445), T.CreateChecked(-4.7750), T.CreateChecked(2.0315));
        for (var round = 0; round < Rounds; round++)
        {
            SmallMatrix.Gram<T>(_x, _transposed, _gram, _short, _long);
            SmallMatrix.Multiply<T>(_gram, _gram, _square, _short, _short, _short);
            Elementwise.Blend<T>(_square, c, _gram, b);
            SmallMatrix.Multiply<T>(_square, _x, _next, _short, _short, _long);
            Elementwise.Blend<T>(_x, a, _next, T.One);
        }

        if (_rows > _columns)
            SmallMatrix.Transpose<T>(_x, matrix, _columns, _rows);
        else
            _x.CopyTo(matrix);
    }
}
