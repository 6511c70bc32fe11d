using System.Globalization;
using ScalingDashboard.Numerics;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>Options of an IsoFLOP analysis.</summary>
public sealed record IsoFlopOptions
{
    /// <summary>Group by compute even where runs name a budget.</summary>
    public bool IgnorePlannedBudgets { get; init; }

    /// <summary>A run joins a group while its C is within this share of the group's smallest C.</summary>
    public double BudgetTolerance { get; init; } = 0.2;

    /// <summary>Approach 2 takes only runs whose size is within this factor of their budget's best run; null for all.</summary>
    public double? SizeWindow { get; init; }

    /// <summary>Logged rows of the Gaussian window that smooths training curves for Approach 1; 0 for none, Hoffmann et al. take 10.</summary>
    public int SmoothingRows { get; init; }

    /// <summary>Options of Approach 3; its draws and seed hold for all approaches.</summary>
    public FitRecipeOptions Surface { get; init; } = new();

    /// <summary>As printed in the provenance.</summary>
    public SortedDictionary<string, string> Describe()
    {
        var described = Surface.Describe();
        described["budgets"] = IgnorePlannedBudgets ? "by compute" : "as given, else by compute";
        described["smoothing_rows"] = SmoothingRows.ToString(CultureInfo.InvariantCulture);
        described["budget_tolerance"] = BudgetTolerance.ToString("R", CultureInfo.InvariantCulture);
        if (SizeWindow is { } factor)
            described["within"] = factor.ToString("R", CultureInfo.InvariantCulture);
        return described;
    }
}

/// <summary>Runs grouped into budgets, ready for the three approaches.</summary>
public sealed record IsoFlopGroups
{
    /// <summary>Final row of every run.</summary>
    public required IReadOnlyList<Observation> Runs { get; init; }

    /// <summary>Budgets, ascending; members index <see cref="Runs"/>.</summary>
    public required IReadOnlyList<BudgetGroup> Groups { get; init; }

    /// <summary>The budgets are the ones the runs name.</summary>
    public required bool ArePlanned { get; init; }
}

/// <summary>These runs and these options → compute-optimal sizes, by each of Chinchilla's approaches.</summary>
public static class IsoFlopRecipe
{
    // Closer to the edge than a quarter of the sampled range, the parabola's third-order error shifts its vertex.
    private const double OffCentre = 0.25;

    // A grid of ±8× around the centre; beyond it the bias of Approach 2 passes a few percent (arXiv 2603.22339, §4).
    // The half covers sizes rounded to whole parameters or layers.
    private const double WideGrid = 64.5;

    private const double EnvelopeDisagreement = 0.02;
    private const double AffectedDraws = 0.05;

    /// <summary>Groups runs by the budget they name where any does, else by compute.</summary>
    public static IsoFlopGroups Group(IReadOnlyList<Observation> runs, IsoFlopOptions options)
    {
        var planned = !options.IgnorePlannedBudgets && runs.Any(run => run.Budget is not null);
        return new IsoFlopGroups
        {
            Runs = runs,
            Groups = planned
                ? BudgetGroups.Planned([.. runs.Select(run => run.Budget ?? double.NaN)])
                : BudgetGroups.ByCompute([.. runs.Select(run => run.Flops)], options.BudgetTolerance),
            ArePlanned = planned,
        };
    }

