using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>A number of the fit with its intervals, beside what papers print for it.</summary>
/// <param name="Symbol">As in the formula.</param>
/// <param name="Meaning">What it is, and its unit.</param>
/// <param name="Value">The estimate.</param>
/// <param name="Eighty">80 % interval; "–" where there is none.</param>
/// <param name="NinetyFive">95 % interval.</param>
/// <param name="StandardError">Standard error.</param>
/// <param name="Published">The same number by each published surface of the same form.</param>
public sealed record FitTableRow(string Symbol, string Meaning, string Value, string Eighty, string NinetyFive, string StandardError, IReadOnlyList<string> Published);

/// <summary>The numbers of a fit as a table.</summary>
public static class FitTable
{
    /// <summary>Coefficients and exponents, then what the law says at the target.</summary>
    public static IReadOnlyList<FitTableRow> Rows(FitAnalysis analysis, FitState state)
    {
        var published = PublishedSurfaces.Of(analysis.Form);
        var draws = analysis.Result.Bootstrap.Laws;
        var meanings = analysis.Form.Parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Meaning);
        var rows = FitQuantities.Of(analysis.Form).Select(quantity => Row(
            quantity.Symbol,
            meanings.GetValueOrDefault(quantity.Key) ?? (quantity.Key == "a" ? "N_opt grows as C^a" : "D_opt grows as C^b"),
            quantity.Of, Number)).ToList();
        if (!analysis.Result.Fit.IsUsable)
            return rows;
        if (!analysis.Form.PredictsLoss)
        {
            var loss = FitWording.TargetLoss(analysis, state);
            rows.Add(Row($"{state.MetricColumn} at {IsoFlopWords.Loss(loss)} nats", "predicted metric", law => FitWording.Metric(law, loss), FitWording.MetricValue));
            return rows;
        }

        var at = $"at {Quantity.Scientific(state.Target)} FLOP";
        if (analysis.Form.AllocatesCompute)
        {
            rows.Add(Row($"N {at}", "compute-optimal parameters", law => law.Optimum(state.Target).Parameters, Quantity.Count));
            rows.Add(Row($"D {at}", "compute-optimal tokens", law => law.Optimum(state.Target).Tokens, Quantity.Count));
            rows.Add(Row($"D/N {at}", "tokens per parameter", law => law.Optimum(state.Target).TokensPerParameter, value => Quantity.Significant(value, 3)));
        }

        rows.Add(Row($"L {at}", "loss, nats per token", law => law.Optimum(state.Target).Loss, value => Quantity.Significant(value, 4)));
        return rows;

        FitTableRow Row(string symbol, string meaning, Func<Law, double> of, Func<double, string> format)
        {
            var interval = Interval.Of(draws.Select(of));
            return new(
                symbol, meaning, format(of(analysis.Law)),
                interval is null ? "–" : $"{format(interval.Low80)}–{format(interval.High80)}",
                interval is null ? "–" : $"{format(interval.Low95)}–{format(interval.High95)}",
                interval is null ? "–" : format(interval.StandardError),
                [.. published.Select(surface => format(of(surface.Law)))]);
        }
    }

    /// <summary>The rows as a spreadsheet takes them.</summary>
    public static string Text(IReadOnlyList<FitTableRow> rows, IReadOnlyList<PublishedSurface> published)
    {
        string[] header = ["quantity", "meaning", "estimate", "80 %", "95 %", "standard error", .. published.Select(surface => surface.Name)];
        return string.Join('\n', rows.Select(row => string.Join('\t', [row.Symbol, row.Meaning, row.Value, row.Eighty, row.NinetyFive, row.StandardError, .. row.Published])).Prepend(string.Join('\t', header))) + '\n';
    }

    /// <summary>Five significant digits; 6.4e13 and 1.2e-5 where it is very large or small.</summary>
    public static string Number(double value) =>
        !double.IsFinite(value) ? "–"
        : Math.Abs(value) is >= 1e6 or (> 0 and < 1e-3) ? Quantity.Scientific(value)
        : value.ToString("G5", CultureInfo.InvariantCulture);
}
