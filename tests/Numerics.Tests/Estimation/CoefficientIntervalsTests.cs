using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using static ScalingDashboard.Numerics.Tests.Estimation.Families;

namespace ScalingDashboard.Numerics.Tests.Estimation;

/// <summary>No coefficient of a family's law stands alone.</summary>
public class CoefficientIntervalsTests
{
    private static readonly EstimationOptions s_uncut = new() { MinimumTokens = 0 };

    private static TrainingRows Rows(params FamilyModel[] models) => TrainingRows.Of(models, 1, s_uncut, endIncluded: true);

    /// <summary>Losses scattered around the truth, relative.</summary>
    private static FamilyModel Noisy(FamilyModel model, double noise, Random random)
    {
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return new(model.Name, model.Parameters, [.. model.Tokens], [.. model.Losses.Select(loss => loss * (1 + noise * Normal()))]);
    }

    [Theory]
    [InlineData(FitMethod.VariableProjection)]
    [InlineData(FitMethod.Huber)]
    public void They_are_those_of_the_delta_method_for_the_same_fit(FitMethod method)
    {
        var random = new Random(5);
        var rows = Rows([.. Exact().Select(model => Noisy(model, 0.003, random))]);
        var law = EstimationLaw.Fit(rows, method);
        Assert.Equal(FitStatus.Converged, law.Status);
        var points = FitPoints.From(rows.Parameters, rows.Tokens, rows.Losses);
        var options = new FitOptions { Method = method };
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
        var expected = LawIntervals.For(IntervalKind.Delta, fit, points, options, BootstrapDraws.None).Of([one => one["E"], one => one["A"], one => one["B"], one => one["alpha"], one => one["beta"]]);
        Assert.Equal(expected, [law.Intervals.E, law.Intervals.A, law.Intervals.B, law.Intervals.Alpha, law.Intervals.Beta]);
        Assert.All(expected, interval => Assert.True(interval!.StandardError > 0));
        Assert.True(law.Intervals.Alpha!.Low80 < law.Law.Alpha && law.Law.Alpha < law.Intervals.Alpha.High80);
    }

    [Fact]
    public void A_coefficient_on_its_bound_has_none_and_the_others_have()
    {
        // Below what any E ≥ 0 could reach: E ends at zero.
        FamilyModel[] models = [.. Exact().Select(model => new FamilyModel(model.Name, model.Parameters, [.. model.Tokens], [.. model.Losses.Select((loss, i) => loss - Truth.E - 0.05 + 1e-4 * Math.Sin(7 * i + model.Parameters))]))];
        var law = EstimationLaw.Fit(Rows(models), FitMethod.VariableProjection);
        Assert.Equal(FitStatus.AtBound, law.Status);
        Assert.Equal(0, law.Law.E, 1e-6);
        Assert.Null(law.Intervals.E);
        Assert.NotNull(law.Intervals.Alpha);
        Assert.NotNull(law.Intervals.B);
    }

    [Fact]
    public void What_cannot_be_told_apart_has_none() =>
        Assert.Equal(CoefficientIntervals.None, Family().Score(new EstimationPlan(3, 2, 1)).Law.Intervals);

    [Fact]
    public void Of_a_borrowed_law_only_what_was_fitted_has_one_and_it_holds_the_truth_as_often_as_it_says()
    {
        // Many, evenly over ln D: of a few far-out checkpoints a sandwich covariance knows too little.
        double[] tokens = [.. Enumerable.Range(0, 200).Select(i => 5e9 * Math.Pow(40, i / 199.0))];
        var exact = Model(4e8, tokens);
        const int simulations = 200;
        int beta = 0, irreducible = 0, coefficient = 0;
        for (var seed = 0; seed < simulations; seed++)
        {
            var intervals = BorrowedLaw.Fit(Rows(Noisy(exact, 0.002, new Random(seed))), Truth.A, Truth.Alpha).Intervals;
            Assert.Null(intervals.A);
            Assert.Null(intervals.Alpha);
            beta += Holds(intervals.Beta, Truth.Beta);
            irreducible += Holds(intervals.E, Truth.E);
            coefficient += Holds(intervals.B, Truth.B);
        }

        // 160 of 200 are expected; 3 standard deviations of the binomial are 17.
        Assert.All([beta, irreducible, coefficient], count => Assert.InRange(count, 143, 177));

        static int Holds(Interval? interval, double truth) => interval!.Low80 <= truth && truth <= interval.High80 ? 1 : 0;
    }

    [Fact]
    public void A_borrowed_term_above_the_loss_leaves_nothing_to_tell()
    {
        var law = BorrowedLaw.Fit(Rows(Exact(4e8)), 1e6, 0.35);
        Assert.True(law.IsScored);
        Assert.Equal(CoefficientIntervals.None, law.Intervals);
    }
}
