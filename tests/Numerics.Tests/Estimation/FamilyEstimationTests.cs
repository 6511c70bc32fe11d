using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;
using static ScalingDashboard.Numerics.Tests.Estimation.Families;

namespace ScalingDashboard.Numerics.Tests.Estimation;

/// <summary>Laws of small models predict the target.</summary>
public class FamilyEstimationTests
{
    [Theory]
    [InlineData(FitMethod.VariableProjection)]
    [InlineData(FitMethod.Huber)]
    public void A_family_exactly_on_a_law_is_predicted_exactly(FitMethod method)
    {
        var score = Family(new EstimationOptions { MinimumTokens = 0, Method = method }).Score(new EstimationPlan(0, 5, 1));
        Assert.Equal(FitStatus.Converged, score.Law.Status);
        Assert.Equal(Truth.Alpha, score.Law.Law.Alpha, 1e-4);
        Assert.Equal(Truth.Beta, score.Law.Law.Beta, 1e-4);
        Assert.InRange(score.Error.Are, 0, 1e-6);
        Assert.Equal(45, score.Law.Points);
        Assert.Equal(1.6e9, score.LargestParameters);
        Assert.Equal(4, Family().ScaleUp(score));
    }

    [Fact]
    public void Absolute_relative_error_is_relative_to_what_was_measured()
    {
        var target = new TargetRows([new FamilyModel("target", 1e9, [7e10, 1e11], [2, 4])]);
        var error = target.Error(3);
        Assert.Equal((0.5 + 0.25) / 2, error.Are, 1e-15);
        Assert.Equal((0.5 - 0.25) / 2, error.Bias, 1e-15);
        Assert.Equal(0.275, error.Spread!.Low80, 1e-12);
    }

    [Fact]
    public void Baselines_are_the_lowest_loss_reached_and_that_of_the_most_compute()
    {
        // The larger model is the worse one.
        FamilyModel[] models =
        [
            new("small", 1e8, [2e10, 1e11], [3.2, 2.5]),
            new("large", 4e8, [2e10, 1e11], [3.1, 2.8]),
            new("target", 1.6e9, [1e11], [2.0]),
        ];
        var score = new FamilyEstimation(models, 1.6e9, new EstimationOptions()).Score(new EstimationPlan(0, 2, 1));
        Assert.Equal(0.25, score.BestLoss.Are, 1e-12);
        Assert.Equal(0.4, score.MostCompute.Are, 1e-12);
        // Stopped early, only what was reached by then counts.
        var early = new FamilyEstimation(models, 1.6e9, new EstimationOptions()).Score(new EstimationPlan(0, 2, 0.5));
        Assert.Equal(0.55, early.BestLoss.Are, 1e-12);
        Assert.Equal(FitStatus.TooFewPoints, early.Law.Status);
        Assert.True(double.IsNaN(early.Error.Are));
    }

    [Fact]
    public void The_targets_size_is_never_fitted()
    {
        FamilyModel[] models = [.. Exact(), Model(6.4e9, [1e10, 1e11], "another seed of the target")];
        var estimation = new FamilyEstimation(models, 6.4e9, new EstimationOptions());
        Assert.Equal(2, estimation.Targets.Count);
        Assert.All(estimation.Candidates, model => Assert.True(model.Parameters < 6.4e9));
        Assert.Equal(5, estimation.Candidates.Count);
        Assert.Equal(2 * 6 * 6.4e9 * 1e11, estimation.TargetFlops);
        Assert.Throws<ArgumentException>(() => new FamilyEstimation(models, 5e9, new EstimationOptions()));
    }

    [Fact]
    public void A_target_in_the_middle_leaves_the_larger_ones_out()
    {
        var estimation = new FamilyEstimation(Exact(), 8e8, new EstimationOptions());
        Assert.Equal([1e8, 2e8, 4e8], estimation.Candidates.Select(model => model.Parameters));
    }

    [Fact]
    public void Scaling_down_fits_the_larger_ones_the_largest_first()
    {
        var estimation = Family(new EstimationOptions { MinimumTokens = 0, ScaleDown = true });
        Assert.Equal([6.4e9, 1.6e9, 8e8, 4e8, 2e8], estimation.Candidates.Select(model => model.Parameters));
        var score = estimation.Score(new EstimationPlan(0, 4, 1));
        Assert.InRange(score.Error.Are, 0, 1e-6);
        Assert.Equal(4e8, score.SmallestParameters);
    }

    [Fact]
    public void Combinations_are_all_neighbours_of_at_least_two_the_smallest_first()
    {
        var plans = Family().Combinations(2, [0.5, 1]);
        Assert.Equal(2 * (4 + 3 + 2 + 1), plans.Count);
        Assert.Equal(new EstimationPlan(0, 2, 0.5), plans[0]);
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3], plans.Where(plan => plan.Models == 2).Select(plan => plan.First));
        Assert.Equal(new EstimationPlan(0, 5, 1), plans[^1]);
        Assert.Equal(2 * (5 + 4 + 3 + 2 + 1), Family().Combinations(1, [0.5, 1]).Count);
    }

    [Fact]
    public void Of_many_models_about_a_dozen_places_are_taken_the_last_among_them()
    {
        var plans = Family(null, [.. Enumerable.Range(1, 61).Select(i => i * 1e7)]).Combinations(2, [1]);
        Assert.InRange(plans.Select(plan => plan.Models).Distinct().Count(), 9, 12);
        Assert.Equal(60, plans.Max(plan => plan.Models));
        Assert.All(plans, plan => Assert.InRange(plan.First + plan.Models, 2, 60));
    }

    [Fact]
    public void All_plans_score_as_each_alone_and_report_their_progress()
    {
        var estimation = Family();
        var plans = estimation.Combinations(2, [0.3, 1]);
        var done = 0;
        var scores = estimation.ScoreAll(plans, null, () => Interlocked.Increment(ref done));
        Assert.Equal(plans.Count, done);
        Assert.Equal(plans, scores.Select(score => score.Plan));
        for (var i = 0; i < plans.Count; i++)
            Assert.Equal(BitConverter.DoubleToInt64Bits(estimation.Score(plans[i]).Error.Are), BitConverter.DoubleToInt64Bits(scores[i].Error.Are));
    }

    [Fact]
    public void A_cancelled_map_stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Family().ScoreAll([new(0, 2, 1)], cancellationToken: cancelled.Token));
    }

    [Fact]
    public void Two_sizes_cannot_tell_the_terms_apart_and_are_scored_all_the_same()
    {
        var score = Family().Score(new EstimationPlan(3, 2, 1));
        Assert.Equal(FitStatus.NotIdentifiable, score.Law.Status);
        Assert.True(double.IsFinite(score.Error.Are));
    }

    [Fact]
    public void Equal_losses_are_not_identifiable()
    {
        FamilyModel[] models = [.. Sizes.Select(size => new FamilyModel("m", size, [2e10, 5e10, 1e11], [3, 3, 3]))];
        var score = new FamilyEstimation(models, 6.4e9, new EstimationOptions()).Score(new EstimationPlan(0, 5, 1));
        Assert.Equal(FitStatus.NotIdentifiable, score.Law.Status);
        Assert.Equal(0, score.BestLoss.Are);
    }
}
