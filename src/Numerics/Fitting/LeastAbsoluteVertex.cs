using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// The exact end of a search for the least absolute deviation Σ w|r(θ)|, which nearly always is a vertex: a θ where as many residuals vanish as it has
/// coordinates. Residuals are taken for linear, the linear problem is solved from vertex to vertex (Bloomfield and Steiger 1983, §1; Barrodale and
/// Roberts 1973), and its solution is the next θ (Osborne and Watson 1971), which converges quadratically to a vertex. Of the vanishing residuals A, with
/// Σ_A λᵢ∇rᵢ = −Σ_rest wᵢ·sign(rᵢ)·∇rᵢ, all |λᵢ| ≤ wᵢ at a minimum; one that is larger says along which edge the sum falls.
/// </summary>
internal sealed class LeastAbsoluteVertex
{
    /// <summary>Points above which an edge takes too long.</summary>
    internal const int MostPoints = 4096;

    private const int MostRounds = 10;
    private const int MostEdges = 100;
    private const int MostHalvings = 4;

    // Relative to the sum: what double precision leaves of a decrease.
    private const double NoDecrease = 1e-14;

    private readonly FitPoints _points;
    private readonly JetObjective _objective;
    private readonly int _n;
    private readonly double[] _residuals;
    private readonly double[] _gradients;
    private readonly double[] _linear;
    private readonly double[] _breaks;
    private readonly int[] _order;
    private readonly int[] _active;
    private readonly double[] _inverse;

    private LeastAbsoluteVertex(LawForm form, FitPoints points, FitOptions options, int n)
    {
        _points = points;
        _objective = new JetObjective(form, points, options, double.PositiveInfinity);
        _n = n;
        _residuals = new double[points.Count];
        _gradients = new double[points.Count * n];
        _linear = new double[points.Count];
        _breaks = new double[points.Count];
        _order = new int[points.Count];
        _active = new int[n];
        _inverse = new double[n * n];
    }

    /// <summary>Moves θ to the minimum beside it; false, with θ as it was, where that is no vertex, or outside the box, or where there are many points.</summary>
    /// <param name="form">The law.</param>
    /// <param name="points">The points.</param>
    /// <param name="options">Options of the fit.</param>
    /// <param name="theta">A θ near the minimum.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static bool TryReach(LawForm form, FitPoints points, FitOptions options, Span<double> theta, CancellationToken cancellationToken) =>
        points.Count <= MostPoints && new LeastAbsoluteVertex(form, points, options, theta.Length).TryReach(theta, cancellationToken);

    private bool TryReach(Span<double> theta, CancellationToken cancellationToken)
    {
        double[] at = theta.ToArray(), trial = new double[_n], step = new double[_n];
        var sum = Sum(at);
        for (var round = 0; round < MostRounds; round++)
        {
            _objective.Residuals(at, _residuals, _gradients, cancellationToken);
            if (!TrySolveLinear(step, cancellationToken))
                return false;
            var length = 1.0;
            var next = double.PositiveInfinity;
            for (var halving = 0; halving <= MostHalvings && !(next < sum); halving++, length /= 2)
            {
                for (var j = 0; j < _n; j++)
                {
                    trial[j] = at[j] + length * step[j];
                    if (!(trial[j] > _objective.Lower[j] && trial[j] < _objective.Upper[j]))
                        return false;
                }

                next = Sum(trial);
                if (Math.Abs(next - sum) <= NoDecrease * sum)
                {
                    (next < sum ? trial : at).CopyTo(theta);
                    return true;
                }
            }

            if (!(next < sum))
                return false;
            (at, trial, sum) = (trial, at, next);
        }

        return false;
    }

    /// <summary>Σ w|r(θ)|.</summary>
    private double Sum(double[] theta)
    {
        _objective.Residuals(theta, _linear, default);
        var sum = 0.0;
        for (var i = 0; i < _linear.Length; i++)
            sum += _points.Weight[i] * Math.Abs(_linear[i]);
        return sum;
    }

    /// <summary>The s with the least Σ w|r + J s|.</summary>
    private bool TrySolveLinear(double[] step, CancellationToken cancellationToken)
    {
        double[] multipliers = new double[_n], edge = new double[_n];
        if (!TryChoose())
            return false;
        for (var edges = 0; edges < MostEdges; edges++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // s = −J_A⁻¹ r_A
            for (var j = 0; j < _n; j++)
            {
                step[j] = 0;
                for (var k = 0; k < _n; k++)
                    step[j] -= _inverse[j * _n + k] * _residuals[_active[k]];
            }

            // λ = −J_A⁻ᵀ Σ_rest w·sign·∇r
            Array.Clear(edge);
            for (var i = 0; i < _residuals.Length; i++)
            {
                _linear[i] = _residuals[i] + Along(i, step);
                var sign = Array.IndexOf(_active, i) < 0 ? _points.Weight[i] * Math.Sign(_linear[i]) : 0;
                for (var j = 0; j < _n; j++)
                    edge[j] -= sign * _gradients[i * _n + j];
            }

            var leaving = -1;
            var steepest = 0.0;
            for (var k = 0; k < _n; k++)
            {
                multipliers[k] = 0;
                for (var j = 0; j < _n; j++)
                    multipliers[k] += _inverse[j * _n + k] * edge[j];
                var slope = _points.Weight[_active[k]] * (1 + 1e-9) - Math.Abs(multipliers[k]);
                if (slope < steepest)
                    (leaving, steepest) = (k, slope);
            }

            if (leaving < 0)
                return true;
            // Along the edge on which only this residual grows, to where the sum stops falling.
            for (var j = 0; j < _n; j++)
                edge[j] = _inverse[j * _n + leaving] * Math.Sign(multipliers[leaving]);
            var entering = Entering(edge, steepest);
            if (entering < 0)
                return false;
            _active[leaving] = entering;
            if (!TryInvert())
                return false;
        }

        return false;
    }

