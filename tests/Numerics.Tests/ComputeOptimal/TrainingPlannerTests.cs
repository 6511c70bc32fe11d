using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Numerics.Tests.ComputeOptimal;

public class TrainingPlannerTests
{
    private static readonly TrainingRates s_rates = new()
    {
        PeakFlopsPerSecond = 989e12,
        Utilization = 0.4,
        Overhead = 1.1,
        PowerWatts = 700,
        Pue = 1.2,
        PricePerHour = 3,
        CarbonPerKilowattHour = 0.4,
    };

    private static readonly SurfaceModel s_epoch = Model(PublishedSurfaces.Epoch.Law);

    /// <summary>Laws, budgets and shares of the best size, with or without serving and a limit on tokens.</summary>
    private static Arbitrary<(ChinchillaLaw Law, double Flops, double Ratio, double? Served, double? Unique)> Cases { get; } = (
        from law in Generators.Law.Generator
        from flops in Gen.Choose(180, 270)
        from ratio in Gen.Choose(-100, 100)
        from served in Gen.Elements<double?>(null, 1e10, 1e13)
        from share in Gen.Elements<double?>(null, 0.05, 0.5, 3)
        let budget = Math.Pow(10, flops / 10.0)
        select (law, budget, Math.Exp(ratio / 100.0), served, share * law.Optimum(budget).Tokens)).ToArbitrary();

    [Fact]
    public void Any_two_of_its_numbers_give_the_same_training_again() =>
        Prop.ForAll(Cases, at =>
        {
            var law = LawForms.Chinchilla.With(at.Law.E, at.Law.A, at.Law.B, at.Law.Alpha, at.Law.Beta);
            var limits = new TrainingGoals { ServedTokens = at.Served, UniqueTokens = at.Unique };
            var model = SurfaceModel.Of(law, limits)!;
            var size = at.Ratio * at.Law.Optimum(at.Flops).Parameters;
            var first = TrainingPlanner.Plan(limits with { Flops = at.Flops, Parameters = size }, model, s_rates);
            TrainingQuantity[][] pairs = [[Flops, Parameters], [Flops, Tokens], [Parameters, Tokens], [Parameters, Loss], [Tokens, Loss], [Money, Tokens], [Energy, Parameters], [Carbon, Tokens]];
            // After many passes a token more hardly moves the loss, which then no longer tells the tokens.
            var tells = at.Unique is not { } unique || first.Training.Tokens < 8 * unique;
            return first.Obstacle is null && pairs.Where(pair => tells || !pair.Contains(Loss)).All(pair =>
            {
                var goals = pair.Aggregate(limits, (goals, quantity) => goals.With(quantity, first[quantity]));
                return Same(first, TrainingPlanner.Plan(goals, model, s_rates), Sensitivity(pair, first, at.Law));
            });
        }).Check(Generators.Config);

    // What a change of the loss in its last digits does to N or D grows as the term of the loss that N or D is in gets small.
    private static double Sensitivity(TrainingQuantity[] pair, TrainingPlan plan, ChinchillaLaw law) =>
        !pair.Contains(Loss) ? 1 : plan.Training.Loss / (0.15 * Math.Min(law.A * Math.Pow(plan.Training.Parameters, -law.Alpha), law.B * Math.Pow(plan.Training.Tokens, -law.Beta)));

    [Fact]
    public void Any_number_of_the_best_training_gives_it_again() =>
        Prop.ForAll(Cases, at =>
        {
            var law = LawForms.Chinchilla.With(at.Law.E, at.Law.A, at.Law.B, at.Law.Alpha, at.Law.Beta);
            var limits = new TrainingGoals { ServedTokens = at.Served, UniqueTokens = at.Unique };
            var model = SurfaceModel.Of(law, limits)!;
            var best = TrainingPlanner.Plan(limits with { Flops = at.Flops }, model, s_rates);
            return best.Obstacle is null && new[] { Flops, Parameters, Tokens, Loss, Money, Energy, Carbon }.All(quantity =>
                Same(best, TrainingPlanner.Plan(limits.With(quantity, best[quantity]), model, s_rates), quantity == Loss ? Sensitivity([Loss], best, at.Law) : 1));
        }).Check(Generators.Config);

    [Fact]
    public void A_budget_and_a_loss_give_a_smaller_and_a_larger_model() =>
        Prop.ForAll(Generators.Law, law =>
        {
            var model = Model(LawForms.Chinchilla.With(law.E, law.A, law.B, law.Alpha, law.Beta));
            var best = law.Optimum(1e23);
            var loss = law.E + 1.02 * (best.Loss - law.E);
            var plan = TrainingPlanner.Plan(new() { Flops = 1e23, Loss = loss }, model, s_rates);
            var larger = plan.Larger!.Value;
            return plan.Training.Parameters < best.Parameters && larger.Parameters > best.Parameters
                && new[] { plan.Training, larger }.All(training => Close(law.Loss(training.Parameters, training.Tokens), loss, 1e-9) && Close(6 * training.Parameters * training.Tokens, 1e23, 1e-12));
        }).Check(Generators.Config);

