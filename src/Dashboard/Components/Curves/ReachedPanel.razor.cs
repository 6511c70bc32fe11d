using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Curves;

/// <summary>Steps, tokens, FLOP, hours and dollars that runs took to reach a loss.</summary>
public sealed partial class ReachedPanel
{
    private static readonly (ReachedColumn Column, string Label)[] s_columns =
        [(ReachedColumn.Run, "Run"), (ReachedColumn.Steps, "Steps"), (ReachedColumn.Tokens, "Tokens"), (ReachedColumn.Flops, "FLOP"), (ReachedColumn.Hours, "Hours"), (ReachedColumn.Cost, "Cost, $")];

    private bool _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required CurvesState State { get; set; }
    [Parameter, EditorRequired] public required CurvesView View { get; set; }
    [Parameter] public EventCallback<CurvesState> OnChange { get; set; }

    private (ReachedColumn Column, string Label)[] Columns => State.Price is null ? s_columns[..^1] : s_columns;

    private string Metric => View.Panels[0].Request.Metric;

    private IReadOnlyList<ReachedRow> Rows { get; set; } = [];

    protected override void OnParametersSet()
    {
        Rows = ReachedTable.Rows(View, State);
        _copied = false;
    }

    /// <summary>Ascending, descending, as listed.</summary>
    private Task SortAsync(ReachedColumn column) => OnChange.InvokeAsync(
        State.Sort != column ? State with { Sort = column, Descending = false }
        : !State.Descending ? State with { Descending = true }
        : State with { Sort = ReachedColumn.Listed, Descending = false });

    private string? Direction(ReachedColumn column) => column != State.Sort ? null : State.Descending ? "descending" : "ascending";

    private static string Number(double? value, Func<double, string> format) => value is { } number ? format(number) : "–";

    private static string Between(LossReached reached) => double.IsNaN(reached.Rows!.Value.After)
        ? "from its first row"
        : $"{CurvesWords.Step(reached.Rows.Value.After)}–{CurvesWords.Step(reached.Rows.Value.Until)}";

    private string Against(RunRow run, LossReached reached, Func<LossReached, double?> pick) =>
        View.Reference is { } reference && run.Id != reference.Id
        && pick(reached) is { } value && View.Reached.FirstOrDefault(one => one.Run == reference.Id) is { } other && pick(other) is { } beside and > 0
            ? $"×{Quantity.Significant(value / beside, 3)}"
            : "";

    private async Task CopyAsync() => _copied = await Page.CopyAsync(ReachedTable.Text(Rows, Metric, View.Level!.Value, '\t', State.Price is not null));

    private Task SaveAsync() => Page.SaveAsync("loss-reached.csv", "text/csv", ReachedTable.Text(Rows, Metric, View.Level!.Value, ',', State.Price is not null));
}
