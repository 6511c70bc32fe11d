using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Tests.Precision;

public class OtherPrecisionLawsTests
{
    private static readonly FloatingPointLaw s_sun = PublishedPrecisions.Sun.Law;

    [Theory]
    [InlineData(2, 1, 0.4e12)]
    [InlineData(4, 3, 27e12)]
    [InlineData(8, 7, 1730e12)]
    public void Critical_tokens_of_a_billion_parameters_are_the_printed_ones(double exponent, double mantissa, double tokens) =>
        Assert.Equal(1, s_sun.CriticalTokens(1e9, new(exponent, mantissa), Math.Log2(128)) / tokens, 0.025);

    [Theory]
    [InlineData(4, 2, 1)]
    [InlineData(8, 4, 3)]
    [InlineData(16, 8, 7)]
    public void The_best_layouts_are_the_printed_ones(double bits, int exponent, int mantissa)
    {
        var layout = s_sun.BestLayout(bits);
        Assert.Equal(bits, layout.Bits, 1e-12);
        Assert.Equal((exponent, mantissa), ((int)Math.Round(layout.Exponent), (int)Math.Round(layout.Mantissa)));
    }

    [Theory]
    [InlineData(1e21, 4.2)]
    [InlineData(1e23, 4.7)]
    [InlineData(1e25, 5.3)]
    [InlineData(1e31, 7.6)]
    public void The_joint_bits_grow_slowly_with_compute(double flops, double bits) => Assert.Equal(bits, s_sun.JointOptimum(flops, 7).Bits, 0.05);

    [Fact]
    public void Optima_in_floating_point_are_minima()
    {
        foreach (var flops in (double[])[1e20, 1e23, 1e26])
        {
            double Loss(double n, double p) => s_sun.Loss(n, flops / (PrecisionLaw.CostPerBit * n * p), s_sun.BestLayout(p), 7);
            var joint = s_sun.JointOptimum(flops, 7);
            var given = s_sun.OptimumAtBits(flops, 8, 7);
            var fixedParameters = s_sun.OptimumAtParameters(flops, 8e9, 7);
            foreach (var step in (double[])[1.01, 1 / 1.01])
            {
                Assert.True(joint.Loss <= Loss(joint.Parameters * step, joint.Bits));
                Assert.True(joint.Loss <= Loss(joint.Parameters, joint.Bits * step));
                Assert.True(given.Loss <= Loss(given.Parameters * step, 8));
                Assert.True(fixedParameters.Loss <= Loss(8e9, fixedParameters.Bits * step));
            }

            Assert.Equal(joint.Loss, s_sun.OptimumAtBits(flops, joint.Bits, 7).Loss, 1e-12);
            Assert.Equal(joint.Bits, s_sun.OptimumAtParameters(flops, joint.Parameters, 7).Bits, 1e-9);
        }
    }

    [Fact]
    public void Coarser_groups_and_fewer_bits_lose_more()
    {
        foreach (var law in PublishedPrecisions.Chen)
            Assert.True(law.Law.AddedLoss(1e9, 100e9, 32) < law.Law.AddedLoss(1e9, 100e9, 256));
        Assert.True(PublishedPrecisions.Ouyang.Law.AddedLoss(1e9, 100e9, 4) < PublishedPrecisions.Ouyang.Law.AddedLoss(1e9, 100e9, 3));
    }

    // k·D^γ_D·(log₂G)^γ_G/N^γ_N by hand: 0.1582 · 1e11^0.0745 · 7^0.7779 / 1e9^0.2186.
    [Fact]
    public void A_grouped_law_gives_its_formula() => Assert.Equal(0.0511338, PublishedPrecisions.Chen[0].Law.AddedLoss(1e9, 1e11, 128), 1e-7);

    [Fact]
    public void Every_published_law_has_its_own_key_source_and_range()
    {
        Assert.Equal(PublishedPrecisions.All.Count, PublishedPrecisions.All.Select(law => law.Key).Distinct().Count());
        Assert.All(PublishedPrecisions.All, law =>
        {
            Assert.Contains("arXiv", law.Source, StringComparison.Ordinal);
            Assert.Same(law, PublishedPrecisions.Find(law.Key));
            Assert.True(law.Parameters.Low < law.Parameters.High && law.Tokens.Low < law.Tokens.High && law.Bits.Low <= law.Bits.High);
        });
        Assert.Equal(2, PublishedPrecisions.Kumar.Parameters.DecadesBeyond(22e9), 1e-9);
        Assert.Equal(1, PublishedPrecisions.Kumar.Parameters.DecadesBeyond(3e6), 1e-9);
        Assert.Equal(0, PublishedPrecisions.Kumar.Parameters.DecadesBeyond(60e6));
    }
}