    /// <summary>Approach 1 over training curves; null when no run has two checkpoints.</summary>
    public static (LossEnvelope Envelope, ApproachResult Result)? Envelope(
        IReadOnlyList<Observation> checkpoints, IsoFlopOptions options, CancellationToken cancellationToken = default)
    {
        var curves = checkpoints
            .GroupBy(row => (row.RunId, row.Run))
            .Select(run => new TrainingCurve(run.First().Parameters, [.. run.Select(row => row.Flops)], [.. run.Select(row => row.Loss)]))
            .ToArray();
        if (LossEnvelope.Fit(curves, options.SmoothingRows, options.Surface.Bootstrap, options.Surface.Seed, cancellationToken) is not { } envelope)
            return null;

        var warnings = new List<Warning>();
        if (envelope.InteriorLine is not { } interior)
        {
            warnings.Add(new Warning("edge", "Approach 1: at no compute level do three runs compete with the winner between the others in size; the line follows the edge of the sizes trained."));
        }
        else if (Math.Abs(interior.ParameterExponent - envelope.Line.ParameterExponent) > EnvelopeDisagreement)
        {
            warnings.Add(new Warning("edge", string.Create(
                CultureInfo.InvariantCulture,
                $"Approach 1: a is {envelope.Line.ParameterExponent:F3} over the whole envelope but {interior.ParameterExponent:F3} where the winner lies between smaller and larger runs; the ends of the size range pull the line.")));
        }

        if (envelope.Failed > AffectedDraws * options.Surface.Bootstrap)
        {
            warnings.Add(new Warning("bootstrap", string.Create(
                CultureInfo.InvariantCulture,
                $"Approach 1: {envelope.Failed} of {options.Surface.Bootstrap} bootstrap draws hold no curve to draw a line through; the intervals leave them out and are too narrow.")));
        }

        var result = new ApproachResult
        {
            Approach = 1,
            Status = double.IsFinite(envelope.Line.ParameterExponent) ? FitStatus.Converged : FitStatus.TooFewPoints,
            Law = envelope.Line,
            Draws = envelope.Draws,
            Budgets = [.. envelope.Points.Select(point => new BudgetRow(
                point.Flops,
                point.Runs,
                new Allocation(point.Flops, point.Parameters, point.Tokens, point.Loss),
                point.Winner < 0 ? FitStatus.TooFewPoints : FitStatus.Converged,
                null, null, null))],
            Warnings = warnings,
        };
        return (envelope, result.WithExponentIntervals());
    }

    /// <summary>Approach 2: a parabola per budget and a line through their minima.</summary>
    /// <remarks>A size window is laid once, around the best run as trained; bootstrap draws keep it.</remarks>
    public static (IsoFlopProfiles Profiles, ApproachResult Result) Profiles(
        IsoFlopGroups groups, IsoFlopOptions options, CancellationToken cancellationToken = default)
    {
        double[] parameters = [.. groups.Runs.Select(run => run.Parameters)];
        double[] losses = [.. groups.Runs.Select(run => run.Loss)];
        var profiles = IsoFlopProfiles.Fit(
            options.SizeWindow is { } factor ? [.. groups.Groups.Select(group => group.Near(parameters, losses, factor))] : groups.Groups,
            parameters,
            losses,
            options.Surface.Bootstrap, options.Surface.Seed, cancellationToken);
        var result = new ApproachResult
        {
            Approach = 2,
            Status = double.IsFinite(profiles.Line.ParameterExponent) ? FitStatus.Converged : FitStatus.TooFewPoints,
            Law = profiles.Line,
            Draws = profiles.Draws,
            Budgets = [.. profiles.Budgets.Select(budget => new BudgetRow(
                budget.Flops, budget.Points,
                new Allocation(budget.Flops, budget.Parameters, budget.Tokens, budget.Loss),
                budget.Status, budget.ParametersInterval, budget.TokensInterval, budget.LossInterval))],
            Warnings = [.. ProfileWarnings(groups, profiles)],
        };
        return (profiles, result.WithExponentIntervals());
    }

    /// <summary>Approach 3: the optimum of a fitted surface at each budget, in closed form.</summary>
    public static ApproachResult Surface(FitResult surface, IsoFlopGroups groups, CancellationToken cancellationToken = default)
    {
        // A table whose budgets are nearly all its own has as many predictions as runs.
        var budgets = new BudgetRow[groups.Groups.Count];
        Cores.For(
            budgets.Length,
            k =>
            {
                var group = groups.Groups[k];
                var prediction = Prediction.At(group.Flops, surface.Fit.Law, surface.Bootstrap.Laws);
                budgets[k] = new BudgetRow(
                    group.Flops, group.Members.Count, prediction.Optimum, surface.Fit.Status, prediction.Parameters, prediction.Tokens, prediction.Loss);
            },
            cancellationToken);
        var result = new ApproachResult
        {
            Approach = 3,
            Status = surface.Fit.Status,
            Law = surface.Fit.Law,
            Draws = surface.Bootstrap.Laws,
            Budgets = budgets,
            // Beside two other approaches.
            Warnings = [.. FitRecipe.Warnings("Approach 3", surface.Fit, surface.Bootstrap)],
        };
        return result.WithExponentIntervals();
    }

