using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.RunBrowser;

namespace ScalingDashboard.Dashboard.Components.RunBrowser;

/// <summary>The runs in view as points; a click opens one.</summary>
public sealed partial class RunScatter
{
    private static readonly RunField[] s_fields =
        [RunField.Parameters, RunField.NonEmbedding, RunField.Tokens, RunField.Ratio, RunField.Flops, RunField.Budget, RunField.Points, RunField.Family, RunField.Tags, RunField.Status];

    private (string Heading, RunColumn[] Columns)[] _choices = [];
    private Figure? _figure;
    private (RunArrangement Arrangement, AxisScale X, AxisScale Y)? _drawn;
    private RunColumns? _choicesOf;

    [Parameter, EditorRequired] public required RunsState State { get; set; }
    [Parameter, EditorRequired] public required RunArrangement Arrangement { get; set; }
    [Parameter] public EventCallback<RunsState> OnChange { get; set; }

    /// <summary>A run to be opened, by its id.</summary>
    [Parameter] public EventCallback<string> OnOpen { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        // Its columns were not asked for before the scatter was.
        if (Arrangement.State.Show == RunsPresentation.Scatter && _drawn != (Arrangement, State.XScale, State.YScale))
        {
            _drawn = (Arrangement, State.XScale, State.YScale);
            var asked = Arrangement.State;
            _figure = RunScatterFigures.Scatter(
                Arrangement.Columns.Table, Arrangement.Rows, Arrangement.Values(asked.X), Arrangement.Values(asked.Y), asked.Color is null ? null : Arrangement.Values(asked.Color), State.XScale, State.YScale);
        }

        if (ReferenceEquals(_choicesOf, Arrangement.Columns))
            return;
        _choicesOf = Arrangement.Columns;
        var metrics = await Arrangement.Columns.MetricNamesAsync();
        _choices =
        [
            ("Measured", [.. State.ShownColumns.Append(RunColumn.Loss).Where(RunArrangement.IsMeasured).Concat(metrics.Where(metric => metric != "loss").Select(metric => new RunColumn.MetricColumn(metric, Summary.Last))).Distinct()]),
            ("Fields", [.. s_fields.Select(RunColumn.Of)]),
            ("Configuration", [.. Arrangement.Columns.Table.Config.Keys.Select(key => new RunColumn.ConfigColumn(key))]),
        ];
    }

    private Task ChooseAsync(string? text, Func<RunColumn, RunsState> state) => RunColumn.Parse(text) is { } column ? OnChange.InvokeAsync(state(column)) : Task.CompletedTask;
}
