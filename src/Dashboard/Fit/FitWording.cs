using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>A piece of a sentence.</summary>
/// <param name="Text">The words.</param>
/// <param name="Bold">The decision is in it.</param>
public readonly record struct Phrase(string Text, bool Bold = false);

/// <summary>The answer of the Fit page.</summary>
/// <param name="Sentence">With the numbers in bold.</param>
/// <param name="Interval">The intervals and the reach.</param>
public sealed record FitAnswer(IReadOnlyList<Phrase> Sentence, string Interval);

/// <summary>Puts a fit into words.</summary>
public static class FitWording
{
    /// <summary>The headline. Null where the fit does not answer.</summary>
    public static FitAnswer? Answer(FitAnalysis analysis, FitState state)
    {
        if (!analysis.Result.Fit.IsUsable)
            return null;
        if (!analysis.Form.PredictsLoss)
        {
            var loss = TargetLoss(analysis, state);
            var interval = MetricInterval(analysis, loss);
            return new(
                [new("At a loss of "), new($"{IsoFlopWords.Loss(loss)} nats per token", true), new($", this law puts {state.MetricColumn} at "), new(MetricValue(Metric(analysis.Law, loss)), true)],
                $"({Eighty([interval is null ? null : IsoFlopWords.Range(interval, MetricValue)])}; {LossReach(analysis, loss)}).");
        }

        var prediction = analysis.At(state.Target);
        var optimum = prediction.Optimum;
        var budget = $"{Quantity.Scientific(state.Target)} FLOP";
        var reach = IsoFlopWords.Reach(state.Target, analysis.SmallestFlops, analysis.LargestFlops);
        var lossRange = prediction.Loss is null ? null : IsoFlopWords.Range(prediction.Loss, IsoFlopWords.Loss);
        if (!analysis.Form.AllocatesCompute)
        {
            return new(
                [new("At "), new(budget, true), new(", this law reaches a loss of "), new($"{IsoFlopWords.Loss(optimum.Loss)} nats per token", true)],
                $"({Eighty([lossRange])}; {reach}; it says nothing about the size of the model).");
        }

        return new(
            [
                new("At "), new(budget, true), new(", this law trains "), new($"{Quantity.Count(optimum.Parameters)} parameters", true), new(" on "),
                new($"{Quantity.Count(optimum.Tokens)} tokens", true), new(" for a loss of "), new($"{IsoFlopWords.Loss(optimum.Loss)} nats per token", true),
            ],
            $"({Eighty([
                prediction.Parameters is null ? null : IsoFlopWords.Range(prediction.Parameters, Quantity.Count),
                prediction.Tokens is null ? null : IsoFlopWords.Range(prediction.Tokens, Quantity.Count),
                lossRange])}; {(analysis.Form.Inputs.Contains(LawInput.UniqueTokens) ? "with tokens that never repeat; " : "")}{reach}).");
    }

    /// <summary>"For 1e13 served tokens: 46B parameters on 2.4T tokens …"; null where nothing is served, or the law allocates no compute.</summary>
    public static string? Served(FitAnalysis analysis, FitState state)
    {
        if (state.ServedTokens is not { } served || !analysis.Result.Fit.IsUsable || ServedOptimum.At(analysis.Law, state.Target, served) is not { } optimum)
            return null;
        var parts = new List<string?>();
        if (analysis.Result.Bootstrap.Laws.Count > 1)
        {
            var draws = analysis.Result.Bootstrap.Laws.Select(law => ServedOptimum.At(law, state.Target, served)).OfType<ServedOptimum>().ToArray();
            parts.Add(Interval.Of(draws.Select(draw => draw.Served.Parameters)) is { } size ? IsoFlopWords.Range(size, Quantity.Count) : null);
            parts.Add(Interval.Of(draws.Select(draw => draw.Served.Tokens)) is { } tokens ? IsoFlopWords.Range(tokens, Quantity.Count) : null);
        }

        return $"For {Quantity.Count(served)} served tokens the same loss costs least with {Quantity.Count(optimum.Served.Parameters)} parameters on {Quantity.Count(optimum.Served.Tokens)} tokens ({Eighty(parts)}): "
            + $"{Quantity.Scientific(optimum.ServedTotal)} FLOP over training and serving, {Percent(optimum.Saving)} less than the training optimum served alike.";
    }

    /// <summary>Why the fit does not answer, for the headline.</summary>
    public static string NoAnswer(FitAnalysis analysis) => analysis.Result.Fit.Status switch
    {
        FitStatus.NotIdentifiable when analysis.Form.AllocatesCompute && analysis.Result.Fit.Explanation.Contains("cannot be separated", StringComparison.Ordinal) => "N and D cannot be separated by these runs",
        FitStatus.NotIdentifiable => "These runs cannot tell the terms of this law apart",
        FitStatus.IterationLimit => "The search for the law did not end",
        _ => "These runs give no law",
    };

    /// <summary>How the fit ended, in words.</summary>
    public static string Status(LawFit fit) => fit.Status switch
    {
        FitStatus.Converged => "Converged: no change of the coefficients makes the fit better, and none lies on a bound.",
        FitStatus.AtBound => $"On a bound: {fit.Explanation}.",
        FitStatus.NotIdentifiable => $"Not identifiable: {fit.Explanation}.",
        FitStatus.IterationLimit => $"Stopped at the limit of iterations: {fit.Explanation}.",
        FitStatus.TooFewPoints => $"Too few points: {fit.Explanation}.",
        _ => $"Failed: {fit.Explanation}.",
    };

    /// <summary>The strip below the headline.</summary>
    public static IReadOnlyList<KeyFigure> KeyFigures(FitAnalysis analysis, FitState state)
    {
        if (!analysis.Result.Fit.IsUsable)
            return [];
        var figures = new List<KeyFigure>();
        var law = analysis.Law;
        if (analysis.Form.AllocatesCompute)
        {
            var prediction = analysis.At(state.Target);
            figures.Add(new("N grows as C", $"a = {IsoFlopWords.Exponent(law.ParameterExponent)}", IsoFlopWords.Eighty(Of(value => value.ParameterExponent), IsoFlopWords.Exponent), "a"));
            figures.Add(analysis.Form.Parameters.FirstOrDefault(parameter => parameter.Kind == ParameterKind.Irreducible) is { } irreducible
                ? Coefficient(irreducible)
                : new("D grows as C", $"b = {IsoFlopWords.Exponent(law.TokenExponent)}", IsoFlopWords.Eighty(Of(value => value.TokenExponent), IsoFlopWords.Exponent), "b"));
            figures.Add(new(
                "Tokens per parameter", Quantity.Significant(prediction.Optimum.TokensPerParameter, 3),
                $"{IsoFlopWords.Eighty(prediction.TokensPerParameter, value => Quantity.Significant(value, 3))} at {Quantity.Scientific(state.Target)}"));
        }
        else
        {
            figures.AddRange(analysis.Form.Parameters.Take(3).Select(Coefficient));
        }

        figures.Add(new("Points used", analysis.Rows.Count.ToString("N0", CultureInfo.InvariantCulture), Points(analysis)));
        if (analysis.Form.PredictsLoss)
            figures.Add(IsoFlopWords.BeyondData(state.Target, analysis.SmallestFlops, analysis.LargestFlops));
        else
            figures.Add(new("Beyond your data", LossBeyond(analysis, TargetLoss(analysis, state)) is > 0 and var beyond ? $"{IsoFlopWords.Loss(beyond)} nats" : "0 nats", $"lowest loss {IsoFlopWords.Loss(analysis.Rows.Min(row => row.Loss))}"));
        return figures;

        Interval? Of(Func<Law, double> quantity) => Interval.Of(analysis.Result.Bootstrap.Laws.Select(quantity));

        KeyFigure Coefficient(LawParameter parameter) => new(
            parameter.Kind == ParameterKind.Irreducible ? "Irreducible loss" : parameter.Kind == ParameterKind.Exponent ? "Exponent" : "Coefficient",
            $"{parameter.Symbol} = {FitTable.Number(law[parameter.Key])}",
            IsoFlopWords.Eighty(Of(value => value[parameter.Key]), FitTable.Number) + (parameter.Kind == ParameterKind.Irreducible ? ", nats per token" : ""));
    }

    /// <summary>The label at the end of a published line.</summary>
    public static string ShortName(PublishedSurface surface) => surface.Key switch
    {
        "hoffmann3" => "Hoffmann",
        "hoffmann3rounded" => "Hoffmann, printed",
        "epoch" => "Epoch",
        "kaplan" => "Kaplan",
        "llama3" => "Llama 3 refit",
        "muennighoff" => "Muennighoff",
        _ => surface.Name,
    };

    /// <summary>The median distance between law and point.</summary>
    public static string TypicalResidual(FitAnalysis analysis, IReadOnlyList<double> measured, IReadOnlyList<double> fitted)
    {
        var relative = analysis.Form.PredictsLoss;
        double[] residuals = [.. measured.Select((value, i) => Math.Abs(fitted[i] - value) / (relative ? value : 1)).Order()];
        var median = residuals.Length % 2 == 1 ? residuals[residuals.Length / 2] : 0.5 * (residuals[residuals.Length / 2 - 1] + residuals[residuals.Length / 2]);
        return relative ? $"half of the points within {Percent(median)}" : $"half of the points within {Quantity.Significant(median, 2)}";
    }

    /// <summary>The loss at which a metric is read: the one asked for, else the lowest of the points.</summary>
    public static double TargetLoss(FitAnalysis analysis, FitState state) => state.TargetLoss ?? analysis.Rows.Min(row => row.Loss);

    /// <summary>What a law of a metric says of a loss.</summary>
    public static double Metric(Law law, double loss) => law.Predict(new LawPoint(double.NaN, double.NaN, double.NaN, Loss: loss));

    /// <summary>Its interval; null without draws.</summary>
    public static Interval? MetricInterval(FitAnalysis analysis, double loss) => Interval.Of(analysis.Result.Bootstrap.Laws.Select(law => Metric(law, loss)));

    /// <summary>Three decimals.</summary>
    public static string MetricValue(double value) => double.IsFinite(value) ? value.ToString("F3", CultureInfo.InvariantCulture) : "–";

    /// <summary>"12 %", "0.34 %".</summary>
    public static string Percent(double share) => $"{Quantity.Significant(100 * share, 2)} %";

    private static string Points(FitAnalysis analysis)
    {
        var leftOut = analysis.Input.LeftOut.Count;
        var runs = analysis.Rows.Select(row => row.RunId).Distinct().Count();
        return string.Join(", ", ((string[])[runs < analysis.Rows.Count ? $"checkpoints of {Words.Count(runs, "run")}" : "one a run", leftOut > 0 ? $"{leftOut.ToString(CultureInfo.InvariantCulture)} left out" : ""]).Where(part => part.Length > 0));
    }

    private static double LossBeyond(FitAnalysis analysis, double loss) =>
        Math.Max(0, Math.Max(analysis.Rows.Min(row => row.Loss) - loss, loss - analysis.Rows.Max(row => row.Loss)));

    private static string LossReach(FitAnalysis analysis, double loss) => LossBeyond(analysis, loss) switch
    {
        <= 0 => "within the losses of your runs",
        var beyond => $"{IsoFlopWords.Loss(beyond)} nats {(loss < analysis.Rows.Min(row => row.Loss) ? "below the lowest" : "above the highest")} loss of your runs",
    };

    private static string Eighty(IEnumerable<string?> ranges)
    {
        string[] known = [.. ranges.OfType<string>()];
        return known.Length == 0 ? "no interval without bootstrap draws" : $"80 %: {Words.List(known)}";
    }
}
