using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Growth;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>What growing small models into large ones saves by the runs of a project, beside what is published; what operators do; what a schedule of sizes costs.</summary>
public sealed partial class GrowthPage
{
    private GrowthResult? _result;
    private GrowthScene? _scene;
    private FitAnswer? _answer;
    private IReadOnlyList<PageWarning> _warnings = [];
    private IReadOnlyList<KeyFigure> _keyFigures = [];
    private IReadOnlyList<Figure> _figures = [];
    private IReadOnlyList<ComparisonGrid> _tables = [];
    private bool _empty;
    private PageProblem? _nothing;

    [Inject] public required GrowthService Service { get; init; }
    [Inject] public required DashboardOptions Options { get; init; }
    [Inject] public required Samples Samples { get; init; }

    protected override string Path => PageUrls.Growth;

    protected override ProjectSelection? Selection => _result?.Selection;

    // A schedule needs no runs.
    protected override bool NeedsProject => State.View != GrowthView.Schedule || State.Project.Length > 0;

    private string? Command => _scene?.Comparison is { } comparison ? SameCommand.Growth(State, comparison, Options.StorePath) : null;

    protected override Task ShowNoProjectAsync()
    {
        (_empty, _tables) = (true, [GrowthTable.Published, GrowthTable.OperatorSteps]);
        return Task.CompletedTask;
    }

    protected override void Clear() =>
        (_result, _scene, _answer, _warnings, _keyFigures, _figures, _tables, _empty, _nothing) = (null, null, null, [], [], [], [], false, null);

    protected override async Task ShowAsync(CancellationToken cancellationToken)
    {
        GrowthResult? result = null;
        if (State.Project.Length > 0)
        {
            result = await ComputeAsync((_, token) => Service.CompareAsync(State, token), cancellationToken);
            if (result is null)
                return;
        }

        Clear();
        _result = result;
        if (result is { Selection: { Rows.Count: > 0, Final.Observations.Count: 0 } selection })
        {
            Problem = NoRunsLeft(selection, new GrowthState { Project = State.Project });
            return;
        }

        if (result is { WhyNot: { } why } && State.View != GrowthView.Schedule)
        {
            _tables = [GrowthTable.Published, GrowthTable.OperatorSteps];
            _nothing = new PageProblem(
                "These runs tell nothing about growing", why,
                [
                    .. Here(State) != PageUrls.OfProject(PageUrls.Growth, State.Project) ? [("Start over with this project", PageUrls.OfProject(PageUrls.Growth, State.Project))] : Array.Empty<(string, string)>(),
                    ("Plan a schedule by published savings", Here(State with { View = GrowthView.Schedule })), ("Open the runs", PageUrls.OfProject(PageUrls.Runs, State.Project)),
                ]);
            return;
        }

        var scene = GrowthScene.Of(State, result?.Comparison);
        (_scene, _answer, _keyFigures, _figures) = (scene, GrowthWords.Answer(scene), GrowthWords.KeyFigures(scene), GrowthFigures.Of(scene));
        _warnings = [.. (scene.Comparison?.Warnings ?? []).Select(warning => new PageWarning(warning.Text))];
        _tables = State.View == GrowthView.Schedule
            ? [GrowthTable.Schedule(scene), GrowthTable.Published]
            : [GrowthTable.Operators(scene), GrowthTable.Published, GrowthTable.OperatorSteps];
    }
}
