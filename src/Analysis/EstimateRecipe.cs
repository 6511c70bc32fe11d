using System.Globalization;
using ScalingDashboard.Numerics;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Analysis;

/// <summary>Options of an estimate.</summary>
public sealed record EstimateOptions
{
    /// <summary>Lends the A and α that the guide borrows.</summary>
    public const string PublishedDonor = "published";

    /// <summary>Share of training of the guide's maps: a tenth to the whole.</summary>
    public static IReadOnlyList<double> Tenths { get; } = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

    /// <summary>A family, or a run whose family and size are meant; null for every family and its largest model.</summary>
    public string? Target { get; init; }

    /// <summary>Names of the families that take part; empty for all.</summary>
    public IReadOnlyList<string> Families { get; init; } = [];

    /// <summary>How laws are fitted.</summary>
    public EstimationOptions Fit { get; init; } = new();

    /// <summary>Counts of models, the k smallest, or with <see cref="Largest"/> the k up to that size; empty for all there are.</summary>
    public IReadOnlyList<int> Models { get; init; } = [];

    /// <summary>N of the largest model that is fitted; null for the one next to the target.</summary>
    public double? Largest { get; init; }

    /// <summary>Shares of training, above 0 up to 1.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [1];

    /// <summary>Every combination of models, largest size and tenth of training, beside the plan asked for.</summary>
    public bool All { get; init; }

    /// <summary>Family whose A and α are taken, or <see cref="PublishedDonor"/>; null to fit all five.</summary>
    public string? Borrow { get; init; }

    /// <summary>Of several seeds of a size only the first is fitted.</summary>
    public bool OneSeed { get; init; }

    /// <summary>As printed in the provenance.</summary>
    public SortedDictionary<string, string> Describe()
    {
        var described = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["law"] = "chinchilla",
            ["method"] = FitRecipeOptions.MethodName(Fit.Method),
            ["min_tokens"] = Number(Fit.MinimumTokens),
            ["share"] = string.Join(", ", Shares.Select(Number)),
            ["models"] = Models.Count == 0 ? "all" : string.Join(", ", Models),
            ["test_share"] = Number(TargetRows.TestShare),
            ["interval"] = FitRecipeOptions.IntervalName(CoefficientIntervals.Kind),
            ["seeds"] = OneSeed ? "one" : "all",
            ["direction"] = Fit.ScaleDown ? "smallest from larger" : "largest from smaller",
            ["checkpoints"] = Fit.Checkpoints switch { CheckpointUse.Final => "final", CheckpointUse.Tenths => "tenths", _ => "all" },
        };
        if (Target is not null)
            described["target"] = Target;
        if (Families.Count > 0)
            described["families"] = string.Join(", ", Families);
        if (Largest is { } largest)
            described["largest"] = Number(largest);
        if (Borrow is not null)
            described["borrow"] = Borrow;
        if (All)
            described["all"] = "yes";
        return described;

        static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }
}

/// <summary>What came of one family.</summary>
public sealed record FamilyResult
{
    /// <summary>The family.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>Its models, target and candidates.</summary>
    public required FamilyEstimation Estimation { get; init; }

    /// <summary>The plan asked for; null where no law could be fitted at all.</summary>
    public PlanScore? Chosen { get; init; }

    /// <summary>Every plan that was scored, by count of models, then by largest size, then by share.</summary>
    public IReadOnlyList<PlanScore> Plans { get; init; } = [];

    /// <summary>Why there is no number, and what to do; null where there is one.</summary>
    public string? Problem { get; init; }

    /// <summary>Name of the target: the first run of its size.</summary>
    public string Target => Estimation.Targets[0].Name;

    /// <summary>There is an ARE.</summary>
    public bool IsScored => Problem is null && Chosen is { } chosen && double.IsFinite(chosen.Error.Are);
}

