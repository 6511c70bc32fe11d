using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>One way of counting as the table shows it.</summary>
/// <param name="Name">Of the convention.</param>
/// <param name="Formula">FLOP per token in symbols.</param>
/// <param name="Source">Who counts so; empty for the table's own count.</param>
/// <param name="Exponents">a and b of Approach 2, a and b of Approach 3.</param>
/// <param name="Runs">How many could be counted, and what the others lack.</param>
public sealed record CountingTableRow(string Name, string Formula, string Source, IReadOnlyList<TableCell> Exponents, TableCell Runs);

/// <summary>Exponents under every way of counting, as text.</summary>
public static class CountingTable
{
    /// <summary>One row a convention.</summary>
    public static IReadOnlyList<CountingTableRow> Rows(CountingResult result) => [.. result.Rows.Select(row =>
        new CountingTableRow(row.Name, row.Formula, row.Source, [.. Cells(row.Profiles, "no line through minima"), .. Cells(row.Surface, "too few runs")], Runs(row)))];

    /// <summary>The exponent a of a set-up: Approach 2 near the best sizes, over all sizes, and Approach 3.</summary>
    public static IReadOnlyList<TableCell> Exponents(SetUpRow row) =>
        [Cells(row.Near, "no line through minima").First(), Cells(row.Profiles, "no line through minima").First(), Cells(row.Surface, "too few runs").First()];

    private static IEnumerable<TableCell> Cells(ApproachResult? result, string tooFew)
    {
        if (result is null || !double.IsFinite(result.Law.ParameterExponent) || result.Status is not (FitStatus.Converged or FitStatus.AtBound))
        {
            var reason = result is null ? "too few runs" : result.Status == FitStatus.TooFewPoints ? tooFew : StatusName.Of(result.Status).Replace('_', ' ');
            return [new("–", reason), new("–")];
        }

        return [Cell(result.Law.ParameterExponent, result.ParameterExponent, result.Status), Cell(result.Law.TokenExponent, result.TokenExponent, result.Status)];
    }

    private static TableCell Cell(double value, Interval? interval, FitStatus status) => new(
        IsoFlopWords.Exponent(value),
        (interval is null ? "no interval" : IsoFlopWords.Range(interval, IsoFlopWords.Exponent)) + (status == FitStatus.AtBound ? ", at a bound" : ""));

    private static TableCell Runs(CountingRow row)
    {
        var all = row.Runs + row.Missing.Sum(missing => missing.Runs.Count);
        return new TableCell(
            string.Create(CultureInfo.InvariantCulture, $"{row.Runs:N0} of {all:N0}"),
            row.Missing.Count == 0 ? "" : $"no {row.Missing[0].What}");
    }
}