    // Each residual that changes its sign on the way adds 2w|∇r·d| to the slope.
    private int Entering(double[] edge, double slope)
    {
        var count = 0;
        for (var i = 0; i < _residuals.Length; i++)
        {
            var at = -_linear[i] / Along(i, edge);
            if (!(at > 0) || double.IsInfinity(at) || Array.IndexOf(_active, i) >= 0 || _points.Weight[i] == 0)
                continue;
            (_breaks[count], _order[count]) = (at, i);
            count++;
        }

        Array.Sort(_breaks, _order, 0, count);
        for (var k = 0; k < count; k++)
        {
            slope += 2 * _points.Weight[_order[k]] * Math.Abs(Along(_order[k], edge));
            if (slope >= 0)
                return _order[k];
        }

        return -1;
    }

    private double Along(int point, double[] direction)
    {
        var sum = 0.0;
        for (var j = 0; j < _n; j++)
            sum += _gradients[point * _n + j] * direction[j];
        return sum;
    }

    /// <summary>A: the smallest residuals whose gradients are independent.</summary>
    private bool TryChoose()
    {
        for (var i = 0; i < _order.Length; i++)
            (_breaks[i], _order[i]) = (_points.Weight[i] > 0 ? Math.Abs(_residuals[i]) : double.PositiveInfinity, i);
        Array.Sort(_breaks, _order);
        var chosen = 0;
        var basis = new double[_n * _n];
        for (var k = 0; k < _order.Length && chosen < _n && double.IsFinite(_breaks[k]); k++)
        {
            // Gram–Schmidt against those before.
            var row = _gradients.AsSpan(_order[k] * _n, _n);
            var rest = basis.AsSpan(chosen * _n, _n);
            row.CopyTo(rest);
            for (var before = 0; before < chosen; before++)
            {
                var other = basis.AsSpan(before * _n, _n);
                var along = Dot(rest, other);
                for (var j = 0; j < _n; j++)
                    rest[j] -= along * other[j];
            }

            var length = Math.Sqrt(Dot(rest, rest));
            if (!(length > 1e-7 * Math.Sqrt(Dot(row, row))))
                continue;
            for (var j = 0; j < _n; j++)
                rest[j] /= length;
            _active[chosen++] = _order[k];
        }

        return chosen == _n && TryInvert();

        static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
        {
            var sum = 0.0;
            for (var j = 0; j < x.Length; j++)
                sum += x[j] * y[j];
            return sum;
        }
    }

    /// <summary>J_A⁻¹ by Gauss–Jordan elimination with row exchanges.</summary>
    private bool TryInvert()
    {
        var n = _n;
        var rows = new double[n * n];
        for (var k = 0; k < n; k++)
        {
            for (var j = 0; j < n; j++)
            {
                rows[k * n + j] = _gradients[_active[k] * n + j];
                _inverse[k * n + j] = k == j ? 1 : 0;
            }
        }

        for (var column = 0; column < n; column++)
        {
            var pivot = column;
            for (var k = column + 1; k < n; k++)
            {
                if (Math.Abs(rows[k * n + column]) > Math.Abs(rows[pivot * n + column]))
                    pivot = k;
            }

            var value = rows[pivot * n + column];
            if (!(Math.Abs(value) > 1e-300))
                return false;
            for (var j = 0; j < n; j++)
            {
                (rows[column * n + j], rows[pivot * n + j]) = (rows[pivot * n + j] / value, pivot == column ? rows[column * n + j] / value : rows[column * n + j]);
                (_inverse[column * n + j], _inverse[pivot * n + j]) = (_inverse[pivot * n + j] / value, pivot == column ? _inverse[column * n + j] / value : _inverse[column * n + j]);
            }

            for (var k = 0; k < n; k++)
            {
                var factor = rows[k * n + column];
                if (k == column || factor == 0)
                    continue;
                for (var j = 0; j < n; j++)
                {
                    rows[k * n + j] -= factor * rows[column * n + j];
                    _inverse[k * n + j] -= factor * _inverse[column * n + j];
                }
            }
        }

        return true;
    }
}
