namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Negative log-likelihood of residuals with their scale profiled out, up to a constant: Gaussian n/2·ln Σwr² for squared losses, Laplace
/// n·ln Σw|r| for absolute ones, and min over s of Σw(Huber_δ(r/s) + ln s) for Huber (<see cref="HuberScale"/>; Besiroglu et al. 2024, §3), δ in scales.
/// Weights say how precise points are relative to each other: they are normalised to a sum of n, the count of points whose weight is not zero.
/// </summary>
internal sealed class ResidualLikelihood
{
    // A search among absolute values rounds their kinks off at this share of the mean absolute residual: n·ln Σ|r| then errs by under 1e-4.
    private const double KinkShare = 3e-5;

    private readonly FitPoints _points;
    private readonly FitOptions _options;
    private readonly double _factor;

    internal ResidualLikelihood(FitPoints points, FitOptions options)
    {
        (_points, _options) = (points, options);
        Count = points.Weight.Count(weight => weight > 0);
        _factor = Count / points.TotalWeight;
    }

    /// <summary>n.</summary>
    internal int Count { get; }

    /// <summary>Options of the method whose estimate makes the likelihood largest: for Huber that with a free scale.</summary>
    internal FitOptions Options => _options.Method == FitMethod.Huber ? _options with { Method = FitMethod.ScaledHuber } : _options;

    internal bool IsSquared => _options.Method is FitMethod.VariableProjection or FitMethod.Squared or FitMethod.LogSquared;

    /// <summary>The scale with the largest likelihood: root mean square, mean absolute value, or s.</summary>
    internal double Scale(ReadOnlySpan<double> residuals, CancellationToken cancellationToken) => _options.Method switch
    {
        _ when IsSquared => Math.Sqrt(_factor / Count * Sum(residuals, r => r * r)),
        FitMethod.AbsoluteDeviation => MeanAbsolute(residuals),
        _ => HuberScale.MaximumLikelihood(residuals, _points.Weight, _options.Delta, cancellationToken),
    };

    /// <summary>Mean absolute residual.</summary>
    internal double MeanAbsolute(ReadOnlySpan<double> residuals) => _factor / Count * Sum(residuals, Math.Abs);

    /// <summary>−ln L with the scale that makes it largest.</summary>
    internal double NegativeLog(ReadOnlySpan<double> residuals, CancellationToken cancellationToken)
    {
        var scale = Scale(residuals, cancellationToken);
        return _options.Method is FitMethod.Huber or FitMethod.ScaledHuber
            ? _factor * HuberScale.NegativeLogLikelihood(residuals, _points.Weight, _options.Delta, scale)
            : Count * Math.Log(scale);
    }

    /// <summary>δ, in the unit of the residuals, of the sum of Huber losses whose minimum is that of −ln L at a scale; infinite for squares.</summary>
    internal double SearchDelta(double scale, double meanAbsolute) =>
        IsSquared ? double.PositiveInfinity
        : _options.Method == FitMethod.AbsoluteDeviation ? KinkShare * meanAbsolute
        : Math.Max(_options.Delta * scale, KinkShare * meanAbsolute);

    /// <summary>How much −ln L changes with that sum.</summary>
    internal double PerObjective(double scale, double delta) =>
        IsSquared ? _factor / (scale * scale)
        : _options.Method == FitMethod.AbsoluteDeviation ? _factor / (scale * delta)
        : _factor * _options.Delta / (scale * delta);

    private double Sum(ReadOnlySpan<double> residuals, Func<double, double> of)
    {
        var sum = 0.0;
        for (var i = 0; i < residuals.Length; i++)
            sum += _points.Weight[i] * of(residuals[i]);
        return sum;
    }
}
