using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Delta method with the sandwich covariance of an M-estimator (Huber 1967; White 1980; for least absolute deviation Koenker 2005, §3.4.2).
/// With residuals rᵢ of gradients Jᵢ in θ, weights wᵢ and ψ = r for squared losses, r clipped to ±δ for robust ones:
/// V = n/(n − p) · M⁻¹ (Σ wᵢ²·ψᵢ²·Jᵢ Jᵢᵀ) M⁻¹,  M = c·Σ wᵢ·Jᵢ Jᵢᵀ, which for squared losses (c = 1) is HC1.
/// For robust losses c estimates E ψ′ = P(|r| ≤ δ). A small δ leaves few residuals inside, so it is taken from the density around zero:
/// c = (δ/h)·share(|r| ≤ h), h the larger of δ and the bandwidth of Hall and Sheather 1988. The p residuals that are small because the fit runs
/// through or near them, whatever the noise, are left out of that share.
/// The interval of a quantity g is symmetric in h = ln g where g is above zero, else in g itself: h ± z·√(∇hᵀV∇h), with normal quantiles z.
/// The standard error is that of g, √(∇gᵀV∇g). Coordinates on a bound are held there.
/// </summary>
internal sealed class DeltaMethod
{
    private readonly LawFit _fit;
    private readonly FitPoints _points;
    private readonly FitOptions _options;
    private readonly double[]? _covariance;
    private double[] _bread = [];
    private int[] _free = [];

    internal DeltaMethod(LawFit fit, FitPoints points, FitOptions options, CancellationToken cancellationToken)
    {
        (_fit, _points, _options) = (fit, points, options);
        _covariance = Covariance(cancellationToken);
    }

    /// <summary>δ of the objective that V and M are of, in the unit of the residuals; infinite for squares.</summary>
    internal double Delta { get; private set; }

    internal Interval?[] Of(IReadOnlyList<Func<Law, double>> quantities) => [.. quantities.Select(Of)];

    private Interval? Of(Func<Law, double> of)
    {
        var theta = _fit.Theta;
        var n = theta.Length;
        var quantity = new SearchQuantity(of, _fit.Law.Form, _points, _options, theta);
        if (_covariance is null || !double.IsFinite(quantity.Optimum))
            return null;
        var gradient = new double[n];
        quantity.Gradient(theta, gradient);
        var variance = Variance(gradient);
        if (!(variance >= 0) || !double.IsFinite(variance))
            return null;
        var error = Math.Sqrt(variance);
        var middle = quantity.At(theta);
        return new Interval(quantity.IsLogarithmic ? quantity.Optimum * error : error, End(0.1), End(0.9), End(0.025), End(0.975));

        double End(double probability) => quantity.FromScale(middle + Normal.InvCDF(0, 1, probability) * error);
    }

    /// <summary>∇hᵀV∇h over ∇hᵀM⁻¹∇h: what the sandwich makes of the variance that the curvature of the objective alone would give; NaN where there is none.</summary>
    internal double VarianceRatio(double[] gradient)
    {
        if (_covariance is null)
            return double.NaN;
        double[] free = [.. _free.Select(i => gradient[i])], solved = [.. free];
        if (!Symmetric.TrySolve((double[])_bread.Clone(), free.Length, solved, free.Length))
            return double.NaN;
        var model = 0.0;
        for (var i = 0; i < free.Length; i++)
            model += free[i] * solved[i];
        return Variance(gradient) / model;
    }

    private double Variance(double[] gradient)
    {
        var n = gradient.Length;
        var variance = 0.0;
        for (var i = 0; i < n; i++)
        {
            // A coordinate that is held has no variance, whatever the gradient in it.
            for (var j = 0; j < n; j++)
                variance += _covariance![i * n + j] == 0 ? 0 : gradient[i] * _covariance[i * n + j] * gradient[j];
        }

        return variance;
    }

