namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>Runs trained with the same compute.</summary>
/// <param name="Flops">C of the group, FLOP.</param>
/// <param name="Members">Indices of its runs in the arrays given, ascending.</param>
public sealed record BudgetGroup(double Flops, IReadOnlyList<int> Members)
{
    /// <summary>The runs whose N is at most a factor away from the N of the run with the lowest loss, the first of equals.</summary>
    /// <param name="parameters">N of every run.</param>
    /// <param name="losses">Final loss of every run, nats per token.</param>
    /// <param name="factor">At least 1.</param>
    public BudgetGroup Near(IReadOnlyList<double> parameters, IReadOnlyList<double> losses, double factor)
    {
        var best = parameters[Members.MinBy(i => losses[i])];
        return this with { Members = [.. Members.Where(i => parameters[i] <= factor * best && best <= factor * parameters[i])] };
    }
}

/// <summary>Groups runs into IsoFLOP budgets.</summary>
public static class BudgetGroups
{
    /// <summary>By the budget each run was planned for; runs without one (NaN) join no group. Ascending.</summary>
    public static IReadOnlyList<BudgetGroup> Planned(IReadOnlyList<double> budgets) =>
        [.. Enumerable.Range(0, budgets.Count)
            .Where(i => !double.IsNaN(budgets[i]))
            .GroupBy(i => budgets[i])
            .OrderBy(group => group.Key)
            .Select(group => new BudgetGroup(group.Key, [.. group]))];

    /// <summary>
    /// By compute: in the order of C a run joins the group while C ≤ (1 + tolerance) · the group's smallest C. A group's budget is the
    /// geometric mean of its C. Ascending.
    /// </summary>
    public static IReadOnlyList<BudgetGroup> ByCompute(IReadOnlyList<double> flops, double tolerance)
    {
        var groups = new List<BudgetGroup>();
        var members = new List<int>();
        foreach (var i in Enumerable.Range(0, flops.Count).OrderBy(i => flops[i]))
        {
            if (members.Count > 0 && flops[i] > (1 + tolerance) * flops[members[0]])
                Close();
            members.Add(i);
        }

        if (members.Count > 0)
            Close();
        return groups;

        void Close()
        {
            var meanLog = members.Average(i => Math.Log(flops[i]));
            groups.Add(new BudgetGroup(Math.Exp(meanLog), [.. members.Order()]));
            members.Clear();
        }
    }
}
