using System.Runtime.CompilerServices;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Damped Newton search in a box: solve (H + λ·diag|H|) s = −∇f on the free coordinates, clip to the box, accept if f falls,
/// and move λ with the ratio of actual to predicted decrease (Levenberg 1944, Marquardt 1963; Nocedal and Wright 2006, §4 and §16.7).
/// </summary>
internal static class BoundedNewton
{
    private const double LargestDamping = 1e12;

    // Coordinates are of order one: nearer than this to a bound is at it.
    private const double Rounding = 1e-12;

    /// <summary>Where a search ended; exactly, where nothing is left to polish.</summary>
    internal readonly record struct Outcome(double Value, FitStatus Status, int Iterations, bool IsExact = false);

    /// <summary>Improves θ in place. Deterministic and free of allocation.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="theta">Start; the best point found on return.</param>
    /// <param name="iterationLimit">Evaluations allowed.</param>
    /// <param name="tolerance">Stops when the expected relative decrease of the objective is below this.</param>
    /// <param name="cancellationToken">Cancels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static Outcome Minimise(IObjective objective, Span<double> theta, int iterationLimit, double tolerance, CancellationToken cancellationToken = default)
    {
        var n = objective.Count;
        Span<double> gradient = stackalloc double[n];
        Span<double> hessian = stackalloc double[n * n];
        Span<double> trial = stackalloc double[n];
        Span<double> trialGradient = stackalloc double[n];
        Span<double> trialHessian = stackalloc double[n * n];
        Span<double> system = stackalloc double[n * n];
        Span<double> step = stackalloc double[n];
        Span<int> free = stackalloc int[n];

        for (var i = 0; i < n; i++)
            theta[i] = Math.Clamp(theta[i], objective.Lower[i], objective.Upper[i]);
        var value = objective.Evaluate(theta, gradient, hessian, cancellationToken);
        if (!double.IsFinite(value))
            return new Outcome(value, FitStatus.Failed, 1);

        var damping = 1e-4;
        var stalled = 0;
        for (var iteration = 1; iteration < iterationLimit; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = 0;
            for (var i = 0; i < n; i++)
            {
                var held = (theta[i] <= objective.Lower[i] && gradient[i] >= 0) || (theta[i] >= objective.Upper[i] && gradient[i] <= 0);
                if (!held)
                    free[count++] = i;
            }

            // Where the objective is linear in a coordinate its curvature says nothing about a step: then the gradient does.
            var steepest = 0.0;
            for (var i = 0; i < count; i++)
                steepest = Math.Max(steepest, Math.Abs(gradient[free[i]]));

            // Raise the damping until the system is positive definite.
            while (true)
            {
                for (var i = 0; i < count; i++)
                {
                    step[i] = -gradient[free[i]];
                    for (var j = 0; j < count; j++)
                        system[i * n + j] = hessian[free[i] * n + free[j]];
                    var diagonal = Math.Abs(system[i * n + i]);
                    system[i * n + i] += damping * (diagonal > 1e-8 * steepest ? diagonal : steepest) + 1e-300;
                }

                if (Symmetric.TrySolve(system, n, step, count))
                    break;
                damping = Math.Max(damping * 8, 1e-8);
                if (damping > LargestDamping)
                    return Ended(objective, theta, value, FitStatus.Failed, iteration);
            }

            theta.CopyTo(trial);
            for (var i = 0; i < count; i++)
            {
                var k = free[i];
                trial[k] = Math.Clamp(theta[k] + step[i], objective.Lower[k], objective.Upper[k]);
            }

            var predicted = 0.0;
            for (var i = 0; i < n; i++)
            {
                var di = trial[i] - theta[i];
                predicted -= gradient[i] * di;
                for (var j = 0; j < n; j++)
                    predicted -= 0.5 * di * hessian[i * n + j] * (trial[j] - theta[j]);
            }

            // Half of −∇f·s is what the full step would gain; small means a minimum only where the damping is not what makes it small.
            var expected = 0.0;
            for (var i = 0; i < count; i++)
                expected -= 0.5 * gradient[free[i]] * step[i];
            if (expected <= tolerance * value && damping <= 1e-2)
                return Ended(objective, theta, value, FitStatus.Converged, iteration);

            // Clipping at the box can turn a step uphill; a shorter one does not.
            var trialValue = predicted > 0 ? objective.Evaluate(trial, trialGradient, trialHessian, cancellationToken) : double.PositiveInfinity;
            if (trialValue < value)
            {
                var ratio = (value - trialValue) / predicted;
                stalled = value - trialValue <= tolerance * value ? stalled + 1 : 0;
                trial.CopyTo(theta);
                trialGradient.CopyTo(gradient);
                trialHessian.CopyTo(hessian);
                value = trialValue;
                damping = ratio > 0.75 ? damping * 0.1 : ratio < 0.25 ? damping * 4 : damping;
                damping = Math.Max(damping, 1e-15);
                if (stalled >= 3)
                    return Ended(objective, theta, value, FitStatus.Converged, iteration);
            }
            else
            {
                damping = Math.Max(damping * 8, 1e-8);
                if (damping > LargestDamping)
                {
                    // No direction improves in double precision: a minimum if even the undamped model expects nothing more.
                    var status = expected <= 1e-9 * value || value < 1e-24 ? FitStatus.Converged : FitStatus.Failed;
                    return Ended(objective, theta, value, status, iteration);
                }
            }
        }

        return Ended(objective, theta, value, FitStatus.IterationLimit, iterationLimit);
    }

    private static Outcome Ended(IObjective objective, Span<double> theta, double value, FitStatus status, int iterations)
    {
        for (var i = 0; i < theta.Length && status is (FitStatus.Converged or FitStatus.AtBound); i++)
        {
            var bound = theta[i] - objective.Lower[i] <= objective.Upper[i] - theta[i] ? objective.Lower[i] : objective.Upper[i];
            if (Math.Abs(theta[i] - bound) > Rounding)
                continue;
            theta[i] = bound;
            status = FitStatus.AtBound;
        }

        return new Outcome(value, status, iterations);
    }
}
