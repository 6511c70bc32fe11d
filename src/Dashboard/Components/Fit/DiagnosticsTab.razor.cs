using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>Whether a fit can be trusted: held-out budgets, residuals, influence, roll-out, bias, conditioning, and what to report.</summary>
public sealed partial class DiagnosticsTab : IDisposable
{
    private const int MostInfluential = 8;
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private static readonly Choice<ResidualAxis>[] s_axes =
        [new(ResidualAxis.C, "C"), new(ResidualAxis.N, "N"), new(ResidualAxis.D, "D"), new(ResidualAxis.Fitted, "Fitted")];

    private readonly string _id = "diagnostics-" + Guid.NewGuid().ToString("N");
    private (FitResult Result, FitRecipeOptions Options, double Target, int Holdout)? _checked;
    private FitResult? _drawn;
    private FitDiagnostics? _diagnostics;
    private ReportingChecklist? _checklist;
    private IReadOnlyList<PageWarning> _warnings = [];
    private Figure? _residuals;
    private Figure? _influence;
    private Figure? _leaveOneOut;
    private Figure? _rollOut;
    private Choice<RollOutQuantity>[] _followed = [];
    private ResidualAxis? _residualsOver;
    private RollOutQuantity? _rollOutOf;
    private CancellationTokenSource? _running;
    private bool _busy;
    private bool _stopped;
    private bool _copied;
    private double? _progress;
    private string? _problem;

    [Inject] public required PageScript Page { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }

    /// <summary>The fit; a new instance is checked again.</summary>
    [Parameter, EditorRequired] public required FitResult Result { get; set; }

    /// <summary>The options it was made with.</summary>
    [Parameter, EditorRequired] public required FitRecipeOptions Options { get; set; }

    /// <summary>Its intervals.</summary>
    [Parameter, EditorRequired] public required FitIntervals Intervals { get; set; }

    /// <summary>Where its rows come from, for the checklist.</summary>
    [Parameter, EditorRequired] public required RunSet Input { get; set; }

    /// <summary>Budget that is extrapolated to, FLOP.</summary>
    [Parameter, EditorRequired] public required double Target { get; set; }

    /// <summary>Runs left out by hand, for the checklist.</summary>
    [Parameter] public IReadOnlyList<ExcludedRun> Excluded { get; set; } = [];

    /// <summary>Largest budgets held out, 1 and up.</summary>
    [Parameter] public int Holdout { get; set; } = 1;

    /// <summary>Hears of another count of budgets.</summary>
    [Parameter] public EventCallback<int> HoldoutChanged { get; set; }

    /// <summary>What residuals are drawn against.</summary>
    [Parameter] public ResidualAxis Axis { get; set; }

    /// <summary>Hears of another axis.</summary>
    [Parameter] public EventCallback<ResidualAxis> AxisChanged { get; set; }

    /// <summary>What the roll-out follows; the first it can where the law has no such number.</summary>
    [Parameter] public RollOutQuantity Follow { get; set; }

    /// <summary>Hears of another quantity.</summary>
    [Parameter] public EventCallback<RollOutQuantity> FollowChanged { get; set; }

    /// <summary>Hears the id of a run that is to be excluded.</summary>
    [Parameter] public EventCallback<string> OnToggle { get; set; }

    private LawQuantity Headline => FitDiagnostics.Headline(Result.Fit.Law.Form);

    private RollOutQuantity Followed => Array.Exists(_followed, choice => choice.Value == Follow) ? Follow : _followed[0].Value;

    private string Response => Result.Fit.Law.Form.PredictsLoss ? "loss" : "metric";

    private string ResidualWords
    {
        get
        {
            var residuals = _diagnostics!.Residuals;
            if (residuals.Scale == 0)
                return "All runs lie on the law.";
            var spread = residuals.AreLogarithmic ? FitDiagnosticsFigures.Percent(residuals.Scale) : $"{Quantity.Significant(residuals.Scale, 2)}{(Result.Fit.Law.Form.PredictsLoss ? " nats per token" : "")}";
            return $"Runs scatter around the law by {spread} (robust standard deviation).";
        }
    }

    public void Dispose()
    {
        _running?.Cancel();
        GC.SuppressFinalize(this);
    }

    protected override async Task OnParametersSetAsync()
    {
        // The checklist names what is excluded, which takes no new check.
        if (_diagnostics is not null && _checked == (Result, Options, Target, Holdout))
        {
            _checklist = ReportingChecklist.Of(Result, Options, Intervals, Input, Excluded, _diagnostics);
            Draw(_diagnostics);
            return;
        }

        if (_checked != (Result, Options, Target, Holdout))
            await RunAsync();
    }

