using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>
/// A law that adds to Chinchilla's what a number format costs, in nats per token: a product of powers of N, D and of numbers that describe the format. Runs that are not quantised have
/// nothing added; of enough of them Chinchilla's part is known before the search.
/// </summary>
public abstract class FormatForm : LawForm
{
    /// <summary>Coefficients of Chinchilla's law, with which those of every such form begin.</summary>
    private protected const int BaseCount = Fitting.Theta.Count;

    private protected const double LeastPower = 0.01;
    private protected const double MostPower = 20;

    // ln of what is nothing: e^−1000 vanishes beside any loss.
    private const double Nothing = -1000;
    private const int FewestBaselineRows = 8;
    private const double UsualShare = 0.02;

    private IReadOnlyList<LawParameter>? _parameters;
    private IReadOnlyList<LawInput>? _inputs;

    /// <inheritdoc/>
    public override bool AllocatesCompute => true;

    /// <summary>Coefficients of what is added.</summary>
    private protected abstract IReadOnlyList<LawParameter> Added { get; }

    /// <summary>What describes the format, beside N and D.</summary>
    private protected abstract IReadOnlyList<LawInput> FormatInputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LawParameter> Parameters => _parameters ??= [.. LawForms.Chinchilla.Parameters, .. Added];

    /// <inheritdoc/>
    public override IReadOnlyList<LawInput> Inputs => _inputs ??= [LawInput.Parameters, LawInput.Tokens, .. FormatInputs];

    /// <summary>The optimum of models that are not quantised.</summary>
    public override Allocation Optimum(ReadOnlySpan<double> coefficients, double flops) => ChinchillaForm.LawOf(coefficients).Optimum(flops);

