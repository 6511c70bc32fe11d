using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>How much faster one optimizer is than another by the runs of a project, beside what is published; and how a cautious step comes about.</summary>
public sealed partial class OptimizersPage
{
    private OptimizersResult? _result;
    private OptimizersScene? _scene;
    private PathScene? _path;
    private FitAnswer? _answer;
    private IReadOnlyList<string> _more = [];
    private IReadOnlyList<PageWarning> _warnings = [];
    private IReadOnlyList<KeyFigure> _keyFigures = [];
    private IReadOnlyList<Figure> _figures = [];
    private ComparisonGrid? _races;
    private ComparisonGrid? _everyone;
    private ComparisonGrid? _profile;
    private ComparisonGrid? _tuning;
    private ComparisonGrid? _published;
    private PageProblem? _nothing;
    private bool _empty;

    [Inject] public required OptimizersService Service { get; init; }
    [Inject] public required DashboardOptions Options { get; init; }
    [Inject] public required Samples Samples { get; init; }

    protected override string Path => PageUrls.Optimizers;

    protected override ProjectSelection? Selection => _result?.Selection;

    // Paths of two weights need no runs.
    protected override bool NeedsProject => State.View == OptimizersView.Compare;

    private string? Command => _scene is null ? null : SameCommand.Optimizers(State, _scene.Comparison, Options.StorePath);

    protected override Task ShowNoProjectAsync()
    {
        (_empty, _published) = (true, OptimizersTable.Published(null));
        return Task.CompletedTask;
    }

    protected override void Clear() =>
        (_result, _scene, _path, _answer, _more, _warnings, _keyFigures, _figures, _races, _everyone, _profile, _tuning, _published, _empty, _nothing) = (null, null, null, null, [], [], [], [], null, null, null, null, null, false, null);

    protected override async Task ShowAsync(CancellationToken cancellationToken)
    {
        if (State.View == OptimizersView.Why)
        {
            var state = State;
            var (path, drawn) = await Task.Run(() => PathScene.Of(state) is var scene ? (scene, PathFigures.Of(scene)) : default, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            Clear();
            (_path, _figures, _answer, _published) = (path, drawn, OptimizersWords.Answer(path), OptimizersTable.Published(null));
            return;
        }

        if (await ComputeAsync((progress, token) => Service.CompareAsync(State, progress, token), cancellationToken) is not { } result)
            return;
        Clear();
        (_result, _published) = (result, OptimizersTable.Published(null));
        if (result.Selection.Rows.Count > 0 && result.Selection.Final.Observations.Count == 0)
        {
            Problem = NoRunsLeft(result.Selection, new OptimizersState { Project = State.Project });
            return;
        }

        if (OptimizersScene.Of(State, result) is not { } scene)
        {
            _nothing = new PageProblem(
                "These runs compare no optimizers", result.WhyNot!,
                [
                    .. Here(State) != PageUrls.OfProject(PageUrls.Optimizers, State.Project) ? [("Start over with this project", PageUrls.OfProject(PageUrls.Optimizers, State.Project))] : Array.Empty<(string, string)>(),
                    ("See how a cautious step comes about", Here(State with { View = OptimizersView.Why })), ("Open the runs", PageUrls.OfProject(PageUrls.Runs, State.Project)),
                ]);
            return;
        }

        (_scene, _answer, _more, _keyFigures) = (scene, OptimizersWords.Answer(scene), OptimizersWords.More(scene), OptimizersWords.KeyFigures(scene));
        _warnings = [.. scene.Comparison.Warnings.Select(warning => new PageWarning(warning.Text))];
        _figures = OptimizerFigures.Of(scene);
        (_races, _everyone, _profile, _tuning, _published) = (OptimizersTable.Races(scene), OptimizersTable.Everyone(scene), OptimizersTable.Profile(scene), OptimizersTable.Tuning(scene), OptimizersTable.Published(scene));
    }

    /// <summary>A race clicked in the chart of speed-ups, or chosen, is shown in front.</summary>
    private Task ShowRaceAsync(string id) =>
        _scene?.Comparison.Compared.FirstOrDefault(race => OptimizerFigures.Id(race) == id) is { } race ? ChangeAsync(State with { Size = race.Race.Parameters, Tokens = race.Race.Tokens }) : Task.CompletedTask;
}
