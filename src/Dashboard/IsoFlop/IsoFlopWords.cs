using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.IsoFlop;

/// <summary>The answer in a sentence: what stands in bold, and what qualifies it.</summary>
/// <param name="Budget">"5.76e23 FLOP".</param>
/// <param name="Parameters">"73B parameters".</param>
/// <param name="Tokens">"1.3T tokens".</param>
/// <param name="Loss">"1.97 nats per token"; null where the approach has no loss.</param>
/// <param name="Interval">The intervals, the approach and the reach.</param>
/// <param name="Spread">How far the approaches lie apart; empty with one.</param>
public sealed record IsoFlopAnswer(string Budget, string Parameters, string Tokens, string? Loss, string Interval, string Spread);

/// <summary>Puts an analysis into words.</summary>
public static class IsoFlopWords
{
    /// <summary>Name of an approach.</summary>
    public static string ApproachName(int approach) => approach switch
    {
        1 => "1 Envelope",
        2 => "2 Parabolas",
        3 => "3 Parametric",
        _ => throw new ArgumentOutOfRangeException(nameof(approach), approach, "There are three approaches."),
    };

    /// <summary>The approach that answers: the one chosen where it gives an answer, else the rule's.</summary>
    public static ApproachResult? Answering(IsoFlopAnalysis analysis, HeadlineChoice choice) =>
        choice != HeadlineChoice.Auto && analysis.Approach((int)choice) is { } chosen && double.IsFinite(chosen.Law.ParameterExponent)
            ? chosen
            : analysis.Headline;

    /// <summary>The headline.</summary>
    public static IsoFlopAnswer Answer(IsoFlopAnalysis analysis, ApproachResult answering, double target)
    {
        var prediction = answering.At(target);
        var optimum = prediction.Optimum;
        var hasLoss = double.IsFinite(optimum.Loss);
        var ranges = new List<string>();
        if (prediction is { Parameters: { } n, Tokens: { } d })
        {
            ranges.Add(Range(n, Quantity.Count));
            ranges.Add(Range(d, Quantity.Count));
            if (hasLoss && prediction.Loss is { } loss)
                ranges.Add(Range(loss, Loss));
        }

        var interval = ranges.Count == 0 ? "no interval without bootstrap draws" : $"80 %: {Words.List(ranges)}";
        return new IsoFlopAnswer(
            $"{Quantity.Scientific(target)} FLOP",
            $"{Quantity.Count(optimum.Parameters)} parameters",
            $"{Quantity.Count(optimum.Tokens)} tokens",
            hasLoss ? $"{Loss(optimum.Loss)} nats per token" : null,
            $"({interval}; by Approach {answering.Approach.ToString(CultureInfo.InvariantCulture)}; {Reach(target, analysis.SmallestFlops, analysis.LargestFlops)}).",
            Spread(analysis, target));
    }

    /// <summary>"2.3 decades beyond your largest run", "1.0 decades below your smallest run", or "within the compute of your runs".</summary>
    public static string Reach(double target, double smallest, double largest)
    {
        var decades = Decades(target, smallest, largest);
        return decades < 0.05 ? "within the compute of your runs"
            : string.Create(CultureInfo.InvariantCulture, $"{decades:F1} decades {(target > largest ? "beyond your largest" : "below your smallest")} run");
    }

    /// <summary>Decades of compute between the target and the nearest run, where it is beyond all of them; 0 inside.</summary>
    public static double Decades(double target, double smallest, double largest) => Math.Max(0, Math.Max(Math.Log10(target / largest), Math.Log10(smallest / target)));

