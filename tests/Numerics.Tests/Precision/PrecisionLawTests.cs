using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Tests.Precision;

public class PrecisionLawTests
{
    private static readonly PrecisionLaw s_law = PublishedPrecisions.Kumar.Law;
    private static readonly double[] s_bits = [3.2, 4, 5, 6, 7, 8, 10, 12, 16];

    // Laws of any exponents and sensitivities, N, D and bits that lie inside all of them.
    private static readonly Arbitrary<(PrecisionLaw Law, double Parameters, double Flops, double Bits)> s_cases = (
        from surface in Generators.Law.Generator
        from gammas in Gen.Choose(50, 300).Select(i => i / 100.0).ArrayOf(3)
        from offsets in Gen.Choose(0, 100).Select(i => i / 100.0).ArrayOf(3)
        from logParameters in Gen.Choose(17, 27)
        from logFlops in Gen.Choose(45, 58)
        from bits in Gen.Choose(310, 1600)
        select (new PrecisionLaw
        {
            Base = surface,
            Weights = new(gammas[0], offsets[0]),
            Activations = new(gammas[1], offsets[1]),
            KvCache = new(gammas[2], offsets[2]),
            PostTraining = new(0.06, 0.5, 0.35, 0.6, 1.1),
        }, Math.Exp(logParameters), Math.Exp(logFlops), bits / 100.0)).ToArbitrary();

    [Theory]
    [InlineData(4, 5.24)]
    [InlineData(5, 2.34)]
    [InlineData(8, 1.21)]
    public void Fewer_bits_need_more_parameters_as_the_paper_says(double bits, double multiplier) =>
        Assert.Equal(multiplier, s_law.ParameterMultiplier(TrainingBits.Tied(bits)), 0.005);

    [Fact]
    public void The_best_bits_are_about_seven_and_do_not_depend_on_compute()
    {
        foreach (var flops in (double[])[1e18, 1e21, 1e24, 1e27])
            Assert.Equal(7.002109368338809, s_law.JointOptimum(flops).Value!.Bits, 1e-9);
    }

    [Theory]
    [InlineData(1e22, 8.5)]
    [InlineData(1e23, 11.3)]
    [InlineData(1e24, 14.2)]
    public void Eight_billion_parameters_want_more_bits_the_longer_they_train(double flops, double bits) =>
        Assert.Equal(bits, s_law.OptimumAtParameters(flops, 8e9).Value!.Bits, 0.05);

    [Theory]
    [InlineData(30e6, 3, 177)]
    [InlineData(220e6, 4, 259)]
    [InlineData(8e9, 4, 24)]
    public void Beyond_the_critical_tokens_more_training_hurts(double parameters, double post, double tokensPerParameter)
    {
        var critical = s_law.CriticalTokens(parameters, TrainingBits.Unquantised, post);
        Assert.Equal(tokensPerParameter, critical / parameters, 0.5);
        double Loss(double tokens) => s_law.At(parameters, tokens, TrainingBits.Unquantised, post).Value!.Loss;
        Assert.True(Loss(critical) < Loss(1.1 * critical) && Loss(critical) < Loss(critical / 1.1));
    }

    [Fact]
    public void Critical_tokens_of_a_model_trained_in_few_bits_are_where_its_loss_turns()
    {
        var bits = TrainingBits.Tied(6);
        var critical = s_law.CriticalTokens(1e9, bits, 4);
        double Loss(double tokens) => s_law.At(1e9, tokens, bits, 4).Value!.Loss;
        Assert.True(Loss(critical) < Loss(1.05 * critical) && Loss(critical) < Loss(critical / 1.05));
    }

    [Fact]
    public void Many_bits_give_the_law_without_quantisation()
    {
        var chinchilla = s_law.Base.Loss(1e9, 20e9);
        Assert.Equal(chinchilla, s_law.At(1e9, 20e9, TrainingBits.Unquantised).Value!.Loss, 1e-14);
        Assert.Equal(chinchilla, s_law.At(1e9, 20e9, TrainingBits.Tied(200)).Value!.Loss, 1e-12);
        Assert.Equal(0, s_law.At(1e9, 20e9, TrainingBits.Unquantised, 200).Value!.PostTraining, 1e-12);
    }

    [Fact]
    public void The_loss_falls_with_every_part_s_bits()
    {
        foreach (var part in TrainingBits.Parts)
        {
            var losses = s_bits.Select(bits => s_law.At(1e9, 20e9, TrainingBits.Unquantised.With(part, bits)).Value!.Loss).ToArray();
            Assert.Equal(losses.OrderDescending(), losses);
            Assert.Equal(losses.Length, losses.Distinct().Count());
        }
    }

    [Fact]
    public void Outside_the_law_it_says_why_and_gives_no_number()
    {
        var few = s_law.At(8e9, 1e12, TrainingBits.Unquantised with { Activations = 3.11 });
        Assert.Null(few.Value);
        Assert.Equal(OutsideReason.TooFewBits, few.Outside!.Reason);
        Assert.Contains("activations at 3.11 bits lie outside the law, which holds above γ·n = 3.11 bits", few.Outside.Text, StringComparison.Ordinal);
        Assert.NotNull(s_law.At(8e9, 1e12, TrainingBits.Unquantised with { Activations = 3.12 }).Value);
        Assert.Equal(double.PositiveInfinity, s_law.TrainingLoss(8e9, 1e12, TrainingBits.Tied(3)));
        Assert.Equal(OutsideReason.TooFewBits, s_law.OptimumAtBits(1e21, 3).Outside!.Reason);

        Assert.Equal(OutsideReason.PostAboveTraining, s_law.At(8e9, 1e12, TrainingBits.Tied(4), 6).Outside!.Reason);
        Assert.Equal(OutsideReason.PostAboveTraining, s_law.At(8e9, 1e12, TrainingBits.Unquantised with { KvCache = 4 }, 6).Outside!.Reason);
        Assert.Equal(OutsideReason.NoPostTraining, (s_law with { PostTraining = null }).At(8e9, 1e12, default, 4).Outside!.Reason);
    }

