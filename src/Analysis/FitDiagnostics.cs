using System.Globalization;
using ScalingDashboard.Numerics;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Fitting.Diagnostics;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>A number that follows from a fit, with its interval.</summary>
/// <param name="Value">The estimate; NaN where there is none.</param>
/// <param name="Interval">Its interval; null without draws.</param>
public sealed record LawEstimate(double Value, Interval? Interval)
{
    /// <summary>Of a law and its draws.</summary>
    internal static LawEstimate Of(Law law, IReadOnlyList<Law> draws, Func<Law, double> quantity) => new(quantity(law), Interval.Of(draws.Select(quantity)));
}

/// <summary>The fit to the smallest budgets alone.</summary>
/// <param name="Budgets">How many.</param>
/// <param name="Points">Runs in them.</param>
/// <param name="Flops">The largest of them, FLOP.</param>
/// <param name="Status">How the fit ended; the estimates are null unless it gives an answer.</param>
/// <param name="Exponent">a; null where the law has none, or fixes it.</param>
/// <param name="Parameters">N_opt at the target; null where the law allocates no compute.</param>
/// <param name="Loss">Loss of the optimum at the target, nats per token; null where the law does not say.</param>
public sealed record RollOutRow(int Budgets, int Points, double Flops, FitStatus Status, LawEstimate? Exponent, LawEstimate? Parameters, LawEstimate? Loss);

/// <summary>The fit without one budget.</summary>
/// <param name="Flops">The budget, FLOP.</param>
/// <param name="Points">Runs in it.</param>
/// <param name="Status">How the fit to the others ended.</param>
/// <param name="Law">That law; null unless it gives an answer.</param>
/// <param name="Error">Its error on the budget.</param>
public sealed record LeftOutBudget(double Flops, int Points, FitStatus Status, Law? Law, HoldoutError Error);

/// <summary>What following another rule would waste at the target.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Chosen">The allocation it chooses.</param>
/// <param name="Flops">Dead-weight compute by the fitted law, FLOP.</param>
/// <param name="Share">The same as a fraction of the target.</param>
public sealed record WastedCompute(string Rule, Allocation Chosen, LawEstimate Flops, LawEstimate Share);

/// <summary>Bias of Approach 2 on the user's own sizes, if the fitted law were true.</summary>
/// <param name="Bias">By the fitted law.</param>
/// <param name="Exponent">Bias of a.</param>
/// <param name="Parameters">Bias of N_opt at the target, a fraction.</param>
public sealed record ApproachTwoBias(ParabolaBias Bias, LawEstimate Exponent, LawEstimate Parameters);

/// <summary>Whether to trust a fit: residuals, influence, conditioning, held-out budgets, bias and waste.</summary>
public sealed record FitDiagnostics
{
    /// <summary>Most draws of each fit of the roll-out.</summary>
    public const int RollOutDraws = 60;

    /// <summary>Most draws of the fit without the largest budgets.</summary>
    public const int HoldoutDraws = 240;

    private const int FewestRollOutBudgets = 3;

    // More budgets than these are joined with their neighbours: each costs a fit.
    private const int MostBands = 30;

    private const double Outlying = 5;
    private const double MuchInfluence = 1;
    private const double HardToTellApart = 1e4;
    private const double NotableBias = 0.02;
    private const double NotableWaste = 0.02;

    /// <summary>Budget the estimates are extrapolated to, FLOP.</summary>
    public required double Target { get; init; }

    /// <summary>Residuals, in the order of the rows of the fit.</summary>
    public required FitResiduals Residuals { get; init; }

    /// <summary>Influence of points, the largest first; <see cref="PointInfluence.Point"/> is the position of the row.</summary>
    public required IReadOnlyList<PointInfluence> Influence { get; init; }

    /// <summary>How well the coefficients can be told apart; null for a fit on a bound.</summary>
    public ParameterConditioning? Conditioning { get; init; }

    /// <summary>Budgets, or bands of neighbouring ones, that were left out in turn and added one by one.</summary>
    public required IReadOnlyList<BudgetGroup> Budgets { get; init; }

    /// <summary>The fit without each budget.</summary>
    public required IReadOnlyList<LeftOutBudget> LeaveOneOut { get; init; }