    [Fact]
    public void With_serving_the_best_training_is_the_cheapest_of_its_loss_over_its_life() =>
        Prop.ForAll(Generators.Law, law =>
        {
            var form = LawForms.Chinchilla.With(law.E, law.A, law.B, law.Alpha, law.Beta);
            var served = ServedOptimum.At(form, 1e23, 3e12)!;
            var model = SurfaceModel.Of(form, new() { ServedTokens = 3e12 })!;
            var planned = model.ByLoss(served.Training.Loss);
            // The golden section of the other ends at the square root of the last digits.
            return Close(planned.Parameters, served.Served.Parameters, 1e-5) && Close(model.ServedTokensFor(planned), 3e12, 1e-8);
        }).Check(Generators.Config);

    [Fact]
    public void With_few_unique_tokens_no_other_training_of_the_budget_is_better() =>
        Prop.ForAll(Cases, at =>
        {
            var unique = at.Unique ?? 1e12;
            var law = LawForms.Chinchilla.With(at.Law.E, at.Law.A, at.Law.B, at.Law.Alpha, at.Law.Beta);
            var model = SurfaceModel.Of(law, new() { UniqueTokens = unique })!;
            var best = model.ByFlops(at.Flops);
            return new[] { 0.5, 0.9, 0.999, 1.001, 1.1, 2 }.All(factor => model.Loss(best.Parameters * factor, best.Tokens / factor) >= best.Loss * (1 - 1e-13));
        }).Check(Generators.Config);

    [Fact]
    public void The_compute_of_a_life_gives_the_served_tokens_or_the_training() =>
        Prop.ForAll(Cases, at =>
        {
            var law = LawForms.Chinchilla.With(at.Law.E, at.Law.A, at.Law.B, at.Law.Alpha, at.Law.Beta);
            var served = at.Served ?? 1e12;
            var limits = new TrainingGoals { UniqueTokens = at.Unique };
            var model = SurfaceModel.Of(law, limits with { ServedTokens = served })!;
            var best = model.ByFlops(at.Flops);
            var life = 6 * best.Parameters * best.Tokens + 2 * best.Parameters * served;
            // Served tokens given: the training of a life, alone and with a size or the tokens.
            TrainingGoals[] trainings = [new(), new() { Parameters = best.Parameters }, new() { Tokens = best.Tokens }];
            if (!trainings.All(goals => Close(TrainingPlanner.Plan(goals with { UniqueTokens = at.Unique, ServedTokens = served, LifeFlops = life }, model, s_rates).Training.Flops, at.Flops, 1e-9)))
                return false;
            // The training given: the served tokens. What the training leaves of a life is told as well as its digits tell.
            var left = 1e-13 * life / (2 * best.Parameters * served);
            if (!Close(TrainingPlanner.Plan(limits with { Flops = at.Flops, Parameters = best.Parameters, LifeFlops = life }, SurfaceModel.Of(law, limits)!, s_rates).ServedTokens, served, Math.Max(1e-12, left)))
                return false;
            // A loss alone: the training that leaves most to serve.
            var most = TrainingPlanner.Plan(limits with { Loss = best.Loss, LifeFlops = life }, SurfaceModel.Of(law, limits)!, s_rates);
            return most.ServedTokens >= served * (1 - 1e-6 - 1e3 * left) && Close(most.LifeFlops, life, 1e-9) && Close(6 * most.Training.Parameters * most.Training.Tokens + 2 * most.Training.Parameters * most.ServedTokens, life, 1e-6);
        }).Check(Generators.Config);

