using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>How N and C are counted, and what that does to the exponents: of the user's runs, of a model, and in the literature.</summary>
public sealed partial class CountingTab : IDisposable
{
    private const int MostNames = 12;

    private (IReadOnlyList<RunRow> Rows, IsoFlopOptions Options)? _countedFor;
    private Architecture? _given;
    private Architecture _shape = ArchitectureText.Default;
    private CountingResult? _result;
    private IReadOnlyList<CountingTableRow> _table = [];
    private CancellationTokenSource? _running;
    private double _share;
    private bool _stopped;

    /// <summary>The runs that count.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<RunRow> Rows { get; set; }

    /// <summary>Options of approaches 2 and 3.</summary>
    [Parameter, EditorRequired] public required IsoFlopOptions Options { get; set; }

    /// <summary>The model whose cost is counted.</summary>
    [Parameter] public Architecture Shape { get; set; } = ArchitectureText.Default;

    [Parameter] public EventCallback<Architecture> ShapeChanged { get; set; }

    public void Dispose()
    {
        _running?.Cancel();
        _running?.Dispose();
    }

    protected override Task OnParametersSetAsync()
    {
        // What was typed stays until the page says otherwise.
        if (Shape != _given)
            (_given, _shape) = (Shape, Shape);
        if (_countedFor is { } counted && counted.Options == Options && counted.Rows.SequenceEqual(Rows))
            return Task.CompletedTask;
        _countedFor = (Rows, Options);
        _result = null;
        return CountAsync();
    }

    private async Task CountAsync()
    {
        _running?.Cancel();
        (_running, _stopped, _share) = (null, false, 0);
        if (Rows.Count == 0)
            return;
        using var running = new CancellationTokenSource();
        _running = running;
        var (rows, options, token) = (Rows, Options, running.Token);
        // Reports come back on the thread of the page.
        var progress = new Progress<double>(share =>
        {
            if (_running != running)
                return;
            _share = share;
            StateHasChanged();
        });
        try
        {
            var result = await Task.Run(() => CountingRecipe.Run(rows, options, progress, token), token);
            if (_running == running)
                (_result, _table) = (result, CountingTable.Rows(result));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            _stopped |= _running == running;
        }
        finally
        {
            if (_running == running)
                _running = null;
        }
    }

    private void Cancel() => _running?.Cancel();

    private Task ReshapeAsync(Architecture shape)
    {
        _shape = shape;
        return ShapeChanged.InvokeAsync(shape);
    }
}
