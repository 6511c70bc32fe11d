using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>L(C) = E + K·C^−γ, or K·C^−γ without an offset (Kaplan et al. 2020, arXiv 2001.08361, §3; Hestness et al. 2017, arXiv 1712.00409).</summary>
/// <param name="offset">With the irreducible loss E.</param>
public sealed class ComputePowerForm(bool offset) : LawForm
{
    private static readonly double[] s_startExponents = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8];
    private static readonly double[] s_startShares = [0.2, 0.6, 0.9];

    /// <inheritdoc/>
    public override string Key => offset ? "compute" : "power";

    /// <inheritdoc/>
    public override string Name => offset ? "Compute alone, with offset" : "Compute alone";

    /// <inheritdoc/>
    public override string Formula => offset ? "L = E + K·C^−γ" : "L = K·C^−γ";

    /// <inheritdoc/>
    public override string Source => offset ? "Henighan et al. 2020, arXiv 2010.14701, eq. 1.1" : "Kaplan et al. 2020, arXiv 2001.08361, §3";

    /// <inheritdoc/>
    public override IReadOnlyList<LawParameter> Parameters { get; } =
    [
        .. offset ? [new LawParameter("E", "E", ParameterKind.Irreducible, "irreducible loss, nats per token")] : Array.Empty<LawParameter>(),
        new("K", "K", ParameterKind.Coefficient, "of the compute term, nats per token"),
        new("gamma", "γ", ParameterKind.Exponent, "of compute"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<LawInput> Inputs { get; } = [LawInput.Flops];

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> coefficients, in LawPoint point) => offset
        ? coefficients[0] + coefficients[1] * Math.Pow(point.Flops, -coefficients[2])
        : coefficients[0] * Math.Pow(point.Flops, -coefficients[1]);

    /// <inheritdoc/>
    public override Allocation Optimum(ReadOnlySpan<double> coefficients, double flops) =>
        new(flops, double.NaN, double.NaN, Predict(coefficients, new LawPoint(double.NaN, double.NaN, flops)));

    // θ = (p, γ, e): p = ln K − γ·mean ln C, e = ln E.
    internal override double[] Coefficients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options)
    {
        var k = Math.Exp(theta[0] + theta[1] * points.MeanLog(LawInput.Flops));
        return offset ? [Math.Exp(theta[2]), k, theta[1]] : [k, theta[1]];
    }

    internal override double[] Theta(ReadOnlySpan<double> coefficients, FitPoints points, FitOptions options)
    {
        var p = Math.Log(coefficients[^2]) - coefficients[^1] * points.MeanLog(LawInput.Flops);
        return offset ? [p, coefficients[^1], Math.Log(coefficients[0])] : [p, coefficients[^1]];
    }

    internal override (double[] Lower, double[] Upper) Box(FitPoints points, FitOptions options)
    {
        var smallest = Math.Log(points.SmallestResponse);
        const double vanishing = LogHuberObjective.Vanishing;
        return offset
            ? ([smallest - 2 * vanishing, options.ExponentLow, Math.Max(smallest - vanishing, Math.Log(options.IrreducibleLow))],
               [smallest + vanishing, options.ExponentHigh, Math.Min(smallest + vanishing, Math.Log(options.IrreducibleHigh))])
            : ([smallest - 2 * vanishing, options.ExponentLow], [smallest + vanishing, options.ExponentHigh]);
    }

    internal override int? IrreducibleCoordinate => offset ? 2 : null;

    internal override IReadOnlyList<double[]> Starts(FitPoints points, FitOptions options)
    {
        var loss = Math.Log(points.SmallestResponse);
        return offset
            ? [.. s_startExponents.SelectMany(gamma => s_startShares.Select(share => new[] { loss + Math.Log(1 - share), gamma, loss + Math.Log(share) }))]
            : [.. s_startExponents.Select(gamma => new[] { loss, gamma })];
    }

    internal override Jet Response(ReadOnlySpan<Jet> theta, PointBlock block, bool log)
    {
        var term = theta[0] - theta[1] * block.Centred(LawInput.Flops);
        return (offset, log) switch
        {
            (true, true) => Jet.LogSumExp(term, theta[2]),
            (true, false) => Jet.Exp(term) + Jet.Exp(theta[2]),
            (false, true) => term,
            (false, false) => Jet.Exp(term),
        };
    }

    internal override string? WhyNotIdentifiable(FitPoints points) =>
        points.DistinctLevels(LawInput.Flops) < Parameters.Count ? $"fewer than {Parameters.Count} different amounts of compute" : null;
}