    [Fact]
    public void Served_in_the_bits_of_its_training_a_model_loses_nothing_more() =>
        Assert.Equal(0, s_law.At(8e9, 1e12, TrainingBits.Unquantised with { Weights = 4 }, 4).Value!.PostTraining);

    [Fact]
    public void A_stronger_robustness_constant_adds_more_loss()
    {
        double Added(double c) => (s_law with { Robustness = new(c, c, c) }).At(8e9, 1e12, TrainingBits.Tied(6), 4).Value!.PostTraining;
        Assert.True(Added(0.2) < Added(1) && Added(1) < Added(5));
    }

    [Fact]
    public void Where_fewer_bits_are_always_better_there_is_no_optimum()
    {
        // Of f(P)/P with f = 1 − e^(−P/γ): highest at no bits at all.
        var weightsAlone = s_law.Plain() with { Activations = null, KvCache = null };
        Assert.Equal(OutsideReason.NoOptimum, weightsAlone.JointOptimum(1e21).Outside!.Reason);
        Assert.Null(weightsAlone.JointBits());
        Assert.Equal(OutsideReason.NoOptimum, s_law.CheapestForLoss(1e9, 2.7).Outside!.Reason);
        Assert.Null(s_law.BitsForShare(1));
    }

    [Fact]
    public void The_joint_bits_are_those_of_any_other_surface()
    {
        foreach (var surface in (ChinchillaLaw[])[new(1.8, 480, 2100, 0.35, 0.37), new(0, 1, 1e6, 0.9, 0.1)])
            Assert.Equal(s_law.JointBits()!.Value, (s_law with { Base = surface }).JointBits()!.Value, 1e-12);
    }

    [Fact]
    public void Optima_are_minima()
    {
        Prop.ForAll(s_cases, sample =>
        {
            var (law, parameters, flops, bits) = sample;
            double Loss(double n, double p) => law.TrainingLoss(n, flops / (PrecisionLaw.CostPerBit * n * p), TrainingBits.Tied(p));
            var given = law.OptimumAtBits(flops, bits).Value!;
            var fixedParameters = law.OptimumAtParameters(flops, parameters).Value!;
            // One part's n may be zero and the others' small: then the law may want fewer bits than any format has, but not none.
            var joint = law.JointOptimum(flops).Value!;
            return Lowest(step => Loss(given.Parameters * step, bits))
                && Lowest(step => Loss(parameters, fixedParameters.Bits * step))
                && Lowest(step => Loss(joint.Parameters * step, joint.Bits)) && Lowest(step => Loss(joint.Parameters, joint.Bits * step))
                && Near(given.Loss, Loss(given.Parameters, bits)) && Near(joint.Loss, Loss(joint.Parameters, joint.Bits));
        }).Check(Generators.Config);

        static bool Lowest(Func<double, double> loss) => loss(1) <= loss(1.01) && loss(1) <= loss(1 / 1.01);
    }

    [Fact]
    public void Solvers_are_inverse_to_the_law()
    {
        Prop.ForAll(s_cases, sample =>
        {
            var (law, parameters, flops, bits) = sample;
            var tied = TrainingBits.Tied(bits);
            var tokens = flops / (PrecisionLaw.CostPerBit * parameters * bits);
            var loss = law.TrainingLoss(parameters, tokens, tied);
            var cheapest = law.CheapestForLoss(parameters, loss);
            var critical = law.CriticalTokens(parameters, default, bits);
            // A loss is rounded in its last digit, which a term that is a small part of it does not survive: no solver tells N, D or f better than that.
            double Told(double exponent, double term) => Math.Max(1e-9, 2e-15 * loss / (exponent * term));
            var (ofTokens, ofParameters) = (law.Base.B * Math.Pow(tokens, -law.Base.Beta), law.Base.A * Math.Pow(parameters * law.Share(tied), -law.Base.Alpha));
            return Near(bits, law.BitsForLogShare(law.LogShare(tied))!.Value)
                && Near(bits, law.BitsForShare(law.Share(tied)) ?? double.NaN, Math.Max(1e-9, 2e-15 / (1 - law.Share(tied))))
                && Near(tokens, law.TokensForLoss(parameters, tied, loss), Told(law.Base.Beta, ofTokens)) && Near(parameters, law.ParametersForLoss(tokens, tied, loss), Told(law.Base.Alpha, ofParameters))
                && Near(law.Share(tied), law.EmpiricalShare(parameters, loss, law.TrainingLoss(parameters, tokens, default))!.Value, Told(law.Base.Alpha, ofParameters))
                && Near(bits, law.CriticalPostBits(parameters, critical), 1e-9)
                && Near(loss, cheapest.Value!.Loss, 1e-9) && cheapest.Value.Flops <= flops * (1 + 1e-9);
        }).Check(Generators.Config);
    }

    [Fact]
    public void A_run_far_better_than_its_twin_has_no_effective_parameters() => Assert.Null(s_law.EmpiricalShare(1e9, 2, 4));

    private static bool Near(double a, double b, double relative = 1e-9) => Math.Abs(a - b) <= relative * Math.Max(Math.Abs(a), Math.Abs(b));
}
