using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Profile likelihood intervals (Cox and Hinkley 1974, §9.3; Pawitan 2001, §3.4): a quantity g may have the value v where
/// 2·(min{−ln L(θ): g(θ) = v} − min −ln L) is at most the χ²₁ quantile, with the likelihood of <see cref="ResidualLikelihood"/>.
/// For Huber that is the likelihood of Besiroglu et al. 2024 with a free scale, so its intervals surround the optimum of
/// <see cref="FitMethod.ScaledHuber"/>, from which the optimum of the plain Huber sum differs a little: 482.0 against 477.8 for A on their points.
/// The standard error is half the width of the 68.27 % interval; NaN where an end of that is open.
/// <para>
/// A density chosen for its robustness is rarely that of the residuals, and then not 2Δ but 2Δ/κ is χ²₁. On request: the adjusted likelihood L^(1/κ) of Stafford
/// 1996 and of Royall and Tsou 2003, with κ = ∇hᵀV∇h / ∇hᵀI⁻¹∇h, V the sandwich covariance (<see cref="DeltaMethod"/>) and I the curvature of −ln L, for
/// the quantity h at the optimum. Of Laplace residuals the Laplace likelihood has κ = 1, of Gaussian ones π/2, without which an 80 % interval would hold
/// the truth 69 times of 100. Squared losses are not adjusted.
/// </para>
/// <para>
/// The curve is followed outwards from the optimum. With h = ln g where g is above zero, else g, the minimum of −ln L(θ) + μ/2·(h(θ) − t)² lies exactly
/// on it, at h(θ) rather than t: a smaller −ln L at the same h would lower the sum. So μ need not be large, and t is moved until the curve meets
/// the cut-off. An end is open where h stops moving or runs away while the likelihood stays above the cut-off.
/// </para>
/// </summary>
internal sealed class ProfileLikelihood
{
    // χ²₁ quantiles at 68.27, 80 and 95 %, as roots: the normal quantiles.
    private static readonly double[] s_cutoffs = [1, 1.2815515655446004, 1.959963984540054];

    // μ in units of the curvature the likelihood is expected to have along h.
    private const double Stiffness = 25;

    private const double CutoffTolerance = 3e-4;
    private const int MostSteps = 40;
    private const int MostExpansions = 16;

    // In logarithms: a factor of 1e13 away from the optimum.
    private const double FarInLogs = 30;
    private const double FarInErrors = 1e3;
    private const double StageFactor = 6;
    private const int StageIterations = 25;
    private const double StageTolerance = 1e-6;
    private const int FinalIterations = 150;
    private const double FinalTolerance = 1e-10;

    // Residuals this small, on average, are rounding: the points lie on the law.
    private const double SmallestResidual = 1e-12;

    // An optimum found on the way that is this much better becomes the new centre.
    private const double WorthwhileGain = 1e-3;
    private const int MostCentres = 4;

    private readonly LawFit _fit;
    private readonly LawForm _form;
    private readonly FitPoints _points;
    private readonly FitOptions _options;
    private readonly bool _adjusted;
    private readonly ResidualLikelihood _likelihood;
    private Centre _centre;

    internal ProfileLikelihood(LawFit fit, FitPoints points, FitOptions options, bool adjusted, CancellationToken cancellationToken)
    {
        (_fit, _form, _points, _options, _adjusted) = (fit, fit.Law.Form, points, options, adjusted);
        _likelihood = new ResidualLikelihood(points, options);
        var theta = options.Method == FitMethod.Huber
            ? LawFitter.Refit(fit, points, _likelihood.Options, cancellationToken) ?? fit.Theta
            : fit.Theta;
        _centre = CentreAt(theta, cancellationToken);
    }

    private sealed record Centre(double[] Theta, double NegativeLog, double Scale, double MeanAbsolute, double[] Information, DeltaMethod? Sandwich);

