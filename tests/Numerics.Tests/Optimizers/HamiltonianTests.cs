using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Numerics.Optimizers.Landscapes;

namespace ScalingDashboard.Numerics.Tests.Optimizers;

/// <summary>Theorem 2.1 of arXiv 2411.16085 in small steps: H never grows, with or without the mask, and with the mask the loss does not either.</summary>
public sealed class HamiltonianTests
{
    private const int Steps = 3000;

    // Steps are not infinitely small; momentum without the mask carries paths up by far more (the last test).
    private const double Slack = 1e-3;

    // Momentum that adds gradients up is as long as many of them.
    private static double Rate(OptimizerRule rule) => rule == OptimizerRule.Sgd ? 1e-6 : 1e-4;

    private static Arbitrary<(PlaneProblem Problem, OptimizerOptions Options)> Cases { get; } = (
        from kind in Gen.Elements(PlaneKind.Quadratic, PlaneKind.Turned, PlaneKind.Rosenbrock)
        from condition in Gen.Choose(1, 100)
        from rule in Gen.Elements(OptimizerRule.Sgd, OptimizerRule.AdamW, OptimizerRule.Lion)
        from beta1 in Gen.Choose(50, 95)
        from beta2 in Gen.Choose(95, 99)
        select (new PlaneProblem(kind, condition), new OptimizerOptions
        {
            Rule = rule,
            Beta1 = beta1 / 100.0,
            Beta2 = beta2 / 100.0,
            BiasCorrection = false,
            Epsilon = 1e-6,
        })).ToArbitrary();

    [Fact]
    public void The_energy_of_a_rule_never_grows() => Prop.ForAll(Cases, one =>
        NeverGrows(PlanePath.Of(one.Problem, one.Options, Rate(one.Options.Rule), Steps).Select(point => point.Hamiltonian))).Check(Generators.Config);

    [Fact]
    public void Under_the_mask_neither_energy_nor_loss_grows() => Prop.ForAll(Cases, one =>
    {
        var path = PlanePath.Of(one.Problem, one.Options with { Caution = MaskScaling.ClampedMean }, Rate(one.Options.Rule), Steps);
        return NeverGrows(path.Select(point => point.Hamiltonian)) && NeverGrows(path.Select(point => point.Loss));
    }).Check(Generators.Config);

    [Theory]
    [InlineData(OptimizerRule.Sgd, 1e-5, 0.99, 0.999)]
    [InlineData(OptimizerRule.AdamW, 1e-3, 0.998, 0.999)]
    public void Without_the_mask_momentum_carries_a_path_uphill(OptimizerRule rule, double rate, double beta1, double beta2)
    {
        var options = new OptimizerOptions { Rule = rule, Beta1 = beta1, Beta2 = beta2, BiasCorrection = false };
        var problem = new PlaneProblem(PlaneKind.Quadratic, 50);
        Assert.False(NeverGrows(PlanePath.Of(problem, options, rate, Steps).Select(point => point.Loss)));
        Assert.True(NeverGrows(PlanePath.Of(problem, options with { Caution = MaskScaling.ClampedMean }, rate, Steps).Select(point => point.Loss)));
    }

    /// <summary>It is never above its lowest value so far by more than a thousandth of the first.</summary>
    private static bool NeverGrows(IEnumerable<double> values)
    {
        var (first, lowest) = (double.NaN, double.PositiveInfinity);
        foreach (var value in values)
        {
            first = double.IsNaN(first) ? value : first;
            if (!(value <= lowest + Slack * first))
                return false;
            lowest = Math.Min(lowest, value);
        }

        return true;
    }

    [Fact]
    public void A_path_is_what_the_rule_makes_of_the_gradients()
    {
        var options = new OptimizerOptions { Rule = OptimizerRule.AdamW, WeightDecay = 0 };
        var problem = new PlaneProblem(PlaneKind.Turned, 20);
        var path = PlanePath.Of(problem, options, 0.05, 30);
        var optimizer = new Optimizer<double>(options, [new OptimizedTensor(1, 2)]);
        double[] weights = [problem.Start.X, problem.Start.Y];
        foreach (var point in path.Take(30))
        {
            Assert.Equal((weights[0], weights[1]), (point.X, point.Y));
            var (x, y) = problem.Gradient(weights[0], weights[1]);
            optimizer.Step(weights, [x, y], 0.05);
        }

        Assert.Equal(31, path.Count);
        Assert.Equal(weights[0], path[^1].X);
    }

    [Fact]
    public void Noise_comes_from_the_seed()
    {
        var problem = new PlaneProblem(PlaneKind.Noisy, 4);
        var options = new OptimizerOptions { Rule = OptimizerRule.Lion };
        Assert.Equal(PlanePath.Of(problem, options, 0.01, 50, 1, 7), PlanePath.Of(problem, options, 0.01, 50, 1, 7));
        Assert.NotEqual(PlanePath.Of(problem, options, 0.01, 50, 1, 7), PlanePath.Of(problem, options, 0.01, 50, 1, 8));
    }

    [Fact]
    public void A_path_that_diverges_ends()
    {
        var path = PlanePath.Of(new PlaneProblem(PlaneKind.Quadratic, 100), new OptimizerOptions { Rule = OptimizerRule.Sgd }, 1, 500);
        Assert.True(path.Count < 100);
    }

    [Theory]
    [InlineData(PlaneKind.Quadratic)]
    [InlineData(PlaneKind.Turned)]
    [InlineData(PlaneKind.Rosenbrock)]
    public void The_gradient_is_that_of_the_loss(PlaneKind kind)
    {
        const double h = 1e-6;
        var problem = new PlaneProblem(kind, 30);
        foreach (var (x, y) in new[] { (0.3, -0.7), (-1.2, 1.5), (0.9, 0.8) })
        {
            var gradient = problem.Gradient(x, y);
            Assert.Equal((problem.Loss(x + h, y) - problem.Loss(x - h, y)) / (2 * h), gradient.X, 5);
            Assert.Equal((problem.Loss(x, y + h) - problem.Loss(x, y - h)) / (2 * h), gradient.Y, 5);
        }

        var minimum = problem.Gradient(problem.Minimum.X, problem.Minimum.Y);
        Assert.Equal((0, 0), (Math.Round(minimum.X, 12), Math.Round(minimum.Y, 12)));
    }
}
