using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class ObjectiveTests
{
    private static readonly FitPoints s_points = Points();

    private static FitPoints Points()
    {
        var (parameters, tokens, losses) = Generators.Noisy(new ChinchillaLaw(1.8, 480, 2100, 0.35, 0.37), 0.05, 11);
        return FitPoints.From(parameters, tokens, losses);
    }

    public static TheoryData<string, double[]> Places => new()
    {
        { "huber", [-0.6, 0.3, -0.9, 0.4, 0.55] },
        { "huber wide", [-1.2, 0.8, 0.3, 0.1, 0.2] },
        { "squared", [0.4, 0.3, 0.5, 0.4, 1.7] },
        { "squared", [0.1, 0.9, 1.5, 0.05, 0.3] },
    };

    private static IObjective Objective(string name) => name switch
    {
        // A δ that leaves residuals well inside and well outside keeps the differences away from the kink.
        "huber" => new LogHuberObjective(s_points, new(), 1e-7),
        "huber wide" => new LogHuberObjective(s_points, new(), 50),
        _ => new SquaredLossObjective(s_points, new()),
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Gradient_and_Hessian_agree_with_central_differences(string name, double[] theta)
    {
        var objective = Objective(name);
        var gradient = new double[5];
        var hessian = new double[25];
        var value = objective.Evaluate(theta, gradient, hessian);
        var scale = Math.Max(value, gradient.Max(Math.Abs));
        for (var i = 0; i < 5; i++)
        {
            const double h = 1e-5;
            double[] up = [.. theta], down = [.. theta], gradientUp = new double[5], gradientDown = new double[5];
            up[i] += h;
            down[i] -= h;
            var slope = (objective.Evaluate(up, gradientUp, new double[25]) - objective.Evaluate(down, gradientDown, new double[25])) / (2 * h);
            Assert.Equal(slope, gradient[i], scale * 1e-6);
            for (var j = 0; j < 5; j++)
                Assert.Equal((gradientUp[j] - gradientDown[j]) / (2 * h), hessian[i * 5 + j], scale * 1e-4);
        }
    }

    [Fact]
    public void Huber_is_the_sum_over_points_not_their_mean()
    {
        // One point, off by 0.5 in log loss: δ·(|r| − δ/2).
        var single = FitPoints.From([1e9], [1e10], [2]);
        double[] theta = [-60, 0, -60, 0, Math.Log(2) + 0.5];
        var one = new LogHuberObjective(single, new(), 1e-3).Evaluate(theta, new double[5], new double[25]);
        Assert.Equal(1e-3 * (0.5 - 5e-4), one, 1e-15);
        var triple = FitPoints.From([1e9, 1e9, 1e9], [1e10, 1e10, 1e10], [2, 2, 2]);
        Assert.Equal(3 * one, new LogHuberObjective(triple, new(), 1e-3).Evaluate(theta, new double[5], new double[25]), 1e-15);
    }

    [Fact]
    public void Squared_is_half_the_residual_sum_of_squares()
    {
        var points = FitPoints.From([1e9, 2e9], [1e10, 1e10], [2, 3]);
        double[] theta = [0, 0.3, 0, 0.3, 2.25];
        Assert.Equal(0.5 * (0.0625 + 0.5625), new SquaredLossObjective(points, new()).Evaluate(theta, new double[5], new double[25]), 1e-14);
    }
}
