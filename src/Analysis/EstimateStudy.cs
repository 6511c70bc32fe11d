using MathNet.Numerics.Statistics;
using ScalingDashboard.Numerics;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Analysis;

/// <summary>How well a family's A and α serve others.</summary>
/// <param name="Donor">Who lends.</param>
/// <param name="Family">The family; null for the published pair.</param>
/// <param name="OnTarget">The target predicted from the one model next to it; null where the family would lend to itself.</param>
/// <param name="MedianAre">Median ARE over the families of the same kind of loss that it can lend to; NaN without any.</param>
/// <param name="Spread">Percentiles of the ARE over these families; null with fewer than two.</param>
/// <param name="Borrowers">How many these are.</param>
public sealed record Loan(Donor Donor, ModelFamily? Family, PlanScore? OnTarget, double MedianAre, Interval? Spread, int Borrowers);

/// <summary>One plan tried on another family.</summary>
/// <param name="Family">The family.</param>
/// <param name="Score">What came of it.</param>
public sealed record Evidence(ModelFamily Family, PlanScore Score);

/// <summary>Everything about which small models of a family to train: the whole map for the target's family, and what the other families have to say.</summary>
public sealed record EstimateStudy
{
    /// <summary>The family that is predicted, with every combination scored.</summary>
    public required FamilyResult Target { get; init; }

    /// <summary>Every family that takes part, with its target; the problem says why one cannot be estimated.</summary>
    public required IReadOnlyList<FamilyResult> Families { get; init; }

    /// <summary>Laws of whole families.</summary>
    public required IReadOnlyList<FamilyLaw> Laws { get; init; }

    /// <summary>How their parameters hang together; null with fewer than three.</summary>
    public ParameterStructure? Structure { get; init; }

    /// <summary>Lenders, best on the target first.</summary>
    public required IReadOnlyList<Loan> Loans { get; init; }

    /// <summary>Laws fitted.</summary>
    public required int LawsFitted { get; init; }

