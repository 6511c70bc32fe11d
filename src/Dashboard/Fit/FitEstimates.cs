using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>A number that follows from the law of a page.</summary>
/// <param name="Key">E, alpha, a, parameters, loss …</param>
/// <param name="Symbol">As in the formula, with what it holds for: "N at 1e22 FLOP".</param>
/// <param name="Meaning">What it is, and its unit.</param>
/// <param name="Of">The number, of any law of the form.</param>
/// <param name="Format">As people read it.</param>
/// <param name="Value">The estimate.</param>
/// <param name="Interval">Its interval; null where there is none, NaN for an open end.</param>
/// <param name="IsFixed">The form of the law says it, no data.</param>
public sealed record FitEstimate(string Key, string Symbol, string Meaning, Func<Law, double> Of, Func<double, string> Format, double Value, Interval? Interval, bool IsFixed = false)
{
    private const string Fixed = "fixed by the law";

    /// <summary>"73.2B".</summary>
    public string Text => Format(Value);

    /// <summary>"57.4B–98.1B", "from 57.4B" where the upper end is open; null where there is no interval.</summary>
    public string? Eighty => IsFixed ? Fixed : Interval is null ? null : IsoFlopWords.Range(Interval.Low80, Interval.High80, Format);

    /// <summary>The same of the 95 % interval.</summary>
    public string? NinetyFive => IsFixed ? Fixed : Interval is null ? null : IsoFlopWords.Range(Interval.Low95, Interval.High95, Format);

    /// <summary>"80 %: 57.4B–98.1B", or "no interval"; with a format of its own where fewer digits do.</summary>
    public string EightyOrNone(Func<double, string>? format = null) =>
        IsFixed ? Fixed : Interval is null ? "no interval" : $"80 %: {IsoFlopWords.Range(Interval.Low80, Interval.High80, format ?? Format)}";
}

/// <summary>The numbers of a fit with their intervals: coefficients and exponents, and what the law says at the target.</summary>
public sealed class FitEstimates
{
    private FitEstimates(IReadOnlyList<FitEstimate> all) => All = all;

    /// <summary>In the order of the table.</summary>
    public IReadOnlyList<FitEstimate> All { get; }

    /// <summary>A number by its key.</summary>
    public FitEstimate this[string key] => Find(key) ?? throw new KeyNotFoundException($"This fit has no number {key}.");

    /// <summary>A number by its key; null where the law has none.</summary>
    public FitEstimate? Find(string key) => All.FirstOrDefault(estimate => estimate.Key == key);

    /// <summary>Computes them. Profiles take a while.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FitEstimates Of(FitAnalysis analysis, FitState state, CancellationToken cancellationToken = default)
    {
        var meanings = analysis.Form.Parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Meaning);
        // Those of the law itself are known already.
        var own = FitQuantities.Of(analysis.Form).Select(quantity => new FitEstimate(
            quantity.Key, quantity.Symbol, meanings.GetValueOrDefault(quantity.Key) ?? (quantity.Key == "a" ? "N_opt grows as C^a" : "D_opt grows as C^b"), quantity.Of, FitTable.Number,
            quantity.Of(analysis.Law), analysis.Intervals.Quantities[quantity.Key], quantity.IsFixed));
        (string Key, string Symbol, string Meaning, Func<Law, double> Of, Func<double, string> Format)[] wanted = [.. AtTarget(analysis, state)];
        var intervals = analysis.Intervals.Of([.. wanted.Select(item => item.Of)], cancellationToken);
        return new([.. own, .. wanted.Select((item, i) => new FitEstimate(item.Key, item.Symbol, item.Meaning, item.Of, item.Format, item.Of(analysis.Law), intervals[i]))]);
    }

    private static IEnumerable<(string Key, string Symbol, string Meaning, Func<Law, double> Of, Func<double, string> Format)> AtTarget(FitAnalysis analysis, FitState state)
    {
        if (!analysis.Result.Fit.IsUsable)
            yield break;
        if (!analysis.Form.PredictsLoss)
        {
            var at = FitWording.TargetLoss(analysis, state);
            yield return ("metric", $"{state.MetricColumn} at {IsoFlopWords.Loss(at)} nats", "predicted metric", law => FitWording.Metric(law, at), FitWording.MetricValue);
            yield break;
        }

        var (target, budget) = (state.Target, $"at {Quantity.Scientific(state.Target)} FLOP");
        if (analysis.Form.AllocatesCompute)
        {
            yield return ("parameters", $"N {budget}", "compute-optimal parameters", law => law.Optimum(target).Parameters, Quantity.Count);
            yield return ("tokens", $"D {budget}", "compute-optimal tokens", law => law.Optimum(target).Tokens, Quantity.Count);
            yield return ("ratio", $"D/N {budget}", "tokens per parameter", law => law.Optimum(target).TokensPerParameter, value => Quantity.Significant(value, 3));
        }

        yield return ("loss", $"L {budget}", "loss, nats per token", law => law.Optimum(target).Loss, FitTable.Loss);
        if (state.ServedTokens is { } served && analysis.Form.AllocatesCompute)
        {
            var life = $"for {Quantity.Count(served)} served tokens";
            yield return ("served_parameters", $"N {life}", "cheapest over training and serving", law => ServedOptimum.At(law, target, served)?.Served.Parameters ?? double.NaN, Quantity.Count);
            yield return ("served_tokens", $"D {life}", "cheapest over training and serving", law => ServedOptimum.At(law, target, served)?.Served.Tokens ?? double.NaN, Quantity.Count);
            yield return ("served_saving", $"FLOP saved {life}", "of the training optimum served alike", law => ServedOptimum.At(law, target, served)?.Saving ?? double.NaN, FitWording.Percent);
        }
    }
}
