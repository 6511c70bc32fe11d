using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>
/// A task metric between 0 and 1 as a sigmoid of the loss, m(L) = f + (c − f)/(1 + e^(k·(L − L₀))): floor f (chance) at high loss, ceiling c at low loss
/// (Gadre et al. 2024, arXiv 2403.08540, §2; Llama Team 2024, arXiv 2407.21783, §3.2.1).
/// </summary>
public sealed class TaskMetricForm : LawForm
{
    private static readonly double[] s_startPositions = [0.2, 0.5, 0.8];
    private static readonly double[] s_startSlopes = [3, 10, 30];

    /// <inheritdoc/>
    public override string Key => "task";

    /// <inheritdoc/>
    public override string Name => "Task metric of loss";

    /// <inheritdoc/>
    public override string Formula => "m = f + (c − f)/(1 + e^(k·(L − L₀)))";

    /// <inheritdoc/>
    public override string Source => "Llama Team 2024, arXiv 2407.21783, §3.2.1; Bhagia et al. 2024, arXiv 2412.04403, §3";

    /// <inheritdoc/>
    public override IReadOnlyList<LawParameter> Parameters { get; } =
    [
        new("floor", "f", ParameterKind.Other, "metric at high loss (chance)"),
        new("ceiling", "c", ParameterKind.Other, "metric at low loss"),
        new("slope", "k", ParameterKind.Other, "steepness, per nat"),
        new("midpoint", "L₀", ParameterKind.Other, "loss half-way, nats per token"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<LawInput> Inputs { get; } = [LawInput.Loss];

    /// <inheritdoc/>
    public override bool PredictsLoss => false;

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> coefficients, in LawPoint point) =>
        coefficients[0] + (coefficients[1] - coefficients[0]) / (1 + Math.Exp(coefficients[2] * (point.Loss - coefficients[3])));

    // θ = (f, c, ln k, L₀)
    internal override double[] Coefficients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options) =>
        [theta[0], theta[1], Math.Exp(theta[2]), theta[3]];

    internal override double[] Theta(ReadOnlySpan<double> coefficients, FitPoints points, FitOptions options) =>
        [coefficients[0], coefficients[1], Math.Log(coefficients[2]), coefficients[3]];

    internal override (double[] Lower, double[] Upper) Box(FitPoints points, FitOptions options)
    {
        var (low, high) = Losses(points);
        var width = high - low;
        return ([0, 0, Math.Log(0.1 / width), low - 2 * width], [1, 1, Math.Log(200 / width), high + 2 * width]);
    }

    internal override IReadOnlyList<double[]> Starts(FitPoints points, FitOptions options)
    {
        var (low, high) = Losses(points);
        return [.. s_startPositions.SelectMany(at => s_startSlopes.Select(steep => new[]
        {
            points.SmallestResponse, points.LargestResponse, Math.Log(steep / (high - low)), low + at * (high - low),
        }))];
    }

    internal override Jet Response(ReadOnlySpan<Jet> theta, PointBlock block, bool log)
    {
        var loss = ElementaryFunctions.Exp(block.Log(LawInput.Loss));
        return theta[0] + (theta[1] - theta[0]) * Jet.Logistic(Jet.Exp(theta[2]) * (theta[3] - loss));
    }

    internal override string? WhyNotIdentifiable(FitPoints points) =>
        points.DistinctLevels(LawInput.Loss, 4) < 4 ? "fewer than four different losses" : null;

    private static (double Low, double High) Losses(FitPoints points)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var centred in points.Centred(LawInput.Loss).AsSpan(0, points.Count))
            (low, high) = (Math.Min(low, centred), Math.Max(high, centred));
        var mean = points.MeanLog(LawInput.Loss);
        return (Math.Exp(low + mean), Math.Max(Math.Exp(high + mean), Math.Exp(low + mean) + 1e-9));
    }
}
