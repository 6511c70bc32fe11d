using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Curves;

/// <summary>What is drawn against what, how smoothed, of which runs.</summary>
public sealed partial class CurvesInspector
{
    private const int MostKinds = 60;

    private static readonly IReadOnlyList<Choice<CurveAxis>> s_axes = [new(CurveAxis.Step, "Step"), new(CurveAxis.Tokens, "Tokens"), new(CurveAxis.Flops, "FLOP"), new(CurveAxis.Time, "Hours"), new(CurveAxis.Cost, "Cost")];
    private static readonly IReadOnlyList<Choice<SmoothingKind>> s_smoothings = [new(SmoothingKind.None, "None"), new(SmoothingKind.Average, "Average"), new(SmoothingKind.Window, "Window")];
    private static readonly IReadOnlyList<Choice<CurveComparison>> s_comparisons = [new(CurveComparison.Values, "Values"), new(CurveComparison.Difference, "Difference"), new(CurveComparison.Ratio, "Ratio")];
    private static readonly IReadOnlyList<Choice<SpreadKind>> s_spreads = [new(SpreadKind.Deviation, "Deviation"), new(SpreadKind.Error, "Error"), new(SpreadKind.Range, "Range")];
    private static readonly IReadOnlyList<double> s_weights = [0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999];
    private static readonly IReadOnlyList<double> s_rows = [3, 5, 11, 21, 51, 101, 201, 501, 1001, 2001, 5001];

    private (IReadOnlyList<RunRow> Rows, CurveGrouping Grouping)? _columnsOf;

    [Parameter, EditorRequired] public required CurvesState State { get; set; }
    [Parameter, EditorRequired] public required CurvesView View { get; set; }

    /// <summary>A choice.</summary>
    [Parameter] public EventCallback<CurvesState> OnChange { get; set; }

    /// <summary>One of many on the way, while dragging or typing.</summary>
    [Parameter] public EventCallback<CurvesState> OnDrag { get; set; }

    /// <summary>Another axis, which takes the zoom along.</summary>
    [Parameter] public EventCallback<CurveAxis> OnAxis { get; set; }

    /// <summary>The envelope, which is over compute.</summary>
    [Parameter] public EventCallback<bool> OnEnvelope { get; set; }

    // Without a price nothing has a cost.
    private IReadOnlyList<Choice<CurveAxis>> Axes => State.Price is null ? [.. s_axes.SkipLast(1)] : s_axes;

    private string[] Columns { get; set; } = [];

    private bool RawFits => View.Choice.Shown.Count <= CurvesService.MostRaw && State.Grouping == CurveGrouping.None;

    private string[] Shown => [.. View.Panels.Select(panel => panel.Request.Metric)];

    private MetricOfProject[] Others => [.. View.Metrics.Where(metric => View.Panels.All(panel => panel.Request.Metric != metric.Metric))];

    // The runs that are not shown stay out of it, as far as a link can say so.
    private string IsoFlopLink
    {
        get
        {
            var shown = View.Choice.Shown.Select(row => row.Id).ToHashSet();
            string[] others = [.. View.Rows.Where(row => row.ExclusionReason is null && row.Points > 1 && !shown.Contains(row.Id)).Select(row => row.Id)];
            return PageUrls.For(PageUrls.IsoFlop, new IsoFlopState { Project = State.Project, Headline = HeadlineChoice.One, Excluded = others.Length <= RunsView.MostExcluded ? others : [] });
        }
    }

    protected override void OnParametersSet()
    {
        // Only where they are shown: it looks at every cell.
        if (State.Grouping != CurveGrouping.Columns || _columnsOf == (View.Choice.Shown, State.Grouping))
            return;
        _columnsOf = (View.Choice.Shown, State.Grouping);
        Columns = [.. ProjectRuns.Choices(View.Choice.Shown, MostKinds).Keys.Where(column => column is not ("run" or "tokens" or "flops" or "loss"))];
    }

    private static string Weight(double weight) => weight.ToString("R", CultureInfo.InvariantCulture);

    private static string Rows(double rows) => Words.Count((int)rows, "row");

    private Task SetLogXAsync(bool log) => OnChange.InvokeAsync(State with { LogX = log, Zoom = log && State.Zoom is { Low: <= 0 } ? null : State.Zoom });

    private Task AddMetricAsync(ChangeEventArgs change) =>
        change.Value is string { Length: > 0 } metric ? OnChange.InvokeAsync(State with { Metrics = [.. Shown, metric] }) : Task.CompletedTask;

    private Task GroupAsync(ChangeEventArgs change) => Enum.TryParse<CurveGrouping>((string?)change.Value, out var grouping)
        ? OnChange.InvokeAsync(State with { Grouping = grouping, GroupBy = grouping == CurveGrouping.Columns ? State.GroupBy : [], Hidden = [], Comparison = grouping == CurveGrouping.None ? State.Comparison : CurveComparison.Values })
        : Task.CompletedTask;
}
