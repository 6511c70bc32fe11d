using MathNet.Numerics.Statistics;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Estimation;

/// <summary>
/// Picks a plan from a map of many. The best of hundreds is best by luck too, so a plan counts for what it and its neighbours on the map
/// (one step in models, largest size and share of training) reach in the median; and laws that cannot be told from others do not count.
/// </summary>
public static class PlanAdvice
{
    /// <summary>
    /// The cheapest plan that with its neighbours stays within an ARE; where none does, the one whose neighbourhood errs least. Null where no plan within the budget has a law.
    /// </summary>
    /// <param name="plans">Plans to pick from.</param>
    /// <param name="map">Plans they have their neighbours among.</param>
    /// <param name="are">ARE to stay within, a fraction.</param>
    /// <param name="flops">Compute that may be spent, FLOP.</param>
    public static PlanScore? Pick(IReadOnlyList<PlanScore> plans, IReadOnlyList<PlanScore> map, double are, double flops = double.PositiveInfinity)
    {
        var affordable = plans
            .Where(plan => plan.FlopsSpent > 0 && plan.FlopsSpent <= flops && double.IsFinite(plan.Error.Are) && plan.Law.Status is FitStatus.Converged or FitStatus.AtBound)
            .Select(plan => (Plan: plan, Around: Neighbourhood(plan, map)))
            .ToArray();
        var good = affordable.Where(item => Math.Max(item.Around, item.Plan.Error.Are) <= are).ToArray();
        return good.Length > 0
            ? good.OrderBy(item => item.Plan.FlopsSpent).ThenBy(item => item.Plan.Error.Are).First().Plan
            : affordable.OrderBy(item => Math.Max(item.Around, item.Plan.Error.Are)).ThenBy(item => item.Plan.FlopsSpent).Select(item => item.Plan).FirstOrDefault();
    }

    /// <summary>Median ARE of a plan and its neighbours; NaN where none has one.</summary>
    public static double Neighbourhood(PlanScore plan, IReadOnlyList<PlanScore> map)
    {
        var (models, ends, shares) = (Steps(other => other.Models), Steps(End), Steps(other => other.Share));
        return map
            .Where(other => double.IsFinite(other.Error.Are)
                && Near(models, plan.Plan.Models, other.Plan.Models) && Near(ends, End(plan.Plan), End(other.Plan)) && Near(shares, plan.Plan.Share, other.Plan.Share))
            .Select(other => other.Error.Are)
            .Median();

        double[] Steps(Func<EstimationPlan, double> of) => [.. map.Select(other => of(other.Plan)).Distinct().Order()];

        static double End(EstimationPlan plan) => plan.First + plan.Models;

        static bool Near(double[] steps, double here, double there) => Math.Abs(Array.BinarySearch(steps, here) - Array.BinarySearch(steps, there)) <= 1;
    }
}
