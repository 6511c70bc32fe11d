using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>
/// The law of training in floating point (Sun et al. 2025, arXiv 2501.02423 v3, eq. 26): Chinchilla's with (D^β/N^α)·log₂G/(γ(X + ½)^δ(M + ½)^ν) added, X exponent bits, M mantissa bits and G
/// values sharing a scale. α and β are those of the other terms.
/// </summary>
public sealed class FloatingPointForm : FormatForm
{
    // ln(X + ½) and ln(M + ½) about which δ and ν turn, and log₂G: those of E4M3 in groups of 128.
    private static readonly double s_exponent = Math.Log(4.5);
    private static readonly double s_mantissa = Math.Log(3.5);
    private const double Doublings = 7;

    /// <inheritdoc/>
    public override string Key => "floating";

    /// <inheritdoc/>
    public override string Name => "Floating-point formats";

    /// <inheritdoc/>
    public override string Formula => "L = E + A·N^−α + B·D^−β + (D^β/N^α)·log₂G/(γ(X + ½)^δ(M + ½)^ν)";

    /// <inheritdoc/>
    public override string Source => "Sun et al. 2025, arXiv 2501.02423 v3, eq. 26";

    private protected override IReadOnlyList<LawParameter> Added { get; } =
    [
        new("gamma", "γ", ParameterKind.Other, "what is added falls with it, tokens^β a nat and parameters^α"),
        new("delta", "δ", ParameterKind.Other, "power of the exponent bits and a half"),
        new("nu", "ν", ParameterKind.Other, "power of the mantissa bits and a half"),
    ];

    private protected override IReadOnlyList<LawInput> FormatInputs { get; } = [LawInput.ExponentBits, LawInput.MantissaBits, LawInput.GroupSize];

    private protected override IReadOnlyList<double[]> StartPowers { get; } = [[3, 3], [1.5, 1.5]];

    private protected override bool IsQuantised(in LawPoint point) => point.ExponentBits < LawPoint.NotQuantised - 1;

    private protected override double AddedLoss(ReadOnlySpan<double> coefficients, in LawPoint point)
    {
        var (e, a, b, alpha, beta) = ChinchillaForm.LawOf(coefficients);
        return new FloatingPointLaw(a, alpha, b, beta, e, coefficients[BaseCount], coefficients[BaseCount + 1], coefficients[BaseCount + 2])
            .AddedLoss(point.Parameters, point.Tokens, new(point.ExponentBits, point.MantissaBits), Math.Log2(point.GroupSize));
    }

    // c = ln of what is added at the centre = β·mean ln D − α·mean ln N + ln 7 − ln γ − δ·ln 4.5 − ν·ln 3.5
    private protected override double[] AddedCoefficients(ReadOnlySpan<double> theta, FitPoints points)
    {
        var (delta, nu) = (theta[BaseCount + 1], theta[BaseCount + 2]);
        return [Math.Exp(Centred(theta[Fitting.Theta.Alpha], theta[Fitting.Theta.Beta], delta, nu, points) - theta[BaseCount]), delta, nu];
    }

    private protected override double[] AddedTheta(ReadOnlySpan<double> coefficients, FitPoints points)
    {
        var (alpha, beta, delta, nu) = (coefficients[3], coefficients[4], coefficients[BaseCount + 1], coefficients[BaseCount + 2]);
        return [Centred(alpha, beta, delta, nu, points) - Math.Log(coefficients[BaseCount]), delta, nu];
    }

    private protected override IReadOnlyList<(double Low, double High)> Powers(FitOptions options) => [(LeastPower, MostPower), (LeastPower, MostPower)];

    private protected override Jet LogAdded(ReadOnlySpan<Jet> theta, PointBlock block) =>
        theta[BaseCount] + theta[Fitting.Theta.Beta] * block.Centred(LawInput.Tokens) - theta[Fitting.Theta.Alpha] * block.Centred(LawInput.Parameters)
        - theta[BaseCount + 1] * (block.Log(LawInput.ExponentBits) - Vector256.Create(s_exponent)) - theta[BaseCount + 2] * (block.Log(LawInput.MantissaBits) - Vector256.Create(s_mantissa))
        + (ElementaryFunctions.Log(Vector256.Max(block.Log(LawInput.GroupSize) * (1 / Math.Log(2)), Vector256.Create(1e-9))) - Vector256.Create(Math.Log(Doublings)));

    private protected override Vector256<double> Mask(PointBlock block) => Below(block.Log(LawInput.ExponentBits), LawPoint.NotQuantised - 1);

    private protected override string? WhyNotTold(IReadOnlyList<LawPoint> quantised) =>
        IsOne(quantised, run => run.ExponentBits) ? "runs in floating point come with one number of exponent bits: δ cannot be told from γ"
        : IsOne(quantised, run => run.MantissaBits + 1) ? "runs in floating point come with one number of mantissa bits: ν cannot be told from γ"
        : null;

    private static double Centred(double alpha, double beta, double delta, double nu, FitPoints points) =>
        beta * points.MeanLog(LawInput.Tokens) - alpha * points.MeanLog(LawInput.Parameters) + Math.Log(Doublings) - delta * s_exponent - nu * s_mantissa;
}
