using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>
/// Adam in the eigenbases of Shampoo's two factors: L ← β₂L + (1 − β₂)GGᵀ, R ← β₂R + (1 − β₂)GᵀG, G̃ = Q_LᵀGQ_R, v ← β₂v + (1 − β₂)G̃²,
/// u = Q_L(m̃̂/(√v̂ + ε))Q_Rᵀ with m̃ = Q_LᵀmQ_R. The bases are L's and R's eigenvectors at the first step and one power iteration with a QR
/// decomposition every few steps after. Vyas et al. 2024, arXiv 2409.11321, algorithm 3.
/// </summary>
internal sealed class SoapRule<T>(OptimizerOptions options, OptimizedTensor tensor) : UpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _rows = tensor.Rows;
    private readonly int _columns = tensor.Columns;
    private readonly T[] _first = new T[tensor.Length];
    private readonly T[] _second = new T[tensor.Length];
    private readonly T[] _left = new T[tensor.Rows * tensor.Rows];
    private readonly T[] _right = new T[tensor.Columns * tensor.Columns];
    private readonly T[] _leftBasis = new T[tensor.Rows * tensor.Rows];
    private readonly T[] _rightBasis = new T[tensor.Columns * tensor.Columns];
    private readonly T[] _rotated = new T[tensor.Length];
    private readonly T[] _momentum = new T[tensor.Length];
    private readonly T[] _scratch = new T[tensor.Length];
    private readonly T[] _turned = new T[tensor.Length];
    private readonly T[] _leftScratch = new T[tensor.Rows * tensor.Rows];
    private readonly T[] _rightScratch = new T[tensor.Columns * tensor.Columns];

    public override IReadOnlyList<T[]> State => [_first, _second, _left, _right, _leftBasis, _rightBasis];

    public override void Propose(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update)
    {
        // Both factors start as those of the first gradient.
        var beta = step == 1 ? T.Zero : T.CreateChecked(options.Beta2);
        SmallMatrix.Gram(gradient, _scratch, _leftScratch, _rows, _columns);
        Elementwise.Blend<T>(_left, beta, _leftScratch, T.One - beta);
        SmallMatrix.Transpose(gradient, _turned.AsSpan(), _rows, _columns);
        SmallMatrix.Gram<T>(_turned, _scratch, _rightScratch, _columns, _rows);
        Elementwise.Blend<T>(_right, beta, _rightScratch, T.One - beta);
        if (step == 1)
        {
            Eigenvectors(_left, _leftBasis, _rows);
            Eigenvectors(_right, _rightBasis, _columns);
        }
        else if (step % options.BasisInterval == 0)
        {
            Refresh(_left, _leftBasis, _leftScratch, _rows);
            Refresh(_right, _rightBasis, _rightScratch, _columns);
        }

        Elementwise.Blend(_first, T.CreateChecked(options.Beta1), gradient, T.CreateChecked(1 - options.Beta1));
        Rotate(gradient, _rotated);
        Rotate(_first, _momentum);
        var (up, root) = AdamRule<T>.Corrections(options, step);
        var (first, second) = (T.CreateChecked(up), T.CreateChecked(root));
        var (beta2, rest2, epsilon) = (T.CreateChecked(options.Beta2), T.CreateChecked(1 - options.Beta2), T.CreateChecked(options.Epsilon));
        for (var i = 0; i < update.Length; i++)
        {
            _second[i] = beta2 * _second[i] + rest2 * _rotated[i] * _rotated[i];
            _rotated[i] = first * _momentum[i] / (second * T.Sqrt(_second[i]) + epsilon);
        }

        // Q_L·N·Q_Rᵀ
        SmallMatrix.Multiply<T>(_leftBasis, _rotated, _scratch, _rows, _rows, _columns);
        SmallMatrix.Transpose<T>(_rightBasis, _rightScratch, _columns, _columns);
        SmallMatrix.Multiply<T>(_scratch, _rightScratch, update, _rows, _columns, _columns);
    }

    // Q_Lᵀ·X·Q_R
    private void Rotate(ReadOnlySpan<T> x, Span<T> target)
    {
        SmallMatrix.Transpose<T>(_leftBasis, _leftScratch, _rows, _rows);
        SmallMatrix.Multiply(_leftScratch, x, _scratch, _rows, _rows, _columns);
        SmallMatrix.Multiply<T>(_scratch, _rightBasis, target, _rows, _columns, _columns);
    }

    private static void Eigenvectors(T[] factor, T[] basis, int n)
    {
        var matrix = Matrix<double>.Build.Dense(n, n, (i, j) => double.CreateChecked(factor[i * n + j]));
        var vectors = matrix.Evd(Symmetricity.Symmetric).EigenVectors;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                basis[i * n + j] = T.CreateChecked(vectors[i, j]);
        }
    }

    private static void Refresh(T[] factor, T[] basis, T[] scratch, int n)
    {
        SmallMatrix.Multiply<T>(factor, basis, scratch, n, n, n);
        SmallMatrix.Orthonormalize<T>(scratch, n);
        scratch.CopyTo(basis, 0);
    }
}
