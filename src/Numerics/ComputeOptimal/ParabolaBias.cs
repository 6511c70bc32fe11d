using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>
/// What Approach 2 would make of runs that lie exactly on a law: parabolas are symmetric and the law's IsoFLOP curves are not, so their minima miss the
/// law's where α ≠ β, the more so the wider the sizes lie apart or off the optimum (arXiv 2603.22339, §3 and §4).
/// </summary>
/// <param name="Parabolas">Approach 2 without noise, extrapolated to the target.</param>
/// <param name="Truth">The law's own optimum at the target.</param>
/// <param name="ParabolaExponent">a of Approach 2 without noise.</param>
/// <param name="TrueExponent">a of the law.</param>
/// <param name="Budgets">Budgets with a minimum.</param>
public sealed record ParabolaBias(Allocation Parabolas, Allocation Truth, double ParabolaExponent, double TrueExponent, int Budgets)
{
    /// <summary>By how much Approach 2 misses the exponent a.</summary>
    public double Exponent => ParabolaExponent - TrueExponent;

    /// <summary>By how much it misses N_opt at the target, a fraction of it.</summary>
    public double Parameters => Parabolas.Parameters / Truth.Parameters - 1;

    /// <summary>By how much it misses D_opt at the target, a fraction of it.</summary>
    public double Tokens => Parabolas.Tokens / Truth.Tokens - 1;

    /// <summary>Simulates the sizes of each budget with D = C/(6N).</summary>
    /// <param name="law">A law that predicts the loss and allocates compute.</param>
    /// <param name="groups">Budgets.</param>
    /// <param name="parameters">N of every run.</param>
    /// <param name="target">Budget to extrapolate to, FLOP.</param>
    /// <returns>Null where fewer than two budgets have a minimum.</returns>
    public static ParabolaBias? Simulate(Law law, IReadOnlyList<BudgetGroup> groups, IReadOnlyList<double> parameters, double target)
    {
        var losses = new double[parameters.Count];
        foreach (var group in groups)
        {
            foreach (var i in group.Members)
                losses[i] = law.Predict(LawPoint.Of(new Allocation(group.Flops, parameters[i], group.Flops / (6 * parameters[i]), double.NaN)));
        }

        var profiles = IsoFlopProfiles.Fit(groups, parameters, losses, draws: 0, seed: 0);
        return double.IsFinite(profiles.Line.ParameterExponent)
            ? new ParabolaBias(
                profiles.Line.Optimum(target), law.Optimum(target), profiles.Line.ParameterExponent, law.ParameterExponent,
                profiles.Budgets.Count(budget => budget.Status == FitStatus.Converged))
            : null;
    }
}
