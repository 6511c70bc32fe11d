using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>A row of a table of plans.</summary>
/// <param name="Name">What the row is about.</param>
/// <param name="Cells">As many as the table has columns.</param>
/// <param name="Problem">Why there are no cells; null where there are.</param>
public sealed record PlanTableRow(string Name, IReadOnlyList<TableCell> Cells, string? Problem = null);

/// <summary>Plans as tables: one scenario by every law, and all scenarios by the law that answers.</summary>
public static class PlanTable
{
    private static readonly TrainingQuantity[] s_quantities = [Flops, Parameters, Tokens, Loss, Days, Accelerators, Money, Energy, Carbon];

    private static readonly TrainingQuantity[] s_sometimes = [Bits, ServedTokens, LifeFlops];

    private static readonly string[] s_columns =
        ["Compute, FLOP", "Parameters", "Tokens", "D/N", "Loss, nats", "Accelerator-hours", "Time", "Accelerators", "Money", "Energy", "Emissions", "More compute than the cheapest"];

    /// <summary>Heads of the columns of <see cref="ByLaw"/>, after the law; bits and what is served where something is said of them.</summary>
    public static IReadOnlyList<string> Columns(ScenarioResult result) => [.. s_columns, .. Sometimes([result]).Select(Title)];

    /// <summary>A row a law, with its interval below each number that rests on the law.</summary>
    public static IReadOnlyList<PlanTableRow> ByLaw(ScenarioResult result) => [.. result.Plans.Select(plan => plan.Plan.Obstacle is { } obstacle
        ? new PlanTableRow(plan.Law.Name, [], ObstacleWords.Text(obstacle, result.Scenario, plan.Law))
        : new PlanTableRow(
            plan.Law.Name,
            [
                Cell(plan, Flops), Cell(plan, Parameters), Cell(plan, Tokens), Cell(plan.TokensPerParameter, value => Quantity.Significant(value, 3)), Cell(plan, Loss),
                Cell(plan.AcceleratorHours, Quantity.Count), Cell(plan, Days), Cell(plan, Accelerators), Cell(plan, Money), Cell(plan, Energy), Cell(plan, Carbon),
                plan.Off is { } off ? new(PlanWords.Percent(off.Overhead), Range(plan.Overhead, PlanWords.Percent)) : new("–"),
                .. Sometimes([result]).Select(quantity => Cell(plan, quantity)),
            ]))];

    /// <summary>A row a quantity and a column a scenario, by the law that answers.</summary>
    public static IReadOnlyList<PlanTableRow> ByScenario(PlanView view)
    {
        LawPlan[] plans = [.. view.Results.Select(result => result.Plans[view.Lead])];
        return
        [
            new("Given", [.. view.Results.Select(result => new TableCell(Given(result.Scenario)))]),
            new("On", [.. view.Results.Select(result => new TableCell($"{result.Scenario.Accelerator.Name}, {result.Scenario.Format.Name}"))]),
            .. view.Results.Any(result => result.Scenario.Factor is not null)
                ? [new("Compute factor", [.. view.Results.Select(result => new TableCell(result.Scenario.Factor is { } factor ? PlanWords.Factor(factor) : "1"))])] : Array.Empty<PlanTableRow>(),
            .. s_quantities.Select(quantity => new PlanTableRow(quantity == Days ? "Time" : Capital(TrainingQuantities.Name(quantity)), [.. plans.Select(plan => Cell(plan, quantity))])),
            .. Sometimes(view.Results).Select(quantity => new PlanTableRow(Title(quantity), [.. plans.Select(plan => Cell(plan, quantity))])),
            new("Tokens per parameter", [.. plans.Select(plan => Cell(plan.TokensPerParameter, value => Quantity.Significant(value, 3)))]),
            new("More compute than the cheapest", [.. plans.Select(plan => plan.Off is { } off ? new TableCell(PlanWords.Percent(off.Overhead), Range(plan.Overhead, PlanWords.Percent)) : new TableCell("–"))]),
        ];
    }

    /// <summary>"5.76e23 FLOP, 1,024 accelerators".</summary>
    public static string Given(TrainingScenario scenario)
    {
        string[] given = [.. TrainingQuantities.All.Where(quantity => scenario.Goals[quantity] is not null).Select(quantity => TrainingQuantities.Format(quantity, scenario.Goals[quantity]!.Value)), .. scenario.Goals.SolvesBits ? ["bits solved for"] : Array.Empty<string>()];
        return given.Length == 0 ? "nothing" : string.Join(", ", given);
    }

    /// <summary>The rows as a spreadsheet takes them: tabs between cells, an interval in a column of its own.</summary>
    public static string Text(string first, IReadOnlyList<string> columns, IReadOnlyList<PlanTableRow> rows)
    {
        var header = string.Join('\t', columns.SelectMany(column => new[] { column, "80 %" }).Prepend(first));
        return string.Join('\n', rows.Select(row => string.Join('\t', (row.Problem is { } problem ? [problem] : row.Cells.SelectMany(cell => new[] { cell.Value, cell.Interval })).Prepend(row.Name))).Prepend(header)) + '\n';
    }

    private static IEnumerable<TrainingQuantity> Sometimes(IReadOnlyList<ScenarioResult> results) =>
        s_sometimes.Where(quantity => results.Any(result => result.Plans.Any(plan => double.IsFinite(plan[quantity].Value))));

    private static string Title(TrainingQuantity quantity) => quantity == LifeFlops ? "Compute over its life, FLOP" : Capital(TrainingQuantities.Name(quantity));

    private static TableCell Cell(LawPlan plan, TrainingQuantity quantity) => Cell(plan[quantity], value => TrainingQuantities.Number(quantity, value));

    private static TableCell Cell(PlanEstimate estimate, Func<double, string> format) =>
        new(format(estimate.Value), !double.IsFinite(estimate.Value) ? "" : estimate.IsGiven ? "" : Range(estimate.Interval, format));

    private static string Range(Interval? interval, Func<double, string> format) => interval is null ? "no interval" : $"{format(interval.Low80)}–{format(interval.High80)}";

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
