using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Estimate;

/// <summary>One plan as a row.</summary>
/// <param name="Name">Which models.</param>
/// <param name="Cells">In the order of <see cref="EstimateTable.Columns"/>, without the first.</param>
public sealed record PlanRow(string Name, IReadOnlyList<TableCell> Cells);

/// <summary>The plan that answers and the front, as a table.</summary>
public static class EstimateTable
{
    /// <summary>Heads of the columns.</summary>
    public static IReadOnlyList<(string Name, bool Numeric)> Columns { get; } =
        [("Models", false), ("Share", true), ("ARE", true), ("Too high or low", false), ("Best loss so far", true), ("Most compute", true), ("Compute, FLOP", true), ("Of the target's", false), ("Fit", false)];

    /// <summary>The plan that answers first, then the front by cost.</summary>
    public static IReadOnlyList<PlanRow> Rows(EstimateStudy study, PlanView view) =>
    [
        .. view.Chosen is { } chosen ? [Row(study.Target.Estimation, chosen, "This plan: ")] : Array.Empty<PlanRow>(),
        .. view.Front.Where(score => score != view.Chosen).Select(score => Row(study.Target.Estimation, score, "")),
    ];

    /// <summary>The rows as a spreadsheet takes them: tabs between cells, the interval of the ARE in a column of its own.</summary>
    public static string Text(IReadOnlyList<PlanRow> rows)
    {
        var header = string.Join('\t', Columns.SelectMany(column => column.Name == "ARE" ? new[] { column.Name, "80 %" } : [column.Name]));
        return string.Join('\n', rows.Select(row => string.Join('\t', row.Cells.SelectMany((cell, i) => Columns[i + 1].Name == "ARE" ? new[] { cell.Value, cell.Interval } : [cell.Value]).Prepend(row.Name))).Prepend(header)) + '\n';
    }

    /// <summary>E, A, B, α and β of a law, each with its 80 % interval or "no interval".</summary>
    public static IReadOnlyList<TableCell> Coefficients(EstimationLaw fitted)
    {
        var (law, intervals) = (fitted.Law, fitted.Intervals);
        return
        [
            Coefficient(law.E, intervals.E), Coefficient(law.A, intervals.A), Coefficient(law.B, intervals.B), Coefficient(law.Alpha, intervals.Alpha),
            Coefficient(law.Beta, intervals.Beta),
        ];
    }

    /// <summary>A coefficient with its 80 % interval below it.</summary>
    public static TableCell Coefficient(double value, Interval? interval) =>
        new(Number(value), !double.IsFinite(value) ? "" : interval is null ? "no interval" : IsoFlopWords.Range(interval, Number));

    /// <summary>Four significant digits.</summary>
    public static string Number(double value) =>
        !double.IsFinite(value) ? "–"
        : Math.Abs(value) is >= 1e4 or (> 0 and < 1e-3) ? Quantity.Scientific(value)
        : value.ToString("G4", CultureInfo.InvariantCulture);

    private static PlanRow Row(FamilyEstimation estimation, PlanScore score, string before) => new(
        before + EstimateWords.Models(estimation, score),
        [
            new(EstimateWords.Share(score.Plan.Share)),
            new(EstimateWords.Percent(score.Error.Are), score.Error.Spread is { } spread ? EstimateWords.Range(spread.Low80, spread.High80) : ""),
            new(double.IsFinite(score.Error.Bias) ? $"{EstimateWords.Percent(Math.Abs(score.Error.Bias))} too {(score.Error.Bias < 0 ? "low" : "high")}" : "–"),
            new(EstimateWords.Percent(score.BestLoss.Are)),
            new(EstimateWords.Percent(score.MostCompute.Are)),
            new(Quantity.Scientific(score.FlopsSpent)),
            new($"{Words.Share(score.FlopsSpent / estimation.TargetFlops)} it"),
            new(StatusName.Of(score.Law.Status).Replace('_', ' ')),
        ]);
}
