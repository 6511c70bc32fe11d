using System.Globalization;
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
    public static IReadOnlyList<FitTableRow> Rows(LawForm form, FitEstimates estimates)
    {
        var published = PublishedSurfaces.Of(form);
        return [.. estimates.All.Select(estimate => new FitTableRow(
            estimate.Symbol, estimate.Meaning, estimate.Text, estimate.Eighty ?? "–", estimate.NinetyFive ?? "–",
            estimate.Interval is null || estimate.IsFixed || double.IsNaN(estimate.Interval.StandardError) ? "–"
                : estimate.Format == Number || estimate.Format == Loss ? Rounded(estimate.Interval.StandardError)
                : estimate.Format(estimate.Interval.StandardError),
            [.. published.Select(surface => estimate.Format(estimate.Of(surface.Law)))]))];
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
        : Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? Quantity.Scientific(value)
        : value.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>A loss with three decimals.</summary>
    public static string Loss(double value) => double.IsFinite(value) ? value.ToString("F3", CultureInfo.InvariantCulture) : "–";

    /// <summary>With fewer digits, for a strip or a standard error.</summary>
    public static string Rounded(double value, int digits = 3) =>
        Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? Quantity.Scientific(value) : Quantity.Significant(value, digits);
}
