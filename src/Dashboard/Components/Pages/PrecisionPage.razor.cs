using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>What few bits cost in training and serving, and which are best: by published laws, or by one fitted to the runs of a project.</summary>
public sealed partial class PrecisionPage
{
    private PrecisionRuns? _runs;
    private PrecisionScene? _scene;
    private PrecisionAnswer? _answer;
    private FitEstimates? _estimates;
    private object? _estimatesOf;
    private IReadOnlyList<Figure> _figures = [];
    private (PrecisionRuns? Runs, PrecisionState State)? _drawnOf;
    private IReadOnlyList<PageWarning> _warnings = [];
    private string? _whoseLaw;

    [Inject] public required PrecisionService Service { get; init; }
    [Inject] public required IReadOnlyList<LandmarkModel> Landmarks { get; init; }
    [Inject] public required Samples Samples { get; init; }

    protected override string Path => PageUrls.Precision;

    protected override ProjectSelection? Selection => _runs?.Selection;

    // Published laws answer without runs.
    protected override bool NeedsProject => State.Project.Length > 0 || State.Law == PrecisionState.Own;

    protected override Task ShowNoProjectAsync() => ChangeAsync(State with { Law = "" }, replace: true);

    protected override void Clear() =>
        (_runs, _scene, _answer, _estimates, _estimatesOf, _figures, _drawnOf, _warnings, _whoseLaw) = (null, null, null, null, null, [], null, [], null);

    protected override async Task ShowAsync(CancellationToken cancellationToken)
    {
        if (State.Project.Length > 0)
        {
            if (await ComputeAsync((progress, token) => Service.ReadAsync(State, progress, token), cancellationToken) is not { } runs)
                return;
            _runs = runs;
            if (State.Law == PrecisionState.Own && runs.Analysis is not { Fit.Result.Fit.IsUsable: true })
            {
                _scene = null;
                Problem = runs.Selection.Final.Observations.Count == 0
                    ? NoRunsLeft(runs.Selection, new PrecisionState { Project = State.Project })
                    : new PageProblem(
                        "No law of precision can be fitted to these runs",
                        runs.WhyNot ?? $"{FitWording.Status(runs.Analysis!.Fit.Result.Fit)} {string.Join(" ", runs.Analysis.Design.Notes)}",
                        [("Use published constants", Here(State with { Law = Numerics.Precision.PublishedPrecisions.Kumar.Key })), .. State.Where.Count > 0 ? [("Show all runs", Here(State.WithFilters([])))] : Array.Empty<(string, string)>(), ("Open the runs", PageUrls.OfProject(PageUrls.Runs, State.Project))]);
                return;
            }
        }
        else
        {
            _runs = null;
        }

        var scene = PrecisionScene.Of(State, _runs, Landmarks);
        _answer = PrecisionWords.Answer(scene);
        _warnings = scene.Fitted is { } fitted ? [.. fitted.Design.Notes.Concat(fitted.Fit.Warnings.Select(warning => warning.Text)).Select(text => new PageWarning(text))] : [];
        _whoseLaw = WhoseLaw(scene);
        if (!Equals(_estimatesOf, (scene.Fitted, State.Intervals)))
            _estimates = scene.Fitted is null ? null : await Task.Run(() => FitEstimates.Of(scene.Fitted.Fit, PrecisionLinks.ToFit(scene), cancellationToken), cancellationToken);
        _estimatesOf = (scene.Fitted, State.Intervals);
        // What only the tabs show draws no chart again.
        var drawn = (_runs, State.WithTab(default));
        if (_drawnOf != drawn)
            _figures = PrecisionFigures.Of(scene);
        (_drawnOf, _scene) = (drawn, scene);
    }

    /// <summary>Said where a project is open and its runs do not answer.</summary>
    private string? WhoseLaw(PrecisionScene scene)
    {
        if (scene.Fitted is not null || _runs is null)
            return null;
        if (State.Law.Length > 0)
            return _runs.WhyNot is { } problem ? $"Your runs are not drawn: {problem}" : null;
        return _runs.WhyNot is { } why ? $"Published constants answer. {why}"
            : _runs.Analysis is { } analysis ? $"Published constants answer, because a fit to these runs gives none: {analysis.Fit.Result.Fit.Explanation}."
            : "Published constants answer: no run of this view counts.";
    }
}
