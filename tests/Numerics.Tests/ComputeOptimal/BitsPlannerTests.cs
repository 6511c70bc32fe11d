using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Precision;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Numerics.Tests.ComputeOptimal;

public class BitsPlannerTests
{
    private const double Kappa = PrecisionLaw.CostPerBit;

    private static readonly PrecisionLaw s_kumar = PublishedPrecisions.Kumar.Law;
    private static readonly SurfaceModel s_surface = Surface(s_kumar.Base);

    /// <summary>Laws, a size and a budget that are not far from each other, with or without serving and a limit on tokens.</summary>
    private static Arbitrary<(ChinchillaLaw Law, double Flops, double Size, double? Served, double? Unique)> Cases { get; } = (
        from law in Generators.Law.Generator
        from flops in Gen.Choose(190, 260)
        from ratio in Gen.Choose(-100, 100)
        from served in Gen.Elements<double?>(null, 1e10, 1e13)
        from share in Gen.Elements<double?>(null, 0.5, 3)
        let budget = Math.Pow(10, flops / 10.0)
        select (law, budget, Math.Exp(ratio / 100.0) * law.Optimum(budget).Parameters, served, share * law.Optimum(budget).Tokens)).ToArbitrary();

    // The paper's claim of 7 to 8 bits whatever the budget, and its figure for 8B parameters.
    [Fact]
    public void The_best_bits_are_those_of_the_law_of_precision()
    {
        foreach (var goals in new TrainingGoals[] { new(), new() { Tokens = 1e12 }, new() { Loss = 2.8 }, new() { Tokens = 1e12, Loss = 2.9 } })
        {
            foreach (var flops in new double?[] { null, 1e22 })
            {
                if (goals is { Tokens: not null, Loss: not null } && flops is not null)
                    continue;
                Assert.Equal(7.002, Solved(goals, flops), 5e-4);
            }
        }

        foreach (var (flops, bits) in new[] { (1e22, 8.5), (1e23, 11.3), (1e24, 14.2) })
        {
            Assert.Equal(bits, Solved(new() { Parameters = 8e9 }, flops), 0.05);
            Assert.Equal(s_kumar.BitsAtParameters(flops, 8e9)!.Value, Solved(new() { Parameters = 8e9 }, flops), 1e-9);
        }

        var cheapest = s_kumar.CheapestForLoss(8e9, 2.85).Value!;
        Assert.Equal(cheapest.Bits, Solved(new() { Parameters = 8e9, Loss = 2.85 }, null), 1e-9);
    }

    [Fact]
    public void No_other_bits_are_better_for_a_size() =>
        Prop.ForAll(Cases, at =>
        {
            var goals = new TrainingGoals { Parameters = at.Size, ServedTokens = at.Served, UniqueTokens = at.Unique };
            var model = Surface(at.Law, goals);
            double Share(double bits) => s_kumar.Share(TrainingBits.Tied(bits));
            // Of a budget: without serving the least loss.
            var free = goals with { ServedTokens = null };
            var (best, obstacle) = BitsPlanner.Solve(free, at.Flops, model, s_kumar);
            double Loss(double bits) => model.Loss(at.Size * Share(bits), at.Flops / (Kappa * at.Size * bits));
            var budget = obstacle is { Kind: ObstacleKind.BitsOutside, LeftValue: > BitsPlanner.MostBits }
                || (obstacle is null && new[] { 0.9, 0.99, 1.01, 1.1 }.All(step => Loss(best * step) >= Loss(best) * (1 - 1e-13)));
            // Of a loss: the least compute over training and serving.
            var loss = model.Loss(at.Size * Share(9), at.Flops / (Kappa * at.Size * 9));
            var (cheapest, problem) = BitsPlanner.Solve(goals with { Loss = loss }, null, model, s_kumar);
            double Cost(double bits) => model.TokensForLoss(at.Size * Share(bits), loss) is var needed && double.IsNaN(needed) ? double.PositiveInfinity : bits * (6 * needed + 2 * (at.Served ?? 0));
            var least = problem is { Kind: ObstacleKind.BitsOutside, LeftValue: > BitsPlanner.MostBits }
                || (problem is null && new[] { 0.9, 0.99, 1.01, 1.1 }.All(step => Cost(cheapest * step) >= Cost(cheapest) * (1 - 1e-12)));
            return budget && least;
        }).Check(Generators.Config);

