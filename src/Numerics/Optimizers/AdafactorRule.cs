using System.Numerics;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>
/// Second moments of a matrix as means of rows r and columns c of g² + ε₁, V̂ = r·cᵀ/mean(r), with β₂ = 1 − t^−0.8; u = g/√V̂, divided by max(1, RMS(u)/d)
/// with d = 1, averaged with β₁ where that is not 0, and times max(ε₂, RMS(w)). Shazeer and Stern 2018, arXiv 1804.04235, algorithm 4; of a
/// vector the plain second moment.
/// </summary>
internal sealed class AdafactorRule<T>(OptimizerOptions options, OptimizedTensor tensor) : UpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double LeastSquare = 1e-30;
    private const double LeastSize = 1e-3;
    private const double DecayExponent = -0.8;

    private readonly bool _factored = tensor.Rows > 1 && tensor.Columns > 1;
    private readonly T[] _rows = new T[tensor.Rows > 1 && tensor.Columns > 1 ? tensor.Rows : tensor.Length];
    private readonly T[] _columns = new T[tensor.Rows > 1 && tensor.Columns > 1 ? tensor.Columns : 0];
    private readonly T[] _first = new T[options.Beta1 == 0 ? 0 : tensor.Length];

    public override IReadOnlyList<T[]> State => [_rows, _columns, _first];

    public override void Propose(int step, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> update)
    {
        var beta2 = T.CreateChecked(1 - Math.Pow(step, DecayExponent));
        var rest2 = T.One - beta2;
        var least = T.CreateChecked(LeastSquare);
        if (_factored)
            Factored(gradient, update, beta2, rest2, least);
        else
        {
            for (var i = 0; i < update.Length; i++)
            {
                _rows[i] = beta2 * _rows[i] + rest2 * (gradient[i] * gradient[i] + least);
                update[i] = gradient[i] / T.Sqrt(_rows[i]);
            }
        }

        var size = Elementwise.RootMeanSquare<T>(update);
        if (size > T.One)
            Elementwise.Scale(update, T.One / size);
        if (_first.Length > 0)
        {
            Elementwise.Blend(_first, T.CreateChecked(options.Beta1), update, T.CreateChecked(1 - options.Beta1));
            _first.CopyTo(update);
        }

        Elementwise.Scale(update, T.Max(T.CreateChecked(LeastSize), Elementwise.RootMeanSquare(weights)));
    }

    private void Factored(ReadOnlySpan<T> gradient, Span<T> update, T beta2, T rest2, T least)
    {
        var (rows, columns) = (tensor.Rows, tensor.Columns);
        Elementwise.Scale<T>(_columns, beta2);
        for (var i = 0; i < rows; i++)
        {
            var sum = T.Zero;
            for (var j = 0; j < columns; j++)
            {
                var square = gradient[i * columns + j] * gradient[i * columns + j] + least;
                sum += square;
                _columns[j] += rest2 * square / T.CreateChecked(rows);
            }

            _rows[i] = beta2 * _rows[i] + rest2 * sum / T.CreateChecked(columns);
        }

        var mean = T.Zero;
        foreach (var row in _rows)
            mean += row / T.CreateChecked(rows);
        for (var i = 0; i < rows; i++)
        {
            var share = _rows[i] / mean;
            for (var j = 0; j < columns; j++)
                update[i * columns + j] = gradient[i * columns + j] / T.Sqrt(share * _columns[j]);
        }
    }
}
