using MathNet.Numerics.LinearAlgebra;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting.Diagnostics;

/// <summary>
/// How well the points tell a law's coefficients apart. Coordinates are ln of factors and of the irreducible loss, exponents as they are, in the
/// order of the law's parameters.
/// </summary>
public sealed record ParameterConditioning
{
    private const double Step = 1e-3;

    /// <summary>Symbols of the coordinates: ln E, ln A, α …</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Correlations of the estimates, −1 to 1; rows and columns as <see cref="Symbols"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Correlation { get; init; }

    /// <summary>Condition number of the curvature in these coordinates, with N and D in counts: what a search over them has to master.</summary>
    public required double Raw { get; init; }

    /// <summary>The same in the search coordinates, where ln N and ln D are centred.</summary>
    public required double Centred { get; init; }

    /// <summary>The same of the exponents alone, all other coefficients at their best for each; NaN where the law has fewer than two exponents.</summary>
    public required double Projected { get; init; }

    /// <summary>The curvature is the objective's own; else that of squared residuals, because the objective has kinks instead.</summary>
    public required bool IsOfObjective { get; init; }

    /// <summary>
    /// Curvature H: the Hessian of the objective at the optimum, or JᵀWJ of the residuals for the least absolute deviation and the scaled Huber loss,
    /// whose objectives have kinks. Raw: TᵀHT, T = ∂θ/∂u, u the uncentred coordinates. Projected: the Schur complement
    /// H_ee − H_eo·H_oo⁻¹·H_oe of the exponents e, which is the Hessian of the objective with all else optimised (arXiv 2603.22339, §6.2).
    /// Correlations: of (TᵀJᵀWJT)⁻¹, to which the covariance of an estimator of independent errors is proportional (Huber 1981, §7.6).
    /// </summary>
    /// <param name="fit">The fit.</param>
    /// <param name="points">The points it was fitted to.</param>
    /// <param name="options">Its options.</param>
    /// <returns>Null unless the fit converged inside its bounds: there the gradient does not vanish, nor do the logarithms exist.</returns>
    public static ParameterConditioning? Of(LawFit fit, FitPoints points, FitOptions options)
    {
        if (fit.Status != FitStatus.Converged)
            return null;
        var form = fit.Law.Form;
        var n = fit.Theta.Length;
        var gradients = new double[points.Count * n];
        LawFitter.Residuals(fit, points, options, gradients);
        var jacobian = Matrix<double>.Build.Dense(n, n, (j, k) => Enumerable.Range(0, points.Count).Sum(i => points.Weight[i] * gradients[i * n + j] * gradients[i * n + k]));
        var ofObjective = options.Method is not (FitMethod.AbsoluteDeviation or FitMethod.ScaledHuber);
        var curvature = ofObjective ? Hessian(fit, points, options) : jacobian;

        var map = Map(fit, points, options);
        var raw = Condition(map.TransposeThisAndMultiply(curvature * map));
        int[] exponents = [.. Enumerable.Range(0, n).Where(k => form.Parameters[k].Kind == ParameterKind.Exponent)];
        int[] others = [.. Enumerable.Range(0, n).Except(exponents)];
        return new ParameterConditioning
        {
            Symbols = [.. form.Parameters.Select(parameter => IsLogarithmic(parameter) ? $"ln {parameter.Symbol}" : parameter.Symbol)],
            Correlation = Correlations(map.TransposeThisAndMultiply(jacobian * map)),
            Raw = raw,
            Centred = Condition(curvature),
            Projected = exponents.Length < 2 ? double.NaN : Condition(Projection(map.TransposeThisAndMultiply(curvature * map), exponents, others)),
            IsOfObjective = ofObjective,
        };
    }

    private static bool IsLogarithmic(LawParameter parameter) => parameter.Kind is ParameterKind.Coefficient or ParameterKind.Irreducible;

    private static Matrix<double> Hessian(LawFit fit, FitPoints points, FitOptions options)
    {
        var n = fit.Theta.Length;
        var (gradient, hessian) = (new double[n], new double[n * n]);
        LawFitter.Final(fit.Law.Form, points, options).Evaluate(fit.Theta, gradient, hessian);
        return Matrix<double>.Build.Dense(n, n, hessian);
    }

    // ∂θ/∂u by the five-point rule: θ is linear in u for most laws and smooth for all.
    private static Matrix<double> Map(LawFit fit, FitPoints points, FitOptions options)
    {
        var form = fit.Law.Form;
        var n = fit.Theta.Length;
        var map = Matrix<double>.Build.Dense(n, n);
        for (var k = 0; k < n; k++)
        {
            var (near, far) = (Difference(k, Step), Difference(k, 2 * Step));
            for (var j = 0; j < n; j++)
                map[j, k] = (8 * near[j] - far[j]) / (12 * Step);
        }

        return map;

        double[] Difference(int k, double step)
        {
            var (up, down) = (At(k, step), At(k, -step));
            return [.. up.Zip(down, (high, low) => high - low)];
        }

        double[] At(int k, double step)
        {
            var coefficients = fit.Law.Coefficients.ToArray();
            coefficients[k] = IsLogarithmic(form.Parameters[k]) ? coefficients[k] * Math.Exp(step) : coefficients[k] + step;
            return form.Theta(coefficients, points, options);
        }
    }

    // Infinite where the curvature is not positive in every direction.
    private static double Condition(Matrix<double> curvature)
    {
        var values = curvature.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).ToArray();
        var (smallest, largest) = (values.Min(), values.Max());
        return smallest > 0 ? largest / smallest : double.PositiveInfinity;
    }

    private static Matrix<double> Projection(Matrix<double> curvature, int[] exponents, int[] others)
    {
        if (others.Length == 0)
            return curvature;
        var (across, within) = (Block(others, exponents), Block(others, others));
        var projected = Block(exponents, exponents) - across.TransposeThisAndMultiply(within.Solve(across));
        return (projected + projected.Transpose()) / 2;

        Matrix<double> Block(int[] rows, int[] columns) => Matrix<double>.Build.Dense(rows.Length, columns.Length, (i, j) => curvature[rows[i], columns[j]]);
    }

    private static IReadOnlyList<IReadOnlyList<double>> Correlations(Matrix<double> information)
    {
        // Scaled to a diagonal of ones before it is inverted: the coordinates differ by orders of magnitude.
        var n = information.RowCount;
        var scaled = Matrix<double>.Build.Dense(n, n, (i, j) => information[i, j] / Math.Sqrt(information[i, i] * information[j, j]));
        var covariance = scaled.Inverse();
        return [.. Enumerable.Range(0, n).Select(i => (IReadOnlyList<double>)
            [.. Enumerable.Range(0, n).Select(j => i == j ? 1 : covariance[i, j] / Math.Sqrt(covariance[i, i] * covariance[j, j]))])];
    }
}