/// <summary>A and α from somewhere else.</summary>
/// <param name="Name">Family, or <see cref="EstimateOptions.PublishedDonor"/>.</param>
/// <param name="A">A, nats per token.</param>
/// <param name="Alpha">α.</param>
/// <param name="Intervals">Of the lender's law; none for the published pair.</param>
public sealed record Donor(string Name, double A, double Alpha, CoefficientIntervals Intervals)
{
    /// <summary>A and α of a family's own law.</summary>
    public static Donor Of(FamilyLaw lender) => new(lender.Family.Name, lender.Law.Law.A, lender.Law.Law.Alpha, lender.Law.Intervals);

    /// <summary>The pair that the guide borrows, printed without intervals.</summary>
    public static Donor Published { get; } = new(EstimateOptions.PublishedDonor, BorrowedLaw.Published.A, BorrowedLaw.Published.Alpha, CoefficientIntervals.None);
}

/// <summary>The law of a whole family, its largest model included.</summary>
/// <param name="Family">The family.</param>
/// <param name="Law">Fitted to all its checkpoints above the cut.</param>
public sealed record FamilyLaw(ModelFamily Family, EstimationLaw Law)
{
    /// <summary>Its A and α can be borrowed: there are some, and they mean something.</summary>
    public bool CanLend => Law.Status is FitStatus.Converged or FitStatus.AtBound && Law.Law is { A: > 0, Alpha: > 0 };
}

/// <summary>How well laws of small models predict the large ones.</summary>
public sealed record EstimateAnalysis
{
    /// <summary>Families in the order of the input.</summary>
    public required IReadOnlyList<FamilyResult> Families { get; init; }

    /// <summary>Whose A and α were taken; null when all five parameters were fitted.</summary>
    public Donor? Donor { get; init; }

    /// <summary>Laws fitted.</summary>
    public required int LawsFitted { get; init; }

    /// <summary>What to know before trusting it.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>Families with an ARE.</summary>
    public IEnumerable<FamilyResult> Scored => Families.Where(family => family.IsScored);
}

/// <summary>These families and these options → how far laws fitted on part of each are off on its target (arXiv 2410.11840).</summary>
public static class EstimateRecipe
{
    /// <summary>ARE that reruns of one model with other seeds reach: no law does better (arXiv 2410.11840, §4).</summary>
    public const double SeedNoise = 0.04;

    /// <summary>ARE up to which many choices between models can still be told apart (§4).</summary>
    public const double StillUseful = 0.2;

