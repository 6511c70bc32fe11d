using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.RunBrowser;

/// <summary>Chooses the columns of the table, and which value of a metric stands for a run.</summary>
public sealed partial class ColumnMenu
{
    private const int MostFound = 24;

    private static readonly double[] s_decays = [0.5, 0.9, 0.99, 0.999];

    private string _search = "";
    private IReadOnlyList<string>? _metrics;
    private RunColumns? _metricsOf;

    [Parameter, EditorRequired] public required RunsState State { get; set; }
    [Parameter, EditorRequired] public required RunColumns Columns { get; set; }
    [Parameter] public EventCallback<RunsState> OnChange { get; set; }

    private RunColumn[] Shown => [.. State.ShownColumns];

    private (string Heading, RunColumn[] Columns)[] Found =>
    [
        .. new (string, IEnumerable<RunColumn>)[]
        {
            ("Metrics", (_metrics ?? []).Select(metric => new RunColumn.MetricColumn(metric, Summary.Last))),
            ("Fields", Enum.GetValues<RunField>().Except([RunField.Added, RunField.Count, RunField.Run]).Select(RunColumn.Of)),
            ("Configuration", Columns.Table.Config.Keys.Select(key => new RunColumn.ConfigColumn(key))),
        }
        .Select(group => (group.Item1, group.Item2.Where(column => !Shown.Contains(column) && NameOf(column).Contains(_search.Trim(), StringComparison.OrdinalIgnoreCase)).ToArray()))
        .Where(group => group.Item2.Length > 0),
    ];

    private static string NameOf(RunColumn column) => column is RunColumn.MetricColumn { Metric: var metric } ? metric : RunColumnText.Label(column);

    /// <summary>The run's own loss is the last value of the metric of that name.</summary>
    private static RunColumn.MetricColumn? MetricOf(RunColumn column) =>
        column as RunColumn.MetricColumn ?? (column == RunColumn.Loss ? new RunColumn.MetricColumn("loss", Summary.Last) : null);

    private async Task LoadAsync()
    {
        if (ReferenceEquals(_metricsOf, Columns))
            return;
        _metricsOf = Columns;
        _metrics = await Columns.MetricNamesAsync();
    }

    private Task AddAsync(RunColumn column)
    {
        _search = "";
        return ShowAsync([.. Shown, column]);
    }

    private Task RemoveAsync(RunColumn column) => ShowAsync([.. Shown.Where(other => other != column)]);

    private Task MoveAsync(RunColumn column)
    {
        var columns = Shown.ToList();
        var at = columns.IndexOf(column);
        columns.RemoveAt(at);
        columns.Insert(Math.Max(at - 1, 0), column);
        return ShowAsync(columns);
    }

    private Task SummariseAsync(RunColumn column, RunColumn.MetricColumn metric, string? summary) =>
        !Enum.TryParse<Summary>(summary, out var chosen) ? Task.CompletedTask : ReplaceAsync(column, chosen switch
        {
            Summary.Last when metric.Metric == "loss" => RunColumn.Loss,
            Summary.At => metric with { Summary = chosen, Where = 1e9, Axis = SummaryAxis.Tokens },
            Summary.Smoothed => metric with { Summary = chosen, Where = 0.99, Axis = default },
            _ => new RunColumn.MetricColumn(metric.Metric, chosen),
        });

    // What is no such number changes nothing; the input shows the old one again.
    private Task PlaceAsync(RunColumn column, RunColumn.MetricColumn metric, string? text) =>
        Quantity.TryParse(text, out var where) && where > 0 && (metric.Summary == Summary.At || where < 1) ? ReplaceAsync(column, metric with { Where = where }) : Task.CompletedTask;

    private Task MeasureAsync(RunColumn column, RunColumn.MetricColumn metric, string? axis) => !Enum.TryParse<SummaryAxis>(axis, out var chosen) ? Task.CompletedTask : ReplaceAsync(
        column,
        metric with { Axis = chosen, Where = chosen switch { SummaryAxis.Tokens => 1e9, SummaryAxis.Flops => 1e18, _ => 1000 } });

    private Task ReplaceAsync(RunColumn column, RunColumn replacement) => OnChange.InvokeAsync(State with
    {
        Columns = Texts(Shown.Select(other => other == column ? replacement : other)),
        Sort = State.Sort == column ? replacement : State.Sort,
    });

    private Task ShowAsync(IEnumerable<RunColumn> columns) => OnChange.InvokeAsync(State with { Columns = Texts(columns) });

    private static string[] Texts(IEnumerable<RunColumn> columns) => [.. columns.Distinct().Take(RunsState.MostColumns).Select(column => column.ToString()!)];

    private static string Count(double value) => Quantity.Count(value);

    private static string Scientific(double value) => Quantity.Scientific(value);

    private static string Decay(double decay) => decay.ToString("R", CultureInfo.InvariantCulture);
}
