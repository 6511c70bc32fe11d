using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Estimation;

/// <summary>
/// How well laws fitted on part of a family predict its largest model (Choshen, Zhang and Andreas, "A Hitchhiker's Guide to Scaling Law
/// Estimation", arXiv 2410.11840). Models of the target's size are never fitted. The same numbers on any core count.
/// </summary>
public sealed class FamilyEstimation
{
    private const int MostPositions = 12;

    /// <param name="models">The family, at least one model.</param>
    /// <param name="targetParameters">N of the target.</param>
    /// <param name="options">How laws are fitted.</param>
    /// <exception cref="ArgumentException">No model has the target's size.</exception>
    public FamilyEstimation(IReadOnlyList<FamilyModel> models, double targetParameters, EstimationOptions options)
    {
        var targets = models.Where(model => model.Parameters.Equals(targetParameters)).ToArray();
        if (targets.Length == 0)
            throw new ArgumentException("No model of the family has the target's size.", nameof(targetParameters));
        Options = options;
        Targets = targets;
        Target = new TargetRows(targets);
        var others = models.Where(model => options.ScaleDown ? model.Parameters > targetParameters : model.Parameters < targetParameters);
        Candidates = options.ScaleDown
            ? [.. others.OrderByDescending(model => model.Parameters).ThenBy(model => model.Name, StringComparer.Ordinal)]
            : [.. others.OrderBy(model => model.Parameters).ThenBy(model => model.Name, StringComparer.Ordinal)];
    }

    /// <summary>How laws are fitted.</summary>
    public EstimationOptions Options { get; }

    /// <summary>The models of the target's size.</summary>
    public IReadOnlyList<FamilyModel> Targets { get; }

    /// <summary>The checkpoints that are predicted.</summary>
    public TargetRows Target { get; }

    /// <summary>Models that may be fitted: smaller than the target in ascending order; scaling down, larger ones in descending order.</summary>
    public IReadOnlyList<FamilyModel> Candidates { get; }

    /// <summary>Training the target costs this much, 6ND, FLOP.</summary>
    public double TargetFlops => Targets.Sum(model => 6 * model.Parameters * model.MostTokens);

    /// <summary>N of the target over that of the largest model of a plan; scaling down, that of the smallest over the target's.</summary>
    public double ScaleUp(PlanScore score) => Options.ScaleDown ? score.SmallestParameters / Target.Parameters : Target.Parameters / score.LargestParameters;

    /// <summary>
    /// All neighbouring candidates of every count with every share, by count of models, then by where they end: the k smallest come first
    /// among those of k. Above a dozen candidates about a dozen evenly spaced places are taken.
    /// </summary>
    /// <param name="least">Fewest models: two, or one where A and α are borrowed.</param>
    /// <param name="shares">Shares of training.</param>
    public IReadOnlyList<EstimationPlan> Combinations(int least, IReadOnlyList<double> shares)
    {
        var positions = Positions(least, Candidates.Count);
        return [.. positions.SelectMany(models => positions.Where(end => end >= models)
            .SelectMany(end => shares.Select(share => new EstimationPlan(end - models, models, share))))];
    }

    /// <summary>Fits a plan and scores it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="borrowed">A and α taken from elsewhere; null to fit all five parameters.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PlanScore Score(EstimationPlan plan, (double A, double Alpha)? borrowed = null, CancellationToken cancellationToken = default)
    {
        FamilyModel[] chosen = [.. Candidates.Skip(plan.First).Take(plan.Models)];
        var reached = TrainingRows.Of(chosen, plan.Share, Options, endIncluded: true);
        // The one model of a borrowed law is used to its end.
        var rows = borrowed is null ? TrainingRows.Of(chosen, plan.Share, Options) : reached;
        var law = borrowed is { } known ? BorrowedLaw.Fit(rows, known.A, known.Alpha) : EstimationLaw.Fit(rows, Options.Method, cancellationToken);
        var empty = reached.Losses.Length == 0;
        return new PlanScore
        {
            Plan = plan,
            Law = law,
            Error = law.IsScored ? Target.Error(law.Law) : PredictionError.None,
            // The best loss reached so far, and that of the row with the most compute, the later one of equals (§5.2).
            BestLoss = empty ? PredictionError.None : Target.Error(reached.Losses.Min()),
            MostCompute = empty ? PredictionError.None : Target.Error(reached.Losses[MostComputeRow(reached)]),
            FlopsSpent = rows.FlopsSpent,
            SmallestParameters = chosen.Length == 0 ? double.NaN : chosen.Min(model => model.Parameters),
            LargestParameters = chosen.Length == 0 ? double.NaN : chosen.Max(model => model.Parameters),
        };
    }

    /// <summary>Scores many plans, on all cores.</summary>
    /// <param name="plans">The plans.</param>
    /// <param name="borrowed">As for one plan.</param>
    /// <param name="progress">Hears of every plan that is done.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<PlanScore> ScoreAll(
        IReadOnlyList<EstimationPlan> plans, (double A, double Alpha)? borrowed = null, Action? progress = null, CancellationToken cancellationToken = default)
    {
        var scores = new PlanScore[plans.Count];
        Cores.For(
            scores.Length,
            i =>
            {
                scores[i] = Score(plans[i], borrowed, cancellationToken);
                progress?.Invoke();
            },
            cancellationToken);
        return scores;
    }

    private static int MostComputeRow(TrainingRows rows)
    {
        var best = 0;
        for (var i = 1; i < rows.Losses.Length; i++)
        {
            if (rows.Parameters[i] * rows.Tokens[i] >= rows.Parameters[best] * rows.Tokens[best])
                best = i;
        }

        return best;
    }

    // From the least to all, thinned above a dozen; always with the last.
    private static int[] Positions(int least, int candidates)
    {
        var count = Math.Max(0, candidates - least + 1);
        var step = Math.Max(1, (int)Math.Ceiling((double)count / MostPositions));
        return [.. Enumerable.Range(0, count).Where(i => i % step == 0).Select(i => candidates - i).Reverse()];
    }
}

/// <summary>What came of a plan.</summary>
public sealed record PlanScore
{
    /// <summary>The plan.</summary>
    public required EstimationPlan Plan { get; init; }

    /// <summary>The law fitted.</summary>
    public required EstimationLaw Law { get; init; }

    /// <summary>How far the law is off on the target.</summary>
    public required PredictionError Error { get; init; }

    /// <summary>How far the lowest loss reached within the plan is off: the first baseline.</summary>
    public required PredictionError BestLoss { get; init; }

    /// <summary>How far the loss of the row with the most compute is off: the second baseline.</summary>
    public required PredictionError MostCompute { get; init; }

    /// <summary>Σ 6·N·D over the models' last rows, FLOP.</summary>
    public required double FlopsSpent { get; init; }

    /// <summary>N of the smallest and the largest model chosen; NaN without any.</summary>
    public required double SmallestParameters { get; init; }

    /// <inheritdoc cref="SmallestParameters"/>
    public required double LargestParameters { get; init; }
}