    /// <inheritdoc/>
    public override (double Parameters, double Tokens) AllocationExponents(ReadOnlySpan<double> coefficients) => LawForms.Chinchilla.AllocationExponents(coefficients[..BaseCount]);

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> coefficients, in LawPoint point) =>
        ChinchillaForm.LawOf(coefficients).Loss(point.Parameters, point.Tokens) + (IsQuantised(point) ? AddedLoss(coefficients, point) : 0);

    /// <summary>What the format adds, nats per token.</summary>
    /// <param name="coefficients">In the order of the parameters.</param>
    /// <param name="point">A run that is quantised.</param>
    private protected abstract double AddedLoss(ReadOnlySpan<double> coefficients, in LawPoint point);

    /// <summary>The run has a format that costs something; NaN tells of none.</summary>
    private protected abstract bool IsQuantised(in LawPoint point);

    /// <summary>That of models that are not quantised.</summary>
    internal override (ChinchillaLaw Surface, double Power)? Core(ReadOnlySpan<double> coefficients) => (ChinchillaForm.LawOf(coefficients), 1);

    internal override int? IrreducibleCoordinate => Fitting.Theta.E;

    // θ = Chinchilla's in logarithms, then c, the log of what is added at the centre of N and D in a usual format, then powers.
    internal override double[] Coefficients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options) =>
        [.. LawForms.Chinchilla.Coefficients(theta[..BaseCount], points, options.InLogarithms), .. AddedCoefficients(theta, points)];

    internal override double[] Theta(ReadOnlySpan<double> coefficients, FitPoints points, FitOptions options) =>
        [.. LawForms.Chinchilla.Theta(coefficients[..BaseCount], points, options.InLogarithms), .. AddedTheta(coefficients, points)];

    /// <summary>Coefficients of what is added, from all of θ.</summary>
    private protected abstract double[] AddedCoefficients(ReadOnlySpan<double> theta, FitPoints points);

    /// <summary>Its coordinates, from all coefficients.</summary>
    private protected abstract double[] AddedTheta(ReadOnlySpan<double> coefficients, FitPoints points);

    /// <summary>Bounds of its coordinates after the first.</summary>
    private protected abstract IReadOnlyList<(double Low, double High)> Powers(FitOptions options);

    /// <summary>Where the search of them starts, after the first.</summary>
    private protected abstract IReadOnlyList<double[]> StartPowers { get; }

    /// <summary>ln of what is added.</summary>
    /// <param name="theta">Search coordinates.</param>
    /// <param name="block">The points' inputs.</param>
    private protected abstract Jet LogAdded(ReadOnlySpan<Jet> theta, PointBlock block);

    /// <summary>Zero for quantised runs, very low for others.</summary>
    private protected abstract Vector256<double> Mask(PointBlock block);

    internal override (double[] Lower, double[] Upper) Box(FitPoints points, FitOptions options)
    {
        var (lower, upper) = LawForms.Chinchilla.Box(points, options.InLogarithms);
        var smallest = Math.Log(points.SmallestResponse);
        var powers = Powers(options);
        return (
            [.. lower, smallest - 2 * LogHuberObjective.Vanishing, .. powers.Select(power => power.Low)],
            [.. upper, smallest + LogHuberObjective.Vanishing, .. powers.Select(power => power.High)]);
    }

    internal override IReadOnlyList<double[]> Starts(FitPoints points, FitOptions options)
    {
        int[] baseline = [.. Enumerable.Range(0, points.Count).Where(i => !IsQuantised(points.Run(i)))];
        var grid = new ProjectionGrid(baseline.Length >= FewestBaselineRows ? points.Take(baseline) : points, ChinchillaForm.GridExponents);
        return [.. grid.LocalMinima().Take(2).SelectMany(cell => StartPowers.Select(powers =>
            (double[])[.. LogHuberObjective.Start(points, cell.E, cell.P, cell.Alpha, cell.Q, cell.Beta), Math.Log(UsualShare * points.SmallestResponse), .. powers]))];
    }

    internal override Jet Response(ReadOnlySpan<Jet> theta, PointBlock block, bool log)
    {
        var first = theta[Fitting.Theta.P] - theta[Fitting.Theta.Alpha] * block.Centred(LawInput.Parameters);
        var second = theta[Fitting.Theta.Q] - theta[Fitting.Theta.Beta] * block.Centred(LawInput.Tokens);
        var added = LogAdded(theta, block) + Mask(block);
        var terms = Jet.LogSumExp(Jet.LogSumExp(first, second), added);
        return log ? Jet.LogSumExp(theta[Fitting.Theta.E], terms) : Jet.Exp(theta[Fitting.Theta.E]) + Jet.Exp(terms);
    }

    internal override string? WhyNotIdentifiable(FitPoints points)
    {
        if (LawForms.Chinchilla.WhyNotIdentifiable(points) is { } reason)
            return reason;
        LawPoint[] quantised = [.. Enumerable.Range(0, points.Count).Select(points.Run).Where(run => IsQuantised(run))];
        return quantised.Length == 0 ? $"no run says what {string.Join(", ", Added.Select(parameter => parameter.Symbol))} are of: none is quantised" : WhyNotTold(quantised);
    }

    /// <summary>Which of its coefficients quantised runs cannot tell; null where they may.</summary>
    private protected abstract string? WhyNotTold(IReadOnlyList<LawPoint> quantised);

    /// <summary>Quantised runs have one value of it: the power of it cannot be told.</summary>
    private protected static bool IsOne(IReadOnlyList<LawPoint> quantised, Func<LawPoint, double> of) =>
        // Logarithms and back: the last digits may differ.
        quantised.Max(of) <= quantised.Min(of) * (1 + 1e-9);

    /// <summary>0 where a value is below a limit, very low elsewhere; of a logarithm.</summary>
    private protected static Vector256<double> Below(Vector256<double> log, double limit) =>
        Vector256.ConditionalSelect(Vector256.LessThan(log, Vector256.Create(Math.Log(limit))), Vector256<double>.Zero, Vector256.Create(Nothing));
}
