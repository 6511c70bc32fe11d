using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Estimation;

namespace ScalingDashboard.Dashboard.Estimate;

/// <summary>The plans a view shows, and the one that answers.</summary>
public sealed record PlanView
{
    /// <summary>Candidates no larger than the view allows; scaling down, all.</summary>
    public required IReadOnlyList<FamilyModel> Allowed { get; init; }

    /// <summary>Plans among them: counted up from the smallest, or down from the largest; one a count of models and share.</summary>
    public required IReadOnlyList<PlanScore> Map { get; init; }

    /// <summary>Every plan among them.</summary>
    public required IReadOnlyList<PlanScore> All { get; init; }

    /// <summary>Those that no other beats in cost and error.</summary>
    public required IReadOnlyList<PlanScore> Front { get; init; }

    /// <summary>The plan that answers: the one chosen, else the one advised; null where there is none.</summary>
    public PlanScore? Chosen { get; init; }

    /// <summary>Median ARE of the plan that answers and its neighbours on the map; NaN without one.</summary>
    public double Neighbourhood { get; init; } = double.NaN;

    /// <summary>Picks what a view shows from a study.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PlanView Of(EstimateStudy study, EstimateState state, CancellationToken cancellationToken = default)
    {
        var candidates = study.Target.Estimation.Candidates;
        var down = state.ScaleDown;
        IReadOnlyList<FamilyModel> allowed = state.Largest is { } largest && !down ? [.. candidates.Where(model => model.Parameters <= largest)] : candidates;
        PlanScore[] all = [.. study.Target.Plans.Where(score => score.Plan.First + score.Plan.Models <= allowed.Count)];
        PlanScore[] map = [.. all.Where(score => IsOnMap(score.Plan))];
        var chosen = Choose();
        return new PlanView
        {
            Allowed = allowed,
            Map = map,
            All = all,
            Front = ParetoFront.Of(all),
            Chosen = chosen,
            Neighbourhood = chosen is not null && all.Contains(chosen) ? PlanAdvice.Neighbourhood(chosen, all) : double.NaN,
        };

        bool IsOnMap(EstimationPlan plan) => state.FromLargest ? plan.First + plan.Models == allowed.Count : plan.First == 0;

        PlanScore? Choose()
        {
            if (study.Target.Problem is not null || allowed.Count == 0)
                return null;
            if (state.IsAdvised)
                return PlanAdvice.Pick(map, all, EstimateRecipe.SeedNoise, state.Budget ?? double.PositiveInfinity);
            var models = state.Models == 0 ? allowed.Count : Math.Min(state.Models, allowed.Count);
            return study.Score(new EstimationPlan(state.FromLargest ? allowed.Count - models : 0, models, state.Share == 0 ? 1 : state.Share), cancellationToken);
        }
    }
}