    [Fact]
    public void A_life_that_is_too_short_is_said_with_what_it_takes()
    {
        var trained = TrainingPlanner.Plan(new() { Parameters = 1e9, Tokens = 2e10, LifeFlops = 1e20 }, s_epoch, s_rates).Obstacle!;
        Assert.Equal((ObstacleKind.LifeTooSmall, 1e20, 1.2e20), (trained.Kind, trained.LeftValue, trained.RightValue));
        Assert.Equal([Parameters, Tokens], trained.Right);
        Assert.Equal([Parameters, ServedTokens], TrainingPlanner.Plan(new() { Parameters = 1e9, ServedTokens = 1e12, LifeFlops = 1e20 }, s_epoch, s_rates).Obstacle!.Right);
        Assert.Equal([Loss], TrainingPlanner.Plan(new() { Loss = 2, LifeFlops = 1e20 }, s_epoch, s_rates).Obstacle!.Right);
        Assert.Equal(ObstacleKind.LossBelowLimit, TrainingPlanner.Plan(new() { Loss = 1.7, LifeFlops = 1e26 }, s_epoch, s_rates).Obstacle!.Kind);
        var apart = TrainingPlanner.Plan(new() { Parameters = 1e9, Tokens = 2e10, ServedTokens = 1e11, LifeFlops = 4e20 }, s_epoch, s_rates).Obstacle!;
        Assert.Equal((ObstacleKind.Contradiction, LifeFlops, 3.2e20, 4e20), (apart.Kind, apart.Measure, apart.LeftValue, apart.RightValue));
        Assert.Equal(ObstacleKind.Missing, TrainingPlanner.Plan(new() { LifeFlops = 1e22 }, s_epoch, s_rates).Obstacle!.Kind);
    }

    [Fact]
    public void Limited_tokens_follow_the_law_of_repeated_tokens()
    {
        var law = PublishedSurfaces.Muennighoff.Law;
        foreach (var (parameters, tokens, unique) in new[] { (6.34e9, 242e9, 25e9), (8.67e9, 178e9, 25e9), (1e9, 10e9, 25e9), (20e9, 10e9, 25e9) })
        {
            var model = SurfaceModel.Of(law, new() { UniqueTokens = unique })!;
            Assert.Equal(law.Predict(new LawPoint(parameters, tokens, double.NaN, unique)), model.Loss(parameters, tokens), 13);
        }
    }

    [Fact]
    public void Epochs_cap_the_tokens_and_the_rest_of_the_budget_goes_into_the_size()
    {
        var goals = new TrainingGoals { Flops = 1e24, UniqueTokens = 1e11, Epochs = 4 };
        var plan = TrainingPlanner.Plan(goals, SurfaceModel.Of(PublishedSurfaces.Epoch.Law, goals)!, s_rates);
        Assert.Equal(4e11, plan.Training.Tokens, 1);
        Assert.True(Close(plan.Training.Parameters, 1e24 / 6 / 4e11, 1e-12));
        var free = goals with { Epochs = null };
        Assert.True(TrainingPlanner.Plan(free, SurfaceModel.Of(PublishedSurfaces.Epoch.Law, free)!, s_rates).Training.Loss < plan.Training.Loss);
    }

    [Fact]
    public void Lines_of_optimal_sizes_are_inverted_too()
    {
        var kaplan = new LineModel((AllocationLine)PublishedLaws.Kaplan.Law);
        var at = kaplan.ByFlops(3e23);
        foreach (var again in new[] { kaplan.ByParameters(at.Parameters), kaplan.ByTokens(at.Tokens) })
        {
            Assert.True(Close(again.Parameters, at.Parameters, 1e-12));
            Assert.True(Close(again.Flops, 3e23, 1e-12));
            Assert.True(double.IsNaN(again.Loss));
        }

        Assert.Equal(ObstacleKind.LawWithoutLoss, TrainingPlanner.Plan(new() { Loss = 2 }, kaplan, s_rates).Obstacle!.Kind);
    }

    [Fact]
    public void Kaplans_surface_is_inverted_too()
    {
        var model = Model(PublishedSurfaces.Kaplan.Law);
        var best = model.ByFlops(1e22);
        Assert.True(Close(best.Parameters, PublishedSurfaces.Kaplan.Law.Optimum(1e22).Parameters, 1e-12));
        Assert.True(Close(model.ByLoss(best.Loss).Flops, 1e22, 1e-9));
        Assert.True(Close(model.TokensForLoss(1e9, model.Loss(1e9, 3e10)), 3e10, 1e-9));
    }

    [Fact]
    public void Accelerators_and_days_are_hours_and_each_gives_the_other()
    {
        var plan = TrainingPlanner.Plan(new() { Accelerators = 512, Days = 30 }, s_epoch, s_rates);
        Assert.Equal(512 * 30 * 24, plan.AcceleratorHours, 6);
        Assert.Equal(3 * plan.AcceleratorHours, plan.Money, 6);
        Assert.Equal(0.7 * 1.2 * plan.AcceleratorHours, plan.Energy, 6);
        Assert.Equal(0.4 * plan.Energy, plan.Carbon, 6);
        var flops = plan.Training.Flops;
        Assert.True(Close(flops, 512 * 30 * 86400.0 * 989e12 * 0.4 / 1.1, 1e-12));
        Assert.Equal(30, TrainingPlanner.Plan(new() { Flops = flops, Accelerators = 512 }, s_epoch, s_rates).Days, 9);
        Assert.Equal(512, TrainingPlanner.Plan(new() { Flops = flops, Days = 30 }, s_epoch, s_rates).Accelerators, 9);
        Assert.True(double.IsNaN(TrainingPlanner.Plan(new() { Flops = flops }, s_epoch, s_rates).Days));
    }

