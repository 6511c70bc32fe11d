using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>
/// Chinchilla's law with what training in a quantised format adds by its granularity (Chen et al. 2025, arXiv 2505.14302): k·D^γ_D·(log₂G)^γ_G/N^γ_N, G values sharing a scale. One law is of
/// one setting of bits; runs of several settings are to be filtered.
/// </summary>
public sealed class GranularityForm : FormatForm
{
    // log₂ of the group at which what is added is centred.
    private const double Centre = 7;

    // Groups of one value, whose log₂ is 0, stand for runs that are not quantised.
    private const double LeastGroup = 1.001;

    /// <inheritdoc/>
    public override string Key => "granularity";

    /// <inheritdoc/>
    public override string Name => "Groups that share a scale";

    /// <inheritdoc/>
    public override string Formula => "L = E + A·N^−α + B·D^−β + k·D^γ_D·(log₂G)^γ_G/N^γ_N";

    /// <inheritdoc/>
    public override string Source => "Chen et al. 2025, arXiv 2505.14302";

    private protected override IReadOnlyList<LawParameter> Added { get; } =
    [
        new("k", "k", ParameterKind.Coefficient, "of what quantised training adds, nats per token"),
        new("gamma_D", "γ_D", ParameterKind.Exponent, "of tokens in it"),
        new("gamma_N", "γ_N", ParameterKind.Exponent, "of parameters in it"),
        new("gamma_G", "γ_G", ParameterKind.Other, "power of log₂ of the values that share a scale"),
    ];

    private protected override IReadOnlyList<LawInput> FormatInputs { get; } = [LawInput.GroupSize];

    private protected override IReadOnlyList<double[]> StartPowers { get; } = [[0.1, 0.3, 0.8], [0.4, 0.3, 0.3]];

    private protected override bool IsQuantised(in LawPoint point) => point.GroupSize >= LeastGroup;

    private protected override double AddedLoss(ReadOnlySpan<double> coefficients, in LawPoint point) =>
        new GroupedTrainingLaw(coefficients[BaseCount], coefficients[BaseCount + 1], coefficients[BaseCount + 2], coefficients[BaseCount + 3]).AddedLoss(point.Parameters, point.Tokens, point.GroupSize);

    private protected override double[] AddedCoefficients(ReadOnlySpan<double> theta, FitPoints points)
    {
        var (d, n, g) = (theta[BaseCount + 1], theta[BaseCount + 2], theta[BaseCount + 3]);
        return [Math.Exp(theta[BaseCount] - d * points.MeanLog(LawInput.Tokens) + n * points.MeanLog(LawInput.Parameters) - g * Math.Log(Centre)), d, n, g];
    }

    private protected override double[] AddedTheta(ReadOnlySpan<double> coefficients, FitPoints points)
    {
        var (d, n, g) = (coefficients[BaseCount + 1], coefficients[BaseCount + 2], coefficients[BaseCount + 3]);
        return [Math.Log(coefficients[BaseCount]) + d * points.MeanLog(LawInput.Tokens) - n * points.MeanLog(LawInput.Parameters) + g * Math.Log(Centre), d, n, g];
    }

    private protected override IReadOnlyList<(double Low, double High)> Powers(FitOptions options) =>
        [(options.ExponentLow, options.ExponentHigh), (options.ExponentLow, options.ExponentHigh), (LeastPower, MostPower)];

    private protected override Jet LogAdded(ReadOnlySpan<Jet> theta, PointBlock block)
    {
        // ln(log₂G/7); for groups of one value any number, which the mask hides.
        var doublings = Vector256.Max(block.Log(LawInput.GroupSize) * (1 / Math.Log(2)), Vector256.Create(1e-9));
        return theta[BaseCount] + theta[BaseCount + 1] * block.Centred(LawInput.Tokens) - theta[BaseCount + 2] * block.Centred(LawInput.Parameters)
            + theta[BaseCount + 3] * (ElementaryFunctions.Log(doublings) - Vector256.Create(Math.Log(Centre)));
    }

    private protected override Vector256<double> Mask(PointBlock block) => Below(-block.Log(LawInput.GroupSize), 1 / LeastGroup);

    private protected override string? WhyNotTold(IReadOnlyList<LawPoint> quantised) =>
        IsOne(quantised, run => run.GroupSize) ? "quantised runs come in one group size: γ_G cannot be told from k"
        : IsOne(quantised, run => run.Parameters) ? "quantised runs have one size: γ_N cannot be told from k"
        : IsOne(quantised, run => run.Tokens) ? "quantised runs have one count of tokens: γ_D cannot be told from k"
        : null;
}
