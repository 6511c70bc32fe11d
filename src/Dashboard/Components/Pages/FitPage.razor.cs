using System.Collections.ObjectModel;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>One page where a law is fitted to runs and judged.</summary>
public sealed partial class FitPage
{
    private FitView? _view;
    private FitEstimates? _estimates;
    private FitBands? _bands;
    private (FitAnalysis Analysis, double Target, double? TargetLoss, double? ServedTokens, ContourAxis Axis)? _estimatedFor;
    private FitScene? _scene;
    private (FitView View, FitState State)? _drawnOf;
    private FitAnswer? _answer;
    private string? _served;
    private IReadOnlyList<PageWarning> _warnings = [];
    private IReadOnlyList<KeyFigure> _keyFigures = [];
    private IReadOnlyList<Figure> _figures = [];
    private IReadOnlyList<RunRow> _counted = [];
    private IReadOnlyList<ExcludedRun> _excluded = [];
    private SavedFitDocument? _document;
    private IReadOnlyList<SavedFitEntry> _overlaid = [];
    private IReadOnlyList<OverlaidLaw> _overlaidLaws = [];
    private SavedFitEntry? _recomputed;
    private string _savedNotice = "";
    private bool _isEmpty;

    [Inject] public required FitService Service { get; init; }

    protected override string Path => PageUrls.Fit;

    private string Doing => FitWording.Doing(State.Intervals, hasDrawsToCome: Progress is not null);

    protected override ProjectSelection? Selection => _view?.Selection;

    protected override string ReasonOf(string runId) => State.ReasonOf(runId);

    protected override void Clear()
    {
        (_view, _estimates, _bands, _estimatedFor) = (null, null, null, null);
        (_scene, _drawnOf, _answer, _served, _isEmpty) = (null, null, null, null, false);
        (_warnings, _keyFigures, _figures) = ([], [], []);
        (_document, _overlaid, _overlaidLaws, _recomputed, _savedNotice) = (null, [], [], null, "");
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
                var state = State;
                var view = await Service.FitAsync(state, progress, token);
                if (view.Analysis is not { } analysis)
                    return Tuple.Create(view, (FitEstimates?)null, (FitBands?)null);
                // Profiles take a while: what they are followed for must have changed.
                if (_estimatedFor == (analysis, state.Target, state.TargetLoss, state.ServedTokens, state.Axis))
                    return Tuple.Create(view, _estimates, _bands);
                var numbers = await Task.Run(() => (Estimates: FitEstimates.Of(analysis, state, token), Bands: FitBands.Of(analysis, state, token)), token);
                return Tuple.Create(view, (FitEstimates?)numbers.Estimates, (FitBands?)numbers.Bands);
            },
            cancellationToken);
        if (computed is not var (view, estimates, bands))
            return;
        (_view, _estimates, _bands) = (view, estimates, bands);
        _estimatedFor = view.Analysis is null ? null : (view.Analysis, State.Target, State.TargetLoss, State.ServedTokens, State.Axis);
        // Every count needs the runs' own columns, whichever count this view takes.
        _counted = [.. view.Selection.Rows.Where(row => row.ExclusionReason is null && !State.Excluded.Contains(row.Id))];
        _excluded = [.. view.Selection.Rows.Except(_counted).Select(row => new ExcludedRun(row.Name, row.ExclusionReason ?? State.ReasonOf(row.Id)))];
        await FindSavedAsync(cancellationToken);
        if (view.Analysis is not { } analysis || estimates is null || bands is null)
        {
            (_scene, _document) = (null, null);
            Problem = view.WhyNot is { } why
                ? new PageProblem("This law cannot be fitted to these runs", why, [.. FitLinks.WaysOn(State, view.Selection).Select(way => (way.Text, Here(way.State)))])
                : NoRunsLeft(view.Selection, new FitState { Project = State.Project });
            return;
        }

        _scene = new FitScene { Analysis = analysis, Estimates = estimates, Bands = bands, Runs = view.Selection.Rows, State = State, Overlaid = _overlaidLaws };
        _document = FitDocuments.Of(analysis, estimates, view, State);
        _answer = FitWording.Answer(analysis, estimates, State);
        _served = FitWording.Served(analysis, estimates, State);
        _keyFigures = FitWording.KeyFigures(analysis, estimates, State);
        // What the headline says already is not said twice.
        _warnings = [.. analysis.Warnings.Where(warning => _answer is not null || warning.Kind != "fit").Select(warning => new PageWarning(warning.Text))];
        // Overlaid fits are named by the state; what only the tabs show is not.
        var drawn = (view, State with { Tab = default, Shape = ArchitectureText.Default, SetUp = [], Recomputed = "", Reasons = ReadOnlyDictionary<string, string>.Empty, Holdout = 1, Residuals = default, Follow = default });
        if (_drawnOf != drawn)
            _figures = [.. new[] { FitFigures.IsoLoss(_scene), FitFigures.LossAgainstCompute(_scene), FitFigures.MetricAgainstLoss(_scene), FitFigures.FittedAgainstMeasured(_scene) }.OfType<Figure>()];
        _drawnOf = drawn;
    }

    /// <summary>Notes why a run is left out.</summary>
    private Task SayWhyAsync((string RunId, string Reason) said)
    {
        var next = State.WithReason(said.RunId, said.Reason);
        if (next.HoldsReasons)
            return ChangeAsync(next);
        Toast = new ToastNotice("A link holds no more reasons: shorten them, or keep these exclusions for the project first.", "", default);
        return Task.CompletedTask;
    }

    /// <summary>The saved fits that the address names; one that was deleted since, or that cannot be read, is named in a notice.</summary>
    private async Task FindSavedAsync(CancellationToken cancellationToken)
    {
        string[] ids = [.. State.Overlaid, .. State.Recomputed.Length > 0 ? [State.Recomputed] : Array.Empty<string>()];
        var found = ids.Length == 0 ? [] : (await Store.FindFitsAsync(ids, cancellationToken)).Where(fit => fit.Deleted is null).Select(SavedFitEntry.Of).ToArray();
        var readable = found.Where(entry => entry.Document is not null).ToDictionary(entry => entry.Saved.Id);
        _overlaid = [.. State.Overlaid.Where(readable.ContainsKey).Select(id => readable[id])];
        _overlaidLaws = [.. _overlaid.Select(entry => FitDocuments.LawOf(entry.Document!) is { } law ? new OverlaidLaw(entry.Label, law) : null).OfType<OverlaidLaw>()];
        _recomputed = readable.GetValueOrDefault(State.Recomputed);
        var missing = ids.Distinct().Count(id => found.All(entry => entry.Saved.Id != id));
        _savedNotice = string.Join(
            " ",
            found.Select(entry => entry.Problem).OfType<string>()
                .Concat(missing > 0 ? [$"{Words.Count(missing, "saved fit")} named by this link {(missing == 1 ? "is" : "are")} not in this store, or {(missing == 1 ? "was" : "were")} deleted."] : Array.Empty<string>()));
    }
}
