using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Fits laws. The global optimum is searched from starts that the law's form knows, each by damped Newton steps with exact second derivatives.
/// Objectives of log residuals with a small δ are approached through larger ones, because at δ = 1e-3 nearly all points lie in the linear zone
/// and curvature is scarce away from the optimum.
/// </summary>
public static class LawFitter
{
    internal const int IterationLimit = 400;
    internal const double Tolerance = 1e-13;

    // A fit of more points starts from a seeded sample of this many, and finishes on all.
    private const int SampleSize = 4096;
    private const int ManyPoints = 2 * SampleSize;
    private const int SampleSeed = 20220329;

    private const double LargestConditionNumber = 1e7;

    // Residuals this small, in log loss, count as zero where no vertex is found: the least absolute deviation is then searched to a few parts in a million.
    private const double SmallestDelta = 1e-8;
    // Of many points so few lie within that δ that they tell no curvature. With this δ times their count a score or so lie within it at the scatter
    // that runs show, a few parts in a thousand, and what it smooths is far below the scatter.
    private const double DeltaTimesPoints = 0.1;
    private const double DeltaStep = 4;
    private const double PolishDelta = 1e-6;
    private const int PolishRounds = 20;
    private const double VertexDelta = 1e-4;
    private const double WideDelta = 0.256;

    /// <summary>The global optimum over all points.</summary>
    /// <exception cref="ArgumentException">The points lack an input of the law.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LawFit Fit(LawForm form, FitPoints points, FitOptions options, CancellationToken cancellationToken = default)
    {
        var needed = form.Parameters.Count;
        if (points.Count < needed)
        {
            return new LawFit
            {
                Law = new Law(form, [.. Enumerable.Repeat(double.NaN, needed)]),
                Objective = double.NaN,
                Status = FitStatus.TooFewPoints,
                Explanation = $"{points.Count} points cannot determine {needed} parameters",
                Points = points.Count,
                ConditionNumber = double.PositiveInfinity,
            };
        }

        var sample = points.Count > ManyPoints ? Sample(points) : points;
        var (theta, outcome) = Best(form, sample, options, cancellationToken);
        if (IsPolygonal(options))
            outcome = Polish(form, sample, options, theta, outcome, cancellationToken);
        // A curved valley with kinks can need many short steps; only the winner is worth them.
        if (outcome.Status == FitStatus.IterationLimit)
            outcome = BoundedNewton.Minimise(Final(form, sample, options), theta, 20 * IterationLimit, Tolerance, cancellationToken);
        if (sample != points)
            outcome = Descend(form, points, options, theta, DeltaStep * DeltaStep * FinalDelta(points, options), cancellationToken);
        var scale = double.NaN;
        if (options.Method == FitMethod.ScaledHuber)
            (outcome, scale) = FindScale(form, points, options, theta, cancellationToken);

        var condition = ConditionNumber(form, sample, options, theta);
        var (status, explanation) = Judge(form, points, options, outcome.Status, theta, condition);
        return new LawFit
        {
            Law = new Law(form, form.Coefficients(theta, points, options)),
            Objective = Reported(form, points, options, theta, outcome.Value, scale),
            Status = status,
            Explanation = explanation,
            Points = points.Count,
            ConditionNumber = condition,
            Scale = scale,
            Theta = theta,
        };
    }

