using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Optimizers.Landscapes;

/// <summary>Where a path is, and what made its next step.</summary>
/// <param name="X">w₁.</param>
/// <param name="Y">w₂.</param>
/// <param name="Loss">L there, without noise.</param>
/// <param name="Hamiltonian">H there; NaN for a rule without one.</param>
/// <param name="Gradient">g as the optimizer saw it there; of the last point where it would be next.</param>
/// <param name="Momentum">m after g went in; zero for a rule without one, and at the last point.</param>
/// <param name="Step">What was added to the weights; zero at the last point.</param>
public sealed record PathPoint(
    double X, double Y, double Loss, double Hamiltonian, (double X, double Y) Gradient, (double X, double Y) Momentum, (double X, double Y) Step);

/// <summary>The path of a rule over a problem of two weights, by the same <see cref="Optimizer{T}"/> that trains models.</summary>
public static class PlanePath
{
    // Beyond this a path has left every chart.
    private const double Lost = 1e6;

    /// <summary>Follows the rule.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="options">The rule, base or cautious.</param>
    /// <param name="learningRate">lr, the same at each step.</param>
    /// <param name="steps">Steps; a path that diverges ends earlier.</param>
    /// <param name="noise">Standard deviation of the noise on each coordinate of the gradient.</param>
    /// <param name="seed">Of the noise.</param>
    /// <returns>The start and one point a step.</returns>
    public static IReadOnlyList<PathPoint> Of(PlaneProblem problem, OptimizerOptions options, double learningRate, int steps, double noise = 0, int seed = 0)
    {
        var optimizer = new Optimizer<double>(options, [new OptimizedTensor(1, 2)]);
        var (x, y) = problem.Start;
        double[] weights = [x, y];
        var points = new List<PathPoint>(steps + 1);
        for (var step = 0; step <= steps; step++)
        {
            var (wasX, wasY) = (weights[0], weights[1]);
            var loss = problem.Loss(wasX, wasY);
            var energy = Hamiltonian.Of(options, optimizer, loss, learningRate);
            var gradient = problem.Gradient(wasX, wasY);
            if (noise > 0)
            {
                var generator = new DrawGenerator(seed, step);
                gradient = (gradient.X + noise * Normal(ref generator), gradient.Y + noise * Normal(ref generator));
            }

            if (step == steps || !(Math.Abs(wasX) + Math.Abs(wasY) < Lost))
            {
                points.Add(new PathPoint(wasX, wasY, loss, energy, gradient, default, default));
                break;
            }

            optimizer.Step(weights, [gradient.X, gradient.Y], learningRate);
            var momentum = Momentum(options.Rule, [.. optimizer.State]);
            points.Add(new PathPoint(wasX, wasY, loss, energy, gradient, (momentum[0], momentum[1]), (weights[0] - wasX, weights[1] - wasY)));
        }

        return points;
    }

    private static double[] Momentum(OptimizerRule rule, double[][] state) => rule switch
    {
        OptimizerRule.Sgd or OptimizerRule.Adam or OptimizerRule.AdamW or OptimizerRule.Lion => state[0],
        OptimizerRule.Adafactor when state[2].Length > 0 => state[2],
        _ => [0, 0],
    };

    // Box and Muller.
    private static double Normal(ref DrawGenerator generator) =>
        Math.Sqrt(-2 * Math.Log(1 - generator.NextDouble())) * Math.Cos(2 * Math.PI * generator.NextDouble());
}
