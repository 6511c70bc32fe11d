using FsCheck;
using FsCheck.Fluent;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.ComputeOptimal;

public class DeadweightComputeTests
{
    // Variable projection and parabolas on the Llama 3 IsoFLOP points, arXiv 2603.22339, §5: 6 to 10 % of the budget.
    private static readonly Law s_llama = LawForms.Chinchilla.With(0.6047, 59.1, 155.1, 0.3100, 0.3136);

    [Fact]
    public void Parabolas_waste_what_is_published_of_the_Llama_3_budget()
    {
        const double flops = 3.8e25;
        var wasted = DeadweightCompute.Of(s_llama, new Allocation(flops, 393.3e9, flops / (6 * 393.3e9), double.NaN));
        Assert.InRange(wasted / flops, 0.05, 0.1);
    }

    [Fact]
    public void The_budget_left_reaches_the_same_loss_by_the_closed_form() =>
        Prop.ForAll(Generators.Law, law =>
        {
            var form = LawForms.Chinchilla.With(law.E, law.A, law.B, law.Alpha, law.Beta);
            var parameters = 2.5 * law.Optimum(1e22).Parameters;
            var chosen = new Allocation(1e22, parameters, 1e22 / (6 * parameters), double.NaN);
            var left = 1e22 - DeadweightCompute.Of(form, chosen);
            return Math.Abs(left / law.FlopsForLoss(law.Loss(chosen.Parameters, chosen.Tokens)) - 1) < 1e-9;
        }).Check(Generators.Config);

    [Fact]
    public void The_optimum_wastes_nothing() => Assert.Equal(0, DeadweightCompute.Of(s_llama, s_llama.Optimum(1e22)) / 1e22, 1e-10);

    [Fact]
    public void A_law_without_an_optimum_says_nothing() =>
        Assert.Equal(double.NaN, DeadweightCompute.Of(LawForms.Find("compute")!.With(1.7, 100, 0.1), new Allocation(1e22, 1e9, 1e13 / 6, double.NaN)));
}
