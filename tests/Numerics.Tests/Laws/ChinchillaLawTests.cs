using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Laws;

public class ChinchillaLawTests
{
    [Fact]
    public void Optimum_beats_every_other_split_of_the_same_compute() =>
        Prop.ForAll(Generators.Law, law =>
        {
            var optimum = law.Optimum(1e21);
            foreach (var factor in new[] { 0.5, 0.99, 1.01, 2 })
            {
                var parameters = optimum.Parameters * factor;
                if (law.Loss(parameters, 1e21 / (6 * parameters)) < optimum.Loss)
                    return false;
            }

            return true;
        }).Check(Generators.Config);

    [Fact]
    public void Flops_for_loss_inverts_the_optimal_loss() =>
        Prop.ForAll(Generators.Law, law =>
        {
            var loss = law.Optimum(3e22).Loss;
            return Math.Abs(law.FlopsForLoss(loss) / 3e22 - 1) < 1e-6;
        }).Check(Generators.Config);

    [Fact]
    public void Loss_at_or_below_the_irreducible_has_no_budget()
    {
        var law = new ChinchillaLaw(1.7, 400, 400, 0.34, 0.28);
        Assert.True(double.IsNaN(law.FlopsForLoss(1.7)));
        Assert.True(double.IsNaN(law.FlopsForLoss(1.2)));
    }

    [Fact]
    public void Marginal_terms_balance_at_the_optimum()
    {
        var law = PublishedSurface("epoch");
        var optimum = law.Optimum(5.76e23);
        // αA·N^−α = βB·D^−β
        var left = law.Alpha * law.A * Math.Pow(optimum.Parameters, -law.Alpha);
        var right = law.Beta * law.B * Math.Pow(optimum.Tokens, -law.Beta);
        Assert.Equal(1, left / right, 1e-9);
    }

    // Hoffmann et al. Table 2, Table 3 and Figure 4; Besiroglu et al.; recomputed values at Gopher's budget.
    [Theory]
    [InlineData("hoffmann1", 67e9, 0.5, 0.002)]
    [InlineData("hoffmann2", 63e9, 0.49, 0.002)]
    [InlineData("hoffmann3", 40.36e9, 0.45653, 0.001)]
    [InlineData("hoffmann3rounded", 32.2e9, 0.4516, 0.002)]
    [InlineData("epoch", 72.4e9, 0.51264, 0.002)]
    [InlineData("kaplan", 804e9, 0.73, 0.003)]
    public void Published_laws_give_their_papers_figures_at_Gophers_budget(string key, double parameters, double exponent, double tolerance)
    {
        var published = PublishedLaws.All.Single(law => law.Key == key);
        var optimum = published.Law.Optimum(5.76e23);
        Assert.Equal(1, optimum.Parameters / parameters, tolerance);
        Assert.Equal(exponent, published.Law.ParameterExponent, 1e-4);
        Assert.Equal(5.76e23, 6 * optimum.Parameters * optimum.Tokens, 5.76e23 * 1e-12);
    }

    [Fact]
    public void Kaplan_grows_by_5_37_in_parameters_and_1_86_in_tokens_per_decade()
    {
        var kaplan = PublishedLaws.Kaplan.Law;
        Assert.Equal(5.37, kaplan.Optimum(1e22).Parameters / kaplan.Optimum(1e21).Parameters, 0.005);
        Assert.Equal(1.86, kaplan.Optimum(1e22).Tokens / kaplan.Optimum(1e21).Tokens, 0.005);
    }

    [Fact]
    public void Approach_1_reproduces_Hoffmanns_Table_3_projections()
    {
        foreach (var (parameters, flops) in new[] { (1e9, 1.21e20), (10e9, 1.23e22), (175e9, 3.85e24), (1e12, 1.27e26) })
            Assert.Equal(1, PublishedLaws.HoffmannApproach1.Law.Optimum(flops).Parameters / parameters, 0.04);
    }

    private static ChinchillaLaw PublishedSurface(string key) =>
        Assert.IsType<ChinchillaLaw>(PublishedLaws.All.Single(law => law.Key == key).Law);
}