    /// <summary>V in θ, n×n, zeros for coordinates on a bound; null where M is singular or there are no more points than coordinates.</summary>
    private double[]? Covariance(CancellationToken cancellationToken)
    {
        var theta = _fit.Theta;
        var n = theta.Length;
        var (lower, upper) = _fit.Law.Form.Box(_points, _options);
        var free = Enumerable.Range(0, n).Where(i => theta[i] > lower[i] && theta[i] < upper[i]).ToArray();
        var size = free.Length;
        if (_points.Count <= size)
            return null;
        var gradients = new double[_points.Count * n];
        var residuals = LawFitter.Residuals(_fit, _points, _options, gradients, cancellationToken);
        var (delta, share) = Clipping(residuals, size);
        Delta = delta;
        cancellationToken.ThrowIfCancellationRequested();
        double[] bread = new double[size * size], meat = new double[size * size];
        for (var k = 0; k < residuals.Length; k++)
        {
            var w = _points.Weight[k];
            var psi = Math.Clamp(residuals[k], -delta, delta);
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                {
                    var product = w * gradients[k * n + free[i]] * gradients[k * n + free[j]];
                    bread[i * size + j] += share * product;
                    meat[i * size + j] += w * psi * psi * product;
                }
            }
        }

        (_bread, _free) = (bread, free);
        // M⁻¹ applied to the columns of the meat, then to the rows of that.
        for (var side = 0; side < 2; side++)
        {
            var solved = new double[size * size];
            for (var column = 0; column < size; column++)
            {
                var right = Enumerable.Range(0, size).Select(i => meat[i * size + column]).ToArray();
                if (!Symmetric.TrySolve((double[])bread.Clone(), size, right, size))
                    return null;
                right.CopyTo(solved, column * size);
            }

            meat = solved;
        }

        var covariance = new double[n * n];
        var factor = _points.Count / (double)(_points.Count - size);
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
                covariance[free[i] * n + free[j]] = factor * 0.5 * (meat[i * size + j] + meat[j * size + i]);
        }

        return covariance;
    }

    /// <summary>δ in the unit of the residuals, and c.</summary>
    private (double Delta, double Share) Clipping(double[] residuals, int coordinates)
    {
        var mean = residuals.Average(Math.Abs);
        var delta = _options.Method switch
        {
            FitMethod.Huber => _options.Delta,
            FitMethod.ScaledHuber => _options.Delta * _fit.Scale,
            FitMethod.AbsoluteDeviation => 1e-6 * mean,
            _ => double.PositiveInfinity,
        };
        if (double.IsInfinity(delta) || mean == 0)
            return (delta, 1);
        var width = Math.Max(delta, Bandwidth(residuals));
        var inside = residuals.Count(residual => Math.Abs(residual) <= width) - coordinates;
        return (delta, delta / width * Math.Max(1, inside) / (residuals.Length - coordinates));
    }

    // Hall and Sheather at the median: q = n^(−1/3)·z₀.₉₇₅^(2/3)·(1.5·φ(0)²)^(1/3) in probability, turned into residuals by a robust scale.
    private static double Bandwidth(double[] residuals)
    {
        var q = Math.Min(0.45, Math.Pow(residuals.Length, -1 / 3.0) * Math.Pow(Normal.InvCDF(0, 1, 0.975), 2 / 3.0) * Math.Pow(1.5 / (2 * Math.PI), 1 / 3.0));
        var sorted = residuals.Order().ToArray();
        var quartiles = (Interval.Quantile(sorted, 0.75) - Interval.Quantile(sorted, 0.25)) / 1.349;
        var mean = residuals.Average();
        var deviation = Math.Sqrt(residuals.Average(residual => (residual - mean) * (residual - mean)));
        return (quartiles > 0 ? Math.Min(quartiles, deviation) : deviation) * Normal.InvCDF(0, 1, 0.5 + q);
    }
}
