using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.ComputeOptimal;

public class ParabolaBiasTests
{
    private static Law Law(double alpha, double beta) => LawForms.Chinchilla.With(1.69, 406.4, 410.7, alpha, beta);

    /// <summary>Five budgets of 15 sizes within a factor of the optimum, as in arXiv 2603.22339, §3; the centre may lie off, and drift with compute.</summary>
    private static ParabolaBias Simulate(Law law, double range, double offCentre = 1, double drift = 0)
    {
        var runs = (
            from step in Enumerable.Range(0, 5)
            let budget = 1e17 * Math.Pow(10, step)
            from size in Enumerable.Range(0, 15)
            let tokens = law.Optimum(budget).Tokens * offCentre * Math.Pow(10, drift * step / 4) * Math.Pow(range, size / 7.0 - 1)
            select (budget, parameters: budget / (6 * tokens))).ToArray();
        return ParabolaBias.Simulate(law, BudgetGroups.Planned([.. runs.Select(run => run.budget)]), [.. runs.Select(run => run.parameters)], 1e24)!;
    }

    [Theory]
    [InlineData(0.34, 0.28, 2, -0.003)]
    [InlineData(0.34, 0.28, 8, -0.029)]
    [InlineData(0.34, 0.28, 16, -0.051)]
    [InlineData(0.465, 0.155, 2, -0.017)]
    [InlineData(0.31, 0.31, 16, 0)]
    public void Misses_the_tokens_at_1e24_by_as_much_as_published(double alpha, double beta, double range, double published)
    {
        var bias = Simulate(Law(alpha, beta), range);
        Assert.Equal(published, bias.Tokens, 0.0025);
        Assert.Equal(5, bias.Budgets);
    }

    [Fact]
    public void Sizes_centred_on_the_optimum_leave_the_exponent_alone()
    {
        Assert.Equal(0, Simulate(Law(0.34, 0.28), 16).Exponent, 1e-10);
        Assert.Equal(0, Simulate(Law(0.34, 0.28), 16, offCentre: 3).Exponent, 1e-10);
    }

    [Fact]
    public void A_centre_that_drifts_with_compute_moves_the_exponent_even_of_a_symmetric_law() =>
        Assert.True(Math.Abs(Simulate(Law(0.31, 0.31), 8, drift: Math.Log10(3)).Exponent) > 0.002);

    [Fact]
    public void One_budget_has_no_line() =>
        Assert.Null(ParabolaBias.Simulate(Law(0.34, 0.28), BudgetGroups.Planned([1e20, 1e20, 1e20]), [1e8, 3e8, 1e9], 1e24));
}
