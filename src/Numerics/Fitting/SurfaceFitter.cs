using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Fits L(N, D) = E + A·N^−α + B·D^−β (Approach 3). The global optimum is searched from the local minima of a grid over (α, β), where
/// (E, A, B) are solved exactly, and from a coarse spread of that grid; for the Huber objective each start first descends with a larger δ,
/// because at δ = 1e-3 nearly all points lie in the linear zone and curvature is scarce away from the optimum.
/// </summary>
public static class SurfaceFitter
{
    /// <summary>Parameters of the surface: fewer points than this cannot be fitted.</summary>
    public const int ParameterCount = Theta.Count;

    internal const int IterationLimit = 400;
    internal const double Tolerance = 1e-13;
    private const double LargestConditionNumber = 1e7;
    private const double LargestCorrelation = 0.9999;

    private static readonly double[] s_gridExponents = [.. Enumerable.Range(0, 28).Select(i => 0.02 * Math.Pow(1.18, i))];
    private static readonly double[] s_spreadExponents = [0.08, 0.2, 0.4, 0.8, 1.5];

    /// <summary>The global optimum over all points.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SurfaceFit Fit(SurfacePoints points, SurfaceFitOptions options, CancellationToken cancellationToken = default)
    {
        if (points.Count < ParameterCount)
        {
            return new SurfaceFit
            {
                Law = new ChinchillaLaw(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN),
                Objective = double.NaN,
                Status = FitStatus.TooFewPoints,
                Explanation = $"{points.Count} points cannot determine {ParameterCount} parameters",
                Points = points.Count,
                ConditionNumber = double.PositiveInfinity,
            };
        }

        var (theta, outcome) = options.Method == SurfaceMethod.Huber
            ? BestHuber(points, options, cancellationToken)
            : BestSquared(points, options, cancellationToken);
        // A curved valley with kinks can need many short steps; only the winner is worth them.
        if (outcome.Status == FitStatus.IterationLimit)
            outcome = BoundedNewton.Minimise(Objective(points, options, options.Delta), theta, 20 * IterationLimit, Tolerance);
        var law = LawOf(points, options, theta);
        var condition = ConditionNumber(points, law);
        var (status, explanation) = Judge(points, options, outcome.Status, law, condition);
        return new SurfaceFit
        {
            Law = law,
            Objective = outcome.Value,
            Status = status,
            Explanation = explanation,
            Points = points.Count,
            ConditionNumber = condition,
            Theta = theta,
        };
    }

    internal static ISurfaceObjective Objective(SurfacePoints points, SurfaceFitOptions options, double delta) =>
        options.Method == SurfaceMethod.Huber
            ? new LogHuberObjective(points, delta, options.ExponentLow, options.ExponentHigh)
            : new SquaredLossObjective(points, options.ExponentLow, options.ExponentHigh);

    internal static ChinchillaLaw LawOf(SurfacePoints points, SurfaceFitOptions options, ReadOnlySpan<double> theta) =>
        options.Method == SurfaceMethod.Huber ? LogHuberObjective.Law(points, theta) : SquaredLossObjective.Law(points, theta);

    /// <summary>Descends through larger δ to the one asked for, each stage starting where the last one ended.</summary>
    internal static BoundedNewton.Outcome DescendHuber(SurfacePoints points, SurfaceFitOptions options, Span<double> theta, double firstFactor)
    {
        for (var factor = firstFactor; factor > 1; factor /= 4)
            BoundedNewton.Minimise(Objective(points, options, options.Delta * factor), theta, 25, 1e-6);
        var objective = Objective(points, options, options.Delta);
        var outcome = BoundedNewton.Minimise(objective, theta, IterationLimit, Tolerance);
        if (outcome.Status != FitStatus.IterationLimit)
            return outcome;

        // What takes so long is nearly always a curved valley towards E = 0, since e = ln E has no end there: look at its far end.
        Span<double> withoutE = stackalloc double[Theta.Count];
        theta.CopyTo(withoutE);
        withoutE[Theta.E] = objective.Lower[Theta.E];
        var atBound = BoundedNewton.Minimise(objective, withoutE, IterationLimit, Tolerance);
        if (!(atBound.Value < outcome.Value))
            return outcome;
        withoutE.CopyTo(theta);
        return atBound;
    }

    private static (double[] Theta, BoundedNewton.Outcome Outcome) BestHuber(
        SurfacePoints points, SurfaceFitOptions options, CancellationToken cancellationToken)
    {
        var cells = new ExponentGrid(points, s_gridExponents).LocalMinima().Take(4)
            .Concat(new ExponentGrid(points, s_spreadExponents).Cells())
            .ToArray();
        return Best(cells.Length, i =>
        {
            var cell = cells[i];
            var theta = LogHuberObjective.Start(points, cell.E, cell.P, cell.Alpha, cell.Q, cell.Beta);
            return (theta, DescendHuber(points, options, theta, 256));
        }, cancellationToken);
    }

