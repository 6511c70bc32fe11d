using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Precision;

namespace ScalingDashboard.Dashboard.Components.Precision;

/// <summary>The fitted law against its alternatives on held-out runs.</summary>
public sealed partial class PrecisionDiagnostics : IDisposable
{
    private PrecisionAnalysis? _of;
    private IReadOnlyList<PrecisionAlternative>? _alternatives;
    private CancellationTokenSource? _running;
    private bool _busy;
    private bool _stopped;

    /// <summary>What the page shows; it has a fit.</summary>
    [Parameter, EditorRequired] public required PrecisionScene Scene { get; set; }

    public void Dispose()
    {
        _running?.Cancel();
        GC.SuppressFinalize(this);
    }

    protected override Task OnParametersSetAsync() => ReferenceEquals(_of, Scene.Fitted) ? Task.CompletedTask : RunAsync();

    private async Task RunAsync()
    {
        var analysis = Scene.Fitted!;
        _running?.Cancel();
        using var running = new CancellationTokenSource();
        (_of, _running, _busy, _stopped, _alternatives) = (analysis, running, true, false, null);
        StateHasChanged();
        try
        {
            var alternatives = await Task.Run(() => analysis.Alternatives(running.Token), running.Token);
            if (_running == running)
                _alternatives = alternatives;
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // By the button; a later fit overtakes silently.
            _stopped = _running == running;
        }
        finally
        {
            if (_running == running)
                (_running, _busy) = (null, false);
        }
    }

    private void Cancel() => _running?.Cancel();

    private static string R(double squared) => double.IsNaN(squared) ? "–" : FitTable.Rounded(squared, 4);
}
