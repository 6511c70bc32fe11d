using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>
/// Chinchilla's law where tokens are repeated (Muennighoff et al. 2023, arXiv 2305.16264, §3): with U unique tokens
/// D′ = U + U·R_D*·(1 − e^(−R_D/R_D*)), R_D = max(D/U − 1, 0); N′ = U_N + U_N·R_N*·(1 − e^(−R_N/R_N*)), U_N = min(N, G·(U·G)^(β/α)),
/// R_N = max(N/U_N − 1, 0); L = E + A·N′^−α + B·D′^−β, G = (αA/βB)^(1/(α+β)).
/// </summary>
public sealed class DataConstrainedForm : LawForm
{
    private const double LeastRepetition = 0.05;
    private const double MostRepetition = 1e4;
    private static readonly double[] s_startTokenRepetitions = [2, 15, 100];
    private static readonly double[] s_startParameterExcess = [2, 30];

    /// <inheritdoc/>
    public override string Key => "repeated";

    /// <inheritdoc/>
    public override string Name => "Repeated tokens";

    /// <inheritdoc/>
    public override string Formula => "L = E + A·N′^−α + B·D′^−β; D′ = U + U·R_D*·(1 − e^(−R_D/R_D*)), N′ alike";

    /// <inheritdoc/>
    public override string Source => "Muennighoff et al. 2023, arXiv 2305.16264, §3";

    /// <inheritdoc/>
    public override IReadOnlyList<LawParameter> Parameters { get; } =
    [
        .. LawForms.Chinchilla.Parameters,
        new("R_D", "R_D*", ParameterKind.Other, "repetitions of the tokens after which more are worth little"),
        new("R_N", "R_N*", ParameterKind.Other, "excess of parameters, in multiples of what the unique tokens warrant, after which more are worth little"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<LawInput> Inputs { get; } = [LawInput.Parameters, LawInput.Tokens, LawInput.UniqueTokens];

    /// <inheritdoc/>
    public override bool AllocatesCompute => true;

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> coefficients, in LawPoint point)
    {
        var law = ChinchillaForm.LawOf(coefficients);
        var unique = Math.Min(point.UniqueTokens, point.Tokens);
        var uniqueParameters = Math.Min(point.Parameters, ParametersFor(law, unique));
        return law.Loss(
            Effective(uniqueParameters, point.Parameters, coefficients[6]),
            Effective(unique, point.Tokens, coefficients[5]));

        static double Effective(double unique, double all, double star) =>
            unique * (1 + star * (1 - Math.Exp(-Math.Max(all / unique - 1, 0) / star)));
    }

    /// <summary>The optimum with unlimited unique tokens, where the law is Chinchilla's.</summary>
    public override Allocation Optimum(ReadOnlySpan<double> coefficients, double flops) => ChinchillaForm.LawOf(coefficients).Optimum(flops);

    /// <inheritdoc/>
    public override (double Parameters, double Tokens) AllocationExponents(ReadOnlySpan<double> coefficients) =>
        LawForms.Chinchilla.AllocationExponents(coefficients[..5]);

    internal override (ChinchillaLaw Surface, double Power)? Core(ReadOnlySpan<double> coefficients) => (ChinchillaForm.LawOf(coefficients), 1);

    // θ = (p, α, q, β, e, ln R_D*, ln R_N*), the first five as Chinchilla's in logarithms.
    internal override double[] Coefficients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options) =>
        [.. LawForms.Chinchilla.Coefficients(theta[..5], points, options.InLogarithms), Math.Exp(theta[5]), Math.Exp(theta[6])];

    internal override double[] Theta(ReadOnlySpan<double> coefficients, FitPoints points, FitOptions options) =>
        [.. LawForms.Chinchilla.Theta(coefficients[..5], points, options.InLogarithms), Math.Log(coefficients[5]), Math.Log(coefficients[6])];

