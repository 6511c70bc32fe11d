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
    public static FitAnswer? Answer(FitAnalysis analysis, FitEstimates estimates, FitState state)
    {
        if (!analysis.Result.Fit.IsUsable)
            return null;
        if (!analysis.Form.PredictsLoss)
        {
            var at = TargetLoss(analysis, state);
            var metric = estimates["metric"];
            return new(
                [new("At a loss of "), new($"{IsoFlopWords.Loss(at)} nats per token", true), new($", this law puts {state.MetricColumn} at "), new(metric.Text, true)],
                $"({Eighty(metric)}; {LossReach(analysis, at)}).");
        }

        var budget = $"{Quantity.Scientific(state.Target)} FLOP";
        var reach = IsoFlopWords.Reach(state.Target, analysis.SmallestFlops, analysis.LargestFlops);
        // Two decimals in a sentence.
        var loss = estimates["loss"] with { Format = IsoFlopWords.Loss };
        if (!analysis.Form.AllocatesCompute)
        {
            return new(
                [new("At "), new(budget, true), new(", this law reaches a loss of "), new($"{loss.Text} nats per token", true)],
                $"({Eighty(loss)}; {reach}; it says nothing about the size of the model).");
        }

        var (parameters, tokens) = (estimates["parameters"], estimates["tokens"]);
        return new(
            [
                new("At "), new(budget, true), new(", this law trains "), new($"{parameters.Text} parameters", true), new(" on "),
                new($"{tokens.Text} tokens", true), new(" for a loss of "), new($"{loss.Text} nats per token", true),
            ],
            $"({Eighty(parameters, tokens, loss)}; {(analysis.Form.Inputs.Contains(LawInput.UniqueTokens) ? "with tokens that never repeat; " : "")}{reach}).");
    }

    /// <summary>"For 10T served tokens: 38B parameters on 3.5T tokens …"; null where nothing is served, or the law allocates no compute.</summary>
    public static string? Served(FitAnalysis analysis, FitEstimates estimates, FitState state)
    {
        if (estimates.Find("served_parameters") is not { } parameters || ServedOptimum.At(analysis.Law, state.Target, state.ServedTokens!.Value) is not { } optimum)
            return null;
        var (tokens, saving) = (estimates["served_tokens"], estimates["served_saving"]);
        return $"For {Quantity.Count(optimum.ServedTokens)} served tokens the same loss costs least with {parameters.Text} parameters on {tokens.Text} tokens ({Eighty(parameters, tokens)}): "
            + $"{Quantity.Scientific(optimum.ServedTotal)} FLOP over training and serving, {saving.Text} less than the training optimum served alike ({saving.EightyOrNone()}).";
    }

    /// <summary>Why the fit does not answer, for the headline.</summary>
    public static string NoAnswer(FitAnalysis analysis) => analysis.Result.Fit.Status switch
    {
        FitStatus.NotIdentifiable when analysis.Form.AllocatesCompute && analysis.Result.Fit.Explanation.Contains("cannot be separated", StringComparison.Ordinal) => "N and D cannot be separated by these runs",
        FitStatus.NotIdentifiable => "These runs cannot tell the terms of this law apart",
        FitStatus.IterationLimit => "The search for the law did not end",
        _ => "These runs give no law",
    };

    /// <summary>What is behind it as a sentence, without the words of <see cref="NoAnswer"/>.</summary>
    public static string WhyNoAnswer(FitAnalysis analysis)
    {
        var why = analysis.Result.Fit.Explanation;
        why = why.IndexOf("cannot be separated: ", StringComparison.Ordinal) is >= 0 and var at ? why[(at + "cannot be separated: ".Length)..] : why;
        return why.Length == 0 ? "" : $"{char.ToUpperInvariant(why[0])}{why[1..]}.";
    }

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

    /// <summary>What the page is busy with.</summary>
    public static string Doing(IntervalKind intervals, bool hasDrawsToCome) =>
        hasDrawsToCome ? "Fitting, with bootstrap" : intervals is IntervalKind.Profile or IntervalKind.AdjustedProfile ? "Following profiles" : "Fitting";

    /// <summary>What a band of the charts is, or why there is none: "80 % BCa band".</summary>
    public static string Band(FitBands bands, FitBand? band)
    {
        if (band is null || band.Intervals.All(interval => interval is null))
            return bands.Kind is IntervalKind.Percentile or IntervalKind.BiasCorrected ? "no band without bootstrap draws" : "no band";
        return "80 % " + bands.Kind switch
        {
            IntervalKind.BiasCorrected => "BCa band",
            IntervalKind.Profile => "profile band",
            IntervalKind.AdjustedProfile => "adjusted-profile band",
            IntervalKind.Delta => "delta-method band",
            _ => bands.AreOfAnotherKind ? $"percentile band (a profile takes too long above {FitBands.MostProfiled} points)" : "percentile band",
        };
    }

    /// <summary>The strip below the headline.</summary>
    public static IReadOnlyList<KeyFigure> KeyFigures(FitAnalysis analysis, FitEstimates estimates, FitState state)
    {
        if (!analysis.Result.Fit.IsUsable)
            return [];
        var figures = new List<KeyFigure>();
        if (analysis.Form.AllocatesCompute)
        {
            figures.Add(Exponent("N", "a"));
            figures.Add(analysis.Form.Parameters.FirstOrDefault(parameter => parameter.Kind == ParameterKind.Irreducible) is { } irreducible
                ? Coefficient(irreducible)
                : Exponent("D", "b"));
            figures.Add(new("Tokens per parameter", estimates["ratio"].Text, $"{estimates["ratio"].EightyOrNone()} at {Quantity.Scientific(state.Target)}"));
        }
        else
        {
            figures.AddRange(analysis.Form.Parameters.Take(3).Select(Coefficient));
        }

        figures.Add(new("Points used", analysis.Rows.Count.ToString("N0", CultureInfo.InvariantCulture), Points(analysis)));
        figures.Add(analysis.Form.PredictsLoss
            ? IsoFlopWords.BeyondData(state.Target, analysis.SmallestFlops, analysis.LargestFlops)
            : new("Beyond your data", $"{IsoFlopWords.Loss(LossBeyond(analysis, TargetLoss(analysis, state)))} nats", $"lowest loss {IsoFlopWords.Loss(analysis.Rows.Min(row => row.Loss))}"));
        return figures;

        KeyFigure Exponent(string grows, string key) =>
            new($"{grows} grows as C", $"{key} = {IsoFlopWords.Exponent(estimates[key].Value)}", estimates[key].EightyOrNone(IsoFlopWords.Exponent), key);

        KeyFigure Coefficient(LawParameter parameter)
        {
            var isLoss = parameter.Kind == ParameterKind.Irreducible;
            return new(
                isLoss ? "Irreducible loss" : parameter.Kind == ParameterKind.Exponent ? "Exponent" : "Coefficient",
                $"{parameter.Symbol} = {FitTable.Rounded(estimates[parameter.Key].Value, 4)}{(isLoss ? " nats" : "")}",
                estimates[parameter.Key].EightyOrNone(value => FitTable.Rounded(value)) + (isLoss ? ", per token" : ""));
        }
    }

    /// <summary>The label at the end of a published line.</summary>
    public static string ShortName(PublishedSurface surface) => surface.Key switch
    {
        "hoffmann3" => "Hoffmann",
        "hoffmann3rounded" => "Hoffmann, printed",
        "epoch" => "Epoch",
        "kaplan" => "Kaplan",
        "kaplancompute" => "Kaplan, compute",
        "llama3" => "Llama 3 refit",
        "muennighoff" or "muennighoffonce" => "Muennighoff",
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

    private static string Eighty(params FitEstimate[] estimates)
    {
        string[] known = [.. estimates.Select(estimate => estimate.Eighty).OfType<string>()];
        return known.Length == 0 ? "no interval without bootstrap draws" : $"80 %: {Words.List(known)}";
    }
}
