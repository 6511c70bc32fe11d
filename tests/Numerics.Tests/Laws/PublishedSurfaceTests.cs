using ScalingDashboard.Numerics.Laws;

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

    private static Law Find(string key) => PublishedSurfaces.All.Single(surface => surface.Key == key).Law;
}