    private static IEnumerable<Warning> ProfileWarnings(IsoFlopGroups groups, IsoFlopProfiles profiles)
    {
        var budgets = profiles.Budgets;
        var few = budgets.Where(budget => budget.Status == FitStatus.TooFewPoints).ToArray();
        if (few.Length > 0)
            yield return About("few", few, "has", "have", "fewer than three different sizes and no parabola");

        var concave = budgets.Where(budget => budget.Status == FitStatus.NotConvex).ToArray();
        if (concave.Length > 0)
            yield return About("concave", concave, "has", "have", "no minimum: the parabola does not open upwards and stays out of the line");

        var convex = budgets.Where(budget => budget.Status == FitStatus.Converged).ToArray();
        if (convex.Length < 2)
        {
            yield return new Warning("line", convex.Length == 0
                ? "Approach 2: no budget has a minimum, so there is no line through them."
                : "Approach 2: only one budget has a minimum; a line needs two, so there is no exponent and no prediction.");
        }

        var outside = convex.Where(budget => budget.OutsideSampledRange).ToArray();
        if (outside.Length > 0)
            yield return About("outside", outside, "has", "have", "a minimum outside the sizes trained, where the parabola is extrapolated; train sizes on both sides");

        var offCentre = convex.Where(budget => !budget.OutsideSampledRange && budget.Centring is < OffCentre or > 1 - OffCentre and <= 1).ToArray();
        if (offCentre.Length > 0)
            yield return About("off-centre", offCentre, "is", "are", "sampled off-centre; parabolas shift the optimum there, Approach 3 does not suffer from it");

        var wide = convex.Where(budget => budget.LargestParameters > WideGrid * budget.SmallestParameters).ToArray();
        if (wide.Length > 0)
            yield return About("wide-grid", wide, "spans", "span", "sizes more than 64× apart, too far for a parabola, which shifts the optimum; take only sizes within 4× or so of each budget's best run (option within), or Approach 3, which does not suffer from it");

        if (profiles.AffectedShare > AffectedDraws)
        {
            yield return new Warning("bootstrap", string.Create(
                CultureInfo.InvariantCulture,
                $"Approach 2: in {100 * profiles.AffectedShare:F0} % of the bootstrap draws a budget lost its minimum; the intervals rest on the others and are too narrow."));
        }

        var off = Enumerable.Range(0, groups.ArePlanned ? groups.Groups.Count : 0)
            .SelectMany(k => groups.Groups[k].Members.Select(i => (groups.Groups[k].Flops, Run: groups.Runs[i])))
            .Count(member => Math.Abs(6 * member.Run.Parameters * member.Run.Tokens / member.Flops - 1) > 0.05);
        if (off > 0)
            yield return new Warning("budget", $"{Words.Count(off, "run")} of {groups.Runs.Count} differ from 6·N·D by more than 5 % of their budget; the budget only groups them.");

        var ungrouped = groups.ArePlanned ? groups.Runs.Count(run => run.Budget is null) : 0;
        if (ungrouped > 0)
            yield return new Warning("ungrouped", $"{Words.Count(ungrouped, "run")} without a budget join no group; group by compute to use them.");

        Warning About(string kind, BudgetOptimum[] some, string singular, string plural, string what)
        {
            var names = Words.List([.. some.Select(budget => Quantity.Scientific(budget.Flops))], 3);
            var verb = some.Length == 1 ? singular : plural;
            return new Warning(
                kind, $"{some.Length} of {Words.Count(budgets.Count, "budget")} {verb} {what} ({names} FLOP).", [.. some.Select(budget => budget.Flops)]);
        }
    }
}
