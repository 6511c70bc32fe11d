using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.ComputeOptimal;

public class OffOptimumTests
{
    private static readonly SurfaceModel s_epoch = SurfaceModel.Of(PublishedSurfaces.Epoch.Law, new TrainingGoals())!;

    // At equal loss D/D* = (1 + (β/α)·(1 − k^−α))^(−1/β) for k = N/N*: the overhead depends on the exponents alone.
    [Fact]
    public void The_overhead_of_a_size_depends_on_the_exponents_alone() =>
        Prop.ForAll(Generators.Law, law =>
        {
            var model = SurfaceModel.Of(LawForms.Chinchilla.With(law.E, law.A, law.B, law.Alpha, law.Beta), new TrainingGoals())!;
            return new[] { 1e20, 1e24 }.All(flops => new[] { 0.7, 1, 1.5, 4 }.All(ratio =>
            {
                var left = 1 + law.Beta / law.Alpha * (1 - Math.Pow(ratio, -law.Alpha));
                var overhead = OffOptimum.OverheadAt(model, model.ByFlops(flops), ratio);
                return left > 0 ? Math.Abs(overhead - (ratio * Math.Pow(left, -1 / law.Beta) - 1)) < 1e-6 * (1 + overhead) : double.IsNaN(overhead);
            }));
        }).Check(Generators.Config);

    [Fact]
    public void An_over_trained_model_pays_off_from_its_break_even_on()
    {
        var off = OffOptimum.Of(s_epoch, s_epoch.ByFlops(1e24) with { Parameters = 20e9, Tokens = 1e24 / 6 / 20e9, Loss = s_epoch.Loss(20e9, 1e24 / 6 / 20e9) })!;
        Assert.InRange(off.SizeRatio, 0.2, 0.4);
        Assert.True(off.Overhead > 0);
        var even = off.BreakEvenServedTokens;
        Assert.Equal(1, off.LifeCost(even), 12);
        Assert.True(off.LifeCost(even / 2) > 1 && off.LifeCost(even * 2) < 1);
        // Beside the best of all sizes it is best at more tokens than it breaks even at.
        Assert.True(s_epoch.ServedTokensFor(off.Training) > even);
    }

    [Fact]
    public void A_larger_model_never_pays_off()
    {
        var best = s_epoch.ByFlops(1e24);
        var tokens = s_epoch.TokensForLoss(3 * best.Parameters, best.Loss);
        var off = OffOptimum.Of(s_epoch, new Allocation(18 * best.Parameters * tokens, 3 * best.Parameters, tokens, best.Loss))!;
        Assert.True(double.IsNaN(off.BreakEvenServedTokens));
        Assert.True(s_epoch.ServedTokensFor(off.Training) < 0);
        Assert.True(off.LifeCost(1e15) > off.LifeCost(0));
    }

    [Fact]
    public void The_best_has_no_overhead()
    {
        var off = OffOptimum.Of(s_epoch, s_epoch.ByFlops(5.76e23))!;
        Assert.Equal(0, off.Overhead, 9);
        Assert.Equal(1, off.SizeRatio, 9);
    }
}
