using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Tests.Laws;

public class PublishedSurfaceTests
{
    [Fact]
    public void Keys_are_different_and_every_entry_says_where_it_is_from_and_how_far_it_reaches()
    {
        Assert.Equal(PublishedSurfaces.All.Count, PublishedSurfaces.All.Select(surface => surface.Key).Distinct().Count());
        Assert.All(PublishedSurfaces.All, surface =>
        {
            Assert.Matches(@"arXiv \d{4}\.\d{5}", surface.Source);
            Assert.NotEmpty(surface.Validity);
            Assert.NotEmpty(surface.Counting);
        });
        Assert.Equal(["hoffmann3", "hoffmann3rounded", "epoch", "llama3"], PublishedSurfaces.Of(LawForms.Chinchilla).Select(surface => surface.Key));
    }

    // At Gopher's budget 40.36B and 32.2B (Hoffmann et al.), 72.4B (Besiroglu et al.); at 3.8e25 FLOP 621.6B (arXiv 2603.22339).
    [Theory]
    [InlineData("hoffmann3", 5.76e23, 40.36e9, 0.45653)]
    [InlineData("hoffmann3rounded", 5.76e23, 32.2e9, 0.4516)]
    [InlineData("epoch", 5.76e23, 72.4e9, 0.51264)]
    [InlineData("llama3", 3.8e25, 621.6e9, 0.5029)]
    public void Optima_are_those_of_the_papers(string key, double flops, double parameters, double exponent)
    {
        var law = Find(key);
        Assert.InRange(law.Optimum(flops).Parameters / parameters, 0.985, 1.015);
        Assert.Equal(exponent, law.ParameterExponent, 1e-4);
    }

    // arXiv 2305.16264, the two predictions of the repository datablations.
    [Theory]
    [InlineData(6.34e9, 242e9, 2.2256440889984477)]
    [InlineData(8.67e9, 178e9, 2.2269634075087867)]
    public void Repeated_tokens_give_the_losses_of_the_repository(double parameters, double tokens, double loss) =>
        Assert.Equal(loss, Find("muennighoff").Predict(new LawPoint(parameters, tokens, 6 * parameters * tokens, 25e9)), 1e-9);

    [Fact]
    public void Kaplan_is_the_joint_law_with_its_printed_coefficients()
    {
        var law = Find("kaplan");
        // Each scale alone, the other without limit: L = (N_c/N)^α_N and (D_c/D)^α_D.
        Assert.Equal(Math.Pow(6.4e13 / 1e9, 0.076), law.Predict(new LawPoint(1e9, 1e60, double.NaN)), 1e-9);
        Assert.Equal(Math.Pow(1.8e13 / 1e11, 0.103), law.Predict(new LawPoint(1e60, 1e11, double.NaN)), 1e-9);
        // a = α_D/(α_N + α_D): much more to the model than to the data, though less than the 0.73 of the paper's own frontier.
        Assert.Equal(0.103 / 0.179, law.ParameterExponent, 1e-12);
    }

    // (3.1e8 PF-days / C)^0.050, a PF-day being 8.64e19 FLOP.
    [Theory]
    [InlineData(8.64e19 * 3.1e8, 1)]
    [InlineData(8.64e19, 2.6581)]
    public void Kaplan_of_compute_alone_is_the_printed_power_law(double flops, double loss) =>
        Assert.Equal(loss, Find("kaplancompute").Predict(new LawPoint(double.NaN, double.NaN, flops)), 1e-4);

    [Theory]
    [InlineData(1e20)]
    [InlineData(1e24)]
    public void Without_repetition_Muennighoffs_law_is_one_with_equal_exponents(double flops)
    {
        var (once, repeated) = (PublishedSurfaces.MuennighoffOnce.Law.Optimum(flops), PublishedSurfaces.Muennighoff.Law.Optimum(flops));
        Assert.Equal(repeated.Loss, once.Loss, 1e-12);
        Assert.Equal(1, once.Parameters / repeated.Parameters, 1e-12);
    }

    [Fact]
    public void Every_law_that_can_be_fitted_has_published_coefficients_beside_it_or_says_why_not()
    {
        foreach (var form in LawForms.Listed.Append(LawForms.Find("precision-wakv")!))
        {
            if (PublishedSurfaces.Of(form).Count > 0)
                Assert.Null(PublishedSurfaces.WhyNone(form));
            else
                Assert.EndsWith(".", PublishedSurfaces.WhyNone(form), StringComparison.Ordinal);
        }

        Assert.Equal(["compute", "task", "lowbit", "granularity"], LawForms.Listed.Where(form => PublishedSurfaces.Of(form).Count == 0).Select(form => form.Key));
    }

    [Fact]
    public void Suns_law_is_the_one_the_precision_page_answers_by()
    {
        var law = Assert.Single(PublishedSurfaces.Of(LawForms.Find("floating")!)).Law;
        var point = new LawPoint(1e9, 2e10, 1.2e20, ExponentBits: 4, MantissaBits: 3, GroupSize: 128);
        Assert.Equal(PublishedPrecisions.Sun.Law.Loss(1e9, 2e10, new FloatingPointFormat(4, 3), 7), law.Predict(point), 1e-12);
        Assert.Contains("k 0.017, γ_D 0.5251, γ_N 0.2261, γ_P 5.4967", PublishedSurfaces.WhyNone(LawForms.Find("lowbit")!), StringComparison.Ordinal);
        Assert.Contains("W4A4: k 0.1582, γ_D 0.0745, γ_N 0.2186, γ_G 0.7779;", PublishedSurfaces.WhyNone(LawForms.Find("granularity")!), StringComparison.Ordinal);
    }

    private static Law Find(string key) => PublishedSurfaces.All.Single(surface => surface.Key == key).Law;
}