    /// <summary>What to know about how the runs were sorted.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>Studies one family beside the others.</summary>
    /// <param name="collection">The families.</param>
    /// <param name="options">The target, and how laws are fitted; what names plans is not looked at.</param>
    /// <param name="progress">Hears how many laws are done, and of how many.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="AnalysisException">A name fits nothing.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static EstimateStudy Run(
        ModelFamilies collection, EstimateOptions options, IProgress<(int Done, int Of)>? progress = null, CancellationToken cancellationToken = default)
    {
        var families = EstimateRecipe.Choose(collection, options with { Target = null }).Families;
        var prepared = families.Select(family => EstimateRecipe.Prepare(family, null, options)).ToArray();
        var (named, size) = EstimateRecipe.Choose(collection, options);
        var target = options.Target is null ? Richest(prepared) : EstimateRecipe.Prepare(named[0], size, options);

        var plans = target.Problem is null ? target.Estimation.Combinations(2, EstimateOptions.Tenths) : [];
        var of = plans.Count + families.Count;
        var done = 0;
        var laws = EstimateRecipe.Laws(families, options.Fit, cancellationToken);
        Interlocked.Add(ref done, families.Count);
        var scores = target.Estimation.ScoreAll(plans, null, () => progress?.Report((Interlocked.Increment(ref done), of)), cancellationToken);
        if (target.Problem is null && scores.All(score => !score.Law.IsScored))
            target = target with { Problem = scores.Count > 0 ? EstimateRecipe.Unscored(target.Family, target.Estimation, scores[^1]) : $"Family '{target.Family.Name}' has only one model besides its target, and no law of its own. Borrow A and α below, or add runs of other sizes." };
        return new EstimateStudy
        {
            Target = target with { Plans = scores },
            Families = prepared,
            Laws = laws,
            Structure = ParameterStructure.Of([.. laws.Where(IsInStructure).Select(law => law.Law.Law)]),
            Loans = [.. Lend(laws, prepared, target, cancellationToken)],
            LawsFitted = scores.Count(score => score.Law.IsScored) + laws.Count(law => law.Law.IsScored),
            Warnings = collection.Warnings,
            Provenance = collection.Source.Provenance(options.Describe()),
        };
    }

    /// <summary>The plan on the map, or scored anew where the map has it not.</summary>
    public PlanScore Score(EstimationPlan plan, CancellationToken cancellationToken = default) =>
        Target.Plans.FirstOrDefault(score => score.Plan == plan) ?? Target.Estimation.Score(plan, null, cancellationToken);

    /// <summary>
    /// The same number of models to the same share of training in every other family that has as many: the smallest where the plan takes the
    /// smallest, else as far from the family's target as here.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<Evidence> Elsewhere(EstimationPlan plan, CancellationToken cancellationToken = default)
    {
        var above = Target.Estimation.Candidates.Count - plan.First - plan.Models;
        return
        [
            .. Families
                .Where(family => family.Problem is null && family.Family.Name != Target.Family.Name && family.Estimation.Candidates.Count >= plan.Models)
                .Select(family => new Evidence(family.Family, family.Estimation.Score(
                    plan with { First = plan.First == 0 ? 0 : Math.Max(0, family.Estimation.Candidates.Count - above - plan.Models) }, null, cancellationToken)))
                .Where(evidence => double.IsFinite(evidence.Score.Error.Are)),
        ];
    }

    /// <summary>The family with the most checkpoints among those that can be estimated; the first one where none can.</summary>
    private static FamilyResult Richest(FamilyResult[] families) =>
        families.Where(family => family.Problem is null && family.Estimation.Candidates.Count > 1 && family.Estimation.Candidates.Any(model => model.MostTokens > family.Estimation.Options.MinimumTokens))
            .MaxBy(family => family.Family.Members.Sum(member => member.Model.Tokens.Count))
        ?? families[0];

    /// <summary>The family's law takes part in the structure: it is one that the family tells apart, and none of its terms vanished.</summary>
    public static bool IsInStructure(FamilyLaw law) => law.Law.Status == FitStatus.Converged && ParameterStructure.Takes(law.Law.Law);

    private static IEnumerable<Loan> Lend(IReadOnlyList<FamilyLaw> laws, FamilyResult[] families, FamilyResult target, CancellationToken cancellationToken)
    {
        var borrowers = families.Where(family => family.Problem is null).ToArray();
        var loans = laws.Where(law => law.CanLend)
            .Select(law => (Donor: Donor.Of(law), Family: (ModelFamily?)law.Family))
            .Append((Donor.Published, null))
            .ToArray();
        var lent = new Loan[loans.Length];
        Cores.For(
            lent.Length,
            i =>
            {
                var (donor, lender) = loans[i];
                var ares = borrowers
                    .Where(family => family.Family.Name != lender?.Name && (lender is null || family.Family.LossKinds.SequenceEqual(lender.LossKinds)))
                    .Select(family => Nearest(family.Estimation, donor).Error.Are)
                    .Where(double.IsFinite)
                    .ToArray();
                var lendsToItself = lender?.Name == target.Family.Name;
                lent[i] = new Loan(donor, lender, lendsToItself || target.Estimation.Candidates.Count == 0 ? null : Nearest(target.Estimation, donor), ares.Median(), Interval.Of(ares), ares.Length);
            },
            cancellationToken);
        return lent.OrderBy(loan => loan.OnTarget?.Error.Are is { } are && double.IsFinite(are) ? are : double.PositiveInfinity);
    }

    // One model: the one next to the target, which is the last candidate in either direction.
    private static PlanScore Nearest(FamilyEstimation estimation, Donor donor) =>
        estimation.Score(new EstimationPlan(estimation.Candidates.Count - 1, 1, 1), (donor.A, donor.Alpha));
}