    /// <summary>Interval that the fits without a budget are held against: that of the headline number of the fit to all; null where it has none.</summary>
    public Interval? LeaveOneOutInterval { get; init; }

    /// <summary>The fit without the largest budgets; null where there are too few.</summary>
    public BudgetHoldout? Holdout { get; init; }

    /// <summary>The fit to more and more budgets.</summary>
    public required IReadOnlyList<RollOutRow> RollOut { get; init; }

    /// <summary>Bias of Approach 2; null where it does not apply.</summary>
    public ApproachTwoBias? ParabolaBias { get; init; }

    /// <summary>What other rules would waste at the target; empty where the law allocates no compute.</summary>
    public required IReadOnlyList<WastedCompute> Waste { get; init; }

    /// <summary>What is off, and what it means.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>What could not be done, and why.</summary>
    public required IReadOnlyList<Warning> NotDone { get; init; }

    /// <summary>Diagnoses a fit. Intervals are percentiles of its draws, or of a few draws of each fit to a part, but for the one that fits without a budget are held against.</summary>
    /// <param name="result">The fit.</param>
    /// <param name="options">The options it was made with.</param>
    /// <param name="intervals">Its intervals, of the kind that the options name.</param>
    /// <param name="target">Budget to extrapolate to, FLOP.</param>
    /// <param name="holdout">Largest budgets to hold out, above zero.</param>
    /// <param name="progress">Per cent of the work that is done.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="AnalysisException">The fit gives no answer that could be diagnosed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FitDiagnostics Run(
        FitResult result, FitRecipeOptions options, FitIntervals intervals, double target, int holdout = 1, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var fit = result.Fit;
        if (!fit.IsUsable)
            throw new AnalysisException($"There is nothing to diagnose: {fit.Explanation}.");
        var form = fit.Law.Form;
        var points = result.Points;
        var notDone = new List<Warning>();
        var groups = IsoFlopRecipe.Group(result.Rows, new IsoFlopOptions()).Groups;
        var bands = Bands(groups);
        if (bands.Count < groups.Count)
        {
            notDone.Add(new Warning("bands", string.Create(
                CultureInfo.InvariantCulture, $"The {groups.Count:N0} budgets are joined into {bands.Count} bands of neighbours to be left out and added; name a budget column to group the runs yourself.")));
        }

        var residuals = FitResiduals.Of(fit, points, options.Fit);
        var conditioning = ParameterConditioning.Of(fit, points, options.Fit);
        if (conditioning is null)
            notDone.Add(new Warning("conditioning", $"Correlations and condition numbers hold at an optimum inside the bounds only; here {fit.Explanation}."));
        progress?.Report(5);
        var influence = InfluenceOf(result, options, residuals, cancellationToken);
        progress?.Report(30);
        var leaveOneOut = LeaveOneBudgetOut(form, points, bands, options, notDone, cancellationToken);
        progress?.Report(45);
        var held = HoldOut(result, options, holdout, notDone, cancellationToken);
        progress?.Report(55);
        var rollOut = RollOutBudgets(form, points, bands, options, target, notDone, cancellationToken);
        progress?.Report(90);
        var bias = BiasOfParabolas(result, groups, target, notDone);
        var waste = Wasted(result, groups, target, notDone);
        progress?.Report(100);

