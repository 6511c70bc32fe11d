using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>Chinchilla's law with one exponent, L(N, D) = E + A·N^−α + B·D^−α: N and D grow alike, so a = b = ½ (arXiv 2502.18969; Gadre et al. 2024, arXiv 2403.08540).</summary>
public sealed class TiedChinchillaForm : LawForm
{
    // θ = (p, α, q, e) of this form, as positions in the θ of Chinchilla's.
    private static readonly int[] s_map = [0, 1, 2, 1, 3];

    /// <inheritdoc/>
    public override string Key => "tied";

    /// <inheritdoc/>
    public override string Name => "Chinchilla, α = β";

    /// <inheritdoc/>
    public override string Formula => "L = E + A·N^−α + B·D^−α";

    /// <inheritdoc/>
    public override string Source => "Gadre et al. 2024, arXiv 2403.08540, §2; Muennighoff et al. 2023, arXiv 2305.16264";

    /// <inheritdoc/>
    public override IReadOnlyList<LawParameter> Parameters { get; } =
    [
        new("E", "E", ParameterKind.Irreducible, "irreducible loss, nats per token"),
        new("A", "A", ParameterKind.Coefficient, "of the parameter term, nats per token"),
        new("B", "B", ParameterKind.Coefficient, "of the token term, nats per token"),
        new("alpha", "α", ParameterKind.Exponent, "of parameters and of tokens"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<LawInput> Inputs { get; } = [LawInput.Parameters, LawInput.Tokens];

    /// <inheritdoc/>
    public override bool AllocatesCompute => true;

    /// <inheritdoc/>
    public override bool FixesExponents => true;

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> coefficients, in LawPoint point) => LawOf(coefficients).Loss(point.Parameters, point.Tokens);

    /// <inheritdoc/>
    public override Allocation Optimum(ReadOnlySpan<double> coefficients, double flops) => LawOf(coefficients).Optimum(flops);

    /// <inheritdoc/>
    public override double TokensForLoss(ReadOnlySpan<double> coefficients, double parameters, double loss) => LawOf(coefficients).TokensForLoss(parameters, loss);

    /// <inheritdoc/>
    public override (double Parameters, double Tokens) AllocationExponents(ReadOnlySpan<double> coefficients) => (0.5, 0.5);

    internal override (ChinchillaLaw Surface, double Power)? Core(ReadOnlySpan<double> coefficients) => (LawOf(coefficients), 1);

    internal override double[] Coefficients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options) =>
        LawForms.Chinchilla.Coefficients([theta[0], theta[1], theta[2], theta[1], theta[3]], points, options)[..4];

    internal override double[] Theta(ReadOnlySpan<double> coefficients, FitPoints points, FitOptions options)
    {
        var full = LawForms.Chinchilla.Theta([.. coefficients, coefficients[3]], points, options);
        return [full[Fitting.Theta.P], full[Fitting.Theta.Alpha], full[Fitting.Theta.Q], full[Fitting.Theta.E]];
    }

    internal override (double[] Lower, double[] Upper) Box(FitPoints points, FitOptions options)
    {
        var (lower, upper) = LawForms.Chinchilla.Box(points, options);
        return ([lower[0], lower[1], lower[2], lower[4]], [upper[0], upper[1], upper[2], upper[4]]);
    }

    internal override int? IrreducibleCoordinate => 3;

    internal override IReadOnlyList<double[]> Starts(FitPoints points, FitOptions options) =>
        [.. new ProjectionGrid(points, ChinchillaForm.GridExponents).Diagonal()
            .OrderBy(cell => cell.SquaredError).Take(8)
            .Select(cell => options.IsLinear ? [cell.P, cell.Alpha, cell.Q, cell.Beta, cell.E] : LogHuberObjective.Start(points, cell.E, cell.P, cell.Alpha, cell.Q, cell.Beta))
            .Select(full => new[] { full[0], full[1], full[2], full[4] })];

    internal override Jet Response(ReadOnlySpan<Jet> theta, PointBlock block, bool log) =>
        LawForms.Chinchilla.Response([theta[0], theta[1], theta[2], theta[1], theta[3]], block, log);

    internal override IObjective Objective(FitPoints points, FitOptions options, double delta) =>
        new MappedObjective(LawForms.Chinchilla.Objective(points, options, delta), s_map, Box(points, options));

    internal override string? WhyNotIdentifiable(FitPoints points) => base.WhyNotIdentifiable(points) ?? ChinchillaForm.WhyNotSeparable(points);

    private static ChinchillaLaw LawOf(ReadOnlySpan<double> coefficients) => new(coefficients[0], coefficients[1], coefficients[2], coefficients[3], coefficients[3]);
}
