using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Tests.Fitting;

/// <summary>Known-hard functions of the optimisation literature, padded to five variables.</summary>
public class BoundedNewtonTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Solves_Rosenbrocks_valley(double start)
    {
        // f = Σ 100·(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)², minimum 0 at (1, …, 1); a local one near (−1, 1, …, 1) is avoided by the start.
        double[] theta = [start, start, start, start, start];
        var outcome = BoundedNewton.Minimise(new Rosenbrock(), theta, 2000, 1e-13);
        Assert.Equal(FitStatus.Converged, outcome.Status);
        Assert.All(theta, x => Assert.Equal(1, x, 1e-5));
    }

    [Fact]
    public void Stops_on_a_bound_and_says_so()
    {
        double[] theta = [-1.2, 0.3, 0.1, 0.2, 0.1];
        var outcome = BoundedNewton.Minimise(new Rosenbrock { Upper = [5, 5, 5, 5, 0.5] }, theta, 2000, 1e-13);
        Assert.Equal(FitStatus.AtBound, outcome.Status);
        Assert.Equal(0.5, theta[4]);
    }

    [Fact]
    public void Running_out_of_iterations_is_not_convergence()
    {
        double[] theta = [-1.2, 1, -1.2, 1, -1.2];
        Assert.Equal(FitStatus.IterationLimit, BoundedNewton.Minimise(new Rosenbrock(), theta, 3, 1e-13).Status);
    }

    [Fact]
    public void A_start_that_cannot_be_evaluated_fails()
    {
        double[] theta = [double.NaN, 1, 1, 1, 1];
        Assert.Equal(FitStatus.Failed, BoundedNewton.Minimise(new Rosenbrock(), theta, 100, 1e-13).Status);
    }

    private sealed class Rosenbrock : IObjective
    {
        public int Count => 5;
        public double[] Lower { get; init; } = [-5, -5, -5, -5, -5];
        public double[] Upper { get; init; } = [5, 5, 5, 5, 5];

        public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient, Span<double> hessian, CancellationToken cancellationToken = default)
        {
            gradient.Clear();
            hessian.Clear();
            var value = 0.0;
            for (var i = 0; i < 4; i++)
            {
                var bend = x[i + 1] - x[i] * x[i];
                value += 100 * bend * bend + (1 - x[i]) * (1 - x[i]);
                gradient[i] += -400 * x[i] * bend - 2 * (1 - x[i]);
                gradient[i + 1] += 200 * bend;
                hessian[i * 6] += 1200 * x[i] * x[i] - 400 * x[i + 1] + 2;
                hessian[(i + 1) * 6] += 200;
                Symmetric.Set(hessian, 5, i, i + 1, -400 * x[i]);
            }

            return value;
        }
    }
}
