using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;
using static ScalingDashboard.Numerics.Tests.Estimation.Families;

namespace ScalingDashboard.Numerics.Tests.Estimation;

public class ParetoAndAdviceTests
{
    [Fact]
    public void The_front_costs_more_and_errs_less_at_every_step()
    {
        PlanScore[] scores = [Score(0.10, 3), Score(0.20, 1), Score(0.15, 1), Score(0.12, 4), Score(0.05, 5), Score(double.NaN, 1), Score(0.01, 0), Score(0.05, 6)];
        Assert.Equal([(1, 0.15), (3, 0.10), (5, 0.05)], ParetoFront.Of(scores).Select(score => (score.FlopsSpent, score.Error.Are)));
        Assert.Empty(ParetoFront.Of([]));
    }

    [Fact]
    public void A_lucky_plan_among_bad_neighbours_is_not_advised()
    {
        // 2 to 4 models of the smallest, three shares; the cheapest errs least by luck.
        PlanScore[] map =
        [
            Score(0.01, 1, models: 2, share: 0.1), Score(0.30, 2, models: 2, share: 0.2), Score(0.30, 3, models: 2, share: 0.3),
            Score(0.30, 2, models: 3, share: 0.1), Score(0.30, 4, models: 3, share: 0.2), Score(0.03, 6, models: 3, share: 0.3),
            Score(0.03, 8, models: 4, share: 0.1), Score(0.03, 16, models: 4, share: 0.2), Score(0.03, 24, models: 4, share: 0.3),
        ];
        Assert.Equal(0.30, PlanAdvice.Neighbourhood(map[0], map));
        Assert.Equal(16, PlanAdvice.Pick(map, map, 0.04)!.FlopsSpent);
        // Out of budget, the least error of a neighbourhood is the best there is.
        Assert.Equal(6, PlanAdvice.Pick(map, map, 0.04, 10)!.FlopsSpent);
        Assert.Null(PlanAdvice.Pick(map, map, 0.04, 0.5));
    }

    [Fact]
    public void Laws_that_cannot_be_told_from_others_are_not_advised() =>
        Assert.Equal(5, PlanAdvice.Pick(s_two, s_two, 0.04)!.FlopsSpent);

    private static readonly PlanScore[] s_two = [Score(0.01, 1, status: FitStatus.NotIdentifiable), Score(0.02, 5, models: 3)];
}