    /// <summary>The strip below the headline; all of it from the approach that answers.</summary>
    public static IReadOnlyList<KeyFigure> KeyFigures(IsoFlopAnalysis analysis, ApproachResult answering, double target)
    {
        var prediction = answering.At(target);
        return
        [
            new("N grows as C", string.Create(CultureInfo.InvariantCulture, $"a = {answering.Law.ParameterExponent:F3}"), Eighty(answering.ParameterExponent, Exponent), "a"),
            new("D grows as C", string.Create(CultureInfo.InvariantCulture, $"b = {answering.Law.TokenExponent:F3}"), Eighty(answering.TokenExponent, Exponent), "b"),
            new("Tokens per parameter", Quantity.Significant(prediction.Optimum.TokensPerParameter, 3), $"{Eighty(prediction.TokensPerParameter, value => Quantity.Significant(value, 3))} at {Quantity.Scientific(target)}"),
            double.IsFinite(prediction.Optimum.Loss)
                ? new("Predicted loss", $"{Loss(prediction.Optimum.Loss)} nats", $"{Eighty(prediction.Loss, Loss)}, per token")
                : new("Predicted loss", "–", $"Approach {answering.Approach.ToString(CultureInfo.InvariantCulture)} gives none"),
            BeyondData(target, analysis.SmallestFlops, analysis.LargestFlops),
        ];
    }

    /// <summary>The extrapolation meter.</summary>
    public static KeyFigure BeyondData(double target, double smallest, double largest)
    {
        var decades = Decades(target, smallest, largest);
        return new(
            "Beyond your data",
            decades < 0.05 ? "0 decades" : string.Create(CultureInfo.InvariantCulture, $"{decades:F1} decades"),
            target < smallest ? $"smallest run {Quantity.Scientific(smallest)} FLOP" : $"largest run {Quantity.Scientific(largest)} FLOP");
    }

    /// <summary>"80 %: 0.47–0.52".</summary>
    public static string Eighty(Interval? interval, Func<double, string> format) => interval is null ? "no interval" : $"80 %: {Range(interval, format)}";

    /// <summary>"0.47–0.52", the 80 % interval.</summary>
    public static string Range(Interval interval, Func<double, string> format) => Range(interval.Low80, interval.High80, format);

    /// <summary>"0.47–0.52"; "up to 0.52" and "from 0.47" where an end is open.</summary>
    public static string Range(double low, double high, Func<double, string> format) => (double.IsNaN(low), double.IsNaN(high)) switch
    {
        (false, false) => $"{format(low)}–{format(high)}",
        (true, false) => $"up to {format(high)}",
        (false, true) => $"from {format(low)}",
        _ => "open",
    };

    /// <summary>Three decimals.</summary>
    public static string Exponent(double value) => double.IsFinite(value) ? value.ToString("F3", CultureInfo.InvariantCulture) : "–";

    /// <summary>A published exponent with the two or three decimals its paper prints.</summary>
    public static string Printed(double value) => value.ToString("0.00#", CultureInfo.InvariantCulture);

    /// <summary>A loss: two decimals, three below 1.</summary>
    public static string Loss(double value) => double.IsFinite(value) ? value.ToString(value < 1 ? "F3" : "F2", CultureInfo.InvariantCulture) : "–";

    /// <summary>What a run says when pointed at.</summary>
    public static string Hover(Runs.Observation run) =>
        $"{run.Run}\nN {Quantity.Count(run.Parameters)}\nD {Quantity.Count(run.Tokens)}\nC {Quantity.Scientific(run.Flops)} FLOP\nloss {Quantity.Significant(run.Loss, 4)} nats per token";

    /// <summary>The range over published laws, for the page without a project.</summary>
    public static (string Low, string High) PublishedRange(double target)
    {
        var sizes = PublishedLaws.All.Select(law => law.Law.Optimum(target).Parameters).Order().ToArray();
        return (Quantity.Count(sizes[0]), Quantity.Count(sizes[^1]));
    }

    private static string Spread(IsoFlopAnalysis analysis, double target)
    {
        var usable = analysis.Approaches.Where(result => result.IsUsable).ToArray();
        if (usable.Length < 2)
            return "";
        var sizes = usable.Select(result => result.Law.Optimum(target).Parameters).Order().ToArray();
        return $"Over the {(usable.Length == 2 ? "two" : "three")} approaches: {Quantity.Count(sizes[0])} to {Quantity.Count(sizes[^1])} parameters.";
    }
}
