using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>The best trainings by a law over a range of budgets.</summary>
/// <param name="Law">The law.</param>
/// <param name="Predictions">Log-spaced in compute, each with its intervals.</param>
public sealed record LawCurve(TrainingLaw Law, IReadOnlyList<Prediction> Predictions);

/// <summary>Compute beyond the least for a loss, by size.</summary>
/// <param name="Law">The law.</param>
/// <param name="Overheads">At <see cref="PlanView.SizeRatios"/>, as a share; NaN where the size never reaches the loss.</param>
/// <param name="Intervals">Their intervals; null without draws.</param>
public sealed record SizeCurve(TrainingLaw Law, IReadOnlyList<double> Overheads, IReadOnlyList<Interval?> Intervals);

/// <summary>What the Plan page shows: every scenario by every law, and the curves of the laws.</summary>
public sealed record PlanView
{
    private static readonly TrainingGoals s_noLimits = new();

    /// <summary>N over that of the cheapest, from a tenth to ten times.</summary>
    public static IReadOnlyList<double> SizeRatios { get; } = [.. Enumerable.Range(-20, 41).Select(i => Math.Pow(10, i / 20.0))];

    /// <summary>The state it shows.</summary>
    public required PlanState State { get; init; }

    /// <summary>Saved fits, then published laws.</summary>
    public required IReadOnlyList<TrainingLaw> Laws { get; init; }

    /// <summary>One a scenario.</summary>
    public required IReadOnlyList<ScenarioResult> Results { get; init; }

    /// <summary>Place of the law that answers.</summary>
    public required int Lead { get; init; }

    /// <summary>Compute that the curves run over, FLOP, whole decades.</summary>
    public required (double Low, double High) Range { get; init; }

    /// <summary>Best trainings, one a law.</summary>
    public required IReadOnlyList<LawCurve> Frontiers { get; init; }

    /// <summary>Cost of other sizes, one a law with a loss.</summary>
    public required IReadOnlyList<SizeCurve> Sizes { get; init; }

    /// <summary>The scenario whose controls are open.</summary>
    public ScenarioResult Edited => Results[State.Edited];

    /// <summary>What the answering law makes of the open scenario.</summary>
    public LawPlan Answer => Edited.Plans[Lead];

    /// <summary>Solves what changed since an earlier view; the rest of it is kept.</summary>
    /// <param name="state">The state.</param>
    /// <param name="laws">Its laws; the same list as before where they are the same.</param>
    /// <param name="earlier">An earlier view; null at first.</param>
    public static PlanView Of(PlanState state, IReadOnlyList<TrainingLaw> laws, PlanView? earlier)
    {
        var same = earlier is not null && ReferenceEquals(earlier.Laws, laws) ? earlier : null;
        ScenarioResult[] results = [.. state.Scenarios.Select(scenario => Solved(same, scenario) ?? ScenarioRecipe.Run(scenario.ToScenario(), laws))];
        var lead = 0;
        for (var i = 0; i < laws.Count; i++)
        {
            if (laws[i].Key == state.By)
                lead = i;
        }

        var range = RangeOf(results, lead);
        return new PlanView
        {
            State = state,
            Laws = laws,
            Results = results,
            Lead = lead,
            Range = range,
            Frontiers = same is not null && same.Range == range
                ? same.Frontiers
                : [.. laws.Select(law => new LawCurve(law, Projection.Over(law.Allocation, law.Draws, range.Low, range.High)))],
            Sizes = same?.Sizes ?? [.. laws.Where(law => law.Surface is not null).Select(CurveOf)],
        };
    }

    private static ScenarioResult? Solved(PlanView? earlier, ScenarioState scenario)
    {
        for (var i = 0; i < earlier?.Results.Count; i++)
        {
            if (earlier.State.Scenarios[i] == scenario)
                return earlier.Results[i];
        }

        return null;
    }

    private static (double Low, double High) RangeOf(ScenarioResult[] results, int lead)
    {
        double[] budgets = [1e20, 1e24, .. results.Select(result => result.Plans[lead]).Where(plan => plan.IsSolved).Select(plan => plan.Plan.Training.Flops)];
        return (Math.Pow(10, Math.Floor(Math.Log10(budgets.Min() / 2))), Math.Pow(10, Math.Ceiling(Math.Log10(budgets.Max() * 2))));
    }

    // At equal loss it depends on the exponents alone, so any budget will do.
    private static SizeCurve CurveOf(TrainingLaw law)
    {
        const double flops = 1e23;
        double[] Overheads(Numerics.Laws.Law surface)
        {
            var model = SurfaceModel.Of(surface, s_noLimits)!;
            var cheapest = model.ByFlops(flops);
            return [.. SizeRatios.Select(ratio => OffOptimum.OverheadAt(model, cheapest, ratio))];
        }

        double[][] drawn = [.. law.Draws.Select(Overheads)];
        return new SizeCurve(law, Overheads(law.Surface!), [.. SizeRatios.Select((_, i) => Interval.Of(drawn.Select(at => at[i])))]);
    }
}
