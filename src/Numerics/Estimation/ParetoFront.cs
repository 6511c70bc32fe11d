namespace ScalingDashboard.Numerics.Estimation;

/// <summary>Plans that no other plan beats in both cost and error.</summary>
public static class ParetoFront
{
    /// <summary>The front in ascending cost: each next one costs more and errs less. Plans without an ARE, or without cost, are not on it.</summary>
    public static IReadOnlyList<PlanScore> Of(IEnumerable<PlanScore> scores)
    {
        var front = new List<PlanScore>();
        foreach (var score in scores.Where(score => double.IsFinite(score.Error.Are) && score.FlopsSpent > 0).OrderBy(score => score.FlopsSpent).ThenBy(score => score.Error.Are))
        {
            if (front.Count == 0 || score.Error.Are < front[^1].Error.Are)
                front.Add(score);
        }

        return front;
    }
}
