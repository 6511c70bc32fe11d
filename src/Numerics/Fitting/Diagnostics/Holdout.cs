using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting.Diagnostics;

/// <summary>How far a law's predictions are from points it was not fitted to.</summary>
/// <param name="Count">Points with a response above zero.</param>
/// <param name="AbsoluteRelativeError">ARE: mean of |predicted − measured| / measured, a fraction; NaN without points.</param>
/// <param name="SignedRelativeError">Mean of (predicted − measured) / measured, a fraction: above zero where the law predicts too much.</param>
public readonly record struct HoldoutError(int Count, double AbsoluteRelativeError, double SignedRelativeError)
{
    /// <summary>Error of a law on the points at these positions.</summary>
    public static HoldoutError Of(Law law, FitPoints points, IReadOnlyList<int> held)
    {
        double absolute = 0, signed = 0;
        var count = 0;
        foreach (var i in held)
        {
            // A metric of zero has no relative error.
            if (!(points.Response[i] > 0))
                continue;
            var error = law.Predict(points.Run(i)) / points.Response[i] - 1;
            absolute += Math.Abs(error);
            signed += error;
            count++;
        }

        return count == 0 ? new HoldoutError(0, double.NaN, double.NaN) : new HoldoutError(count, absolute / count, signed / count);
    }
}

/// <summary>A fit without some points.</summary>
/// <param name="Group">The points left out.</param>
/// <param name="Fit">The fit to all others.</param>
/// <param name="Error">Its error on those left out; NaN where the fit gives no answer.</param>
public sealed record LeftOutFit(BudgetGroup Group, LawFit Fit, HoldoutError Error);

/// <summary>A fit to the smallest budgets, and its draws.</summary>
/// <param name="Groups">Budgets it rests on.</param>
/// <param name="Largest">The largest of them.</param>
/// <param name="Fit">The fit.</param>
/// <param name="Draws">Its draws.</param>
public sealed record RollOutStep(int Groups, BudgetGroup Largest, LawFit Fit, BootstrapDraws Draws);

/// <summary>Fits to parts of the points. Each is a fit of its own: nothing of it starts from the points left out.</summary>
public static class Holdout
{
    /// <summary>Leaves out each group in turn.</summary>
    /// <param name="form">The law.</param>
    /// <param name="points">All points.</param>
    /// <param name="groups">Groups of positions.</param>
    /// <param name="options">Options of the fits.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static IReadOnlyList<LeftOutFit> LeaveOneOut(
        LawForm form, FitPoints points, IReadOnlyList<BudgetGroup> groups, FitOptions options, CancellationToken cancellationToken = default)
    {
        var left = new LeftOutFit[groups.Count];
        Cores.For(
            left.Length,
            k =>
            {
                var members = groups[k].Members.ToHashSet();
                var fit = LawFitter.Fit(form, points.Only([.. Enumerable.Range(0, points.Count).Where(i => !members.Contains(i))]), options, cancellationToken);
                var error = fit.IsUsable ? HoldoutError.Of(fit.Law, points, groups[k].Members) : new HoldoutError(0, double.NaN, double.NaN);
                left[k] = new LeftOutFit(groups[k], fit, error);
            },
            cancellationToken);
        return left;
    }

    /// <summary>Fits the smallest budgets, with more of them at each step, the last time all.</summary>
    /// <param name="form">The law.</param>
    /// <param name="points">All points.</param>
    /// <param name="groups">Budgets, ascending.</param>
    /// <param name="fewest">Budgets of the first step, at least one.</param>
    /// <param name="options">Options of the fits.</param>
    /// <param name="draws">Bootstrap draws of each step.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static IReadOnlyList<RollOutStep> RollOut(
        LawForm form, FitPoints points, IReadOnlyList<BudgetGroup> groups, int fewest, FitOptions options, int draws, int seed,
        CancellationToken cancellationToken = default)
    {
        var steps = new RollOutStep[Math.Max(groups.Count - fewest + 1, 0)];
        // Each step spreads its draws over the cores.
        for (var k = 0; k < steps.Length; k++)
        {
            var some = points.Only([.. groups.Take(fewest + k).SelectMany(group => group.Members).Order()]);
            var fit = LawFitter.Fit(form, some, options, cancellationToken);
            steps[k] = new RollOutStep(
                fewest + k, groups[fewest + k - 1], fit,
                fit.IsUsable ? BootstrapDraws.Run(some, fit, options, draws, seed, null, null, cancellationToken) : BootstrapDraws.None);
        }

        return steps;
    }
}
