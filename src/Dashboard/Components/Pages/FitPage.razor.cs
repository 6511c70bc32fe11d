using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>One page where a law is fitted to runs and judged.</summary>
public sealed partial class FitPage
{
    private FitView? _view;
    private FitEstimates? _estimates;
    private FitScene? _scene;
    private (FitView View, FitState State)? _drawnOf;
    private FitAnswer? _answer;
    private string? _served;
    private IReadOnlyList<PageWarning> _warnings = [];
    private IReadOnlyList<KeyFigure> _keyFigures = [];
    private IReadOnlyList<Figure> _figures = [];
    private bool _isEmpty;

    [Inject] public required FitService Service { get; init; }

    protected override string Path => PageUrls.Fit;

    protected override ProjectSelection? Selection => _view?.Selection;

    protected override void Clear()
    {
        (_view, _estimates, _scene, _drawnOf, _answer, _served, _isEmpty) = (null, null, null, null, null, null, false);
        (_warnings, _keyFigures, _figures) = ([], [], []);
    }

    protected override Task ShowNoProjectAsync()
    {
        _isEmpty = true;
        return Task.CompletedTask;
    }

    protected override async Task ShowAsync(CancellationToken cancellationToken)
    {
        var computed = await ComputeAsync(
            async (progress, token) =>
            {
                var view = await Service.FitAsync(State, progress, token);
                var estimates = view.Analysis is null ? null : await Task.Run(() => FitEstimates.Of(view.Analysis, State, token), token);
                return Tuple.Create(view, estimates);
            },
            cancellationToken);
        if (computed is not var (view, estimates))
            return;
        (_view, _estimates) = (view, estimates);
        if (view.Analysis is not { } analysis || estimates is null)
        {
            _scene = null;
            Problem = view.WhyNot is { } why
                ? new PageProblem("This law cannot be fitted to these runs", why, [.. FitLinks.WaysOn(State, view.Selection).Select(way => (way.Text, Here(way.State)))])
                : NoRunsLeft(view.Selection, new FitState { Project = State.Project });
            return;
        }

        _scene = new FitScene { Analysis = analysis, Estimates = estimates, Runs = view.Selection.Rows, State = State };
        _answer = FitWording.Answer(analysis, estimates, State);
        _served = FitWording.Served(analysis, estimates, State);
        _keyFigures = FitWording.KeyFigures(analysis, estimates, State);
        // What the headline says already is not said twice.
        _warnings = [.. analysis.Warnings.Where(warning => _answer is not null || warning.Kind != "fit").Select(warning => new PageWarning(warning.Text))];
        var drawn = (view, State with { Tab = default });
        if (_drawnOf != drawn)
            _figures = [.. new[] { FitFigures.IsoLoss(_scene), FitFigures.LossAgainstCompute(_scene), FitFigures.MetricAgainstLoss(_scene), FitFigures.FittedAgainstMeasured(_scene) }.OfType<Figure>()];
        _drawnOf = drawn;
    }
}
