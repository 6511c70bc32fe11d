using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using MathNet.Numerics.Statistics;

namespace ScalingDashboard.Numerics.Fitting.Diagnostics;

/// <summary>How far one point lies from the law.</summary>
/// <param name="Predicted">What the law says of it, in the unit of the response.</param>
/// <param name="Residual">Measured minus predicted: in log loss, or in the unit of the response where the method minimises that.</param>
/// <param name="Standardised">Residual over the robust scale; NaN where the points lie on the law.</param>
/// <param name="Leverage">Share of its own prediction that the point decides, 0 to 1; they add up to the count of coefficients.</param>
public readonly record struct PointResidual(double Predicted, double Residual, double Standardised, double Leverage);

/// <summary>Residuals of a fit, in the order of its points.</summary>
public sealed record FitResiduals
{
    // Makes the median absolute deviation the standard deviation of a normal distribution.
    private const double Normal = 1.4826;

    // Residuals below it, in log loss, are rounding.
    private const double Rounding = 1e-10;

    /// <summary>The points.</summary>
    public required IReadOnlyList<PointResidual> Points { get; init; }

    /// <summary>Robust scale of the residuals, 1.4826 times their median absolute deviation from their median, in their unit; 0 where the points lie on the law.</summary>
    public required double Scale { get; init; }

    /// <summary>The residuals are those of the logarithm of the loss.</summary>
    public required bool AreLogarithmic { get; init; }

    /// <summary>
    /// rᵢ = ln yᵢ − ln f(xᵢ) or yᵢ − f(xᵢ), whichever the method minimises; s = 1.4826·med|r − med r| without the p smallest
    /// deviations (Rousseeuw and Croux 1993; p coefficients, as robust regression has it, Street, Carroll and Ruppert 1988);
    /// leverage hᵢ = wᵢ gᵢᵀ(Σ w g gᵀ)⁻¹gᵢ, gᵢ the gradient of the prediction in the coefficients (Hoaglin and Welsch 1978).
    /// </summary>
    /// <param name="fit">A usable fit.</param>
    /// <param name="points">The points it was fitted to.</param>
    /// <param name="options">Its options.</param>
    public static FitResiduals Of(LawFit fit, FitPoints points, FitOptions options)
    {
        var n = fit.Theta.Length;
        var gradients = new double[points.Count * n];
        var residuals = LawFitter.Residuals(fit, points, options, gradients);
        var leverages = Leverages(gradients, points, n);
        // Predicted minus measured is what the objectives read; people look at what a run has above the law.
        for (var i = 0; i < residuals.Length; i++)
            residuals[i] = -residuals[i];
        var median = residuals.Median();
        // A robust fit passes through as many points as it has coefficients: those deviations say nothing of the spread.
        var scale = Normal * residuals.Select(residual => Math.Abs(residual - median)).Order().Skip(points.Count > 2 * n ? n : 0).Median();
        return new FitResiduals
        {
            Points = [.. residuals.Select((residual, i) => new PointResidual(
                fit.Law.Predict(points.Run(i)), residual, scale > Rounding ? residual / scale : double.NaN, leverages[i]))],
            Scale = scale > Rounding ? scale : 0,
            AreLogarithmic = !options.IsLinear && fit.Law.Form.PredictsLoss,
        };
    }

    private static double[] Leverages(double[] gradients, FitPoints points, int n)
    {
        // With a row for each coefficient of zeros, so that fewer points than coefficients factor too.
        var rows = Matrix<double>.Build.Dense(Math.Max(points.Count, n), n, (i, j) => i < points.Count ? Math.Sqrt(points.Weight[i]) * gradients[i * n + j] : 0);
        for (var j = 0; j < n; j++)
        {
            var length = rows.Column(j).L2Norm();
            if (length > 0 && double.IsFinite(length))
                rows.SetColumn(j, rows.Column(j) / length);
        }

        var q = rows.QR(QRMethod.Thin).Q;
        return [.. Enumerable.Range(0, points.Count).Select(i => Math.Min(q.Row(i).DotProduct(q.Row(i)), 1))];
    }
}