    private static (double[] Theta, BoundedNewton.Outcome Outcome) BestSquared(
        SurfacePoints points, SurfaceFitOptions options, CancellationToken cancellationToken)
    {
        var minima = new ExponentGrid(points, s_gridExponents).LocalMinima().Take(6).ToArray();
        var objective = Objective(points, options, options.Delta);
        return Best(minima.Length, i =>
        {
            var cell = minima[i];
            double[] theta = [cell.P, cell.Alpha, cell.Q, cell.Beta, cell.E];
            return (theta, BoundedNewton.Minimise(objective, theta, IterationLimit, Tolerance));
        }, cancellationToken);
    }

    private static (double[] Theta, BoundedNewton.Outcome Outcome) Best(
        int starts, Func<int, (double[] Theta, BoundedNewton.Outcome Outcome)> descend, CancellationToken cancellationToken)
    {
        var ends = new (double[] Theta, BoundedNewton.Outcome Outcome)[starts];
        Parallel.For(0, starts, new ParallelOptions { CancellationToken = cancellationToken }, i => ends[i] = descend(i));
        // MinBy keeps the first of equals, so the answer does not depend on the order of completion.
        return ends.MinBy(end => double.IsFinite(end.Outcome.Value) ? end.Outcome.Value : double.PositiveInfinity);
    }

    private static (FitStatus Status, string Explanation) Judge(
        SurfacePoints points, SurfaceFitOptions options, FitStatus status, ChinchillaLaw law, double condition)
    {
        var x = points.X.AsSpan(0, points.Count);
        var y = points.Y.AsSpan(0, points.Count);
        var losses = points.Loss.AsSpan(0, points.Count);
        if (DistinctLevels(losses) < 2)
            return (FitStatus.NotIdentifiable, "all losses are equal, so nothing tells the terms apart");
        if (DistinctLevels(x) < 3 || DistinctLevels(y) < 3)
            return (FitStatus.NotIdentifiable, "fewer than three different parameter counts or token counts: an exponent and an offset cannot be told apart");
        if (Math.Abs(Correlation(x, y)) > LargestCorrelation)
            return (FitStatus.NotIdentifiable, "parameters and tokens move together in all runs (one budget, or one ratio of tokens to parameters): their terms cannot be told apart");
        if (status is FitStatus.Failed or FitStatus.IterationLimit)
            return (status, status == FitStatus.Failed ? "the search made no progress" : "the search ran out of iterations");
        if (status == FitStatus.AtBound)
            return (status, AtBound(options, law));
        if (!(condition < LargestConditionNumber))
            return (FitStatus.NotIdentifiable, "the terms are nearly proportional to each other over these runs (condition number above 1e7)");
        return (status, "");
    }

    private static string AtBound(SurfaceFitOptions options, ChinchillaLaw law)
    {
        if (law.Alpha <= options.ExponentLow || law.Alpha >= options.ExponentHigh)
            return FormattableString.Invariant($"α ended on its bound {law.Alpha:G4}");
        if (law.Beta <= options.ExponentLow || law.Beta >= options.ExponentHigh)
            return FormattableString.Invariant($"β ended on its bound {law.Beta:G4}");
        return "a term of the law vanished: E, A or B ended at zero";
    }

    // Singular values of the Jacobian of ln L with respect to (ln A, α, ln B, β, ln E) in centred form, columns scaled to length one.
    private static double ConditionNumber(SurfacePoints points, ChinchillaLaw law)
    {
        var jacobian = Matrix<double>.Build.Dense(points.Count, ParameterCount);
        var p = law.A * Math.Exp(-law.Alpha * points.MeanLogParameters);
        var q = law.B * Math.Exp(-law.Beta * points.MeanLogTokens);
        for (var i = 0; i < points.Count; i++)
        {
            var u = p * Math.Exp(-law.Alpha * points.X[i]);
            var v = q * Math.Exp(-law.Beta * points.Y[i]);
            var loss = u + v + law.E;
            jacobian[i, 0] = u / loss;
            jacobian[i, 1] = -points.X[i] * u / loss;
            jacobian[i, 2] = v / loss;
            jacobian[i, 3] = -points.Y[i] * v / loss;
            jacobian[i, 4] = law.E / loss;
        }

        for (var j = 0; j < ParameterCount; j++)
        {
            var length = jacobian.Column(j).L2Norm();
            if (!(length > 0) || !double.IsFinite(length))
                return double.PositiveInfinity;
            jacobian.SetColumn(j, jacobian.Column(j) / length);
        }

        // Eigenvalues of the 5×5 Gram matrix would lose half the digits; the QR factor keeps them and is as small.
        var singular = jacobian.QR(QRMethod.Thin).R.Svd(computeVectors: false).S;
        return singular[0] / singular[^1];
    }

    private static int DistinctLevels(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var levels = 1;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] - sorted[i - 1] > 1e-9)
                levels++;
        }

        return levels;
    }

    private static double Correlation(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            xx += x[i] * x[i];
            yy += y[i] * y[i];
            xy += x[i] * y[i];
        }

        return xy / Math.Sqrt(xx * yy);
    }
}