    /// <summary>
    /// The optimum over other weights of the same points, from the optimum over all of them: what resampling needs. Null where the search
    /// does not reach a stationary point, or where fewer different points than coefficients are left.
    /// </summary>
    internal static double[]? Refit(LawFit fit, FitPoints points, FitOptions options, CancellationToken cancellationToken = default)
    {
        var form = fit.Law.Form;
        // Anything fits fewer points than parameters, the fit over all points above all: such a draw would feign certainty.
        if (points.Count < form.Parameters.Count)
            return null;
        var theta = (double[])fit.Theta.Clone();
        if (options.Method is FitMethod.VariableProjection or FitMethod.Squared or FitMethod.LogSquared)
        {
            var only = BoundedNewton.Minimise(Final(form, points, options), theta, IterationLimit, Tolerance, cancellationToken);
            return IsStationary(only) ? theta : null;
        }

        // The optimum of a draw is near that of all points, or where a smoother objective leads; the better of the two.
        var near = Descend(form, points, options, theta, options.Method == FitMethod.Huber ? DeltaStep * options.Delta : WideDelta / 256, cancellationToken);
        var other = (double[])fit.Theta.Clone();
        var smooth = Descend(form, points, options, other, options.Method == FitMethod.Huber ? 256 * options.Delta : WideDelta, cancellationToken);
        var (end, best) = smooth.Value < near.Value ? (other, smooth) : (theta, near);
        if (IsPolygonal(options) && points.Count <= ManyPoints)
            best = Polish(form, points, options, end, best, cancellationToken);
        if (options.Method == FitMethod.ScaledHuber)
            best = FindScale(form, points, options, end, cancellationToken).Outcome;
        return IsStationary(best) ? end : null;
    }

    /// <summary>The objective at the δ that the method ends with.</summary>
    internal static IObjective Final(LawForm form, FitPoints points, FitOptions options) => form.Objective(points, options, FinalDelta(points, options));

    /// <summary>Residuals, predicted minus measured, in log loss or in the unit of the response, whichever the method minimises.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="points">Points, with the centre of those fitted.</param>
    /// <param name="options">Options of the fit.</param>
    /// <param name="gradients">Where asked for, the gradient of each residual in θ: points × coordinates, row-major.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static double[] Residuals(LawFit fit, FitPoints points, FitOptions options, Span<double> gradients = default, CancellationToken cancellationToken = default)
    {
        var residuals = new double[points.Count];
        new JetObjective(fit.Law.Form, points, options, double.PositiveInfinity).Residuals(fit.Theta, residuals, gradients, cancellationToken);
        return residuals;
    }

    private static bool IsPolygonal(FitOptions options) => options.Method is FitMethod.AbsoluteDeviation or FitMethod.ScaledHuber;

    private static bool IsStationary(BoundedNewton.Outcome outcome) => outcome.Status is FitStatus.Converged or FitStatus.AtBound;

    private static double FinalDelta(FitPoints points, FitOptions options) => options.Method switch
    {
        FitMethod.Huber => options.Delta,
        FitMethod.AbsoluteDeviation or FitMethod.ScaledHuber => points.Count > ManyPoints ? DeltaTimesPoints / points.Count : SmallestDelta,
        _ => double.PositiveInfinity,
    };

    private static (double[] Theta, BoundedNewton.Outcome Outcome) Best(
        LawForm form, FitPoints points, FitOptions options, CancellationToken cancellationToken)
    {
        var starts = form.Starts(points, options);
        var outcomes = new BoundedNewton.Outcome[starts.Count];
        Cores.For(
            outcomes.Length,
            i => outcomes[i] = Descend(form, points, options, starts[i], options.Method == FitMethod.Huber ? 256 * options.Delta : WideDelta, cancellationToken),
            cancellationToken);
        // The first of equals, so that the answer does not depend on the order of completion.
        var (best, lowest) = (0, double.PositiveInfinity);
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (double.IsFinite(outcomes[i].Value) && outcomes[i].Value < lowest)
                (best, lowest) = (i, outcomes[i].Value);
        }

