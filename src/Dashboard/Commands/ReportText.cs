using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>Lines of the text output.</summary>
internal static class ReportText
{
    internal static string Row(string name, double value, IntervalReport? interval, string note)
    {
        var range = Range(interval, Number);
        return $"  {name,-6} {Number(value),-10} {range,-28} {note}".TrimEnd();
    }

    internal static IEnumerable<string> Predictions(IEnumerable<PredictionReport> predictions)
    {
        foreach (var at in predictions)
        {
            yield return $"At {Quantity.Scientific(at.Flops)} FLOP:";
            // A law of compute alone knows no split.
            if (double.IsFinite(at.Parameters))
            {
                yield return $"  N      {Quantity.Count(at.Parameters),-10} {Range(at.Intervals.Parameters, Quantity.Count)}";
                yield return $"  D      {Quantity.Count(at.Tokens),-10} {Range(at.Intervals.Tokens, Quantity.Count)}";
            }

            if (double.IsFinite(at.Loss))
                yield return $"  loss   {Number(at.Loss),-10} {Range(at.Intervals.Loss, Number)} nats per token";
            if (double.IsFinite(at.TokensPerParameter))
                yield return $"  D/N    {Quantity.Significant(at.TokensPerParameter, 3)}";
        }
    }

    internal static string Number(double value) =>
        double.IsFinite(value) && Math.Abs(value) is >= 1e6 or (> 0 and < 1e-4) ? Quantity.Scientific(value) : value.ToString("G5", CultureInfo.InvariantCulture);

    private static string Range(IntervalReport? interval, Func<double, string> format) =>
        interval is null ? "no interval"
        : double.IsNaN(interval.Low80) ? double.IsNaN(interval.High80) ? "80 %: open" : $"80 %: up to {format(interval.High80)}"
        : double.IsNaN(interval.High80) ? $"80 %: from {format(interval.Low80)}"
        : $"80 %: {format(interval.Low80)} to {format(interval.High80)}";
}