    private async Task RunAsync()
    {
        var (result, options, intervals, target, holdout) = (Result, Options, Intervals, Target, Holdout);
        _checked = (result, options, target, holdout);
        // What stands there belongs to another fit; another target or hold-out is worth the wait with the old numbers.
        if (!ReferenceEquals(_drawn, result))
            _diagnostics = null;
        Cancel();
        using var running = new CancellationTokenSource();
        (_running, _busy, _stopped, _problem, _progress) = (running, true, false, null, 0);
        StateHasChanged();
        try
        {
            var diagnostics = await Task.Run(() => FitDiagnostics.Run(result, options, intervals, target, holdout, new Steps(this, running), running.Token), running.Token);
            if (_running == running)
                Show(diagnostics);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // Overtaken by another check, or gone with the page, unless it is still the latest.
            if (_running == running)
                _stopped = true;
        }
        catch (AnalysisException exception)
        {
            if (_running == running)
                (_problem, _diagnostics) = (exception.Message, null);
        }
        finally
        {
            if (_running == running)
                (_running, _busy) = (null, false);
        }
    }

    private void Show(FitDiagnostics diagnostics)
    {
        (_diagnostics, _drawn, _copied) = (diagnostics, Result, false);
        _checklist = ReportingChecklist.Of(Result, Options, Intervals, Input, Excluded, diagnostics);
        _warnings = [.. diagnostics.Warnings.Select(warning => new PageWarning(warning.Text))];
        _influence = FitDiagnosticsFigures.Influence(diagnostics, Result);
        _leaveOneOut = diagnostics.LeaveOneOut.Count > 0 ? FitDiagnosticsFigures.LeaveOneOut(diagnostics, Result) : null;
        _followed = [.. FitDiagnosticsFigures.Followed(diagnostics).Select(quantity => new Choice<RollOutQuantity>(quantity, quantity switch
        {
            RollOutQuantity.Exponent => "a",
            RollOutQuantity.Parameters => "N at the target",
            _ => "Loss at the target",
        }))];
        (_residuals, _rollOut) = (null, null);
        Draw(diagnostics);
    }

    /// <summary>The charts of which the user chooses what they show; one that shows it already stays.</summary>
    private void Draw(FitDiagnostics diagnostics)
    {
        if (_residuals is null || _residualsOver != Axis)
            (_residuals, _residualsOver) = (FitDiagnosticsFigures.Residuals(diagnostics, Result, Axis), Axis);
        if (_followed.Length > 0 && (_rollOut is null || _rollOutOf != Followed))
            (_rollOut, _rollOutOf) = (FitDiagnosticsFigures.RollOut(diagnostics, Followed), Followed);
    }

    private void Cancel() => _running?.Cancel();

    private async Task CopyChecklistAsync() => _copied = await Page.CopyAsync(_checklist!.ToMarkdown());

    private Task SaveChecklistAsync() => Page.SaveAsync("reporting-checklist.md", "text/markdown", _checklist!.ToMarkdown());

    private string Id(string section) => $"{_id}-{section}";

    // In words: a dash between numbers below zero reads as a third sign.
    private static string Range(Interval? interval, Func<double, string> format) => interval is null ? "" : $"{format(interval.Low80)} to {format(interval.High80)}";

    private static string Signed(double fraction) =>
        double.IsFinite(fraction) ? $"{(fraction < 0 ? "−" : "+")}{FitDiagnosticsFigures.Percent(Math.Abs(fraction))}" : "–";

    private static string Moved(double difference) => difference.ToString("+0.0000;−0.0000;0.0000", CultureInfo.InvariantCulture);

    private static string Miss(double fraction) => $"{FitDiagnosticsFigures.Percent(Math.Abs(fraction))} too {(fraction < 0 ? "low" : "high")}";

    private static string Number(double value, int digits) => !double.IsFinite(value) ? "–"
        : Math.Abs(value) >= 1e5 ? Quantity.Scientific(value) : Quantity.Significant(value, digits);

    private static string Correlation(double value) => value.ToString("0.00;−0.00;0.00", CultureInfo.InvariantCulture);

    /// <summary>Tells the tab five times a second how much is done.</summary>
    private sealed class Steps(DiagnosticsTab tab, CancellationTokenSource running) : IProgress<int>
    {
        private long _last = tab.Clock.GetTimestamp();

        public void Report(int value)
        {
            var last = Interlocked.Read(ref _last);
            if (tab.Clock.GetElapsedTime(last) < s_progressInterval || Interlocked.CompareExchange(ref _last, tab.Clock.GetTimestamp(), last) != last)
                return;
            _ = tab.InvokeAsync(() =>
            {
                if (tab._running != running)
                    return;
                tab._progress = value / 100.0;
                tab.StateHasChanged();
            });
        }
    }
}