        var diagnostics = new FitDiagnostics
        {
            Target = target,
            Residuals = residuals,
            Influence = influence,
            Conditioning = conditioning,
            Budgets = bands,
            LeaveOneOut = leaveOneOut,
            LeaveOneOutInterval = intervals.Quantities[Headline(form).Key],
            Holdout = held,
            RollOut = rollOut,
            ParabolaBias = bias,
            Waste = waste,
            Warnings = [],
            NotDone = notDone,
        };
        return diagnostics with { Warnings = [.. WarningsOf(diagnostics, result, groups)] };
    }

    /// <summary>The number that shows best what a point or a budget does to the fit: a, or where no data moves it the law's first coefficient.</summary>
    public static LawQuantity Headline(LawForm form) => FitQuantities.Of(form) is var quantities && quantities.FirstOrDefault(quantity => quantity is { Key: "a", IsFixed: false }) is { } exponent ? exponent : quantities[0];

    private static IReadOnlyList<BudgetGroup> Bands(IReadOnlyList<BudgetGroup> groups)
    {
        if (groups.Count <= MostBands)
            return groups;
        // As many runs in each as can be, neighbours together; a band stands at its geometric mean.
        var runs = groups.Sum(group => group.Members.Count);
        var before = 0;
        var bands = new List<BudgetGroup>[MostBands];
        foreach (var group in groups)
        {
            (bands[(int)((long)before * MostBands / runs)] ??= []).Add(group);
            before += group.Members.Count;
        }

        return [.. bands.Where(band => band is not null).Select(band => new BudgetGroup(
            Math.Exp(band.Average(group => Math.Log(group.Flops))), [.. band.SelectMany(group => group.Members).Order()]))];
    }

    private static IReadOnlyList<PointInfluence> InfluenceOf(
        FitResult result, FitRecipeOptions options, FitResiduals residuals, CancellationToken cancellationToken) =>
        [.. Numerics.Fitting.Diagnostics.Influence.Of(result.Fit, result.Points, options.Fit, residuals, cancellationToken)
            .OrderByDescending(point => double.IsNaN(point.Distance) ? double.NegativeInfinity : point.Distance)];

    private static IReadOnlyList<LeftOutBudget> LeaveOneBudgetOut(
        LawForm form, FitPoints points, IReadOnlyList<BudgetGroup> bands, FitRecipeOptions options, List<Warning> notDone, CancellationToken cancellationToken)
    {
        if (bands.Count < 2)
        {
            notDone.Add(new Warning("leave-out", "Leaving out one budget at a time needs at least two budgets; these runs have one."));
            return [];
        }

        return [.. Numerics.Fitting.Diagnostics.Holdout.LeaveOneOut(form, points, bands, options.Fit, cancellationToken).Select(left => new LeftOutBudget(
            left.Group.Flops, left.Group.Members.Count, left.Fit.Status, left.Fit.IsUsable ? left.Fit.Law : null, left.Error))];
    }

    private static BudgetHoldout? HoldOut(FitResult result, FitRecipeOptions options, int largest, List<Warning> notDone, CancellationToken cancellationToken)
    {
        try
        {
            var held = BudgetHoldout.Run(result.Rows, options with { Bootstrap = Math.Min(options.Bootstrap, HoldoutDraws) }, largest, null, cancellationToken);
            if (held.Kept.Fit.IsUsable)
                return held;
            notDone.Add(new Warning("holdout", $"Without the largest {Words.Count(largest, "budget")} there is no fit to try on them: {held.Kept.Fit.Explanation}."));
        }
        catch (AnalysisException failure)
        {
            notDone.Add(new Warning("holdout", failure.Message));
        }

        return null;
    }

    private static IReadOnlyList<RollOutRow> RollOutBudgets(
        LawForm form, FitPoints points, IReadOnlyList<BudgetGroup> bands, FitRecipeOptions options, double target, List<Warning> notDone,
        CancellationToken cancellationToken)
    {
        if (bands.Count <= FewestRollOutBudgets)
        {
            notDone.Add(new Warning("roll-out", $"Adding budgets one by one needs more than {FewestRollOutBudgets} of them; these runs have {bands.Count}."));
            return [];
        }

        var draws = Math.Min(options.Bootstrap, RollOutDraws);
        return [.. Numerics.Fitting.Diagnostics.Holdout.RollOut(form, points, bands, FewestRollOutBudgets, options.Fit, draws, options.Seed, cancellationToken)
            .Select(step =>
            {
                var (law, laws) = (step.Fit.Law, step.Draws.Laws);
                var answers = step.Fit.IsUsable;
                return new RollOutRow(
                    step.Groups, step.Fit.Points, step.Largest.Flops, step.Fit.Status,
                    answers && form is { AllocatesCompute: true, FixesExponents: false } ? LawEstimate.Of(law, laws, one => one.ParameterExponent) : null,
                    answers && form.AllocatesCompute ? LawEstimate.Of(law, laws, one => one.Optimum(target).Parameters) : null,
                    answers && double.IsFinite(law.Optimum(target).Loss) ? LawEstimate.Of(law, laws, one => one.Optimum(target).Loss) : null);
            })];
    }

    private static ApproachTwoBias? BiasOfParabolas(FitResult result, IReadOnlyList<BudgetGroup> groups, double target, List<Warning> notDone)
    {
        var law = result.Fit.Law;
        if (!law.Form.AllocatesCompute)
            return null;
        double[] parameters = [.. result.Rows.Select(row => row.Parameters)];
        if (Simulate(law) is not { } bias)
        {
            notDone.Add(new Warning("bias", "Approach 2 has no bias to estimate here: fewer than two budgets would have a minimum even without noise."));
            return null;
        }

        var draws = new ParabolaBias?[result.Bootstrap.Laws.Count];
        Cores.For(draws.Length, i => draws[i] = Simulate(result.Bootstrap.Laws[i]));
        return new ApproachTwoBias(
            bias,
            new LawEstimate(bias.Exponent, Interval.Of(draws.OfType<ParabolaBias>().Select(draw => draw.Exponent))),
            new LawEstimate(bias.Parameters, Interval.Of(draws.OfType<ParabolaBias>().Select(draw => draw.Parameters))));

        ParabolaBias? Simulate(Law one) => Numerics.ComputeOptimal.ParabolaBias.Simulate(one, groups, parameters, target);
    }

    private static IReadOnlyList<WastedCompute> Wasted(FitResult result, IReadOnlyList<BudgetGroup> groups, double target, List<Warning> notDone)
    {
        var law = result.Fit.Law;
        if (!law.Form.AllocatesCompute)
            return [];
        var rules = new List<(string Name, IAllocationLaw Law)>();
        var profiles = IsoFlopProfiles.Fit(groups, [.. result.Rows.Select(row => row.Parameters)], [.. result.Rows.Select(row => row.Loss)], draws: 0, seed: 0);
        if (double.IsFinite(profiles.Line.ParameterExponent))
            rules.Add(("Approach 2 on these runs", profiles.Line));
        else
            notDone.Add(new Warning("waste", "Approach 2 gives these runs no line, so what following it would waste cannot be said."));
        // N = √(C/120) at 20 tokens per parameter.
        rules.Add(("20 tokens per parameter", new AllocationLine(new PowerLaw(0.5, -0.5 * Math.Log(120)))));
        rules.AddRange(PublishedLaws.All.Select(published => (published.Name, published.Law)));
        return [.. rules.Select(rule =>
        {
            var chosen = rule.Law.Optimum(target);
            var wasted = LawEstimate.Of(law, result.Bootstrap.Laws, one => DeadweightCompute.Of(one, chosen));
            return new WastedCompute(rule.Name, chosen, wasted, LawEstimate.Of(law, result.Bootstrap.Laws, one => DeadweightCompute.Of(one, chosen) / target));
        })];
    }

    private static IEnumerable<Warning> WarningsOf(FitDiagnostics diagnostics, FitResult result, IReadOnlyList<BudgetGroup> groups)
    {
        var law = result.Fit.Law;
        var headline = Headline(law.Form);
        var estimate = headline.Of(law);

        int[] outlying = [.. Enumerable.Range(0, result.Rows.Count)
            .Where(i => Math.Abs(diagnostics.Residuals.Points[i].Standardised) > Outlying)
            .OrderByDescending(i => Math.Abs(diagnostics.Residuals.Points[i].Standardised))];
        if (outlying.Length > 0)
        {
            yield return new Warning("outliers", $"{Words.Count(outlying.Length, "run")} of {result.Rows.Count.ToString("N0", CultureInfo.InvariantCulture)} {(outlying.Length == 1 ? "lies" : "lie")} more than {Outlying:F0} robust standard deviations off the law ({Names(outlying)}); look at them before you trust squared losses.");
        }

        PointInfluence[] influential = [.. diagnostics.Influence.Where(point => point.Distance > MuchInfluence)];
        if (influential.Length > 0)
        {
            var first = influential[0];
            yield return new Warning("influence", string.Create(
                CultureInfo.InvariantCulture,
                $"{Words.Count(influential.Length, "run")} {(influential.Length == 1 ? "bends" : "bend")} the whole fit (Cook's distance above 1: {Names([.. influential.Select(point => point.Point)])}); without {result.Rows[first.Point].Run}, {headline.Symbol} is {Quantity.Significant(headline.Of(first.Without!), 3)} instead of {Quantity.Significant(estimate, 3)}."));
        }

        if (LargestBudgetOff(diagnostics, groups) is { } off)
        {
            yield return new Warning("trend", string.Create(
                CultureInfo.InvariantCulture,
                $"The runs of the largest budget lie {(off > 0 ? "above" : "below")} the law by {Math.Abs(off):F1} standard errors of their median; predictions beyond it are likely too {(off > 0 ? "low" : "high")}."),
                [groups[^1].Flops]);
        }

        if (diagnostics.LeaveOneOutInterval is { } interval)
        {
            LeftOutBudget[] moving = [.. diagnostics.LeaveOneOut.Where(left => left.Law is { } without && (headline.Of(without) < interval.Low95 || headline.Of(without) > interval.High95))];
            if (moving.Length > 0)
            {
                yield return new Warning(
                    "leave-out",
                    $"Without {Words.List([.. moving.Select(left => $"{Quantity.Scientific(left.Flops)} FLOP")], 3)} {headline.Symbol} leaves its own 95 % interval; the interval is too narrow for how much single budgets matter.",
                    [.. moving.Select(left => left.Flops)]);
            }
        }

        if (diagnostics.Holdout is { } held && held.All.Error.AbsoluteRelativeError > 3 * held.Fitted.AbsoluteRelativeError && held.All.Error.AbsoluteRelativeError > 0.005)
        {
            yield return new Warning("holdout", string.Create(
                CultureInfo.InvariantCulture,
                $"The largest {(held.Budgets.Count == 1 ? "budget is" : Words.Count(held.Budgets.Count, "budget") + " are")} predicted {100 * held.All.Error.AbsoluteRelativeError:F2} % off, the runs fitted {100 * held.Fitted.AbsoluteRelativeError:F2} %; the law extrapolates worse than its residuals suggest."));
        }

        if (diagnostics.Conditioning is { } conditioning && conditioning.Projected > HardToTellApart)
        {
            yield return new Warning("conditioning", string.Create(
                CultureInfo.InvariantCulture,
                $"The exponents are hard to tell apart on these runs (condition number {Quantity.Significant(conditioning.Projected, 2)} with all else at its best); vary N and D more independently."));
        }

        if (diagnostics.ParabolaBias is { } bias && Math.Abs(bias.Parameters.Value) > NotableBias)
        {
            yield return new Warning("bias", string.Create(
                CultureInfo.InvariantCulture,
                $"If the law holds, Approach 2 puts N_opt at {Quantity.Scientific(diagnostics.Target)} FLOP {100 * Math.Abs(bias.Parameters.Value):F0} % too {(bias.Parameters.Value > 0 ? "high" : "low")} on these sizes even without noise; read the law, not the parabolas."));
        }

        // Rules that anybody may follow by habit waste what they waste; the one fitted to these runs is news.
        if (diagnostics.Waste is [{ Rule: "Approach 2 on these runs" } parabolas, ..] && parabolas.Share.Value > NotableWaste)
        {
            yield return new Warning("waste", string.Create(
                CultureInfo.InvariantCulture,
                $"By this law, following Approach 2 at {Quantity.Scientific(diagnostics.Target)} FLOP wastes {100 * parabolas.Share.Value:F1} % of the compute."));
        }

        string Names(int[] rows) => Words.List([.. rows.Select(i => result.Rows[i].Run)], 4);
    }

    /// <summary>Median residual of the largest budget in standard errors of it; null where it is none to speak of.</summary>
    private static double? LargestBudgetOff(FitDiagnostics diagnostics, IReadOnlyList<BudgetGroup> groups)
    {
        if (groups.Count < 3 || groups[^1].Members.Count < 3 || diagnostics.Residuals.Scale == 0)
            return null;
        var members = groups[^1].Members;
        // The median: one bad run is no trend. Its standard error is √(π/2) times that of the mean.
        double[] sorted = [.. members.Select(i => diagnostics.Residuals.Points[i].Standardised).Order()];
        var middle = 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
        var off = middle * Math.Sqrt(members.Count / (Math.PI / 2));
        return Math.Abs(off) > 3 ? off : null;
    }
}
