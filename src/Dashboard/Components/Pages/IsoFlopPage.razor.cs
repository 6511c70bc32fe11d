using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>How large a model, on how many tokens, for a budget: by the user's own sweep, beside the published laws.</summary>
public sealed partial class IsoFlopPage
{
    private static readonly IReadOnlyList<string> s_frontierShown = ["3"];

    private (IsoFlopAnalysis Analysis, IsoFlopState State)? _curvesOf;
    private (IsoFlopAnalysis? Analysis, IsoFlopState State)? _sizesOf;
    private (IsoFlopAnalysis? Analysis, IsoFlopState State)? _frontierOf;
    private IsoFlopResult? _result;
    private IsoFlopAnalysis? _analysis;
    private bool _published;
    private IsoFlopAnswer? _answer;
    private IReadOnlyList<KeyFigure> _keyFigures = [];
    private IReadOnlyList<PageWarning> _warnings = [];
    private Figure? _loss;
    private Figure? _size;
    private Figure? _tokens;
    private Figure? _frontier;

    [Inject] public required IsoFlopService Service { get; init; }
    [Inject] public required IReadOnlyList<LandmarkModel> Landmarks { get; init; }

    protected override string Path => PageUrls.IsoFlop;

    protected override ProjectSelection? Selection => _result?.Selection;

    protected override bool NeedsProject => !State.PublishedOnly;

    protected override Task ShowNoProjectAsync() =>
        ChangeAsync(IsoFlopState.PublishedLaws with { Target = State.Target, LogX = State.LogX }, replace: true);

    protected override void Clear()
    {
        (_result, _analysis, _answer) = (null, null, null);
        (_warnings, _keyFigures) = ([], []);
        (_loss, _size, _tokens, _frontier, _curvesOf, _sizesOf, _frontierOf) = (null, null, null, null, null, null, null);
    }

    protected override async Task ShowAsync(CancellationToken cancellationToken)
    {
        _published = State.PublishedOnly;
        if (_published)
        {
            DrawSizes();
            return;
        }

        if (await ComputeAsync((progress, token) => Service.AnalyseAsync(State, progress, token), cancellationToken) is not { } result)
            return;
        (_result, _analysis) = (result, result.Analysis);
        if (_analysis is null)
        {
            Problem = NoRunsLeft(result.Selection, new IsoFlopState { Project = State.Project });
            return;
        }

        var answering = IsoFlopWords.Answering(_analysis, State.Headline);
        _answer = answering is null ? null : IsoFlopWords.Answer(_analysis, answering, State.Target);
        _keyFigures = answering is null ? [] : IsoFlopWords.KeyFigures(_analysis, answering, State.Target);
        _warnings = [.. _analysis.Warnings.Select(warning => new PageWarning(
            warning.Text,
            LinkText: "See the budgets",
            Href: warning.Budgets.Count > 0 ? Here(State with { Tab = PageTab.Table }) + "#budgets" : null))];
        // Only charts that a change touches are drawn again: the target is not in the loss curves, their axis not in the others.
        var curves = (_analysis, State with { Target = default, Shown = [], Headline = default, Landmarks = false, Tab = default });
        if (_curvesOf != curves)
            _loss = IsoFlopFigures.LossAtEqualCompute(_analysis, result.Selection.Rows, State);
        _curvesOf = curves;
        DrawSizes();
    }

    private void DrawSizes()
    {
        // Neither shows the sizes' own axis; the frontier no published law, the sizes no loss.
        var common = State with { Axis = default, Tab = default };
        var sizes = (_analysis, common with { LogLoss = default });
        var frontier = (_analysis, common with { Landmarks = default, Shown = State.Shows("3") ? s_frontierShown : [] });
        var (sameSizes, sameFrontier) = (_sizesOf == sizes, _frontierOf == frontier);
        (_sizesOf, _frontierOf) = (sizes, frontier);
        if (sameSizes && sameFrontier)
            return;
        IReadOnlyList<LandmarkModel> landmarks = State.Landmarks ? Landmarks : [];
        IReadOnlyList<Projection> projections = _analysis is null ? [] : IsoFlopFigures.Project(_analysis, State, landmarks);
        if (!sameFrontier)
            _frontier = _analysis is null ? null : IsoFlopFigures.Frontier(_analysis, projections, State);
        if (sameSizes)
            return;
        _size = IsoFlopFigures.OptimalSize(_analysis, projections, State, landmarks, tokens: false);
        _tokens = IsoFlopFigures.OptimalSize(_analysis, projections, State, landmarks, tokens: true);
    }
}