    internal override (double[] Lower, double[] Upper) Box(FitPoints points, FitOptions options)
    {
        var (lower, upper) = LawForms.Chinchilla.Box(points, options.InLogarithms);
        // U_N has no meaning at an exponent of zero.
        lower[Fitting.Theta.Alpha] = lower[Fitting.Theta.Beta] = Math.Max(options.ExponentLow, 1e-3);
        var (least, most) = (Math.Log(LeastRepetition), Math.Log(MostRepetition));
        return ([.. lower, least, least], [.. upper, most, most]);
    }

    internal override int? IrreducibleCoordinate => Fitting.Theta.E;

    internal override IReadOnlyList<double[]> Starts(FitPoints points, FitOptions options) =>
        [.. new ProjectionGrid(points, ChinchillaForm.GridExponents).LocalMinima().Take(2)
            .SelectMany(cell => s_startTokenRepetitions.SelectMany(d => s_startParameterExcess.Select(n =>
                (double[])[.. LogHuberObjective.Start(points, cell.E, cell.P, cell.Alpha, cell.Q, cell.Beta), Math.Log(d), Math.Log(n)])))];

    internal override Jet Response(ReadOnlySpan<Jet> theta, PointBlock block, bool log)
    {
        var (p, alpha, q, beta, e) = (theta[Fitting.Theta.P], theta[Fitting.Theta.Alpha], theta[Fitting.Theta.Q], theta[Fitting.Theta.Beta], theta[Fitting.Theta.E]);
        var (meanN, meanD) = (block.MeanLog(LawInput.Parameters), block.MeanLog(LawInput.Tokens));
        var (logN, logD) = (block.Log(LawInput.Parameters), block.Log(LawInput.Tokens));
        var logU = Vector256.Min(block.Log(LawInput.UniqueTokens), logD);

        // ln G = (ln α + ln A − ln β − ln B)/(α + β);  ln U_N = min(ln N, ln G + (β/α)(ln U + ln G))
        var logG = (Jet.Log(alpha) + p + alpha * meanN - Jet.Log(beta) - q - beta * meanD) / (alpha + beta);
        var logUniqueN = Jet.AtMost(logG + beta / alpha * (logG + logU), logN);
        var excessN = Jet.Positive(Jet.Exp(logN - logUniqueN) - Vector256<double>.One) * Jet.Exp(-theta[6]);
        var excessD = Jet.Exp(-theta[5]) * (ElementaryFunctions.Exp(logD - logU) - Vector256<double>.One);
        var logEffectiveN = logUniqueN + LogGain(excessN, theta[6]);
        var logEffectiveD = LogGain(excessD, theta[5]) + logU;
        var first = p - alpha * (logEffectiveN - meanN);
        var second = q - beta * (logEffectiveD - meanD);
        return log ? Jet.LogSumExp(e, Jet.LogSumExp(first, second)) : Jet.Exp(e) + Jet.Exp(first) + Jet.Exp(second);

        // ln(1 + R*·(1 − e^(−R/R*))) of R/R* and ln R*
        static Jet LogGain(Jet excess, Jet logStar) => Jet.Log(Jet.Exp(logStar) * (1 - Jet.Exp(-excess)) + 1);
    }

    internal override string? WhyNotIdentifiable(FitPoints points)
    {
        if (LawForms.Chinchilla.WhyNotIdentifiable(points) is { } reason)
            return reason;
        var (unique, tokens) = (points.Centred(LawInput.UniqueTokens), points.Centred(LawInput.Tokens));
        var shift = points.MeanLog(LawInput.Tokens) - points.MeanLog(LawInput.UniqueTokens);
        for (var i = 0; i < points.Count; i++)
        {
            if (tokens[i] - unique[i] + shift > 0.01)
                return null;
        }

        return "no run repeats its tokens, so nothing tells what repetition costs; Chinchilla's law fits these runs";
    }

    /// <summary>Parameters that U unique tokens warrant: N_opt at the budget whose D_opt is U.</summary>
    private static double ParametersFor(ChinchillaLaw law, double unique)
    {
        var g = Math.Pow(law.Alpha * law.A / (law.Beta * law.B), 1 / (law.Alpha + law.Beta));
        return g * Math.Pow(unique * g, law.Beta / law.Alpha);
    }
}
