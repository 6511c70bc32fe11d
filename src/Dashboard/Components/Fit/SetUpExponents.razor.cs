using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>The exponents of the user's runs, taken apart by columns they choose.</summary>
public sealed partial class SetUpExponents : IDisposable
{
    private (IReadOnlyList<Observation> Rows, IsoFlopOptions Options, IReadOnlyList<string> Columns)? _fittedFor;
    private IReadOnlyList<Observation>? _choicesOf;
    private IReadOnlyList<string> _choices = [];
    private SetUpResult? _result;
    private CancellationTokenSource? _running;
    private double _share;
    private bool _stopped;
    private string? _problem;

    /// <summary>The runs that count, one row each.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<Observation> Rows { get; set; }

    /// <summary>Options of approaches 2 and 3.</summary>
    [Parameter, EditorRequired] public required IsoFlopOptions Options { get; set; }

    /// <summary>Columns that make a set-up; none for no comparison.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<string> Columns { get; set; }

    [Parameter] public EventCallback<IReadOnlyList<string>> ColumnsChanged { get; set; }

    public void Dispose()
    {
        _running?.Cancel();
        _running?.Dispose();
    }

    protected override Task OnParametersSetAsync()
    {
        if (!ReferenceEquals(_choicesOf, Rows))
            (_choicesOf, _choices) = (Rows, SetUpRecipe.Columns(Rows));
        if (_fittedFor is { } fitted && fitted.Options == Options && fitted.Columns.SequenceEqual(Columns) && ReferenceEquals(fitted.Rows, Rows))
            return Task.CompletedTask;
        _fittedFor = (Rows, Options, Columns);
        _result = null;
        return FitAsync();
    }

    private async Task FitAsync()
    {
        _running?.Cancel();
        (_running, _stopped, _problem, _share) = (null, false, null, 0);
        if (Columns.Count == 0 || Rows.Count == 0)
            return;
        using var running = new CancellationTokenSource();
        _running = running;
        var (rows, options, columns, token) = (Rows, Options, Columns, running.Token);
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
            var result = await Task.Run(() => SetUpRecipe.Run(rows, columns, options, progress, token), token);
            if (_running == running)
                _result = result;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            _stopped |= _running == running;
        }
        catch (AnalysisException exception)
        {
            if (_running == running)
                _problem = exception.Message;
        }
        finally
        {
            if (_running == running)
                _running = null;
        }
    }

    private void Cancel() => _running?.Cancel();

    private Task ToggleAsync(string column, bool chosen) =>
        ColumnsChanged.InvokeAsync(chosen ? [.. Columns.Append(column).Distinct()] : [.. Columns.Where(other => other != column)]);
}
