using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;
using static ScalingDashboard.Numerics.Tests.Estimation.Families;

namespace ScalingDashboard.Numerics.Tests.Estimation;

/// <summary>One model is enough when A and α are known.</summary>
public class BorrowedLawTests
{
    private static readonly EstimationOptions s_uncut = new() { MinimumTokens = 0 };

    private static TrainingRows Rows(params FamilyModel[] models) => TrainingRows.Of(models, 1, s_uncut, endIncluded: true);

    [Fact]
    public void The_true_exponents_and_one_model_give_the_law_back()
    {
        var law = BorrowedLaw.Fit(Rows(Exact(4e8)), Truth.A, Truth.Alpha);
        Assert.Equal(FitStatus.Converged, law.Status);
        Assert.Equal(Truth.E, law.Law.E, 1e-6);
        Assert.Equal(Truth.Beta, law.Law.Beta, 1e-6);
        Assert.Equal(1, law.Law.B / Truth.B, 1e-4);
        Assert.Equal((Truth.A, Truth.Alpha), (law.Law.A, law.Law.Alpha));
    }

    [Fact]
    public void A_borrowed_plan_uses_its_model_to_the_end_and_predicts_the_target()
    {
        var score = Family().Score(new EstimationPlan(0, 1, 1), (Truth.A, Truth.Alpha));
        Assert.Equal(10, score.Law.Points);
        Assert.Equal(6 * 1e8 * 1e11, score.FlopsSpent);
        Assert.InRange(score.Error.Are, 0, 1e-6);
    }

    [Fact]
    public void No_combination_of_E_B_and_beta_fits_better()
    {
        var random = new Random(7);
        double[] tokens = [.. Enumerable.Range(1, 40).Select(i => 5e9 * i)];
        var noisy = new FamilyModel("noisy", 4e8, tokens, Array.ConvertAll(tokens, d => Truth.Loss(4e8, d) * (1 + 0.01 * (random.NextDouble() - 0.5))));
        var rows = Rows(noisy);
        var law = BorrowedLaw.Fit(rows, Truth.A, Truth.Alpha).Law;
        var best = Squares(law);
        for (var i = 0; i < 2000; i++)
        {
            double Near(double value) => value * (1 + 0.02 * (random.NextDouble() - 0.5));
            Assert.True(Squares(law with { E = Near(law.E), B = Near(law.B), Beta = Near(law.Beta) }) >= best);
        }

        double Squares(Numerics.Laws.ChinchillaLaw candidate) =>
            Enumerable.Range(0, rows.Losses.Length).Sum(i => Math.Pow(candidate.Loss(rows.Parameters[i], rows.Tokens[i]) - rows.Losses[i], 2));
    }

    [Fact]
    public void Nothing_goes_below_zero()
    {
        // A term of size far above the loss leaves nothing for E.
        var law = BorrowedLaw.Fit(Rows(Exact(4e8)), 1e6, 0.35);
        Assert.Equal(FitStatus.AtBound, law.Status);
        Assert.True(law.Law is { E: >= 0, B: >= 0, Beta: >= 0 });
        // Losses that rise with tokens leave no token term.
        var rising = BorrowedLaw.Fit(Rows(new FamilyModel("rising", 4e8, [1e10, 2e10, 3e10], [3, 3.1, 3.2])), Truth.A, Truth.Alpha);
        Assert.Equal(FitStatus.AtBound, rising.Status);
        Assert.Equal(0, rising.Law.B);
    }

    [Fact]
    public void Two_checkpoints_are_too_few() =>
        Assert.Equal(FitStatus.TooFewPoints, BorrowedLaw.Fit(Rows(Model(4e8, [1e10, 2e10])), Truth.A, Truth.Alpha).Status);

    [Fact]
    public void The_guides_constants_are_those_of_its_code()
    {
        Assert.Equal(6.255414, Math.Log(BorrowedLaw.Published.A), 1e-12);
        Assert.Equal(0.3526596, BorrowedLaw.Published.Alpha);
    }
}
