using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>Lines of the text output.</summary>
internal static class ReportText
{
    internal static string Row(string name, double value, IntervalReport? interval, string note, int width = 6)
    {
        var range = Range(interval, Number);
        return $"  {name.PadRight(width)} {Number(value),-10} {range,-28} {note}".TrimEnd();
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

    internal static IEnumerable<string> Holdout(HoldoutReport holdout)
    {
        yield return $"Fitted without the largest {Words.Count(holdout.Budgets, "budget")} ({Words.Count(holdout.Points, "run")}); absolute relative error of what it predicts for them, and signed (above zero: too high):";
        yield return $"  {"budget",-10} {"runs",5}  {"error",-8} {"",-24} signed";
        foreach (var budget in holdout.PerBudget)
            yield return Line(Quantity.Scientific(budget.Flops), budget.Points, budget.Are, budget.Intervals.Are, budget.SignedError);
        yield return Line("all", holdout.Points, holdout.Are, holdout.Intervals.Are, holdout.SignedError);
        yield return $"  {"fitted",-10} {"",5}  {Percent(holdout.FittedAre)}";

        static string Line(string name, int points, double are, IntervalReport? interval, double signed) => string.Create(
            CultureInfo.InvariantCulture, $"  {name,-10} {points,5}  {Percent(are),-8} {Range(interval, Percent),-24} {Percent(signed)}");

        static string Percent(double fraction) => double.IsFinite(fraction) ? $"{Quantity.Significant(100 * fraction, 2)} %" : "none";
    }

    internal static string Number(double value) =>
        double.IsFinite(value) && Math.Abs(value) is >= 1e6 or (> 0 and < 1e-4) ? Quantity.Scientific(value) : value.ToString("G5", CultureInfo.InvariantCulture);

    private static string Range(IntervalReport? interval, Func<double, string> format) =>
        interval is null ? "no interval"
        : double.IsNaN(interval.Low80) ? double.IsNaN(interval.High80) ? "80 %: open" : $"80 %: up to {format(interval.High80)}"
        : double.IsNaN(interval.High80) ? $"80 %: from {format(interval.Low80)}"
        : $"80 %: {format(interval.Low80)} to {format(interval.High80)}";
}
