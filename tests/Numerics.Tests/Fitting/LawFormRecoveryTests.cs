using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Tests.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class LawFormRecoveryTests
{
    public static TheoryData<string, FitMethod> Cases
    {
        get
        {
            var cases = new TheoryData<string, FitMethod>();
            foreach (var form in LawForms.All)
            {
                foreach (var method in Enum.GetValues<FitMethod>())
                    cases.Add(form.Key, method);
            }

            return cases;
        }
    }

    // Seven coefficients and absolute values of noisy points take seconds.
    public static TheoryData<string, FitMethod> FastCases
    {
        get
        {
            var cases = new TheoryData<string, FitMethod>();
            foreach (var form in LawForms.All)
            {
                foreach (var method in Enum.GetValues<FitMethod>().Where(method => form.Key != "repeated" || method is not (FitMethod.AbsoluteDeviation or FitMethod.ScaledHuber)))
                    cases.Add(form.Key, method);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_law_is_recovered_from_what_it_predicts(string key, FitMethod method)
    {
        var form = LawForms.Find(key)!;
        var law = FormSamples.Law(form);
        var fit = LawFitter.Fit(form, FormSamples.Points(form), new FitOptions { Method = method });
        Assert.True(fit.IsUsable, fit.Explanation);
        foreach (var parameter in form.Parameters)
        {
            // Kaplan's scales are exp of (intercept/exponent): what is 1e-5 in an exponent of 0.08 is thousands of times that in them.
            if (key == "kaplan" && parameter.Kind == ParameterKind.Coefficient)
                Assert.Equal(Math.Log(law[parameter.Key]), Math.Log(fit.Law[parameter.Key]), 1e-2);
            else
                Assert.Equal(1, fit.Law[parameter.Key] / law[parameter.Key], 1e-3);
        }
    }

    [Theory]
    [MemberData(nameof(FastCases))]
    public void Twice_the_weight_is_the_point_twice(string key, FitMethod method)
    {
        var form = LawForms.Find(key)!;
        var runs = FormSamples.Runs(form);
        var sample = FormSamples.Points(form, 0.01, 5);
        double[] responses = [.. Enumerable.Range(0, runs.Length).Select(i => sample.Response[i])], weights = [.. responses.Select((_, i) => i % 7 == 0 ? 2.0 : 1)];
        int[] repeated = [.. Enumerable.Range(0, runs.Length).SelectMany(i => Enumerable.Repeat(i, (int)weights[i]))];
        var options = new FitOptions { Method = method };
        var weighted = LawFitter.Fit(form, FitPoints.From(runs, responses, weights), options);
        var twice = LawFitter.Fit(form, FitPoints.From([.. repeated.Select(i => runs[i])], [.. repeated.Select(i => responses[i])]), options);
        Assert.Equal(twice.Objective, weighted.Objective, 1e-5 * Math.Abs(twice.Objective));
        foreach (var run in runs)
            Assert.Equal(twice.Law.Predict(run), weighted.Law.Predict(run), 1e-3);
    }

    [Theory]
    [InlineData(FitMethod.Huber)]
    [InlineData(FitMethod.Squared)]
    [InlineData(FitMethod.AbsoluteDeviation)]
    public void The_irreducible_loss_stays_within_its_bounds_and_says_so(FitMethod method)
    {
        foreach (var form in LawForms.All.Where(form => form.Parameters.Any(parameter => parameter.Kind == ParameterKind.Irreducible) && form.Key != "repeated"))
        {
            var points = FormSamples.Points(form, 0.005, 6);
            var truth = FormSamples.Law(form)["E"];
            var above = LawFitter.Fit(form, points, new FitOptions { Method = method, IrreducibleLow = truth + 0.2 });
            Assert.Equal(FitStatus.AtBound, above.Status);
            Assert.Equal(truth + 0.2, above.Law["E"], 1e-9);
            var below = LawFitter.Fit(form, points, new FitOptions { Method = method, IrreducibleHigh = truth - 0.2 });
            Assert.Equal(FitStatus.AtBound, below.Status);
            Assert.Equal(truth - 0.2, below.Law["E"], 1e-9);
            Assert.Contains("E ended on its upper bound", below.Explanation, StringComparison.Ordinal);
        }
    }

    // Muennighoff et al. 2023, arXiv 2305.16264, and the notebook of its repository: coefficients and the losses it prints with them.
    [Theory]
    [InlineData(6.34e9, 242e9, 25e9, 2.2256440889984477)]
    [InlineData(8.67e9, 178e9, 25e9, 2.2269634075087867)]
    public void Repeated_tokens_give_the_published_losses(double parameters, double tokens, double unique, double loss)
    {
        var law = LawForms.Find("repeated")!.With(
            Math.Exp(0.6254804), Math.Exp(6.255414), Math.Exp(7.3049974), 0.3526596, 0.3526596, 15.387756, 5.309743);
        Assert.Equal(loss, law.Predict(new LawPoint(parameters, tokens, 6 * parameters * tokens, unique)), 1e-7);
    }
}