    /// <summary>Estimates every family that takes part.</summary>
    /// <param name="collection">The families.</param>
    /// <param name="options">Options.</param>
    /// <param name="progress">Hears how many laws are done, and of how many.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="AnalysisException">A name fits nothing, the target's family is refused, or no family can be scored.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static EstimateAnalysis Run(
        ModelFamilies collection, EstimateOptions options, IProgress<(int Done, int Of)>? progress = null, CancellationToken cancellationToken = default)
    {
        var (families, size) = Choose(collection, options);
        var donor = options.Borrow is null ? null : FindDonor(collection, families, options, cancellationToken);
        // The checks of the target stand in its family's own place.
        var prepared = families.Select(family => Prepare(family, size, options)).ToArray();
        var asked = prepared.Select(result => result.Problem is null ? Asked(result.Estimation, options, donor is not null) : []).ToArray();
        var plans = prepared.Zip(asked, (result, some) => options.All && some.Length > 0 ? WithAll(result.Estimation, some, donor is not null) : some).ToArray();
        var of = plans.Sum(list => list.Length);
        var done = 0;
        var results = new FamilyResult[prepared.Length];
        for (var i = 0; i < results.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results[i] = plans[i].Length == 0 ? prepared[i] : Score(prepared[i], plans[i], asked[i][^1], donor, Step, cancellationToken);
        }

        if (!Array.Exists(results, result => result.IsScored))
        {
            throw new AnalysisException(results.Length == 1
                ? results[0].Problem ?? $"Family '{results[0].Family.Name}' gives no prediction."
                : $"None of {Words.Count(results.Length, "family", "families")} can be estimated. {results[0].Problem}");
        }

        return new EstimateAnalysis
        {
            Families = results,
            Donor = donor,
            LawsFitted = results.Sum(result => result.Plans.Count(score => score.Law.IsScored)) + (donor is null or { Name: EstimateOptions.PublishedDonor } ? 0 : 1),
            Warnings = [.. collection.Warnings, .. EstimateWarnings.Of(results, donor, collection)],
            Provenance = collection.Source.Provenance(options.Describe()),
        };

        void Step() => progress?.Report((Interlocked.Increment(ref done), of));
    }

    /// <summary>The laws of whole families, of those that a law may be fitted to; in the order given.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<FamilyLaw> Laws(IReadOnlyList<ModelFamily> families, EstimationOptions options, CancellationToken cancellationToken = default)
    {
        var fitted = families.Where(family => family.Refusal is null).ToArray();
        var laws = new FamilyLaw[fitted.Length];
        Cores.For(
            laws.Length,
            i =>
            {
                var rows = TrainingRows.Of([.. fitted[i].Members.Select(member => member.Model)], 1, options, endIncluded: true);
                laws[i] = new FamilyLaw(fitted[i], EstimationLaw.Fit(rows, options.Method, cancellationToken));
            },
            cancellationToken);
        return laws;
    }

    /// <summary>The family with its target: the largest size (scaling down, the smallest), or the one asked for.</summary>
    internal static FamilyResult Prepare(ModelFamily family, double? size, EstimateOptions options)
    {
        var target = size ?? (options.Fit.ScaleDown ? family.Sizes[0] : family.Sizes[^1]);
        var members = family.Members.AsEnumerable();
        if (options.OneSeed)
            members = members.GroupBy(member => member.Model.Parameters).SelectMany(same => same.Key.Equals(target) ? same : same.OrderBy(member => member.Seed, StringComparer.Ordinal).Take(1));
        var estimation = new FamilyEstimation([.. members.Select(member => member.Model)], target, options.Fit);
        var tooLarge = options.Largest is { } largest && estimation.Candidates.Count > 0 && estimation.Candidates.All(model => model.Parameters > largest);
        var problem = family.Refusal
            ?? (estimation.Candidates.Count == 0
                ? $"Family '{family.Name}' has no model {(options.Fit.ScaleDown ? "larger" : "smaller")} than its target {estimation.Targets[0].Name}, so there is nothing to fit a law to. Add runs of other sizes."
                : tooLarge ? $"Family '{family.Name}' has no model to fit as small as the largest asked for; the smallest has {Runs.Quantities.Quantity.Count(estimation.Candidates.Min(model => model.Parameters))} parameters."
                : null);
        return new FamilyResult { Family = family, Estimation = estimation, Problem = problem };
    }

    /// <summary>The plans asked for; the last one is the one that answers.</summary>
    private static EstimationPlan[] Asked(FamilyEstimation estimation, EstimateOptions options, bool borrowed)
    {
        var candidates = estimation.Candidates;
        var allowed = options.Largest is { } largest ? candidates.Count(model => model.Parameters <= largest) : candidates.Count;
        // Scaling down the candidates descend, and the largest come first.
        var start = estimation.Options.ScaleDown ? candidates.Count - allowed : 0;
        if (allowed == 0)
            return [];
        int[] counts = options.Models.Count > 0 ? [.. options.Models.Select(count => Math.Min(count, allowed)).Distinct().Order()] : borrowed ? [1] : [allowed];
        var upToLargest = (options.Largest is not null || borrowed) && !estimation.Options.ScaleDown;
        return [.. counts.SelectMany(count => options.Shares.Order().Select(share => new EstimationPlan(upToLargest ? allowed - count : start, count, share)))];
    }

    private static EstimationPlan[] WithAll(FamilyEstimation estimation, IReadOnlyList<EstimationPlan> asked, bool borrowed) =>
        [.. estimation.Combinations(borrowed ? 1 : 2, EstimateOptions.Tenths).Union(asked).OrderBy(plan => plan.Models).ThenBy(plan => plan.First).ThenBy(plan => plan.Share)];

    private static FamilyResult Score(
        FamilyResult prepared, IReadOnlyList<EstimationPlan> plans, EstimationPlan answering, Donor? donor, Action step, CancellationToken cancellationToken)
    {
        var scores = prepared.Estimation.ScoreAll(plans, donor is null ? null : (donor.A, donor.Alpha), step, cancellationToken);
        var chosen = scores.First(score => score.Plan == answering);
        return prepared with { Plans = scores, Chosen = chosen, Problem = chosen.Law.IsScored ? null : Unscored(prepared.Family, prepared.Estimation, chosen) };
    }

    internal static string Unscored(ModelFamily family, FamilyEstimation estimation, PlanScore chosen)
    {
        var longest = estimation.Candidates.Max(model => model.MostTokens);
        return longest <= estimation.Options.MinimumTokens
            ? string.Create(CultureInfo.InvariantCulture, $"Family '{family.Name}': no model to fit was trained beyond the cut of {Tokens(estimation.Options.MinimumTokens)} tokens; the longest saw {Tokens(longest)}. Lower the cut, say to {Tokens(longest / 10)}.")
            : $"Family '{family.Name}': {chosen.Law.Explanation}. Lower the cut, raise the share of training, or take more models.";

        static string Tokens(double value) => Runs.Quantities.Quantity.Count(value);
    }

    internal static (IReadOnlyList<ModelFamily> Families, double? Size) Choose(ModelFamilies collection, EstimateOptions options)
    {
        foreach (var name in options.Families)
        {
            if (collection.Families.All(family => family.Name != name))
                throw Unknown($"There is no family '{name}'.", collection);
        }

        var families = options.Families.Count == 0 ? collection.Families : [.. collection.Families.Where(family => options.Families.Contains(family.Name))];
        if (options.Target is not { } target)
            return (families, null);
        if (families.FirstOrDefault(family => family.Name == target) is { } named)
            return ([named], null);
        var owners = families.Where(family => family.Members.Any(member => member.Model.Name == target)).ToArray();
        return owners switch
        {
            [var owner] => ([owner], owner.Members.First(member => member.Model.Name == target).Model.Parameters),
            [] => throw Unknown($"The target '{target}' is neither a family nor a run of one.", collection),
            _ => throw new AnalysisException($"The run '{target}' is in {owners.Length} families ({Words.List([.. owners.Select(owner => owner.Name)])}). Name the family, or keep one with a filter."),
        };
    }

    private static Donor FindDonor(ModelFamilies collection, IReadOnlyList<ModelFamily> targets, EstimateOptions options, CancellationToken cancellationToken)
    {
        if (options.Borrow == EstimateOptions.PublishedDonor)
            return Donor.Published;
        var family = collection.Families.FirstOrDefault(family => family.Name == options.Borrow)
            ?? throw Unknown($"There is no family '{options.Borrow}' to borrow from, and it is not '{EstimateOptions.PublishedDonor}'.", collection);
        if (targets.Contains(family))
        {
            throw new AnalysisException(targets.Count == 1
                ? $"Family '{family.Name}' cannot lend to itself: its law is fitted on the target too. Borrow from another family, or from '{EstimateOptions.PublishedDonor}'."
                : $"Family '{family.Name}' would lend to itself: its law is fitted on its target too. Name one other family as the target.");
        }

        if (family.Refusal is { } refusal)
            throw new AnalysisException(refusal);
        var law = Laws([family], options.Fit, cancellationToken)[0];
        return law.CanLend
            ? Donor.Of(law)
            : throw new AnalysisException($"Family '{family.Name}' has no A and α to lend: {law.Law.Explanation}. Borrow from another family, or from '{EstimateOptions.PublishedDonor}'.");
    }

    private static AnalysisException Unknown(string what, ModelFamilies collection) =>
        new($"{what} Families: {Words.List([.. collection.Families.Select(family => family.Name)], 60)}.");
}