    [Fact]
    public void Goals_that_agree_to_three_digits_are_taken_and_others_named()
    {
        var close = TrainingPlanner.Plan(new() { Parameters = 70e9, Tokens = 1.4e12, Flops = 5.88e23 }, s_epoch, s_rates);
        Assert.Null(close.Obstacle);
        Assert.Equal(6 * 70e9 * 1.4e12, close.Training.Flops);

        var gap = TrainingPlanner.Plan(new() { Parameters = 70e9, Tokens = 1.4e12, Flops = 5.76e23 }, s_epoch, s_rates).Obstacle!;
        Assert.Equal((ObstacleKind.Contradiction, Flops, 5.88e23, 5.76e23), (gap.Kind, gap.Measure, gap.LeftValue, gap.RightValue));
        Assert.Equal([Parameters, Tokens], gap.Left);
        Assert.Equal([Flops], gap.Right);

        var loss = TrainingPlanner.Plan(new() { Parameters = 70e9, Tokens = 1.4e12, Loss = 2.5 }, s_epoch, s_rates).Obstacle!;
        Assert.Equal((ObstacleKind.Contradiction, Loss, 2.5), (loss.Kind, loss.Measure, loss.RightValue));
        Assert.Equal(s_epoch.Loss(70e9, 1.4e12), loss.LeftValue);

        var epochs = new TrainingGoals { Parameters = 1e9, Tokens = 1e12, UniqueTokens = 1e11, Epochs = 4 };
        var tooMany = TrainingPlanner.Plan(epochs, SurfaceModel.Of(PublishedSurfaces.Epoch.Law, epochs)!, s_rates).Obstacle!;
        Assert.Equal((ObstacleKind.Contradiction, Tokens, 1e12, 4e11), (tooMany.Kind, tooMany.Measure, tooMany.LeftValue, tooMany.RightValue));
    }

    [Fact]
    public void What_cannot_be_reached_is_said_with_its_limit()
    {
        Assert.Equal(ObstacleKind.Missing, TrainingPlanner.Plan(new() { Days = 30 }, s_epoch, s_rates).Obstacle!.Kind);

        var below = TrainingPlanner.Plan(new() { Loss = 1.8 }, s_epoch, s_rates).Obstacle!;
        Assert.Equal((ObstacleKind.LossBelowLimit, 1.816864), (below.Kind, below.RightValue));

        var small = TrainingPlanner.Plan(new() { Loss = 2.0, Parameters = 1e9 }, s_epoch, s_rates).Obstacle!;
        Assert.Equal(ObstacleKind.LossBelowLimit, small.Kind);
        Assert.Equal([Parameters], small.Right);
        Assert.Equal(1.816864 + 482.0057 * Math.Pow(1e9, -0.347813), small.RightValue, 12);

        var poor = TrainingPlanner.Plan(new() { Loss = 2.0, Flops = 1e22 }, s_epoch, s_rates).Obstacle!;
        Assert.Equal(ObstacleKind.BudgetTooSmall, poor.Kind);
        Assert.True(Close(poor.RightValue, ((ChinchillaLaw)PublishedLaws.Epoch.Law).FlopsForLoss(2.0), 1e-9));

        var limited = new TrainingGoals { Loss = 2.0, UniqueTokens = 1e9, Epochs = 4 };
        var scarce = TrainingPlanner.Plan(limited, SurfaceModel.Of(PublishedSurfaces.Epoch.Law, limited)!, s_rates).Obstacle!;
        Assert.Equal(ObstacleKind.LossBelowLimit, scarce.Kind);
        Assert.Equal([UniqueTokens], scarce.Right);
        Assert.True(scarce.RightValue > 2.0);

        Assert.Equal(ObstacleKind.RateUnknown, TrainingPlanner.Plan(new() { Money = 1e6 }, s_epoch, s_rates with { PricePerHour = double.NaN }).Obstacle!.Kind);
    }

    private static SurfaceModel Model(Law law) => SurfaceModel.Of(law, new TrainingGoals())!;

    private static bool Same(TrainingPlan one, TrainingPlan other, double sensitivity) =>
        other.Obstacle is null && new[] { Flops, Parameters, Tokens, Loss, Money, Energy, Carbon }.All(quantity => Close(one[quantity], other[quantity], 1e-9 * Math.Max(1, sensitivity * 1e-3)));

    private static bool Close(double one, double other, double relative) => Math.Abs(one / other - 1) <= relative;
}