    [Fact]
    public void The_bits_of_a_training_come_back_from_its_other_numbers() =>
        Prop.ForAll(Cases, at =>
        {
            var model = Surface(at.Law);
            foreach (var bits in new[] { 4.2, 5.5, 6.5 })
            {
                var share = s_kumar.Share(TrainingBits.Tied(bits));
                var tokens = at.Flops / (Kappa * at.Size * bits);
                var loss = model.Loss(at.Size * share, tokens);
                // What the loss's last digits do to the bits.
                var sensitivity = loss / (at.Law.Alpha * at.Law.A * Math.Pow(at.Size * share, -at.Law.Alpha));
                var tolerance = Math.Max(1e-9, 1e-14 * sensitivity);
                var given = new TrainingGoals { Parameters = at.Size, Tokens = tokens };
                if (!Near(bits, Bits(given, at.Flops), 1e-12) || !Near(bits, Bits(given with { Loss = loss }, null), tolerance))
                    return false;
                // Below the best of a size, and of a count of tokens: of two answers the fewer bits.
                if (BitsPlanner.Solve(new() { Parameters = at.Size }, at.Flops, model, s_kumar).Bits > bits * 1.05
                    && !Near(loss, LossOf(new() { Parameters = at.Size, Loss = loss }, at.Flops), 1e-9))
                    return false;
                if (!Near(bits, Bits(new() { Tokens = tokens, Loss = loss }, at.Flops), 1e3 * tolerance))
                    return false;
            }

            return true;

            double Bits(TrainingGoals goals, double? flops) => BitsPlanner.Solve(goals, flops, model, s_kumar).Bits;

            double LossOf(TrainingGoals goals, double flops)
            {
                var found = Bits(goals, flops);
                return model.Loss(at.Size * s_kumar.Share(TrainingBits.Tied(found)), flops / (Kappa * at.Size * found));
            }
        }).Check(Generators.Config);

    [Fact]
    public void Limited_tokens_leave_more_bits()
    {
        var goals = new TrainingGoals { Parameters = 1e9, UniqueTokens = 1e10, Epochs = 4 };
        var (bits, _) = BitsPlanner.Solve(goals, 6e20, Surface(s_kumar.Base, goals), s_kumar);
        // All 40B tokens at 1B parameters: 6·N·D·P/16 = 6e20.
        Assert.Equal(16 * 6e20 / (6 * 1e9 * 4e10), 40, 9);
        Assert.True(double.IsNaN(bits));
        Assert.Equal(10, BitsPlanner.Solve(goals, 1.5e20, Surface(s_kumar.Base, goals), s_kumar).Bits, 9);
    }

    [Fact]
    public void With_the_compute_of_a_life_a_size_gets_its_best_bits()
    {
        var goals = new TrainingGoals { Parameters = 1e9, ServedTokens = 1e11, LifeFlops = 1e21 };
        var best = Solved(goals, null);
        double Loss(double bits) => s_surface.Loss(1e9 * s_kumar.Share(TrainingBits.Tied(bits)), 1e21 / (Kappa * 1e9 * bits) - 1e11 / 3);
        Assert.All([0.95, 0.99, 1.01, 1.05], step => Assert.True(Loss(best * step) > Loss(best)));
    }

    [Fact]
    public void Where_there_are_no_bits_it_says_why()
    {
        Assert.Equal((ObstacleKind.BitsOutside, 3.0, s_kumar.LeastTiedBits), Outside(3));
        Assert.Equal((ObstacleKind.BitsOutside, 33.0, BitsPlanner.MostBits), Outside(33));
        Assert.Equal(ObstacleKind.BitsOpen, Obstacle(new() { Parameters = 1e9, Tokens = 1e10 }).Kind);

        var never = Obstacle(new() { Parameters = 1e9, Tokens = 1e10, Loss = 2.8 });
        Assert.Equal((ObstacleKind.LossBelowLimit, s_kumar.Base.Loss(1e9, 1e10)), (never.Kind, never.RightValue));
        Assert.Equal([Parameters, Tokens], never.Right);
        Assert.Equal([Parameters], Obstacle(new() { Parameters = 1e9, Loss = 2.77 }).Right);
        Assert.Equal([Tokens], Obstacle(new() { Tokens = 1e9, Loss = 2.77 }, 1e20).Right);

        var poor = Obstacle(new() { Parameters = 1e9, Loss = 3 }, 1e15);
        Assert.Equal(ObstacleKind.BudgetTooSmall, poor.Kind);
        Assert.Equal(s_kumar.CheapestForLoss(1e9, 3).Value!.Flops, poor.RightValue, 1e6);
        Assert.Equal(ObstacleKind.BudgetTooSmall, Obstacle(new() { Tokens = 1e10, Loss = 3.2 }, 1e15).Kind);

        // Weights alone without a shift: fewer bits are always better.
        var alone = s_kumar.Plain() with { Activations = null, KvCache = null };
        Assert.Equal(ObstacleKind.NoBestBits, BitsPlanner.Solve(new(), 1e20, s_surface, alone).Obstacle!.Kind);

        static (ObstacleKind, double, double) Outside(double bits) => BitsPlanner.Inside(bits, s_kumar).Obstacle is { } at ? (at.Kind, at.LeftValue, at.RightValue) : default;
        static PlanObstacle Obstacle(TrainingGoals goals, double? flops = null) => BitsPlanner.Solve(goals, flops, s_surface, s_kumar).Obstacle!;
    }

    private static double Solved(TrainingGoals goals, double? flops)
    {
        var (bits, obstacle) = BitsPlanner.Solve(goals, flops, s_surface, s_kumar);
        Assert.Null(obstacle);
        return bits;
    }

    private static SurfaceModel Surface(ChinchillaLaw law, TrainingGoals? goals = null) =>
        SurfaceModel.Of(LawForms.Chinchilla.With(law.E, law.A, law.B, law.Alpha, law.Beta), goals ?? new())!;

    private static bool Near(double a, double b, double relative) => Math.Abs(a - b) <= relative * Math.Abs(a);
}