        return (starts[best], outcomes[best]);
    }

    /// <summary>Descends through larger δ to the final one, each stage starting where the last one ended.</summary>
    internal static BoundedNewton.Outcome Descend(
        LawForm form, FitPoints points, FitOptions options, Span<double> theta, double firstDelta, CancellationToken cancellationToken = default)
    {
        var final = FinalDelta(points, options);
        var objective = form.Objective(points, options, final);
        for (var delta = firstDelta; delta > final; delta /= DeltaStep)
        {
            BoundedNewton.Minimise(form.Objective(points, options, delta), theta, 25, 1e-6, cancellationToken);
            if (final == SmallestDelta && delta <= VertexDelta && LeastAbsoluteVertex.TryReach(form, points, options, theta, cancellationToken))
                return new BoundedNewton.Outcome(ValueAt(objective, theta, cancellationToken), FitStatus.Converged, 0, IsExact: true);
        }

        var outcome = BoundedNewton.Minimise(objective, theta, IterationLimit, Tolerance, cancellationToken);
        return outcome.Status == FitStatus.IterationLimit && form.IrreducibleCoordinate is { } irreducible && double.IsFinite(final)
            ? BetterWithoutE(objective, theta, outcome, irreducible, cancellationToken)
            : outcome;
    }

    private static double ValueAt(IObjective objective, ReadOnlySpan<double> theta, CancellationToken cancellationToken) =>
        objective.Evaluate(theta, stackalloc double[theta.Length], stackalloc double[theta.Length * theta.Length], cancellationToken);

    // What takes so long is nearly always a curved valley towards E = 0, since e = ln E has no end there: look at its far end.
    private static BoundedNewton.Outcome BetterWithoutE(
        IObjective objective, Span<double> theta, BoundedNewton.Outcome outcome, int irreducible, CancellationToken cancellationToken)
    {
        Span<double> withoutE = stackalloc double[theta.Length];
        theta.CopyTo(withoutE);
        withoutE[irreducible] = objective.Lower[irreducible];
        var atBound = BoundedNewton.Minimise(objective, withoutE, IterationLimit, Tolerance, cancellationToken);
        if (!(atBound.Value < outcome.Value))
            return outcome;
        withoutE.CopyTo(theta);
        return atBound;
    }

    /// <summary>
    /// With δ near zero the objective is a polytope to the search, which may stop on an edge of it where <see cref="LeastAbsoluteVertex"/> does not help:
    /// up a few δ and down again leaves the edge.
    /// </summary>
    private static BoundedNewton.Outcome Polish(
        LawForm form, FitPoints points, FitOptions options, Span<double> theta, BoundedNewton.Outcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.IsExact)
            return outcome;
        Span<double> trial = stackalloc double[theta.Length];
        for (var round = 0; round < PolishRounds; round++)
        {
            theta.CopyTo(trial);
            var end = outcome;
            for (var delta = PolishDelta; delta >= SmallestDelta; delta /= DeltaStep)
                end = BoundedNewton.Minimise(form.Objective(points, options, delta), trial, 60, 1e-12, cancellationToken);
            end = BoundedNewton.Minimise(form.Objective(points, options, SmallestDelta), trial, IterationLimit, Tolerance, cancellationToken);
            if (!(end.Value < outcome.Value))
                break;
            var gain = outcome.Value - end.Value;
            trial.CopyTo(theta);
            outcome = end;
            if (gain <= 1e-10 * outcome.Value)
                break;
        }

        return outcome;
    }

    /// <summary>
    /// Density ∝ exp(−Huber_δ(r/s)): for a scale s the best θ is that of Huber with δs, and for a θ the best s is one-dimensional; in turn until
    /// both stand still.
    /// </summary>
    private static (BoundedNewton.Outcome Outcome, double Scale) FindScale(
        LawForm form, FitPoints points, FitOptions options, Span<double> theta, CancellationToken cancellationToken)
    {
        BoundedNewton.Outcome outcome = default;
        var scale = double.NaN;
        var residuals = new double[points.Count];
        for (var round = 0; round < 50; round++)
        {
            new JetObjective(form, points, options, double.PositiveInfinity).Residuals(theta, residuals, default, cancellationToken);
            var next = HuberScale.MaximumLikelihood(residuals, points.Weight, options.Delta, cancellationToken);
            if (round > 0 && Math.Abs(next - scale) <= 1e-12 * scale)
                break;
            scale = next;
            var objective = form.Objective(points, options, Math.Max(options.Delta * scale, points.Count > ManyPoints ? FinalDelta(points, options) : SmallestDelta / 10));
            outcome = BoundedNewton.Minimise(objective, theta, IterationLimit, Tolerance, cancellationToken);
        }

        return (outcome, scale);
    }

    /// <summary>The value as the papers define it: the search minimises half squares, and δ·Σ|r| for small δ.</summary>
    private static double Reported(LawForm form, FitPoints points, FitOptions options, ReadOnlySpan<double> theta, double value, double scale)
    {
        if (options.Method == FitMethod.Huber)
            return value;
        if (options.Method is FitMethod.VariableProjection or FitMethod.Squared or FitMethod.LogSquared)
            return 2 * value;
        var residuals = new double[points.Count];
        new JetObjective(form, points, options, double.PositiveInfinity).Residuals(theta, residuals, default);
        if (options.Method == FitMethod.ScaledHuber)
            return HuberScale.NegativeLogLikelihood(residuals, points.Weight, options.Delta, scale);
        var sum = 0.0;
        for (var i = 0; i < residuals.Length; i++)
            sum += points.Weight[i] * Math.Abs(residuals[i]);
        return sum;
    }

    private static (FitStatus Status, string Explanation) Judge(
        LawForm form, FitPoints points, FitOptions options, FitStatus status, ReadOnlySpan<double> theta, double condition)
    {
        if (points.DistinctResponses() < 2)
            return (FitStatus.NotIdentifiable, $"all {(form.PredictsLoss ? "losses" : "metrics")} are equal, so nothing tells the terms apart");
        if (form.WhyNotIdentifiable(points) is { } reason)
            return (FitStatus.NotIdentifiable, reason);
        if (status is FitStatus.Failed or FitStatus.IterationLimit)
            return (status, status == FitStatus.Failed ? "the search made no progress" : "the search ran out of iterations");
        if (status == FitStatus.AtBound)
            return (status, WhichBound(form, points, options, theta));
        if (!(condition < LargestConditionNumber))
            return (FitStatus.NotIdentifiable, "the terms are nearly proportional to each other over these runs (condition number above 1e7)");
        return (status, "");
    }

    private static string WhichBound(LawForm form, FitPoints points, FitOptions options, ReadOnlySpan<double> theta)
    {
        var coefficients = form.Coefficients(theta, points, options);
        for (var i = 0; i < coefficients.Length; i++)
        {
            if (form.Parameters[i].Kind == ParameterKind.Exponent && (coefficients[i] <= options.ExponentLow || coefficients[i] >= options.ExponentHigh))
                return FormattableString.Invariant($"{form.Parameters[i].Symbol} ended on its bound {coefficients[i]:G4}");
            if (form.Parameters[i].Kind == ParameterKind.Irreducible && options.IrreducibleLow > 0 && coefficients[i] <= options.IrreducibleLow * (1 + 1e-12))
                return FormattableString.Invariant($"{form.Parameters[i].Symbol} ended on its lower bound {coefficients[i]:G4}");
            if (form.Parameters[i].Kind == ParameterKind.Irreducible && coefficients[i] >= options.IrreducibleHigh * (1 - 1e-12))
                return FormattableString.Invariant($"{form.Parameters[i].Symbol} ended on its upper bound {coefficients[i]:G4}");
        }

        return form.IrreducibleCoordinate is null
            ? "a coefficient ended at the end of its range"
            : "a term of the law vanished: E or one of its coefficients ended at zero";
    }

    /// <summary>Of the Jacobian of the log residuals in logarithms of the coefficients, whichever space was fitted; columns scaled to length one.</summary>
    private static double ConditionNumber(LawForm form, FitPoints points, FitOptions options, ReadOnlySpan<double> theta)
    {
        var n = theta.Length;
        var gradients = new double[points.Count * n];
        var logarithmic = options.IsLinear ? options with { Method = FitMethod.LogSquared } : options;
        form.Gradients(form.Theta(form.Coefficients(theta, points, options), points, logarithmic), points, logarithmic, gradients);
        var columns = new double[n][];
        for (var j = 0; j < n; j++)
        {
            columns[j] = new double[points.Count];
            for (var i = 0; i < points.Count; i++)
                columns[j][i] = gradients[i * n + j];
        }

        return SingularValues.ConditionNumber(columns);
    }

    /// <summary>The same sample for the same count of points, spread by chance over all of them.</summary>
    private static FitPoints Sample(FitPoints points)
    {
        var picked = new HashSet<int>(SampleSize);
        var generator = new DrawGenerator(SampleSeed, 0);
        while (picked.Count < SampleSize)
            picked.Add(generator.Next(points.Count));
        return points.Take([.. picked.Order()]);
    }
}
