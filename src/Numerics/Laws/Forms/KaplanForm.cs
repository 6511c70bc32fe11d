using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>L(N, D) = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D (Kaplan et al. 2020, arXiv 2001.08361, eq. 1.5): no irreducible loss.</summary>
public sealed class KaplanForm : LawForm
{
    private static readonly double[] s_startExponents = [0.03, 0.06, 0.12, 0.25, 0.5];

    /// <inheritdoc/>
    public override string Key => "kaplan";

    /// <inheritdoc/>
    public override string Name => "Kaplan";

    /// <inheritdoc/>
    public override string Formula => "L = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D";

    /// <inheritdoc/>
    public override string Source => "Kaplan et al. 2020, arXiv 2001.08361, eq. 1.5";

    /// <inheritdoc/>
    public override IReadOnlyList<LawParameter> Parameters { get; } =
    [
        new("Nc", "N_c", ParameterKind.Coefficient, "scale of parameters, a count"),
        new("Dc", "D_c", ParameterKind.Coefficient, "scale of tokens, a count"),
        new("alpha_N", "α_N", ParameterKind.Exponent, "of parameters, with unlimited tokens"),
        new("alpha_D", "α_D", ParameterKind.Exponent, "of tokens, with unlimited parameters"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<LawInput> Inputs { get; } = [LawInput.Parameters, LawInput.Tokens];

    /// <inheritdoc/>
    public override bool AllocatesCompute => true;

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> coefficients, in LawPoint point)
    {
        var (nc, dc, alphaN, alphaD) = (coefficients[0], coefficients[1], coefficients[2], coefficients[3]);
        return Math.Pow(Math.Pow(nc / point.Parameters, alphaN / alphaD) + dc / point.Tokens, alphaD);
    }

    /// <inheritdoc/>
    public override Allocation Optimum(ReadOnlySpan<double> coefficients, double flops)
    {
        var bracket = Bracket(coefficients).Optimum(flops);
        return bracket with { Loss = Math.Pow(bracket.Loss, coefficients[3]) };
    }

    /// <inheritdoc/>
    public override double TokensForLoss(ReadOnlySpan<double> coefficients, double parameters, double loss) =>
        Bracket(coefficients).TokensForLoss(parameters, Math.Pow(loss, 1 / coefficients[3]));

    // The bracket is a Chinchilla surface without irreducible loss, of exponents α_N/α_D and 1; the power α_D keeps its minimum and its level lines.
    private static ChinchillaLaw Bracket(ReadOnlySpan<double> coefficients)
    {
        var ratio = coefficients[2] / coefficients[3];
        return new(0, Math.Pow(coefficients[0], ratio), coefficients[1], ratio, 1);
    }

    /// <inheritdoc/>
    public override (double Parameters, double Tokens) AllocationExponents(ReadOnlySpan<double> coefficients)
    {
        // a = α_D/(α_N + α_D)
        var sum = coefficients[2] + coefficients[3];
        return (coefficients[3] / sum, coefficients[2] / sum);
    }

    internal override (ChinchillaLaw Surface, double Power)? Core(ReadOnlySpan<double> coefficients) => (Bracket(coefficients), coefficients[3]);

    // θ = (p, α_N, q, α_D), p = α_N (ln N_c − mean ln N) and q = α_D (ln D_c − mean ln D): the log of each term alone at the centre.
    internal override double[] Coefficients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options) =>
    [
        Math.Exp(theta[0] / theta[1] + points.MeanLog(LawInput.Parameters)),
        Math.Exp(theta[2] / theta[3] + points.MeanLog(LawInput.Tokens)),
        theta[1],
        theta[3],
    ];

    internal override double[] Theta(ReadOnlySpan<double> coefficients, FitPoints points, FitOptions options) =>
    [
        coefficients[2] * (Math.Log(coefficients[0]) - points.MeanLog(LawInput.Parameters)),
        coefficients[2],
        coefficients[3] * (Math.Log(coefficients[1]) - points.MeanLog(LawInput.Tokens)),
        coefficients[3],
    ];

    internal override (double[] Lower, double[] Upper) Box(FitPoints points, FitOptions options)
    {
        var (low, high) = (Math.Log(points.SmallestResponse) - LogHuberObjective.Vanishing, Math.Log(points.LargestResponse) + LogHuberObjective.Vanishing);
        // An exponent of zero leaves its term without a scale.
        var least = Math.Max(options.ExponentLow, 1e-4);
        return ([low, least, low, least], [high, options.ExponentHigh, high, options.ExponentHigh]);
    }

    internal override IReadOnlyList<double[]> Starts(FitPoints points, FitOptions options)
    {
        // At the centre both terms hold half the bracket: ln L = α_D ln(e^(p/α_D) + e^(q/α_D)) with p = q.
        var loss = 0.5 * (Math.Log(points.SmallestResponse) + Math.Log(points.LargestResponse));
        return [.. s_startExponents.SelectMany(n => s_startExponents.Select(d => new[] { loss - d * Math.Log(2), n, loss - d * Math.Log(2), d }))];
    }

    internal override Jet Response(ReadOnlySpan<Jet> theta, PointBlock block, bool log)
    {
        // ln L = α_D ln(e^((p − α_N x)/α_D) + e^(q/α_D − y))
        var alphaD = theta[3];
        var response = alphaD * Jet.LogSumExp(
            (theta[0] - theta[1] * block.Centred(LawInput.Parameters)) / alphaD,
            theta[2] / alphaD - block.Centred(LawInput.Tokens));
        return log ? response : Jet.Exp(response);
    }

    internal override string? WhyNotIdentifiable(FitPoints points) => base.WhyNotIdentifiable(points) ?? ChinchillaForm.WhyNotSeparable(points);
}
