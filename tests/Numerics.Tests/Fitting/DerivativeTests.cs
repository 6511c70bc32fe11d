using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Tests.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

/// <summary>Gradients and Hessians of every law against differences of its value, and its value against the law's own formula.</summary>
public class DerivativeTests
{
    private static readonly double[] s_deltas = [double.PositiveInfinity, 1e-9];
    private static readonly int[] s_places = [0, 1, 2];

    // Form, space of the residuals, δ, place.
    public static TheoryData<string, FitMethod, double, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, FitMethod, double, int>();
            foreach (var form in FormSamples.Forms)
            {
                foreach (var method in form.PredictsLoss ? new[] { FitMethod.LogSquared, FitMethod.Squared } : [FitMethod.LogSquared])
                {
                    foreach (var delta in s_deltas)
                    {
                        foreach (var place in s_places)
                            cases.Add(form.Key, method, delta, place);
                    }
                }
            }

            return cases;
        }
    }

    // A place near the law's sample, and points well above or below what the law says there: no residual changes its sign within a difference.
    private static (FitPoints Points, double[] Theta) Place(LawForm form, FitOptions options, int place)
    {
        var runs = FormSamples.Runs(form);
        var theta = form.Theta(FormSamples.Law(form).Coefficients, FormSamples.Points(form), options);
        var random = new Random(100 + place);
        for (var i = 0; i < theta.Length; i++)
            theta[i] += 0.15 * Math.Abs(theta[i]) * (random.NextDouble() - 0.5);
        var law = new Law(form, form.Coefficients(theta, FormSamples.Points(form), options));
        return (FitPoints.From(runs, [.. runs.Select(run => law.Predict(run) * Math.Exp((random.Next(2) - 0.5) * (0.5 + random.NextDouble())))]), theta);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_formula_of_every_law_has_its_own_derivatives(string key, FitMethod method, double delta, int place)
    {
        var form = LawForms.Find(key)!;
        var options = new FitOptions { Method = method };
        var (points, theta) = Place(form, options, place);
        AssertDerivatives(new JetObjective(form, points, options, delta), theta);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_minimised_has_its_own_derivatives(string key, FitMethod method, double delta, int place)
    {
        var form = LawForms.Find(key)!;
        var options = new FitOptions { Method = method };
        var (points, theta) = Place(form, options, place);
        AssertDerivatives(form.Objective(points, options, delta), theta);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Residuals_are_those_of_the_law(string key, FitMethod method, double delta, int place)
    {
        var form = LawForms.Find(key)!;
        var options = new FitOptions { Method = method };
        var (points, theta) = Place(form, options, place);
        var residuals = new double[points.Count];
        var objective = new JetObjective(form, points, options, delta);
        objective.Residuals(theta, residuals, default);
        var law = new Law(form, form.Coefficients(theta, points, options));
        var runs = FormSamples.Runs(form);
        var isLog = method == FitMethod.LogSquared && form.PredictsLoss;
        var sum = 0.0;
        for (var i = 0; i < residuals.Length; i++)
        {
            var predicted = law.Predict(runs[i]);
            Assert.Equal(isLog ? Math.Log(predicted) - points.LogResponse[i] : predicted - points.Response[i], residuals[i], 1e-10);
            sum += double.IsInfinity(delta) ? 0.5 * residuals[i] * residuals[i] : delta * (Math.Abs(residuals[i]) - 0.5 * delta);
        }

        Assert.Equal(sum, objective.Evaluate(theta, new double[theta.Length], new double[theta.Length * theta.Length]), 1e-9 * sum);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_of_residuals_add_up_to_that_of_the_objective(string key, FitMethod method, double delta, int place)
    {
        var form = LawForms.Find(key)!;
        var options = new FitOptions { Method = method };
        var (points, theta) = Place(form, options, place);
        var n = theta.Length;
        double[] residuals = new double[points.Count], gradients = new double[points.Count * n], gradient = new double[n];
        var objective = new JetObjective(form, points, options, delta);
        objective.Residuals(theta, residuals, gradients);
        objective.Evaluate(theta, gradient, new double[n * n]);
        for (var i = 0; i < n; i++)
        {
            var sum = residuals.Select((r, k) => Math.Clamp(r, -delta, delta) * gradients[k * n + i]).Sum();
            Assert.Equal(sum, gradient[i], 1e-10 * gradient.Max(Math.Abs));
        }
    }

    [Theory]
    [InlineData(FitMethod.LogSquared, double.PositiveInfinity)]
    [InlineData(FitMethod.LogSquared, 0.5)]
    [InlineData(FitMethod.LogSquared, 1e-3)]
    [InlineData(FitMethod.Squared, double.PositiveInfinity)]
    public void The_written_out_derivatives_of_Chinchillas_law_are_those_of_its_formula(FitMethod method, double delta)
    {
        var options = new FitOptions { Method = method };
        foreach (var form in LawForms.All.Where(form => form.Key is "chinchilla" or "tied"))
        {
            foreach (var place in s_places)
            {
                var (points, theta) = Place(form, options, place);
                var n = theta.Length;
                double[] gradient = new double[n], hessian = new double[n * n], expectedGradient = new double[n], expectedHessian = new double[n * n];
                var value = form.Objective(points, options, delta).Evaluate(theta, gradient, hessian);
                Assert.Equal(new JetObjective(form, points, options, delta).Evaluate(theta, expectedGradient, expectedHessian), value, 1e-11 * value);
                for (var i = 0; i < n; i++)
                    Assert.Equal(expectedGradient[i], gradient[i], 1e-10 * expectedGradient.Max(Math.Abs));
                for (var i = 0; i < n * n; i++)
                    Assert.Equal(expectedHessian[i], hessian[i], 1e-10 * expectedHessian.Max(Math.Abs));
            }
        }
    }

    // Differences over four places, of fourth order: what is left is rounding, so that any wrong term shows.
    private static void AssertDerivatives(IObjective objective, double[] theta)
    {
        const double h = 1e-3;
        var n = theta.Length;
        double[] gradient = new double[n], hessian = new double[n * n];
        var value = objective.Evaluate(theta, gradient, hessian);
        var slopes = Differences(objective, theta, h);
        var largest = Math.Max(Math.Abs(value), gradient.Max(Math.Abs));
        for (var i = 0; i < n; i++)
        {
            Assert.Equal(slopes[i].Value, gradient[i], 1e-7 * largest);
            for (var j = 0; j < n; j++)
            {
                Assert.Equal(hessian[j * n + i], hessian[i * n + j]);
                Assert.Equal(slopes[i].Gradient[j], hessian[i * n + j], 1e-6 * hessian.Max(Math.Abs) + 1e-9 * largest);
            }
        }
    }

    private static (double Value, double[] Gradient)[] Differences(IObjective objective, double[] theta, double h)
    {
        var n = theta.Length;
        return [.. Enumerable.Range(0, n).Select(i =>
        {
            (double Value, double[] Gradient) sum = (0, new double[n]);
            foreach (var (steps, factor) in new[] { (-2, 1.0), (-1, -8.0), (1, 8.0), (2, -1.0) })
            {
                double[] at = [.. theta], gradient = new double[n];
                at[i] += steps * h;
                sum.Value += factor * objective.Evaluate(at, gradient, new double[n * n]) / (12 * h);
                for (var j = 0; j < n; j++)
                    sum.Gradient[j] += factor * gradient[j] / (12 * h);
            }

            return sum;
        })];
    }
}
