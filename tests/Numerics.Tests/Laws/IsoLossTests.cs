using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Laws;

public class IsoLossTests
{
    public static TheoryData<string> Keys => [.. PublishedSurfaces.All.Where(surface => surface.Law.Form.AllocatesCompute).Select(surface => surface.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_model_on_the_iso_loss_line_has_the_loss(string key)
    {
        var law = Find(key);
        var optimum = law.Optimum(1e22);
        foreach (var factor in new[] { 0.6, 1, 3, 30 })
        {
            var parameters = optimum.Parameters * factor;
            var tokens = law.TokensForLoss(parameters, optimum.Loss);
            if (double.IsNaN(tokens))
            {
                Assert.Equal(0.6, factor);
                continue;
            }

            Assert.Equal(optimum.Loss, law.Predict(LawPoint.Of(new Allocation(6 * parameters * tokens, parameters, tokens, double.NaN))), 1e-9);
        }

        Assert.Equal(1, law.TokensForLoss(optimum.Parameters, optimum.Loss) / optimum.Tokens, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_model_too_small_for_a_loss_has_no_line(string key) => Assert.True(double.IsNaN(Find(key).TokensForLoss(10, 1.95)));

    [Fact]
    public void Bisection_agrees_with_the_closed_form()
    {
        var law = Find("epoch");
        // With tokens that never repeat and no size beyond what they warrant the law of repeated tokens is Chinchilla's, solved by bisection.
        var repeated = LawForms.Find("repeated")!.With([.. law.Coefficients, 15, 5]);
        var optimum = law.Optimum(1e22);
        foreach (var factor in new[] { 0.5, 0.8, 1 })
            Assert.Equal(1, repeated.TokensForLoss(optimum.Parameters * factor, optimum.Loss) / law.TokensForLoss(optimum.Parameters * factor, optimum.Loss), 1e-9);
    }

    [Fact]
    public void A_law_of_the_metric_has_no_iso_loss_lines() =>
        Assert.True(double.IsNaN(LawForms.Find("task")!.With(0.25, 0.9, 4, 2.5).TokensForLoss(1e9, 2)));

    private static Law Find(string key) => PublishedSurfaces.All.Single(surface => surface.Key == key).Law;
}
