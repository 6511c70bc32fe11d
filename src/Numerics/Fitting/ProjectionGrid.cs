using System.Runtime.CompilerServices;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Variable projection on a grid: for fixed (α, β) the surface is linear in (E, A, B), which non-negative least squares solves
/// exactly; what is left to search is two-dimensional (Golub and Pereyra 1973; arXiv 2603.22339, §6.2).
/// </summary>
internal sealed class ProjectionGrid
{
    private readonly FitPoints _points;
    private readonly double[] _exponents;
    private readonly double[][] _phi;
    private readonly double[][] _chi;

    internal ProjectionGrid(FitPoints points, double[] exponents)
    {
        _points = points;
        _exponents = exponents;
        _phi = Powers(points.X);
        _chi = Powers(points.Y);

        double[][] Powers(double[] logs) => Array.ConvertAll(exponents, exponent =>
        {
            var powers = new double[points.Count];
            for (var i = 0; i < powers.Length; i++)
                powers[i] = Math.Exp(-exponent * logs[i]);
            return powers;
        });
    }

    /// <summary>A cell of the grid: θ in the form of <see cref="SquaredLossObjective"/>, and its residual sum of squares.</summary>
    internal sealed record Cell(double E, double P, double Alpha, double Q, double Beta, double SquaredError);

    /// <summary>Cells whose residual is not above that of any neighbour, best first.</summary>
    internal List<Cell> LocalMinima()
    {
        var cells = Cells();
        var minima = new List<Cell>();
        for (var i = 0; i < cells.Length; i++)
        {
            if (!IsLowest(cells, i / _exponents.Length, i % _exponents.Length))
                continue;
            // Ties keep the order of the grid.
            var at = minima.Count;
            while (at > 0 && minima[at - 1].SquaredError > cells[i].SquaredError)
                at--;
            minima.Insert(at, cells[i]);
        }

        return minima;
    }

    /// <summary>The cells of equal exponents, ascending.</summary>
    internal Cell[] Diagonal() => [.. Enumerable.Range(0, _exponents.Length).Select(i => Project(i, i))];

    /// <summary>Every cell, in grid order: α by row, β by column.</summary>
    internal Cell[] Cells()
    {
        var cells = new Cell[_exponents.Length * _exponents.Length];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = Project(i / _exponents.Length, i % _exponents.Length);
        return cells;
    }

    private bool IsLowest(Cell[] cells, int i, int j)
    {
        var size = _exponents.Length;
        for (var k = Math.Max(0, i - 1); k <= Math.Min(size - 1, i + 1); k++)
        {
            for (var l = Math.Max(0, j - 1); l <= Math.Min(size - 1, j + 1); l++)
            {
                if (!(cells[i * size + j].SquaredError <= cells[k * size + l].SquaredError))
                    return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Cell Project(int i, int j)
    {
        var phi = _phi[i];
        var chi = _chi[j];
        var losses = _points.Response;
        double s1 = 0, sf = 0, sc = 0, sl = 0;
        for (var k = 0; k < phi.Length; k++)
        {
            var w = _points.Weight[k];
            s1 += w;
            sf += w * phi[k];
            sc += w * chi[k];
            sl += w * losses[k];
        }

        // Around the weighted means, so that the intercept E drops out of the sums and little is lost to cancellation.
        double mf = sf / s1, mc = sc / s1, ml = sl / s1;
        double ff = 0, cc = 0, fc = 0, fl = 0, cl = 0, ll = 0;
        for (var k = 0; k < phi.Length; k++)
        {
            var w = _points.Weight[k];
            double f = phi[k] - mf, c = chi[k] - mc, l = losses[k] - ml;
            ff += w * f * f;
            cc += w * c * c;
            fc += w * f * c;
            fl += w * f * l;
            cl += w * c * l;
            ll += w * l * l;
        }

        var (bestE, bestP, bestQ, bestError) = (ml, 0.0, 0.0, ll);
        var determinant = ff * cc - fc * fc;
        if (determinant > 1e-12 * ff * cc)
            Consider((fl * cc - cl * fc) / determinant, (cl * ff - fl * fc) / determinant);
        if (ff > 0)
            Consider(fl / ff, 0);
        if (cc > 0)
            Consider(0, cl / cc);

        // E held at zero: least squares of the raw sums.
        double rff = ff + s1 * mf * mf, rcc = cc + s1 * mc * mc, rfc = fc + s1 * mf * mc, rfl = fl + s1 * mf * ml, rcl = cl + s1 * mc * ml;
        var rawDeterminant = rff * rcc - rfc * rfc;
        if (rawDeterminant > 1e-12 * rff * rcc)
            ConsiderWithoutE((rfl * rcc - rcl * rfc) / rawDeterminant, (rcl * rff - rfl * rfc) / rawDeterminant);
        ConsiderWithoutE(rfl / rff, 0);
        ConsiderWithoutE(0, rcl / rcc);
        return new Cell(bestE, bestP, _exponents[i], bestQ, _exponents[j], bestError);

        void Consider(double p, double q)
        {
            var e = ml - p * mf - q * mc;
            if (p < 0 || q < 0 || e < 0)
                return;
            Keep(e, p, q, ll - 2 * (p * fl + q * cl) + p * p * ff + q * q * cc + 2 * p * q * fc);
        }

        void ConsiderWithoutE(double p, double q)
        {
            if (p < 0 || q < 0)
                return;
            var offset = ml - p * mf - q * mc;
            Keep(0, p, q, s1 * offset * offset + ll - 2 * (p * fl + q * cl) + p * p * ff + q * q * cc + 2 * p * q * fc);
        }

        void Keep(double e, double p, double q, double squaredError)
        {
            if (squaredError < bestError)
                (bestE, bestP, bestQ, bestError) = (e, p, q, squaredError);
        }
    }
}
