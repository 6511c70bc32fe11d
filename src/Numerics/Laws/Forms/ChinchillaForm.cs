using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>L(N, D) = E + A·N^−α + B·D^−β (Hoffmann et al. 2022, arXiv 2203.15556, eq. 2).</summary>
public sealed class ChinchillaForm : LawForm
{
    // Starts of the search: local minima of a fine grid over (α, β), and for the Huber objective also a coarse spread.
    private static readonly double[] s_gridExponents = Powers(0.02, 1.18, 28);
    private static readonly double[] s_spreadExponents = [0.08, 0.2, 0.4, 0.8, 1.5];

    // Above it two inputs move together for all a fit can tell.
    private const double LargestCorrelation = 0.9999;

    /// <inheritdoc/>
    public override string Key => "chinchilla";

    /// <inheritdoc/>
    public override string Name => "Chinchilla";

    /// <inheritdoc/>
    public override string Formula => "L = E + A·N^−α + B·D^−β";

    /// <inheritdoc/>
    public override string Source => "Hoffmann et al. 2022, arXiv 2203.15556, eq. 2";

    /// <inheritdoc/>
    public override IReadOnlyList<LawParameter> Parameters { get; } =
    [
        new("E", "E", ParameterKind.Irreducible, "irreducible loss, nats per token"),
        new("A", "A", ParameterKind.Coefficient, "of the parameter term, nats per token"),
        new("B", "B", ParameterKind.Coefficient, "of the token term, nats per token"),
        new("alpha", "α", ParameterKind.Exponent, "of parameters"),
        new("beta", "β", ParameterKind.Exponent, "of tokens"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<LawInput> Inputs { get; } = [LawInput.Parameters, LawInput.Tokens];

    /// <inheritdoc/>
    public override bool AllocatesCompute => true;

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> coefficients, in LawPoint point) => LawOf(coefficients).Loss(point.Parameters, point.Tokens);

    /// <inheritdoc/>
    public override Allocation Optimum(ReadOnlySpan<double> coefficients, double flops) => LawOf(coefficients).Optimum(flops);

    /// <inheritdoc/>
    public override double TokensForLoss(ReadOnlySpan<double> coefficients, double parameters, double loss) => LawOf(coefficients).TokensForLoss(parameters, loss);

    /// <inheritdoc/>
    public override (double Parameters, double Tokens) AllocationExponents(ReadOnlySpan<double> coefficients)
    {
        var law = LawOf(coefficients);
        return (law.ParameterExponent, law.TokenExponent);
    }

    /// <summary>The law of these coefficients, with its closed forms.</summary>
    public static ChinchillaLaw LawOf(ReadOnlySpan<double> coefficients) => new(coefficients[0], coefficients[1], coefficients[2], coefficients[3], coefficients[4]);

    internal override (ChinchillaLaw Surface, double Power)? Core(ReadOnlySpan<double> coefficients) => (LawOf(coefficients), 1);

    internal override double[] Coefficients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options)
    {
        var law = options.IsLinear ? SquaredLossObjective.Law(points, theta) : LogHuberObjective.Law(points, theta);
        return [law.E, law.A, law.B, law.Alpha, law.Beta];
    }

    internal override double[] Theta(ReadOnlySpan<double> coefficients, FitPoints points, FitOptions options)
    {
        var (e, a, b, alpha, beta) = LawOf(coefficients);
        var p = Math.Log(a) - alpha * points.MeanLog(LawInput.Parameters);
        var q = Math.Log(b) - beta * points.MeanLog(LawInput.Tokens);
        return options.IsLinear ? [Math.Exp(p), alpha, Math.Exp(q), beta, e] : [p, alpha, q, beta, Math.Log(e)];
    }

    internal override (double[] Lower, double[] Upper) Box(FitPoints points, FitOptions options)
    {
        var objective = Objective(points, options, double.PositiveInfinity);
        return (objective.Lower, objective.Upper);
    }

