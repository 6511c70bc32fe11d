using System.Globalization;
using System.Text.Json.Serialization;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Fitting.Diagnostics;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>How far the predictions for some runs are off, with intervals from the draws of the fit.</summary>
/// <param name="Error">Fractions.</param>
/// <param name="AbsoluteInterval">Interval of the absolute relative error; null without draws.</param>
/// <param name="SignedInterval">Interval of the signed relative error.</param>
public sealed record PredictionError(HoldoutError Error, Interval? AbsoluteInterval, Interval? SignedInterval)
{
    /// <summary>Of a fit, on points that need not be its own.</summary>
    internal static PredictionError Of(Law law, IReadOnlyList<Law> draws, FitPoints points, IReadOnlyList<int> positions)
    {
        var drawn = draws.Select(draw => HoldoutError.Of(draw, points, positions)).ToArray();
        return new PredictionError(
            HoldoutError.Of(law, points, positions),
            Interval.Of(drawn.Select(error => error.AbsoluteRelativeError)),
            Interval.Of(drawn.Select(error => error.SignedRelativeError)));
    }
}

/// <summary>The law fitted without the largest budgets, and how well it predicts them.</summary>
public sealed record BudgetHoldout
{
    // The fit needs more than one budget to tell parameters from tokens.
    private const int FewestKept = 2;

    /// <summary>The fit to the other runs, with its draws.</summary>
    public required FitResult Kept { get; init; }

    /// <summary>Its error on the runs it was fitted to; no draw fits them better, so there is no interval around it.</summary>
    public required HoldoutError Fitted { get; init; }

    /// <summary>Its error on all runs left out.</summary>
    public required PredictionError All { get; init; }

    /// <summary>The same for each budget left out, ascending.</summary>
    public required IReadOnlyList<(BudgetGroup Budget, PredictionError Error)> Budgets { get; init; }

    /// <summary>Leaves out the largest budgets. Runs that belong to no budget stay out too where they took more compute than the largest budget kept.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="options">Options of the fit.</param>
    /// <param name="largest">K, budgets to leave out; above zero.</param>
    /// <param name="progress">Draws that are done.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="AnalysisException">Fewer than K + 2 budgets, or too few runs below them.</exception>
    public static BudgetHoldout Run(
        IReadOnlyList<Observation> rows, FitRecipeOptions options, int largest, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var groups = IsoFlopRecipe.Group(rows, new IsoFlopOptions()).Groups;
        if (groups.Count < largest + FewestKept)
        {
            throw new AnalysisException(
                $"Holding out the largest {Words.Count(largest, "budget")} needs at least {largest + FewestKept} budgets; these rows have {groups.Count.ToString(CultureInfo.InvariantCulture)}. Hold out fewer, or add runs.");
        }

        var held = groups.Skip(groups.Count - largest).ToArray();
        var kept = groups.Take(groups.Count - largest).ToArray();
        var grouped = groups.SelectMany(group => group.Members).ToHashSet();
        var most = kept[^1].Members.Max(i => rows[i].Flops);
        var positions = kept.SelectMany(group => group.Members)
            .Concat(Enumerable.Range(0, rows.Count).Where(i => !grouped.Contains(i) && rows[i].Flops <= most))
            .Order();
        var fit = FitRecipe.Run([.. positions.Select(i => rows[i])], options, progress, cancellationToken);
        var points = FitRows.Points(rows, options.Form, options, cancellationToken);
        var laws = fit.Bootstrap.Laws;
        return new BudgetHoldout
        {
            Kept = fit,
            Fitted = HoldoutError.Of(fit.Fit.Law, fit.Points, [.. Enumerable.Range(0, fit.Points.Count)]),
            All = PredictionError.Of(fit.Fit.Law, laws, points, [.. held.SelectMany(group => group.Members)]),
            Budgets = [.. held.Select(group => (group, PredictionError.Of(fit.Fit.Law, laws, points, group.Members)))],
        };
    }
}

/// <summary>Intervals of the errors of a held-out budget.</summary>
public sealed record HoldoutIntervalsReport(
    [property: JsonPropertyName("are")] IntervalReport? Are, [property: JsonPropertyName("signed")] IntervalReport? SignedError);

/// <summary>Error on one held-out budget; fractions.</summary>
public sealed record BudgetHoldoutReport(
    [property: JsonPropertyName("flops")] double Flops,
    [property: JsonPropertyName("points")] int Points,
    [property: JsonPropertyName("are")] double Are,
    [property: JsonPropertyName("signed")] double SignedError,
    [property: JsonPropertyName("intervals")] HoldoutIntervalsReport Intervals);

/// <summary>Errors on the held-out budgets; fractions.</summary>
public sealed record HoldoutReport(
    [property: JsonPropertyName("budgets")] int Budgets,
    [property: JsonPropertyName("points")] int Points,
    [property: JsonPropertyName("are")] double Are,
    [property: JsonPropertyName("signed")] double SignedError,
    [property: JsonPropertyName("intervals")] HoldoutIntervalsReport Intervals,
    [property: JsonPropertyName("fitted_are")] double FittedAre,
    [property: JsonPropertyName("per_budget")] IReadOnlyList<BudgetHoldoutReport> PerBudget)
{
    /// <summary>As it is.</summary>
    public static HoldoutReport Of(BudgetHoldout holdout)
    {
        var all = holdout.All;
        return new HoldoutReport(
            holdout.Budgets.Count, holdout.Budgets.Sum(held => held.Budget.Members.Count),
            all.Error.AbsoluteRelativeError, all.Error.SignedRelativeError, IntervalsOf(all), holdout.Fitted.AbsoluteRelativeError,
            [.. holdout.Budgets.Select(held => new BudgetHoldoutReport(
                held.Budget.Flops, held.Budget.Members.Count, held.Error.Error.AbsoluteRelativeError, held.Error.Error.SignedRelativeError, IntervalsOf(held.Error)))]);
    }

    private static HoldoutIntervalsReport IntervalsOf(PredictionError error) => new(IntervalReport.Of(error.AbsoluteInterval), IntervalReport.Of(error.SignedInterval));
}
