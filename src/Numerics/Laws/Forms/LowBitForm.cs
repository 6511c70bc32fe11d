using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>
/// Chinchilla's law with what quantising to few bits after training adds, a power of the bits (Ouyang et al. 2024, arXiv 2411.17691): k·D^γ_D/(N^γ_N·P^γ_P).
/// </summary>
public sealed class LowBitForm : FormatForm
{
    // Bits at which what is added is centred.
    private const double Centre = 4;

    /// <inheritdoc/>
    public override string Key => "lowbit";

    /// <inheritdoc/>
    public override string Name => "Few bits after training";

    /// <inheritdoc/>
    public override string Formula => "L = E + A·N^−α + B·D^−β + k·D^γ_D/(N^γ_N·P_post^γ_P)";

    /// <inheritdoc/>
    public override string Source => "Ouyang et al. 2024, arXiv 2411.17691";

    private protected override IReadOnlyList<LawParameter> Added { get; } =
    [
        new("k", "k", ParameterKind.Coefficient, "of what quantising after training adds, nats per token"),
        new("gamma_D", "γ_D", ParameterKind.Exponent, "of tokens in it"),
        new("gamma_N", "γ_N", ParameterKind.Exponent, "of parameters in it"),
        new("gamma_P", "γ_P", ParameterKind.Other, "power of the bits after training"),
    ];

    private protected override IReadOnlyList<LawInput> FormatInputs { get; } = [LawInput.PostBits];

    private protected override IReadOnlyList<double[]> StartPowers { get; } = [[0.5, 0.3, 5], [0.5, 0.3, 2]];

    private protected override bool IsQuantised(in LawPoint point) => point.PostBits < LawPoint.NotQuantised - 1;

    private protected override double AddedLoss(ReadOnlySpan<double> coefficients, in LawPoint point) =>
        new LowBitLaw(coefficients[BaseCount], coefficients[BaseCount + 1], coefficients[BaseCount + 2], coefficients[BaseCount + 3]).AddedLoss(point.Parameters, point.Tokens, point.PostBits);

    private protected override double[] AddedCoefficients(ReadOnlySpan<double> theta, FitPoints points)
    {
        var (d, n, p) = (theta[BaseCount + 1], theta[BaseCount + 2], theta[BaseCount + 3]);
        return [Math.Exp(theta[BaseCount] - d * points.MeanLog(LawInput.Tokens) + n * points.MeanLog(LawInput.Parameters) + p * Math.Log(Centre)), d, n, p];
    }

    private protected override double[] AddedTheta(ReadOnlySpan<double> coefficients, FitPoints points)
    {
        var (d, n, p) = (coefficients[BaseCount + 1], coefficients[BaseCount + 2], coefficients[BaseCount + 3]);
        return [Math.Log(coefficients[BaseCount]) + d * points.MeanLog(LawInput.Tokens) - n * points.MeanLog(LawInput.Parameters) - p * Math.Log(Centre), d, n, p];
    }

    private protected override IReadOnlyList<(double Low, double High)> Powers(FitOptions options) =>
        [(options.ExponentLow, options.ExponentHigh), (options.ExponentLow, options.ExponentHigh), (LeastPower, MostPower)];

    private protected override Jet LogAdded(ReadOnlySpan<Jet> theta, PointBlock block) =>
        theta[BaseCount] + theta[BaseCount + 1] * block.Centred(LawInput.Tokens) - theta[BaseCount + 2] * block.Centred(LawInput.Parameters)
        - theta[BaseCount + 3] * (block.Log(LawInput.PostBits) - Vector256.Create(Math.Log(Centre)));

    private protected override Vector256<double> Mask(PointBlock block) => Below(block.Log(LawInput.PostBits), LawPoint.NotQuantised - 1);

    private protected override string? WhyNotTold(IReadOnlyList<LawPoint> quantised) =>
        IsOne(quantised, run => run.PostBits) ? "runs quantised after training come in one number of bits: γ_P cannot be told from k"
        : IsOne(quantised, run => run.Parameters) ? "runs quantised after training have one size: γ_N cannot be told from k"
        : IsOne(quantised, run => run.Tokens) ? "runs quantised after training have one count of tokens: γ_D cannot be told from k"
        : null;
}