    internal override int? IrreducibleCoordinate => Fitting.Theta.E;

    internal override IReadOnlyList<double[]> Starts(FitPoints points, FitOptions options)
    {
        var minima = new ProjectionGrid(points, s_gridExponents).LocalMinima();
        return options.IsLinear
            ? [.. minima.Take(6).Select(cell => new[] { cell.P, cell.Alpha, cell.Q, cell.Beta, cell.E })]
            : [.. minima.Take(4).Concat(new ProjectionGrid(points, s_spreadExponents).Cells()).Select(cell => LogHuberObjective.Start(points, cell.E, cell.P, cell.Alpha, cell.Q, cell.Beta))];
    }

    /// <summary>Exponents of the grid that starts are taken from.</summary>
    internal static double[] GridExponents => s_gridExponents;

    internal override Jet Response(ReadOnlySpan<Jet> theta, PointBlock block, bool log)
    {
        var logParameters = -(theta[Fitting.Theta.Alpha] * block.Centred(LawInput.Parameters));
        var logTokens = -(theta[Fitting.Theta.Beta] * block.Centred(LawInput.Tokens));
        return log
            ? Jet.LogSumExp(theta[Fitting.Theta.E], Jet.LogSumExp(theta[Fitting.Theta.P] + logParameters, theta[Fitting.Theta.Q] + logTokens))
            : theta[Fitting.Theta.E] + theta[Fitting.Theta.P] * Jet.Exp(logParameters) + theta[Fitting.Theta.Q] * Jet.Exp(logTokens);
    }

    // The same formula with its derivatives written out: about ten times as fast.
    internal override IObjective Objective(FitPoints points, FitOptions options, double delta) =>
        options.IsLinear ? new SquaredLossObjective(points, options) : new LogHuberObjective(points, options, delta);

    // Written out as well: the first fit of a process need not compile the general way.
    internal override void Gradients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options, Span<double> gradients)
    {
        if (options.IsLinear)
        {
            base.Gradients(theta, points, options, gradients);
            return;
        }

        // f = ln(u + v + s): ∇f = (u, −xu, v, −yv, s)/(u + v + s)
        var s = Math.Exp(theta[Fitting.Theta.E]);
        for (var i = 0; i < points.Count; i++)
        {
            var u = Math.Exp(theta[Fitting.Theta.P] - theta[Fitting.Theta.Alpha] * points.X[i]);
            var v = Math.Exp(theta[Fitting.Theta.Q] - theta[Fitting.Theta.Beta] * points.Y[i]);
            var loss = u + v + s;
            var gradient = gradients.Slice(i * Fitting.Theta.Count, Fitting.Theta.Count);
            gradient[Fitting.Theta.P] = u / loss;
            gradient[Fitting.Theta.Alpha] = -points.X[i] * u / loss;
            gradient[Fitting.Theta.Q] = v / loss;
            gradient[Fitting.Theta.Beta] = -points.Y[i] * v / loss;
            gradient[Fitting.Theta.E] = s / loss;
        }
    }

    private static double[] Powers(double first, double ratio, int count)
    {
        var powers = new double[count];
        for (var i = 0; i < count; i++)
            powers[i] = first * Math.Pow(ratio, i);
        return powers;
    }

    internal override string? WhyNotIdentifiable(FitPoints points) => base.WhyNotIdentifiable(points) ?? WhyNotSeparable(points);

    /// <summary>Parameters and tokens that move together leave one term where the law has two.</summary>
    internal static string? WhyNotSeparable(FitPoints points) =>
        Math.Abs(points.Correlation(LawInput.Parameters, LawInput.Tokens)) > LargestCorrelation
            ? "N and D cannot be separated: parameters and tokens move together in all runs (one budget, or one ratio of tokens to parameters); a law of compute alone can be fitted to such runs"
            : null;
}