    // A point of the curve: t, h(θ), √(2Δ), −ln L, θ.
    private sealed record CurvePoint(double Target, double H, double Root, double NegativeLog, double[] Theta);

    private sealed record Side(double[] Ends, CurvePoint Lowest);

    internal Interval?[] Of(IReadOnlyList<Func<Law, double>> quantities, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            var centre = _centre;
            var numbers = quantities.Select(of => new SearchQuantity(of, _form, _points, _options, centre.Theta)).ToArray();
            if (centre.MeanAbsolute <= SmallestResidual)
                return [.. numbers.Select(number => double.IsFinite(number.Optimum) ? new Interval(0, number.Optimum, number.Optimum, number.Optimum, number.Optimum) : null)];
            var sides = new Side?[2 * numbers.Length];
            Cores.For(
                sides.Length,
                i =>
                {
                    if (double.IsFinite(numbers[i / 2].Optimum))
                        sides[i] = Follow(centre, numbers[i / 2], i % 2 == 0 ? -1 : 1, cancellationToken);
                },
                cancellationToken);
            // MinBy keeps the first of equals: the same centre on any core count.
            var lowest = sides.OfType<Side>().MinBy(side => side.Lowest.NegativeLog)?.Lowest;
            if (lowest is null || lowest.NegativeLog > centre.NegativeLog - WorthwhileGain || round == MostCentres)
                return [.. numbers.Select((number, k) => IntervalOf(number, sides[2 * k], sides[2 * k + 1]))];
            var theta = (double[])lowest.Theta.Clone();
            Descend(centre, theta, null, cancellationToken);
            _centre = CentreAt(theta, cancellationToken);
        }
    }

    private static Interval? IntervalOf(SearchQuantity quantity, Side? low, Side? high)
    {
        if (low is null || high is null)
            return null;
        double[] lows = [.. low.Ends.Select(quantity.FromScale)], highs = [.. high.Ends.Select(quantity.FromScale)];
        return new Interval(0.5 * (highs[0] - lows[0]), lows[1], highs[1], lows[2], highs[2]);
    }

    private Centre CentreAt(double[] theta, CancellationToken cancellationToken)
    {
        var n = theta.Length;
        var residuals = new double[_points.Count];
        var gradients = new double[_points.Count * n];
        new JetObjective(_form, _points, _options, double.PositiveInfinity).Residuals(theta, residuals, gradients, cancellationToken);
        var spread = _likelihood.MeanAbsolute(residuals);
        // Information as if the residuals were Gaussian or Laplace of this spread: Σ w J Jᵀ / spread². Only step lengths hang on it.
        var information = new double[n * n];
        for (var k = 0; k < residuals.Length; k++)
        {
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                    information[i * n + j] += _points.Weight[k] * _likelihood.Count / _points.TotalWeight * gradients[k * n + i] * gradients[k * n + j] / (spread * spread);
            }
        }

        var scale = _likelihood.Scale(residuals, cancellationToken);
        var sandwich = _likelihood.IsSquared || !_adjusted ? null : new DeltaMethod(_fit with { Theta = theta, Scale = scale }, _points, _likelihood.Options, cancellationToken);
        return new Centre(theta, _likelihood.NegativeLog(residuals, cancellationToken), scale, spread, information, sandwich);
    }

    /// <summary>h at each cut-off on one side of the optimum; NaN for open ends.</summary>
    private Side Follow(Centre centre, SearchQuantity quantity, int sign, CancellationToken cancellationToken)
    {
        var start = quantity.At(centre.Theta);
        var error = ExpectedError(centre, quantity, start);
        var penalty = new Penalty(quantity, Stiffness / (error * error), centre.Theta.Length);
        // Known points of the curve, outwards.
        var known = new List<CurvePoint> { new(start, start, 0, centre.NegativeLog, centre.Theta) };
        var stretch = Stretch(centre, quantity);
        var ends = new double[s_cutoffs.Length];
        Array.Fill(ends, double.NaN);
        var lowest = known[0];
        var slope = error * (1 + 1 / Stiffness);
        for (var level = 0; level < ends.Length; level++)
        {
            var cutoff = s_cutoffs[level] * stretch;
            var expansions = 0;
            for (var step = 0; step < MostSteps; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var beyond = known.FindIndex(point => point.Root >= cutoff);
                var inside = known[beyond < 0 ? ^1 : beyond - 1];
                double target;
                if (beyond < 0)
                {
                    var stride = Math.Max((cutoff - inside.Root) * 1.02, 0.02) * slope * Math.Pow(2, expansions);
                    target = inside.Target + sign * stride;
                    expansions++;
                }
                else
                {
                    var outside = known[beyond];
                    if (outside.Root - cutoff <= CutoffTolerance || cutoff - inside.Root <= CutoffTolerance || step == MostSteps - 1
                        || Math.Abs(outside.H - inside.H) <= 1e-7 * error)
                    {
                        ends[level] = inside.H + (cutoff - inside.Root) / (outside.Root - inside.Root) * (outside.H - inside.H);
                        break;
                    }

                    var share = Math.Clamp((cutoff - inside.Root) / (outside.Root - inside.Root), 0.05, 0.95);
                    target = inside.Target + share * (outside.Target - inside.Target);
                }

                var found = Solve(centre, penalty, inside, target, cancellationToken);
                if (found.NegativeLog < lowest.NegativeLog)
                    lowest = found;
                if (beyond < 0)
                {
                    var moved = Math.Abs(found.H - inside.H);
                    var isFar = Math.Abs(found.H - start) > (quantity.IsLogarithmic ? FarInLogs : FarInErrors * error);
                    if (found.Root < cutoff && (moved <= 1e-3 * Math.Abs(target - inside.Target) || isFar || expansions >= MostExpansions))
                        return new Side(ends, lowest);
                    if (found.Root - inside.Root > 0.05)
                        (slope, expansions) = (Math.Abs(target - inside.Target) / (found.Root - inside.Root), 0);
                }

                known.Insert(beyond < 0 ? known.Count : beyond, found);
            }
        }

        return new Side(ends, lowest);
    }

    /// <summary>√κ; 1 where the cut-offs are not adjusted, and where there is no sandwich covariance.</summary>
    private double Stretch(Centre centre, SearchQuantity quantity)
    {
        if (centre.Sandwich is not { } sandwich)
            return 1;
        var gradient = new double[centre.Theta.Length];
        quantity.Gradient(centre.Theta, gradient);
        var ratio = sandwich.VarianceRatio(gradient) * _likelihood.PerObjective(centre.Scale, sandwich.Delta);
        return ratio > 0 && double.IsFinite(ratio) ? Math.Sqrt(ratio) : 1;
    }

    /// <summary>Standard error of h to expect, √(∇hᵀI⁻¹∇h), kept to a size that can be stepped with.</summary>
    private static double ExpectedError(Centre centre, SearchQuantity quantity, double start)
    {
        var n = centre.Theta.Length;
        Span<double> gradient = stackalloc double[n];
        Span<double> solved = stackalloc double[n];
        quantity.Gradient(centre.Theta, gradient);
        gradient.CopyTo(solved);
        var system = (double[])centre.Information.Clone();
        for (var i = 0; i < n; i++)
            system[i * n + i] *= 1 + 1e-10;
        var variance = 0.0;
        if (Symmetric.TrySolve(system, n, solved, n))
        {
            for (var i = 0; i < n; i++)
                variance += gradient[i] * solved[i];
        }

        var most = quantity.IsLogarithmic ? 1 : Math.Max(1, Math.Abs(start));
        return variance > 0 && variance < most * most ? Math.Max(Math.Sqrt(variance), 1e-9 * most) : most;
    }

    private CurvePoint Solve(Centre centre, Penalty penalty, CurvePoint from, double target, CancellationToken cancellationToken)
    {
        var theta = (double[])from.Theta.Clone();
        penalty.Aim(target, theta);
        var residuals = Descend(centre, theta, penalty, cancellationToken);
        var negativeLog = _likelihood.NegativeLog(residuals, cancellationToken);
        return new CurvePoint(target, penalty.At(theta), Math.Sqrt(Math.Max(0, 2 * (negativeLog - centre.NegativeLog))), negativeLog, theta);
    }

    /// <summary>
    /// Minimises −ln L(θ) plus the penalty, in place, through Huber sums of falling δ; then the scale again, until it stands still.
    /// Along an interval the scale moves by a few parts in n only.
    /// </summary>
    private double[] Descend(Centre centre, double[] theta, Penalty? penalty, CancellationToken cancellationToken)
    {
        var residuals = new double[_points.Count];
        var scale = centre.Scale;
        for (var pass = 0; ; pass++)
        {
            var final = _likelihood.SearchDelta(scale, centre.MeanAbsolute);
            for (var delta = 0.25 * centre.MeanAbsolute; pass == 0 && delta > final; delta /= StageFactor)
                Minimise(delta, StageIterations, StageTolerance);
            Minimise(final, FinalIterations, FinalTolerance);
            new JetObjective(_form, _points, _options, double.PositiveInfinity).Residuals(theta, residuals, default, cancellationToken);
            var next = _likelihood.Scale(residuals, cancellationToken);
            // Squares and absolute values have the same minimum at every scale, but the penalty weighs differently against them: still on the curve.
            if (_options.Method is not (FitMethod.Huber or FitMethod.ScaledHuber) || Math.Abs(next / scale - 1) <= 1e-5 || pass == 4
                || _likelihood.SearchDelta(next, centre.MeanAbsolute) == final)
                return residuals;
            scale = next;
        }

        void Minimise(double delta, int iterations, double tolerance)
        {
            var objective = _form.Objective(_points, _options, delta);
            if (penalty is not null)
                objective = penalty.On(objective, _likelihood.PerObjective(scale, delta));
            BoundedNewton.Minimise(objective, theta, iterations, tolerance, cancellationToken);
        }
    }

    /// <summary>μ/2·(h(θ) − t)² on top of an objective, in units of −ln L.</summary>
    private sealed class Penalty(SearchQuantity quantity, double stiffness, int count)
    {
        private readonly double[] _curvature = new double[count * count];
        private double _target;

        internal double At(ReadOnlySpan<double> theta) => quantity.At(theta);

        // The Hessian of h is taken once per target: h is nearly linear, and the search needs its curvature only to converge fast.
        internal void Aim(double target, ReadOnlySpan<double> theta)
        {
            _target = target;
            quantity.Hessian(theta, _curvature);
        }

        internal IObjective On(IObjective inner, double perObjective) => new Penalised(this, inner, stiffness / perObjective);

        private sealed class Penalised(Penalty penalty, IObjective inner, double weight) : IObjective
        {
            public int Count => inner.Count;
            public double[] Lower => inner.Lower;
            public double[] Upper => inner.Upper;

            public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> hessian, CancellationToken cancellationToken = default)
            {
                var value = inner.Evaluate(theta, gradient, hessian, cancellationToken);
                var miss = penalty.At(theta) - penalty._target;
                var n = theta.Length;
                Span<double> slope = stackalloc double[n];
                penalty.Slope(theta, slope);
                for (var i = 0; i < n; i++)
                {
                    gradient[i] += weight * miss * slope[i];
                    for (var j = 0; j < n; j++)
                        hessian[i * n + j] += weight * (slope[i] * slope[j] + miss * penalty._curvature[i * n + j]);
                }

                value += 0.5 * weight * miss * miss;
                return double.IsFinite(value) ? value : double.PositiveInfinity;
            }
        }

        private void Slope(ReadOnlySpan<double> theta, Span<double> slope) => quantity.Gradient(theta, slope);
    }
}
